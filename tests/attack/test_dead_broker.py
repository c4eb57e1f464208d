"""The broker only wakes. Where it is down nothing fails, and its password stands in no log.

A traceback of the connection was logged once, with the address and the password of the broker.
"""

import logging
import traceback

import pytest

from accounts import security_mail
from documents import services
from notifications import outbox
from portal import links

SECRET = "amqp-password-7f3a"
WAKES = {
    "notifications.tasks.drain_outbox": lambda: outbox.wake("1"),
    "notifications.tasks.index_case": lambda: outbox.wake_search("1"),
    "accounts.tasks.send_security_mails": security_mail._wake,
    "portal.tasks.send_sign_in_links": links._wake,
    "documents.tasks.check_pending": services._wake_checker,
}


@pytest.mark.parametrize("task", WAKES)
def test_a_dead_broker_breaks_nothing_and_tells_nothing(task, monkeypatch, caplog):
    asked = []

    def broken(*args, **kwargs):
        asked.append(task)
        raise ConnectionError(f"amqp://user:{SECRET}@broker refused")

    monkeypatch.setattr(f"{task}.apply_async", broken)

    with caplog.at_level(logging.DEBUG):
        WAKES[task]()

    assert asked
    assert "could not be woken" in caplog.text
    told = caplog.text + "".join(
        "".join(traceback.format_exception(*record.exc_info))
        for record in caplog.records
        if record.exc_info
    )
    assert SECRET not in told
