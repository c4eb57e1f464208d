"""People at the desk, each with a browser of their own."""

import pytest
from django.test import Client
from django.urls import reverse

from tests import factories


def browser(user):
    """Return a client that is signed in as somebody."""
    client = Client()
    client.force_login(user, backend="accounts.backends.PasswordBackend")
    return client


def page(name, case, *args):
    """Return the address of a page of a case."""
    return reverse(f"desk:{name}", args=[case.pk, *args])


def act(client, case, name, *args, **data):
    """Open an action's form and send it back with what is typed."""
    case.refresh_from_db(fields=["row_version"])
    return client.post(page(name, case, *args), {"row_version": case.row_version, **data})


@pytest.fixture
def desk(officer):
    """The browser of an officer."""
    return browser(officer)


@pytest.fixture
def in_assessment(officer):
    """A served case in its initial assessment; its officer is `officer`."""
    return factories.case_in("initial_assessment", officer=officer, data=factories.withheld())
