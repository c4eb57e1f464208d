"""Between what happened and who is told: a row beside the event, a wake-up after commit."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import transaction

from accounts import waking
from notifications.kinds import TOLD
from notifications.models import OutboxMessage

if TYPE_CHECKING:
    from cases.models import Case, CaseEvent


def write(sender: Any, *, event: CaseEvent, case: Case, **_kwargs: Any) -> None:
    """Write the message of an event, in its transaction; wake the worker once it is committed."""
    transaction.on_commit(partial(wake_search, case.pk), robust=True)
    if event.kind not in TOLD:
        return
    message = OutboxMessage.objects.create(case=case, event=event)
    transaction.on_commit(partial(wake, message.pk), robust=True)


def wake(message_id: UUID) -> None:
    """Tell the worker that something waits. The broker may be down: the sweep finds the row."""
    from notifications.tasks import drain_outbox

    waking.wake(drain_outbox, str(message_id))


def wake_search(case_id: UUID) -> None:
    """Tell the worker that a case says something new to the search."""
    from notifications.tasks import index_case

    waking.wake(index_case, str(case_id))
