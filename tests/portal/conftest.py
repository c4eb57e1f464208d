"""Browsers in which a party of a case is signed in."""

import pytest
from django.test import Client
from django.urls import reverse

from tests import factories


def signed_in(user) -> Client:
    client = Client()
    client.force_login(user, backend="accounts.backends.AccessCodeBackend")
    return client


def page(name, case, *more) -> str:
    return reverse(f"portal:{name}", args=[case.pk, *more])


def token_of(response) -> str:
    return str(response.context["form"]["token"].value())


@pytest.fixture
def scene(db):
    """A case in its initial assessment, of which the enterprise was told."""
    return factories.case_in("initial_assessment")


@pytest.fixture
def offered(db):
    """A case in good offices."""
    return factories.case_in("mediation")


@pytest.fixture
def withheld_scene(db):
    """A complainant who asked to be withheld, in a case that the enterprise knows."""
    return factories.case_in("initial_assessment", data=factories.withheld())
