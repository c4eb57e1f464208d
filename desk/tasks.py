"""What the clock repeats for the desk."""

from datetime import timedelta

from celery import shared_task
from django.utils import timezone

from cases.models import Case, Dossier, StagedChange
from cases.services import destruction, disclosing, history_check, incoming, retention
from cases.services.acting import locked
from desk import dossiers, mailbox
from notifications.models import Heartbeat


@shared_task
def serve_due_documents() -> int:
    """Show the copies whose time to be looked at passed; return how many."""
    return disclosing.serve_due()


@shared_task
def record_what_was_changed(minutes: int = 10) -> int:
    """Put on record what was changed past every service, and when nobody acted since; return how
    many cases it was."""
    since = timezone.now() - timedelta(minutes=minutes)
    waiting = StagedChange.objects.filter(at__lte=since).values_list("case_id", flat=True)
    cases = Case.objects.filter(pk__in=set(waiting[:1000]), data_key__destroyed_at=None)
    for case in cases:
        with locked(case):
            pass
    return len(cases)


@shared_task
def carry_out_erasures() -> int:
    """Erase what two persons confirmed; goes on where a stopped worker left off."""
    return destruction.carry_out_all()


@shared_task
def forget_old_logs() -> int:
    """Remove what the rules of retention keep no longer of the logs of reads and checks."""
    return retention.forget_old_logs()


@shared_task
def fetch_mails() -> int:
    """Take forwarded e-mails in from the mailbox, where one is set; return how many."""
    return mailbox.fetch()


@shared_task
def forget_incoming() -> int:
    """Throw away packages, lists and e-mails that nobody took in for a month; return how many."""
    return incoming.forget_old()


@shared_task
def check_histories() -> int:
    """Go on with a check of all histories that somebody asked for; return how many cases."""
    done = history_check.go_on()
    run = history_check.newest() if done else None
    if run is not None and run.finished_at and not run.faults:
        # The page of health says when all histories were last found whole.
        Heartbeat.objects.update_or_create(worker="history", defaults={"at": run.finished_at})
    return done


@shared_task
def make_dossier(dossier_id: str) -> bool:
    """Make the file of a case that was asked for; tell whether it is made. Twice does no harm."""
    dossier = Dossier.objects.select_related("case", "asked_by").get(pk=dossier_id)
    return dossiers.make(dossier).made_at is not None


@shared_task
def make_waiting_dossiers() -> int:
    """Make the files whose wake-up was lost; return how many."""
    waiting = Dossier.objects.filter(made_at=None, failed_at=None).order_by("asked_at")
    return sum(make_dossier(str(pk)) for pk in waiting.values_list("pk", flat=True)[:20])
