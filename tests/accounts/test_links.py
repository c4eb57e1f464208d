import re
from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts import links, services, tasks, throttle
from accounts.models import LinkKind, OneTimeLink, SecurityMail, Tally, User
from tests.accounts.conftest import PASSWORD, is_signed_in, sign_in, with_password
from tests.factories import person

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("second_factor_optional")]
NEW = "a completely new passphrase"


@pytest.fixture
def administrator():
    return with_password("administrator")


@pytest.fixture
def invited(administrator):
    return services.invite(
        "New.Person@Example.org",
        name="New Person",
        role="officer",
        by=administrator,
        reason="Joins the secretariat",
        language="ru",
    )


def delivered():
    """Send what waits and return the link of the last mail."""
    tasks.send_security_mails()
    found = re.search(r"https?://[^/\s]+(/\S+)", mail.outbox[-1].body)
    return found[1]


def accept(client, path, **fields):
    page = client.get(path, follow=True)
    if page.status_code != 200:
        return page
    data = {"password1": NEW, "password2": NEW, **fields}
    return client.post(page.redirect_chain[-1][0], data)


# Invitations


def test_invited_person_sets_name_and_password_and_signs_in(invited):
    client = Client()
    response = accept(client, delivered(), name="New Name")
    assert response["Location"] == reverse("account_login")
    invited.refresh_from_db()
    assert invited.name == "New Name"
    assert invited.email == "new.person@example.org"
    assert is_signed_in(sign_in(invited, password=NEW))


def test_invitation_alone_gives_no_role(invited):
    accept(Client(), delivered(), name="New Name")
    assert User.objects.get(pk=invited.pk).roles == frozenset()


def test_invitation_works_once(invited):
    path = delivered()
    accept(Client(), path, name="New Name")
    assert accept(Client(), path, name="Thief").status_code == 410


def test_opening_an_invitation_does_not_use_it_up(invited):
    path = delivered()
    for _ in range(3):
        Client().get(path, follow=True)
    assert accept(Client(), path, name="New Name").status_code == 302


def test_two_who_open_one_invitation_set_one_password(invited):
    path = delivered()
    first, second = Client(), Client()
    one, two = first.get(path, follow=True), second.get(path, follow=True)
    assert one.status_code == two.status_code == 200
    data = {"password1": NEW, "password2": NEW, "name": "N"}
    assert first.post(reverse("accounts:use_link", args=["invitation"]), data).status_code == 302
    assert second.post(reverse("accounts:use_link", args=["invitation"]), data).status_code == 410


def test_invitation_ends_after_seven_days(invited):
    path = delivered()
    OneTimeLink.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert Client().get(path).status_code == 410
    assert links.LIFETIMES[LinkKind.INVITATION] == timedelta(days=7)


def test_new_invitation_ends_the_one_before(invited, administrator):
    old = delivered()
    services.send_invitation(invited, by=administrator)
    assert Client().get(old).status_code == 410
    assert accept(Client(), delivered(), name="N").status_code == 302


def test_invitation_of_a_closed_account_opens_nothing(invited, administrator):
    path = delivered()
    services.deactivate(invited, by=administrator)
    assert Client().get(path).status_code == 410


def test_token_is_not_stored_and_not_in_the_page(invited):
    path = delivered()
    token = path.rstrip("/").rsplit("/", 1)[1]
    assert token not in str(list(OneTimeLink.objects.values()))
    page = Client().get(path, follow=True)
    assert token not in page.content.decode()
    assert token not in page.redirect_chain[-1][0]
    assert not SecurityMail.objects.exists()


def test_waiting_mail_holds_its_token_encrypted(invited):
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT token FROM accounts_securitymail")
        assert cursor.fetchone()[0].startswith("gAAAA")


@pytest.mark.parametrize(
    ("password1", "password2", "name"),
    [("short", "short", "N"), (NEW, "different one here", "N"), (NEW, NEW, "")],
)
def test_bad_input_keeps_the_invitation(invited, password1, password2, name):
    client = Client()
    path = delivered()
    response = accept(client, path, password1=password1, password2=password2, name=name)
    assert response.status_code == 200
    assert response.context["form"].errors
    assert accept(Client(), path, name="N").status_code == 302


