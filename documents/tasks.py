import time

from celery import shared_task

from documents import sandbox, services
from documents.models import Document

SECONDS = 50
TEXTS = 200


@shared_task
def check_pending() -> int:
    """Check the files that wait, then read the words of those that passed; returns how many were
    checked.

    Ends after about 50 seconds: the clock calls it again every minute.
    """
    begun = time.monotonic()
    seen: set = set()
    while time.monotonic() - begun < SECONDS:
        document = services.claim_next(skip=frozenset(seen))
        if document is None:
            break
        services.check(document)
        seen.add(document.pk)
    for document in Document.objects.without_text()[:TEXTS]:
        if time.monotonic() - begun >= SECONDS:
            break
        try:
            services.read_text(document)
        except sandbox.Unfinished:
            break  # no process can be started now; the clock calls again
    return len(seen)


@shared_task
def sweep_orphans() -> int:
    """Remove files of which no row knows."""
    return services.sweep_orphans()
