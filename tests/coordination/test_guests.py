"""Somebody of a supporting NCP: what they read, what they write, and where it ends."""

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import RoleAssignment, RoleChange, User
from cases.disclosure import Audience, audience_of
from cases.errors import Incomplete
from cases.events import verify
from cases.models import Case, CaseDocument, NcpComment, NcpRelease, Participation
from cases.querysets import MessageQuerySet
from cases.services import conflicts, correspondence, disclosing, incoming, sharing
from notifications.audience import recipients
from notifications.models import OutboxMessage
from sealing import fields
from tests import factories
from tests.coordination.conftest import WITHHELD_EMAIL, WITHHELD_NAME
from tests.desk.conftest import browser

pytestmark = pytest.mark.django_db

CANARIES = (WITHHELD_NAME, "Canaryeva", "Kanarienvogel", WITHHELD_EMAIL, "77015550199", "Canary")


@pytest.fixture
def share(canary, guest, officer):
    return sharing.share(canary.case, country="DE", purpose="Ask the buyer.", by=officer)


def pages_of(share):
    return reverse("desk:shared"), reverse("desk:shared_case", args=[share.case_id])


def test_guest_sees_the_shared_case_and_no_other(share, guest):
    other = factories.filed_case()
    client = browser(guest)
    home, case = pages_of(share)
    assert share.case.reference in client.get(home).text
    assert "Open Village Council" in client.get(case).text
    assert list(Case.objects.visible_to(guest)) == [share.case]
    assert client.get(reverse("desk:shared_case", args=[other.pk])).status_code == 404
    assert audience_of(share.case, guest) == Audience.PARTNER


def test_withheld_name_is_in_no_page_of_a_guest(share, guest, officer, canary):
    item = correspondence.add_document(
        canary.case,
        factories.document(canary.case, name=f"{WITHHELD_NAME}.txt"),
        title=f"Letter of {WITHHELD_NAME}",
        side="complainant",
        by=canary.complainant,
    )
    factories.share(item, by=officer)
    item.refresh_from_db()
    given = sharing.release(share, item, by=officer)
    client = browser(guest)
    for url in pages_of(share):
        text = client.get(url).text
        for canary_text in CANARIES:
            assert canary_text.casefold() not in text.casefold(), (url, canary_text)
    response = client.get(reverse("desk:shared_document", args=[share.case_id, given.pk]))
    assert b"".join(response.streaming_content) == b"Plain words."
    for canary_text in CANARIES:
        assert canary_text.casefold() not in str(response.headers).casefold()


def test_guest_reaches_no_other_page_of_the_desk(share, guest):
    client = browser(guest)
    for name in ("case", "coordination", "ledger", "share", "transfer", "message"):
        assert client.get(reverse(f"desk:{name}", args=[share.case_id])).status_code == 404
    for name in ("worklist", "ncps", "import", "packages", "mails", "administration"):
        assert client.get(reverse(f"desk:{name}")).status_code == 404
    assert not CaseDocument.objects.visible_to(guest).exists()
    assert isinstance(share.case.messages.all(), MessageQuerySet)
    assert not share.case.messages.visible_to(guest).exists()


@pytest.mark.parametrize("role", ["officer", "decision_maker", "mediator", "administrator"])
def test_pages_of_guests_are_for_guests(share, role, client):
    for url in pages_of(share):
        assert browser(factories.person(role)).get(url).status_code == 404
        assert client.get(url).status_code == 302


def test_guest_writes_its_own_comments_and_the_office_answers(share, guest, officer):
    client = browser(guest)
    url = pages_of(share)[1]
    assert client.post(url, {"text": " "}).status_code == 200
    assert client.post(url, {"text": "The buyer answers in May."}).status_code == 302
    told = recipients(OutboxMessage.objects.get(event__kind="ncp.commented"))
    assert set(told) == {officer.pk}
    desk = browser(officer)
    page = reverse("desk:coordination", args=[share.case_id])
    assert "The buyer answers in May." in desk.get(page).text
    desk.post(reverse("desk:answer_ncp", args=[share.case_id, share.pk]), {"text": "Thank you."})
    assert "Thank you." in client.get(url).text
    told = recipients(OutboxMessage.objects.get(event__kind="ncp.answered"))
    assert {room for _person, room in told.values()} == {"partner"}
    assert set(told) == {guest.pk}
    assert list(verify(Case.objects.get(pk=share.case_id))) == []


def test_share_ends_and_everything_with_it(share, guest, officer, canary):
    own = correspondence.add_document(
        canary.case, factories.document(canary.case), title="Note", side="", by=officer
    )
    given = sharing.release(share, own, by=officer)
    client = browser(guest)
    document = reverse("desk:shared_document", args=[share.case_id, given.pk])
    assert b"".join(client.get(document).streaming_content)
    sharing.end_share(share, by=officer)
    for url in (pages_of(share)[1], document):
        assert client.get(url).status_code == 404
    assert not Case.objects.visible_to(guest).exists()
    with pytest.raises((Incomplete, PermissionDenied)):
        sharing.comment(share, text="Late", by=guest)
    with pytest.raises(Incomplete):
        sharing.end_share(share, by=officer)


