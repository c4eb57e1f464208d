from io import StringIO
from urllib.parse import urlsplit

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from accounts.models import RoleAssignment, User
from tests.accounts.conftest import is_signed_in, sign_in
from tests.factories import person

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("second_factor_optional")]
NEW = "a completely new passphrase"


def create(email="first@example.org", role="administrator", **options):
    out, err = StringIO(), StringIO()
    call_command("create_person", email, role=role, name="First", stdout=out, stderr=err, **options)
    return out.getvalue().strip()


def test_first_administrator_comes_in_by_the_printed_link():
    path = urlsplit(create("First@Example.org")).path
    client = Client()
    page = client.get(path, follow=True)
    client.post(page.redirect_chain[-1][0], {"name": "F", "password1": NEW, "password2": NEW})
    user = User.objects.get(email="first@example.org")
    assert user.roles == {"administrator"}
    assert is_signed_in(sign_in(user, password=NEW))
    assert Client().get(path).status_code == 410


def test_second_administrator_is_made_the_same_way_and_a_third_is_refused():
    create("one@example.org")
    create("two@example.org")
    with pytest.raises(CommandError, match="takes two people"):
        create("three@example.org")
    with pytest.raises(CommandError, match="takes two people"):
        create("three@example.org", role="officer")
    assert not User.objects.filter(email="three@example.org").exists()


def test_lost_link_is_printed_anew():
    first = create()
    second = create()
    assert Client().get(urlsplit(first).path).status_code == 410
    assert Client().get(urlsplit(second).path).status_code == 302
    assert RoleAssignment.objects.count() == 1


def test_person_who_arrived_is_not_taken_over():
    user = person("officer")
    user.set_password(NEW)
    user.save()
    with pytest.raises(CommandError, match="has set a password"):
        create(user.email)
    assert User.objects.get(pk=user.pk).roles == {"officer"}


@pytest.mark.parametrize(
    ("email", "options", "said"),
    [
        ("no address", {}, "no e-mail address"),
        ("a@example.org", {"language": "xx"}, "--language"),
        ("a@example.org", {"until": "soon"}, "--until"),
        ("a@example.org", {"until": "2026-13-45"}, "--until"),
        ("a@example.org", {"role": "auditor"}, "last day"),
    ],
)
def test_bad_arguments_get_one_clear_sentence(email, options, said):
    with pytest.raises(CommandError, match=said):
        create(email, **options)
    assert not User.objects.exists()
