from celery import shared_task
from django.utils import timezone

from intake import services


@shared_task
def forget_expired_drafts() -> int:
    """Delete drafts that nobody changed for `DRAFT_DAYS`; run twice it does no harm."""
    return services.forget_expired(at=timezone.now())
