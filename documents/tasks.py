import time

from celery import shared_task

from documents import services

SECONDS = 50


@shared_task
def check_pending() -> int:
    """Check the files that wait, one after the other; returns how many were looked at.

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
    return len(seen)


@shared_task
def sweep_orphans() -> int:
    """Remove files of which no row knows."""
    return services.sweep_orphans()
