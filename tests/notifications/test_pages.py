import os

import pytest
from django.core.mail import EmailMessage
from django.urls import reverse

from cases.services import conflicts, registration
from cases.workflow import State
from notifications import delivery, mailbox
from notifications.models import Delivery
from tests import factories

pytestmark = pytest.mark.django_db
INBOX = "/notices/"


@pytest.fixture
def told(officer):
    scene = factories.case_in(State.INITIAL_ASSESSMENT, officer=officer)
    delivery.drain()
    return scene


def sign_in(client, person):
    client.force_login(person, backend="accounts.backends.PasswordBackend")
    return client


def test_somebody_not_signed_in_is_asked_to(client):
    assert client.get(INBOX).status_code == 302


def test_a_party_finds_its_notices_and_opens_the_case_at_the_portal(client, told):
    page = sign_in(client, told.complainant).get(INBOX)
    assert told.case.reference in page.content.decode()
    notice = Delivery.objects.visible_to(told.complainant).first()
    answer = client.post(reverse("notifications:open", args=[notice.pk]))
    assert answer.status_code == 302 and answer.url.startswith("/portal/")
    notice.refresh_from_db()
    assert notice.read_at


def test_an_officer_opens_the_case_at_the_desk(client, told, other_officer):
    registration.assign_officer(told.case, officer=other_officer, by=told.officer)
    delivery.drain()
    browser = sign_in(client, other_officer)
    notice = Delivery.objects.visible_to(other_officer).order_by("-created_at").first()
    answer = browser.post(reverse("notifications:open", args=[notice.pk]))
    assert answer.url == f"/desk/cases/{told.case.pk}/"


def test_who_was_named_before_is_told_that_somebody_else_took_the_case(told, other_officer):
    """Whoever names themself may read withheld names: that must not go unseen by the officer whose
    case it was."""
    registration.assign_officer(told.case, officer=other_officer, by=other_officer)
    delivery.drain()
    notice = Delivery.objects.visible_to(told.officer).order_by("-created_at").first()
    assert notice.message.event.kind == "officer.assigned"
    assert not Delivery.objects.filter(user=other_officer, message=notice.message).exists()


def test_notices_of_others_are_not_there(client, told, other_officer):
    notice = Delivery.objects.filter(user=told.complainant, channel="inbox").first()
    browser = sign_in(client, other_officer)
    assert browser.post(reverse("notifications:open", args=[notice.pk])).status_code == 404
    assert browser.get(reverse("notifications:open", args=[notice.pk])).status_code == 405


def test_notices_go_with_the_right_to_see_the_case(client, received, officer):
    delivery.drain()
    assert Delivery.objects.visible_to(officer).exists()
    conflicts.declare(received, by=officer, has_conflict=True)
    assert not Delivery.objects.visible_to(officer).exists()
    assert "There is no notice" in sign_in(client, officer).get(INBOX).content.decode()


def test_all_can_be_marked_as_read(client, told):
    browser = sign_in(client, told.complainant)
    assert "Mark all as read" in browser.get(INBOX).content.decode()
    browser.post(reverse("notifications:read_all"))
    assert not Delivery.objects.visible_to(told.complainant).unread().exists()
    assert "Mark all as read" not in browser.get(INBOX).content.decode()


@pytest.mark.parametrize("count", [3, 60])
def test_the_list_asks_a_constant_number_of_questions(
    client, told, count, django_assert_max_num_queries
):
    for number in range(count):
        _message(told, number)
    delivery.drain()
    browser = sign_in(client, told.complainant)
    with django_assert_max_num_queries(8):
        page = browser.get(INBOX)
    assert page.status_code == 200


def _message(scene, number):
    from cases.services import correspondence

    correspondence.send_message(
        scene.case, side="complainant", text=f"Text {number}", by=scene.officer
    )


def test_older_notices_stand_on_the_next_page_and_none_is_lost(client, told):
    for number in range(30):
        _message(told, number)
    delivery.drain()
    browser = sign_in(client, told.complainant)
    from notifications import inbox

    mine = Delivery.objects.visible_to(told.complainant)
    first, older = inbox.notices(mine)
    last = Delivery.objects.get(pk=older)
    second, end = inbox.notices(mine, before=last)
    total = Delivery.objects.visible_to(told.complainant).count()
    assert len(first) == 25 and len(first) + len(second) == total and end == ""
    assert not {n.id for n in first} & {n.id for n in second}
    assert browser.get(f"{INBOX}?before={older}").status_code == 200
    assert browser.get(f"{INBOX}?before=nonsense").status_code == 200


# The mailbox of the demonstration


@pytest.fixture
def mails(settings, tmp_path):
    settings.DEMONSTRATION = True
    settings.EMAIL_FILE_PATH = tmp_path / "mail"
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    for number in range(3):
        EmailMessage(f"Сәлем {number}", "Текст\n", "a@example.org", ["b@example.org"]).send()
    return tmp_path / "mail"


def test_the_mailbox_lists_and_shows_mails(client, mails):
    page = client.get("/demo/mail/").content.decode()
    assert all(f"Сәлем {number}" in page for number in range(3))
    first = mailbox.newest()[0]
    shown = client.get(reverse("demo_mail", args=[first.name, first.number]))
    assert "Текст" in shown.content.decode()


def test_two_mails_that_the_backend_put_into_one_file_are_two_mails(client, mails):
    name = "20260101-120000-1.log"
    data = b"".join(path.read_bytes() for path in sorted(mails.iterdir()))
    (mails / name).write_bytes(data)
    assert [mailbox.find(name, number).number for number in (1, 2, 3)] == [1, 2, 3]
    assert mailbox.find(name, 4) is None and mailbox.find(name, 0) is None


@pytest.mark.parametrize(
    "name", ["..%2F..%2Fsecret.log", "secret.log", "....log", "20260101-120000-1.log%00", ".."]
)
def test_no_other_file_can_be_asked_for(client, mails, name):
    (mails.parent / "secret.log").write_text("Subject: secret\n\nsecret")
    (mails / "secret.log").write_text("Subject: secret\n\nsecret")
    assert client.get(f"/demo/mail/{name}/1/").status_code == 404


def test_a_link_out_of_the_folder_is_not_followed(client, mails):
    (mails.parent / "secret").write_text("Subject: secret\n\nsecret")
    os.symlink(mails.parent / "secret", mails / "20260101-120000-2.log")
    assert client.get("/demo/mail/20260101-120000-2.log/1/").status_code == 404
    assert "secret" not in client.get("/demo/mail/").content.decode()


def test_without_the_demonstration_there_is_nothing(client, mails, settings):
    settings.DEMONSTRATION = False
    for address in ("/demo/", "/demo/mail/", "/demo/mail/20260101-120000-1.log/1/"):
        assert client.get(address).status_code == 404


def test_an_empty_mailbox_says_so(client, settings, tmp_path):
    settings.DEMONSTRATION = True
    settings.EMAIL_FILE_PATH = tmp_path / "nowhere"
    assert "No mail was sent yet" in client.get("/demo/mail/").content.decode()


def test_the_doors_of_the_demonstration_lead_on(client, settings):
    settings.DEMONSTRATION = True
    page = client.get("/demo/").content.decode()
    assert "/demo/mail/" in page and "/demo/sign-in/" in page