def test_link_of_one_kind_does_not_open_another(invited):
    path = delivered()
    assert Client().get(path.replace("/invitation/", "/password_reset/")).status_code == 410
    assert Client().get(path.replace("/invitation/", "/sign_in/")).status_code == 404


# Mails


def test_mails_hold_a_link_and_no_names(invited):
    delivered()
    letter = mail.outbox[-1]
    text = letter.subject + letter.body
    assert "New Person" not in text
    assert "officer" not in text.lower()
    assert letter.to == ["new.person@example.org"]
    assert letter.extra_headers["Message-ID"]


def test_mail_that_fails_is_tried_again_with_the_same_id(invited, settings, monkeypatch):
    row = SecurityMail.objects.get()
    settings.EMAIL_BACKEND = "tests.accounts.test_links.BrokenBackend"
    assert tasks.send_security_mails() == 0
    row.refresh_from_db()
    assert row.tries == 1
    assert row.next_try_at > timezone.now()
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    SecurityMail.objects.update(next_try_at=timezone.now())
    assert tasks.send_security_mails() == 1
    assert mail.outbox[0].extra_headers["Message-ID"] == f"<{row.pk}@good-offices>"
    assert not SecurityMail.objects.exists()


class BrokenBackend:
    def __init__(self, *args, **kwargs):
        pass

    def send_messages(self, messages):
        raise OSError("550 somebody@example.org refused")


def test_log_of_a_failed_mail_names_nobody(invited, settings, caplog):
    settings.EMAIL_BACKEND = "tests.accounts.test_links.BrokenBackend"
    tasks.send_security_mails()
    assert "OSError" in caplog.text
    assert "example.org" not in caplog.text


def test_mail_of_a_closed_account_is_not_sent(invited):
    User.objects.update(is_active=False)
    assert tasks.send_security_mails() == 0
    assert not SecurityMail.objects.exists()


# Forgotten passwords


def forget(email, **extra):
    return Client(**extra).post(reverse("account_reset_password"), {"email": email}, follow=True)


def test_forgotten_password_is_replaced():
    user = with_password("officer")
    old = sign_in(user)
    forget(user.email.upper())
    assert accept(Client(), delivered())["Location"] == reverse("account_login")
    assert not is_signed_in(old)
    assert not is_signed_in(sign_in(user, password=PASSWORD))
    assert is_signed_in(sign_in(user, password=NEW))


def test_reset_link_works_once_and_for_an_hour():
    user = with_password("officer")
    forget(user.email)
    path = delivered()
    accept(Client(), path)
    assert Client().get(path).status_code == 410
    assert links.LIFETIMES[LinkKind.PASSWORD_RESET] == timedelta(hours=1)


def test_reset_answers_and_works_the_same_for_known_and_unknown():
    from django.db import connection

    user = with_password("officer")
    answers, counts = [], []
    for email in (user.email, "nobody@example.org"):
        with CaptureQueriesContext(connection) as queries:
            answers.append(forget(email))
        counts.append([re.sub(r"'[^']*'|\d+", "?", q["sql"])[:60] for q in queries])
    assert answers[0].content == answers[1].content
    assert answers[0].redirect_chain == answers[1].redirect_chain
    assert counts[0] == counts[1]
    assert SecurityMail.objects.count() == 2
    tasks.send_security_mails()
    assert [letter.to for letter in mail.outbox] == [[user.email]]
    assert not SecurityMail.objects.exists()


def test_reset_is_no_way_in_for_a_closed_or_an_invited_person(invited):
    tasks.send_security_mails()
    closed = with_password("officer", is_active=False)
    mail.outbox.clear()
    for email in (closed.email, invited.email):
        forget(email)
    tasks.send_security_mails()
    assert mail.outbox == []


def test_reset_does_not_go_around_the_second_factor(settings):
    from tests.accounts.conftest import enrol

    settings.REQUIRE_SECOND_FACTOR = True
    user = with_password("officer")
    enrol(user)
    forget(user.email)
    accept(Client(), delivered())
    assert not is_signed_in(sign_in(user, password=NEW))


def test_one_address_is_not_flooded_and_the_answer_stays_the_same():
    user = with_password("officer")
    answers = [forget(user.email).content for _ in range(6)]
    assert len(set(answers)) == 1
    assert SecurityMail.objects.count() == 3


