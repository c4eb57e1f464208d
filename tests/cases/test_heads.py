"""Heads of all histories are signed once a day and stand on a public page."""

import pytest
from django.urls import reverse

from cases.models import ChainHead
from cases.workflow import State
from notifications.tasks import publish_heads
from sealing import signing
from tests import factories

pytestmark = pytest.mark.django_db


def test_heads_are_signed_once_a_day_and_anybody_can_check_them(client):
    from cases.heads import message

    factories.case_in(State.INITIAL_ASSESSMENT)
    first = publish_heads()
    factories.filed_case()
    assert publish_heads() == first
    head = ChainHead.objects.get()
    signed = message(head.day, head.events, head.digest)
    assert signing.is_genuine(signed, head.signature, head.public_key)
    page = client.get(reverse("verify_keys")).content.decode()
    assert head.digest in page and head.signature in page and head.public_key in page


def test_the_page_tells_nothing_of_any_case(client):
    case = factories.filed_case()
    publish_heads()
    page = client.get(reverse("verify_keys")).content.decode()
    assert str(case.pk) not in page and case.receipt_id not in page
