"""Files that wait for an officer's word: packages, lists of running cases, e-mails."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Iterable, Iterator
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.roles import Role
from cases.errors import Incomplete
from cases.models import Incoming
from cases.services.acting import require
from documents import vault
from sealing.fields import open_key, open_keys
from sealing.models import DataKey

if TYPE_CHECKING:
    from accounts.models import User

KEPT = timedelta(days=30)
"""After this what nobody took in is thrown away."""


def may_take_in(user: User) -> bool:
    """Officers take in what comes from outside."""
    return user.has_role(Role.OFFICER)


def keep(pieces: Iterable[bytes], *, kind: str, name: str, by: User | None, limit: int) -> Incoming:
    """Seal a file under a key of its own until somebody decides on it.

    Raises:
        ValidationError: it is empty or too large.
        PermissionDenied: the person is no officer (None: the mailbox).
    """
    require(by is None or may_take_in(by))
    row = Incoming(id=uuid.uuid4(), kind=kind, brought_by=by)
    row.data_key = DataKey.generate()
    digest, size = hashlib.sha256(), 0

    def counted() -> Iterator[bytes]:
        nonlocal size
        for piece in pieces:
            size += len(piece)
            if size > limit:
                raise ValidationError(_("The file is too large."))
            digest.update(piece)
            yield piece

    try:
        vault.write(counted(), key=open_key(row.data_key_id), name=row.path)
        if not size:
            raise ValidationError(_("The file is empty."))
        row.name = name[-200:]
        row.size, row.digest = size, digest.hexdigest()
        with transaction.atomic():
            row.save(force_insert=True)
    except BaseException:
        default_storage.delete(row.path)
        row.data_key.destroy()
        raise
    return row


def waiting(kind: str, *, most: int = 100) -> list[Incoming]:
    """Return the files of a kind that nobody decided on yet, the newest first."""
    rows = Incoming.objects.filter(kind=kind, settled_at=None)
    # Each name is sealed under a key of its own: they are fetched together.
    open_keys(rows.values_list("data_key", flat=True)[:most])
    return list(rows.select_related("brought_by")[:most])


def mails_wait() -> int:
    """Return how many e-mails wait to be filed; a hundred stands for many."""
    return len(Incoming.objects.filter(kind="mail", settled_at=None).values_list("pk")[:100])


def opened(row: Incoming) -> vault.SealedReader:
    """Open a waiting file.

    Raises:
        Incomplete: somebody decided on it already.
    """
    if row.settled_at:
        raise Incomplete(_("Somebody has decided on this file already."))
    return vault.open_sealed(row.path, key=open_key(row.data_key_id))


def settle(row: Incoming, *, by: User | None, **result: Any) -> Incoming:
    """Note what became of a file and destroy it with its key. Numbers and ids only are kept.

    Raises:
        Incomplete: somebody decided on it already.
    """
    with transaction.atomic():
        held = Incoming.objects.select_for_update(no_key=True).get(pk=row.pk)
        if held.settled_at:
            raise Incomplete(_("Somebody has decided on this file already."))
        held.settled_at, held.settled_by, held.result = timezone.now(), by, result
        held.save(update_fields=["settled_at", "settled_by", "result"])
        transaction.on_commit(lambda: default_storage.delete(held.path))
        held.data_key.destroy()
    return held


def discard(row: Incoming, *, by: User) -> None:
    """Throw a waiting file away."""
    require(may_take_in(by))
    settle(row, by=by, discarded=True)


def forget_old(*, now: Any = None) -> int:
    """Throw away what nobody took in for a month; return how many."""
    before = (now or timezone.now()) - KEPT
    rows = list(Incoming.objects.filter(settled_at=None, brought_at__lt=before)[:200])
    for row in rows:
        settle(row, by=None, discarded=True)
    return len(rows)
