import pytest

from notifications import delivery


@pytest.fixture
def outbox(settings, mailoutbox):
    """Everything that happened so far is told; returns the mails that go out afterwards."""
    delivery.drain()
    mailoutbox.clear()
    return mailoutbox


@pytest.fixture(autouse=True)
def _no_broker(monkeypatch):
    """Wake-ups would be written to a queue that nobody reads; tests call the worker themselves."""
    monkeypatch.setattr(
        "notifications.tasks.drain_outbox.apply_async", lambda *args, **kwargs: None
    )
