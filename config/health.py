"""What a supervisor asks: is the process alive, and is everything that it needs well."""

from datetime import timedelta

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

HEARTBEAT_LIMIT = timedelta(seconds=90)


@require_safe
def livez(request: HttpRequest) -> HttpResponse:
    return JsonResponse({"status": "alive"})


@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """Answer 200 once database, migrations and worker are well, 503 with the reason otherwise."""
    problems = {}
    try:
        waiting = _waiting_migrations()
        if waiting:
            problems["migrations"] = f"{waiting} not applied"
        elif reason := _worker():
            problems["worker"] = reason
    except DatabaseError:
        problems["database"] = "not reachable"
    checks = {name: problems.get(name, "ok") for name in ("database", "migrations", "worker")}
    if problems:
        return JsonResponse({"status": "unwell", **checks}, status=503)
    return JsonResponse({"status": "well", **checks})


def _waiting_migrations() -> int:
    executor = MigrationExecutor(connection)
    return len(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def _worker() -> str:
    from notifications.models import Heartbeat

    beat = Heartbeat.objects.order_by("-at").first()
    if beat is None:
        return "no heartbeat yet"
    silent = timezone.now() - beat.at
    limit = getattr(settings, "HEARTBEAT_LIMIT", HEARTBEAT_LIMIT)
    return f"silent for {int(silent.total_seconds())} seconds" if silent > limit else ""
