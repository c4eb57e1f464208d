"""The broker only wakes. Where it is down nothing fails, and its password stands in no log.

A traceback of the connection was logged once, with the address and the password of the broker.
Later three pages of the desk were found that spoke to the broker past the helper: an erasure, the
proof of all histories, and a large file of a case, which also answered “something went wrong”.
"""

import ast
import logging
import traceback
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.urls import reverse

from accounts import security_mail
from cases.models import Dossier, Erasure, HistoryCheck
from cases.services import erasure
from documents import services
from notifications import outbox
from portal import links
from tests import factories
from tests.desk.conftest import act, browser, page

SECRET = "amqp-password-7f3a"
WAKES = {
    "notifications.tasks.drain_outbox": lambda: outbox.wake("1"),
    "notifications.tasks.index_case": lambda: outbox.wake_search("1"),
    "accounts.tasks.send_security_mails": security_mail._wake,
    "portal.tasks.send_sign_in_links": links._wake,
    "documents.tasks.check_pending": services._wake_checker,
}


@pytest.fixture
def kill(monkeypatch):
    """Let the broker refuse whoever wakes one of these tasks; give the list of those that did."""
    asked = []

    def killed(task):
        def broken(*args, **kwargs):
            asked.append(task)
            raise ConnectionError(f"amqp://user:{SECRET}@broker refused")

        monkeypatch.setattr(f"{task}.apply_async", broken)
        return asked

    return killed


def told(caplog):
    """Return all that the log says, tracebacks too."""
    return caplog.text + "".join(
        "".join(traceback.format_exception(*record.exc_info))
        for record in caplog.records
        if record.exc_info
    )


@pytest.mark.parametrize("task", WAKES)
def test_a_dead_broker_breaks_nothing_and_tells_nothing(task, kill, caplog):
    asked = kill(task)
    with caplog.at_level(logging.DEBUG):
        WAKES[task]()
    assert asked == [task]
    assert f"could not be woken for {task} (ConnectionError)" in told(caplog)
    assert SECRET not in told(caplog)


@pytest.mark.django_db
def test_an_erasure_is_confirmed_while_the_broker_is_dead(
    officer, other_officer, kill, caplog, django_capture_on_commit_callbacks
):
    case = factories.case_in("not_registered", officer=officer).case
    row = erasure.propose(case, basis="request", legal_basis="Act 12", by=officer)
    asked = kill("desk.tasks.carry_out_erasures")
    with caplog.at_level(logging.DEBUG), django_capture_on_commit_callbacks(execute=True):
        answered = act(browser(other_officer), case, "settle_erasure", row.pk, answer="confirm")
    assert answered.status_code == 302
    assert Erasure.objects.get().confirmed_at
    assert len(asked) == 1
    assert SECRET not in told(caplog)


@pytest.mark.django_db
def test_the_proof_of_all_histories_is_asked_for_while_the_broker_is_dead(
    administrator, kill, caplog, client
):
    asked = kill("desk.tasks.check_histories")
    client.force_login(administrator, backend="accounts.backends.PasswordBackend")
    with caplog.at_level(logging.DEBUG):
        assert client.post(reverse("desk:verify_history")).status_code == 302
    assert HistoryCheck.objects.count() == len(asked) == 1
    assert SECRET not in told(caplog)


@pytest.mark.django_db
def test_a_large_file_of_a_case_is_asked_for_while_the_broker_is_dead(
    officer, kill, caplog, monkeypatch, django_capture_on_commit_callbacks
):
    case = factories.case_in("initial_assessment", officer=officer).case
    monkeypatch.setattr("desk.dossiers.is_quick", lambda case: False)
    asked = kill("desk.tasks.make_dossier")
    with caplog.at_level(logging.DEBUG), django_capture_on_commit_callbacks(execute=True):
        answered = browser(officer).post(
            page("dossiers", case), {"audience": "ncp", "language": "en"}
        )
    assert answered.status_code == 302
    assert Dossier.objects.get().made_at is None
    assert len(asked) == 1
    assert SECRET not in told(caplog)


def test_nobody_speaks_to_the_broker_but_the_helper():
    """The worker's own first heartbeat is sent when the broker has just answered."""
    allowed = {"accounts/waking.py", "config/celery.py"}
    root = Path(settings.BASE_DIR)
    rooms = [Path(app.path) for app in apps.get_app_configs() if root in Path(app.path).parents]
    found = {
        str(file.relative_to(root))
        for room in rooms
        if ".venv" not in room.parts
        for file in room.rglob("*.py")
        for node in ast.walk(ast.parse(file.read_text()))
        if isinstance(node, ast.Attribute) and node.attr in ("apply_async", "delay", "send_task")
    }
    assert found == allowed
