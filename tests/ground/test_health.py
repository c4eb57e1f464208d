"""`/healthz` and `/livez`, as a supervisor reads them."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, connection
from django.utils import timezone

from config import health


@pytest.fixture
def heartbeat(db):
    from notifications.tasks import heartbeat
    from sealing.keys import check_keys

    check_keys()
    heartbeat()


def test_everything_well_is_200(client, heartbeat):
    answer = client.get("/healthz")
    assert answer.status_code == 200
    assert answer.json() == {
        "status": "ok",
        "reason": "",
        "checks": {"database": "ok", "migrations": "ok", "keys": "ok", "worker": "ok"},
    }
    assert answer["Cache-Control"] == "no-store"


def test_no_heartbeat_is_503_and_says_so(client, db):
    answer = client.get("/healthz")
    assert answer.status_code == 503
    assert answer.json()["reason"] == "worker: no heartbeat yet"


def test_a_silent_worker_is_503(client, heartbeat):
    from notifications.models import Heartbeat

    Heartbeat.objects.update(at=timezone.now() - health.SILENCE - timedelta(seconds=5))
    answer = client.get("/healthz")
    assert answer.status_code == 503
    assert answer.json()["reason"].startswith("worker: silent for 6")


def test_a_migration_that_waits_is_503(client, heartbeat):
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM django_migrations WHERE (app, name) IN "
            "(SELECT app, max(name) FROM django_migrations WHERE app = 'cases' GROUP BY app)"
        )
    answer = client.get("/healthz")
    assert answer.status_code == 503
    assert answer.json()["reason"] == "migrations: 1 not applied"


def test_a_wrong_key_is_503(client, heartbeat, settings):
    settings.INDEX_KEY = "another key of the same length as the right one"
    assert "INDEX_KEY is not the key" in client.get("/healthz").json()["reason"]


def test_a_database_that_is_gone_is_503(client, heartbeat, monkeypatch):
    def gone() -> str:
        raise DatabaseError("host=db.internal password=hush")

    monkeypatch.setitem(health._CHECKS, "database", gone)
    answer = client.get("/healthz")
    assert answer.status_code == 503
    assert answer.json()["reason"] == "database: cannot be reached or read"
    assert "hush" not in answer.content.decode()


def test_livez_asks_nobody(client, django_assert_num_queries):
    answer = client.get("/livez")
    assert (answer.status_code, answer.json()) == (200, {"status": "alive"})
