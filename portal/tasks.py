"""Sign-in links are sent here, one request at a time; old traces are swept."""

from datetime import timedelta

from celery import shared_task
from django.utils import timezone

from portal import links
from portal.models import Sent

KEEP_TOKENS = timedelta(days=7)


@shared_task
def send_sign_in_links() -> int:
    """Answer the requests that wait and return how many links went out."""
    sent = 0
    while (request := links.take_one()) is not None:
        sent += links.answer(request)
    Sent.objects.filter(at__lt=timezone.now() - KEEP_TOKENS).delete()
    return sent
