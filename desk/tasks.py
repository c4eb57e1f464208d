"""What the clock repeats for the desk."""

from celery import shared_task

from cases.services import disclosing


@shared_task
def serve_due_documents() -> int:
    """Show the copies whose time to be looked at passed; return how many."""
    return disclosing.serve_due()
