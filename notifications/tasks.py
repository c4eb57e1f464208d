"""What the worker does when it is woken, and what the clock repeats. Twice does no harm."""

from celery import shared_task
from django.utils import timezone

from cases import heads, search
from cases.models import Case
from cases.search import meetings
from cases.services.deadlines import today
from notifications import deadlines, delivery, interest_reminders, task_reminders
from notifications.models import Heartbeat


@shared_task
def heartbeat() -> None:
    """Write down that a worker is alive."""
    Heartbeat.objects.update_or_create(worker="worker", defaults={"at": timezone.now()})


@shared_task
def drain_outbox(message_id: str = "") -> int:
    """Send all that waits and return how many mails went out.

    Args:
        message_id: what the wake-up is about, for the log; every waiting row is taken.
    """
    return delivery.drain()


@shared_task
def sweep_deadlines() -> int:
    """Write the messages of the rungs reached today, send them, and return how many are new."""
    written = deadlines.sweep() + task_reminders.sweep()
    interest_reminders.sweep()
    delivery.drain()
    return written


@shared_task
def publish_heads() -> str:
    """Sign the heads of all histories for today; a second call on the same day changes nothing."""
    return heads.publish(today()).digest


@shared_task
def index_case(case_id: str) -> int:
    """Write what changed in a case into the search of the office; return how many texts."""
    case = Case.objects.filter(pk=case_id).first()
    return search.index(case) if case else 0


@shared_task
def index_missed() -> int:
    """Index the cases of which a wake-up was lost or a file was read since; return how many."""
    meetings.index_missed()
    return search.index_many(Case.objects.filter(pk__in=search.missed()).iterator())
