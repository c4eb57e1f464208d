"""Signed heads of all chains, one a day, so that even the owner of the database cannot cut one
unseen."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import date
from uuid import UUID

from django.db import transaction

from cases.models import Case, CaseEvent, ChainHead
from sealing import signing
from sealing.models import PublishedKey


def message(day: date, events: int, digest: str) -> bytes:
    """Return what is signed for a day."""
    return f"good-offices-heads-1\n{day.isoformat()}\n{events}\n{digest}".encode()


def _line(pk: object, length: int, head: str) -> bytes:
    return f"{pk}:{length}:{head}\n".encode()


def _all_heads() -> tuple[int, str, list[list[object]]]:
    """Return the number of events, the digest over all heads in the order of case ids, and the
    heads."""
    total, digest, snapshot = 0, hashlib.sha256(), []
    rows = Case.objects.order_by("pk").values_list("pk", "history_length", "history_head")
    for pk, length, head in rows.iterator(chunk_size=2000):
        total += length
        digest.update(_line(pk, length, head))
        snapshot.append([str(pk), length, head])
    return total, digest.hexdigest(), snapshot


@transaction.atomic
def publish(day: date) -> ChainHead:
    """Sign the heads of all chains as they are now; a second call on the same day gives the
    first."""
    held = ChainHead.objects.filter(day=day).first()
    if held:
        return held
    PublishedKey.current()
    events, digest, snapshot = _all_heads()
    head, _made = ChainHead.objects.get_or_create(
        day=day,
        defaults={
            "events": events,
            "digest": digest,
            "signature": signing.sign(message(day, events, digest)),
            "public_key": signing.public_key(),
            "snapshot": snapshot,
        },
    )
    return head


def newest(count: int) -> list[ChainHead]:
    """Return the newest published heads, without what cases they cover."""
    return list(ChainHead.objects.defer("snapshot").order_by("-day")[:count])


def faults() -> Iterator[str]:
    """Yield what does not hold between the published heads and the histories of today.

    For the latest published day every case must still hold the event that was its head then.
    """
    known = set(PublishedKey.objects.values_list("public", flat=True))
    for head in ChainHead.objects.defer("snapshot").order_by("day"):
        signed = message(head.day, head.events, head.digest)
        if head.public_key not in known or not signing.is_genuine(
            signed, head.signature, head.public_key
        ):
            yield f"the published head of {head.day.isoformat()} has no genuine signature"
    latest = ChainHead.objects.order_by("-day").first()
    if latest is None:
        return
    digest = hashlib.sha256()
    for pk, length, mac in latest.snapshot:
        digest.update(_line(pk, length, mac))
    if digest.hexdigest() != latest.digest:
        yield f"the snapshot of {latest.day.isoformat()} is not the one that was signed"
    heads = {(UUID(pk), length): mac for pk, length, mac in latest.snapshot if length}
    held = dict(Case.objects.values_list("pk", "history_length").iterator())
    for (pk, length), mac in heads.items():
        if held.get(pk, -1) < length:
            yield f"case {pk}: its history is shorter than on {latest.day.isoformat()}"
        elif not CaseEvent.objects.filter(case=pk, sequence=length, mac=mac).exists():
            yield f"case {pk}: event {length} is not the one published on {latest.day.isoformat()}"
