"""The Celery application: wake-ups and the clock. What must not be lost stands in PostgreSQL."""

import os
from pathlib import Path
from typing import Any

from celery import Celery
from celery.signals import beat_init, worker_init, worker_ready
from django.conf import settings

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("good_offices")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()

if settings.CELERY_BROKER_URL == "filesystem://":
    for name in ("data_folder_in", "control_folder"):
        Path(settings.CELERY_BROKER_TRANSPORT_OPTIONS[name]).mkdir(parents=True, exist_ok=True)


@worker_init.connect
@beat_init.connect
def refuse_unsound_settings(**_kwargs: Any) -> None:
    from config.checks import require_right_keys, require_sound_settings

    require_sound_settings()
    require_right_keys()


@worker_ready.connect
def show_life(**_kwargs: Any) -> None:
    """Beat after 15 seconds would leave `/healthz` in doubt until then."""
    app.send_task("notifications.tasks.heartbeat", expires=60)