def test_access_ends_with_the_role_the_person_or_a_conflict(share, guest, administrator):
    conflicts_of = Case.objects.visible_to(guest)
    assert conflicts_of.exists()
    RoleAssignment.objects.filter(user=guest).delete()
    guest.__dict__.pop("roles", None)
    assert not Case.objects.visible_to(guest).exists()
    other = factories.person("partner_ncp")
    added = sharing.add_guest("DE", other, by=administrator)
    assert Case.objects.visible_to(other).exists(), (
        "what is shared already is shared with new people"
    )
    sharing.end_guest(added, by=administrator)
    assert not Case.objects.visible_to(other).exists()


def test_declared_conflict_takes_the_case_from_a_guest(share, guest):
    row = conflicts.ConflictDeclaration(case=share.case, user=guest, has_conflict=True)
    row.save()
    assert browser(guest).get(pages_of(share)[1]).status_code == 404
    assert "AltynTau" not in browser(guest).get(pages_of(share)[0]).text


def test_a_guest_who_also_stands_on_a_side_reads_and_writes_nothing_as_a_guest(
    share, guest, officer, canary
):
    """Their page was refused, but a comment that was sent to it was taken as one of another NCP,
    and a document of the office that was released to that NCP was served to the party."""
    own = correspondence.add_document(
        canary.case, factories.document(canary.case), title="Expert report", side="", by=officer
    )
    given = sharing.release(share, own, by=officer)
    file = reverse("desk:shared_document", args=[share.case_id, given.pk])
    client = browser(guest)
    assert b"".join(client.get(file).streaming_content)
    Participation.objects.create(
        case=share.case, user=guest, role="party_member", side="respondent"
    )
    page = pages_of(share)[1]
    assert client.get(page).status_code == 404
    assert client.post(page, {"text": "From the NCP"}).status_code == 404
    assert client.get(file).status_code == 404
    assert not NcpComment.objects.exists()


def test_only_what_both_sides_read_is_released(share, officer, canary):
    private = correspondence.add_document(
        canary.case,
        factories.document(canary.case),
        title="Private",
        side="complainant",
        by=canary.complainant,
    )
    with pytest.raises(Incomplete):
        sharing.release(share, private, by=officer)
    factories.share(private, by=officer)
    private.refresh_from_db()
    given = sharing.release(share, private, by=officer)
    assert given.is_open
    disclosing.decide_audience(private, audience="party_and_ncp", by=officer)
    assert not NcpRelease.objects.get(pk=given.pk).is_open, "taken back from everybody"


def test_guest_of_another_ncp_sees_nothing(share, administrator):
    other = factories.person("partner_ncp")
    sharing.add_guest("FR", other, by=administrator)
    assert not Case.objects.visible_to(other).exists()
    assert browser(other).get(pages_of(share)[1]).status_code == 404
    with pytest.raises(PermissionDenied):
        sharing.comment(share, text="Mine", by=other)
    assert not NcpComment.objects.exists()


def test_invitation_goes_through_a_second_person(administrator, mailoutbox):
    client = browser(administrator)
    response = client.post(
        reverse("desk:ncp", args=["de"]),
        {"invite": "on", "guest-name": "Anna", "guest-email": "anna@ncp.example",
         "guest-reason": "She supports a case."},
    )  # fmt: skip
    assert response.status_code == 302, response.text

    anna = User.objects.get(email="anna@ncp.example")
    assert not anna.has_role("partner_ncp"), "not before it is confirmed"
    assert RoleChange.objects.filter(person=anna, role="partner_ncp").exists()


def test_officer_invites_nobody(officer):
    response = browser(officer).post(
        reverse("desk:ncp", args=["de"]),
        {"invite": "on", "guest-name": "A", "guest-email": "a@b.example", "guest-reason": "x"},
    )
    assert response.status_code == 403


def test_shared_cases_are_listed_with_the_same_number_of_queries(guest, officer):

    def shared(number):
        for _ in range(number):
            case = factories.filed_case()
            sharing.share(case, country="DE", purpose="Ask.", by=officer)

    client = browser(guest)
    url = reverse("desk:shared")
    shared(3)
    client.get(url)
    with CaptureQueriesContext(connection) as few:
        client.get(url)
    shared(17)
    with CaptureQueriesContext(connection) as many:
        assert client.get(url).text.count("<tr>") == 21
    assert len(many) == len(few)


def test_waiting_files_are_listed_with_the_same_number_of_queries(officer):

    def keep(number):
        for _ in range(number):
            incoming.keep(iter([b"x"]), kind="mail", name="a.eml", by=officer, limit=100)
        fields._opened.clear()

    desk = browser(officer)
    url = reverse("desk:mails")
    keep(3)
    desk.get(url)
    fields._opened.clear()
    with CaptureQueriesContext(connection) as few:
        desk.get(url)
    keep(17)
    with CaptureQueriesContext(connection) as many:
        assert desk.get(url).text.count("a.eml") == 20
    assert len(many) == len(few)
