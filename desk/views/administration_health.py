"""How the system is: worker, outbox, files, database, keys, versions; mails tried again.

No row here says whose case or which person it is about: an administrator sees neither.
"""

from __future__ import annotations

import platform
import shutil
import tomllib
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any
from uuid import UUID

import django
from cryptography.fernet import Fernet
from django.conf import settings
from django.contrib import messages
from django.core.files.storage import default_storage
from django.db import connection
from django.db.models import Count, Min, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.defaultfilters import filesizeformat
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from accounts.guards import role_required
from accounts.models import SecurityMail
from accounts.roles import Role
from cases.models import ChainHead
from documents.models import Document
from notifications import delivery
from notifications.models import Delivery, DeliveryState, Heartbeat, OutboxMessage
from sealing.models import KeyCheck, PublishedKey

SILENT = timedelta(seconds=90)
COUNTED = 1000
"""Queues are counted up to here: more is not well either, and costs no more to find out."""

SLOW = timedelta(minutes=15)
OLD_BACKUP = timedelta(days=2)
OLD_CHECK = timedelta(days=35)
PAGE = 50


@dataclass(frozen=True)
class Check:
    """One thing that must be well, with what was found and what to do about it."""

    label: Any
    is_well: bool
    found: Any
    advice: Any = ""


@role_required(Role.ADMINISTRATOR)
@require_safe
def health(request: HttpRequest) -> HttpResponse:
    beats = dict(Heartbeat.objects.values_list("worker", "at"))
    context = {
        "checks": [
            _worker(beats.get("worker")),
            *_queues(),
            *_files(),
            _storage(),
            _database(),
            _keys(),
            _signing_key(),
            *_proofs(beats),
        ],
        "versions": _versions(),
    }
    return render(request, "desk/administration/health.html", context)


def _worker(at: datetime | None) -> Check:
    if at is None:
        return Check(
            _("Worker and clock"), False, _("never heard of"), _("Start the worker and the clock.")
        )
    silent = timezone.now() - at
    return Check(
        _("Worker and clock"),
        silent <= SILENT,
        _("last heard of %(number)s seconds ago") % {"number": int(silent.total_seconds())},
        "" if silent <= SILENT else _("Start the worker and the clock; nothing is lost meanwhile."),
    )


def _queues() -> list[Check]:
    now = timezone.now()
    waiting = OutboxMessage.objects.filter(spread_at=None)
    number = waiting[:COUNTED].count()
    oldest = waiting.order_by("created_at").values_list("created_at", flat=True).first()
    mails = Delivery.objects.mails_waiting(at=now)[:COUNTED].count()
    failed = Delivery.objects.filter(channel="mail", state=DeliveryState.FAILED)[:COUNTED].count()
    security = SecurityMail.objects.aggregate(number=Count("pk"), oldest=Min("created_at"))
    late = _is_late(security["oldest"])
    return [
        Check(
            _("Outbox"),
            number < COUNTED and not _is_late(oldest),
            _since(_("%(number)s messages wait") % {"number": _up_to(number)}, oldest),
        ),
        Check(
            _("Mails"),
            not failed,
            _("%(waiting)s wait, %(failed)s were given up")
            % {"waiting": _up_to(mails), "failed": _up_to(failed)},
            _("See “Mails that failed”.") if failed else "",
        ),
        Check(
            _("Mails of accounts"),
            not late,
            _since(_("%(number)s wait") % {"number": security["number"]}, security["oldest"]),
        ),
    ]


def _files() -> list[Check]:
    found = Document.objects.aggregate(
        pending=Count("pk", filter=Q(state="pending")),
        oldest=Min("created_at", filter=Q(state="pending")),
        refused=Count("pk", filter=Q(state="refused")),
    )
    scanner = _("with a virus scanner") if settings.CLAMD_URL else _("without a virus scanner")
    return [
        Check(
            _("Files being checked"),
            not _is_late(found["oldest"]),
            _since(_("%(number)s wait") % {"number": found["pending"]}, found["oldest"]),
        ),
        Check(
            _("Files refused so far"), True, _("%(number)s, %(how)s")
            % {"number": found["refused"], "how": scanner},
        ),
    ]  # fmt: skip


def _storage() -> Check:
    if settings.S3_BUCKET:
        try:
            default_storage.exists("original/reachable")
        except Exception as error:
            return Check(
                _("Storage of files"),
                False,
                _("cannot be reached (%(why)s)") % {"why": type(error).__name__},
            )
        return Check(_("Storage of files"), True, _("reached"))
    folder = Path(settings.MEDIA_ROOT)
    while not folder.exists():
        folder = folder.parent
    usage = shutil.disk_usage(folder)
    free = usage.free / usage.total
    return Check(
        _("Storage of files"),
        free > 0.1,
        _("%(free)s %% free (%(gigabytes)s GB)")
        % {"free": round(free * 100), "gigabytes": round(usage.free / 1e9)},
        _("Add space before uploads fail.") if free <= 0.1 else "",
    )