def test_reset_link_in_a_mail_does_not_follow_a_forged_host():
    user = with_password("officer")
    Client().post(
        reverse("account_reset_password"), {"email": user.email}, headers={"host": "localhost"}
    )
    tasks.send_security_mails()
    from django.conf import settings

    assert settings.SITE_URL in mail.outbox[0].body


# Sign-in links of parties


def test_sign_in_link_works_once_for_fifteen_minutes():
    party = services.party_user()
    token = services.issue_login_link(party)
    assert services.redeem_login_link(token) == party
    assert services.redeem_login_link(token) is None
    assert links.LIFETIMES[LinkKind.SIGN_IN] == timedelta(minutes=15)


def test_old_sign_in_link_opens_nothing():
    token = services.issue_login_link(services.party_user())
    OneTimeLink.objects.update(expires_at=timezone.now())
    assert services.redeem_login_link(token) is None


def test_sign_in_link_never_opens_the_account_of_somebody_who_works_here():
    assert services.redeem_login_link(services.issue_login_link(person("officer"))) is None


@pytest.mark.parametrize("token", ["", "x", "é", "a" * 5000])
def test_rubbish_opens_nothing(token):
    assert services.redeem_login_link(token) is None


def test_what_is_over_is_thrown_away():
    services.issue_login_link(services.party_user())
    throttle.add("x", "y", every=timedelta(hours=1))
    tasks.forget_what_is_over()
    assert OneTimeLink.objects.exists()
    assert Tally.objects.exists()
    OneTimeLink.objects.update(expires_at=timezone.now() - timedelta(days=40))
    Tally.objects.update(began_at=timezone.now() - timedelta(days=2))
    tasks.forget_what_is_over()
    assert not OneTimeLink.objects.exists()
    assert not Tally.objects.exists()


# A new address


def ask(client, email):
    return client.post(reverse("accounts:change_address"), {"email": email})


def test_new_address_holds_once_its_link_was_used():
    user = with_password("officer")
    old = user.email
    client = sign_in(user)
    ask(client, "New@Example.org")
    user.refresh_from_db()
    assert user.email == old
    path = delivered()
    assert mail.outbox[-1].to == ["new@example.org"]
    confirmed = Client()
    confirmed.get(path, follow=True)
    confirmed.post(reverse("accounts:use_link", args=["address"]))
    user.refresh_from_db()
    assert user.email == "new@example.org"
    assert not is_signed_in(client)
    assert is_signed_in(sign_in(user))
    tasks.send_security_mails()
    assert mail.outbox[-1].to == [old]
    assert "new@example.org" not in mail.outbox[-1].body
    assert Client().get(path).status_code == 410


def test_address_of_somebody_else_is_neither_told_nor_taken():
    user, other = with_password("officer"), with_password("officer")
    free = ask(sign_in(user), "free@example.org")
    taken = ask(sign_in(user), other.email)
    assert (free.status_code, free["Location"]) == (taken.status_code, taken["Location"])
    mail.outbox.clear()
    SecurityMail.objects.filter(kind="address").exclude(
        pk=SecurityMail.objects.latest("created_at").pk
    ).delete()
    assert tasks.send_security_mails() == 0
    assert mail.outbox == []


def test_address_that_was_taken_in_the_meantime_is_not_taken_over():
    user = with_password("officer")
    ask(sign_in(user), "late@example.org")
    path = delivered()
    person("officer", name="Late")
    User.objects.filter(name="Late").update(email="late@example.org")
    client = Client()
    client.get(path, follow=True)
    assert client.post(reverse("accounts:use_link", args=["address"])).status_code == 410
    user.refresh_from_db()
    assert user.email != "late@example.org"


def test_new_address_is_asked_for_with_a_fresh_password_only():
    user = with_password("officer")
    with time_machine.travel("2026-11-20 10:00+00:00", tick=False) as clock:
        client = sign_in(user)
        clock.shift(timedelta(minutes=6))
        response = ask(client, "new@example.org")
    assert response["Location"].startswith(reverse("account_reauthenticate"))
    assert not SecurityMail.objects.exists()
