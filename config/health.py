"""What a supervisor asks: does the process live, and is everything well that it needs."""

from datetime import timedelta
from functools import cache

from django.apps import apps
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError, connection
from django.db.migrations.loader import MigrationLoader
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

SILENCE = timedelta(seconds=60)
"""How long the worker may be silent; it writes a heartbeat every 15 seconds."""


@require_safe
def livez(request: HttpRequest) -> HttpResponse:
    """Answer 200 as long as the web process does; asks nobody else."""
    return JsonResponse({"status": "alive"})


@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """Answer 200 when database, keys, migrations and worker are well, else 503 and why."""
    checks = dict.fromkeys(_CHECKS, "unknown")
    try:
        for name, check in _CHECKS.items():
            checks[name] = check() or "ok"
            if checks[name] != "ok":
                break
    except DatabaseError:
        checks["database"] = "cannot be reached or read"
    well = set(checks.values()) == {"ok"}
    failing = next((f"{name}: {said}" for name, said in checks.items() if said != "ok"), "")
    body = {"status": "ok" if well else "failing", "reason": failing, "checks": checks}
    response = JsonResponse(body, status=200 if well else 503)
    # Somebody asks every few seconds; a line for each would bury the log.
    response._has_been_logged = True  # type: ignore[attr-defined]
    return response


def _database() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return ""


def _keys() -> str:
    from sealing.keys import check_keys

    try:
        check_keys()
    except ImproperlyConfigured as error:
        return str(error)
    return ""


def _migrations() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT app, name FROM django_migrations")
        waiting = _wanted_migrations() - set(cursor.fetchall())
    return f"{len(waiting)} not applied" if waiting else ""


@cache
def _wanted_migrations() -> frozenset[tuple[str, str]]:
    """The newest migration of each app in this release; the files do not change under a process."""
    loader = MigrationLoader(None, ignore_no_migrations=True)
    return frozenset(loader.graph.leaf_nodes())


def _worker() -> str:
    from notifications.models import Heartbeat

    latest = Heartbeat.objects.filter(worker="worker").values_list("at", flat=True).first()
    if latest is None:
        return "no heartbeat yet"
    silent = timezone.now() - latest
    limit = getattr(settings, "HEARTBEAT_SILENCE", SILENCE)
    return f"silent for {int(silent.total_seconds())} seconds" if silent > limit else ""


def _register() -> str:
    from register.models import PublishedRecord

    PublishedRecord.objects.exists()
    return ""


# A process that serves only the register can read neither keys nor migrations nor the heartbeat.
if apps.is_installed("sealing"):
    _CHECKS = {
        "database": _database,
        "migrations": _migrations,
        "keys": _keys,
        "worker": _worker,
    }
else:
    _CHECKS = {"database": _database, "register": _register}