def _database() -> Check:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_database_size(current_database())")
        (size,) = cursor.fetchone()
    return Check(_("Size of the database"), True, filesizeformat(size))


def _keys() -> Check:
    known = len(settings.SEALING_KEYS)
    held = KeyCheck.objects.filter(name="sealing").values_list("value", flat=True).first()
    if known == 1:
        return Check(_("Keys"), True, _("one key, no change under way"))
    rotated = bool(held) and _is_under(settings.SEALING_KEYS[0], held)
    if rotated:
        said = _("everything is under the newest key")
        return Check(_("Keys"), True, said, _("Take the old key out of SEALING_KEYS."))
    said = _("a new key is there, not everything is under it")
    return Check(_("Keys"), False, said, _("Run on the server: script/manage rotate_keys"))


def _is_under(key: str, token: str) -> bool:
    try:
        Fernet(key).decrypt(token.encode())
    except Exception:
        return False
    return True


def _signing_key() -> Check:
    row = PublishedKey.objects.filter(retired_at=None).order_by("-since").first()
    if row is None:
        return Check(_("Signature of receipts"), True, _("not used yet"))
    return Check(
        _("Signature of receipts"), True, _("in use since %(day)s") % {"day": _day(row.since)}
    )


def _proofs(beats: dict[str, datetime]) -> list[Check]:
    head = ChainHead.objects.order_by("-day").values_list("day", flat=True).first()
    today = timezone.localdate()
    signed = head is not None and (today - head).days <= 1
    return [
        _last(_("Last backup"), beats.get("backup"), OLD_BACKUP),
        _last(_("Last check of all histories"), beats.get("history"), OLD_CHECK),
        Check(
            _("Histories signed"),
            signed,
            date_format(head, "j E Y") if head else _("never"),
            "" if signed else _("The clock signs them every night."),
        ),
    ]


def _last(label: Any, at: datetime | None, limit: timedelta) -> Check:
    is_well = at is not None and timezone.now() - at <= limit
    return Check(label, is_well, _day(at) if at else _("not on record here"))


def _day(at: datetime) -> str:
    return date_format(timezone.localtime(at), "j E Y, H:i")


def _is_late(at: datetime | None) -> bool:
    return at is not None and timezone.now() - at > SLOW


def _since(said: str, oldest: datetime | None) -> str:
    if oldest is None:
        return said
    return _("%(what)s, the oldest since %(at)s") % {"what": said, "at": _day(oldest)}


def _up_to(number: int) -> str:
    return f"{number}+" if number >= COUNTED else str(number)


def _versions() -> list[tuple[str, str]]:
    return [
        ("Good Offices", _own_version()),
        ("Python", platform.python_version()),
        ("Django", django.get_version()),
        ("Celery", version("celery")),
        ("PostgreSQL", ".".join(str(part) for part in _server_version())),
    ]


def _server_version() -> tuple[int, ...]:
    number = connection.pg_version  # type: ignore[attr-defined]
    return (number // 10000, number % 10000)


@cache
def _own_version() -> str:
    with (settings.BASE_DIR / "pyproject.toml").open("rb") as file:
        return str(tomllib.load(file)["project"]["version"])


@role_required(Role.ADMINISTRATOR)
@require_safe
def outbox(request: HttpRequest) -> HttpResponse:
    """Mails that failed or are tried again: when, how often, from which room. Nothing else."""
    troubled = Delivery.objects.filter(channel="mail").filter(
        Q(state=DeliveryState.FAILED) | Q(state=DeliveryState.WAITING, tries__gt=0)
    )
    rows = troubled.only("pk", "room", "state", "created_at", "tries", "next_try_at", "done_at")
    context = {
        "rows": rows.order_by("-created_at", "-pk")[:PAGE],
        "more": troubled[:COUNTED].count(),
        "page": PAGE,
        "failed": troubled.filter(state=DeliveryState.FAILED)[:1].exists(),
        "stuck": OutboxMessage.objects.filter(spread_at=None, tries__gt=0)[:COUNTED].count(),
    }
    return render(request, "desk/administration/outbox.html", context)


@role_required(Role.ADMINISTRATOR)
@require_POST
def retry(request: HttpRequest) -> HttpResponse:
    """Send one mail again, or all that were given up."""
    rows = Delivery.objects.filter(channel="mail", state=DeliveryState.FAILED)
    if pk := request.POST.get("pk", ""):
        rows = rows.filter(pk=get_object_or_404(Delivery, pk=_uuid(pk)).pk)
    number = delivery.retry(rows)
    said = ngettext(
        "%(number)s mail will be tried again within a minute.",
        "%(number)s mails will be tried again within a minute.",
        number,
    )
    messages.success(request, said % {"number": number})
    return redirect("desk:outbox")


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise Http404 from None
