"""Several people for one side, each with a code of their own; mandates that end."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cases.disclosure import Audience, disclosed
from cases.errors import Conflict, Incomplete
from cases.models import Case, CaseDocument, Participation
from cases.services import correspondence, deadlines, disclosing, members, registration
from notifications import audience
from notifications.models import OutboxMessage
from portal import services
from tests import factories
from tests.portal.conftest import page, signed_in, token_of


def enters(code) -> Client | None:
    client = Client()
    sent = client.post("/portal/sign-in/", {"code": code})
    return client if sent.status_code == 302 else None


def added(scene, by=None, **more):
    return members.add(scene.case, name="Jane Doe", by=by or scene.enterprise, **more)


def a_representative(scene, days=10):
    until = deadlines.today() + timedelta(days=days)
    return added(scene, is_representative=True, mandate="Power of attorney 5", until=until)


def test_each_person_has_a_code_of_their_own_and_sees_the_same_case(scene):
    row, code = added(scene)
    assert code != scene.enterprise_code and row.side == "respondent"
    assert enters(code).get(page("case", scene.case)).status_code == 200
    assert enters(scene.enterprise_code).get(page("case", scene.case)).status_code == 200


def test_a_withdrawn_person_sees_nothing_at_the_next_request(scene):
    row, code = added(scene)
    client = enters(code)
    assert client.get(page("case", scene.case)).status_code == 200
    members.withdraw(row, by=scene.enterprise)
    assert client.get(page("case", scene.case)).status_code in (302, 404)
    assert enters(code) is None
    assert enters(scene.enterprise_code)
    assert not Case.objects.visible_to(row.user).exists()


def test_access_of_a_representative_ends_with_the_mandate(scene):
    row, code = a_representative(scene)
    client = signed_in(row.user)
    assert client.get(page("case", scene.case)).status_code == 200
    with time_machine.travel(timezone.now() + timedelta(days=12)):
        assert not Case.objects.visible_to(row.user).exists()
        assert signed_in(row.user).get(page("case", scene.case)).status_code == 404
        assert enters(code) is None
        assert "Jane Doe" not in str(disclosed(scene.reload(), to=Audience.RESPONDENT))


def test_representative_whose_mandate_has_a_last_day_gets_mail_until_then(scene):
    """They could leave an address on their page, and no mail ever went there: only a mandate
    without a last day counted."""
    row, _code = a_representative(scene)
    contact = services.Contact(email="jane@example.org")
    services.change_contact(scene.case, contact, by=row.user)
    message = OutboxMessage.objects.filter(case=scene.case).first()
    assert list(audience.addresses(message, row.user)) == ["jane@example.org"]
    with time_machine.travel(timezone.now() + timedelta(days=12)):
        assert list(audience.addresses(message, row.user)) == []


def test_a_changed_mandate_moves_the_end_of_the_access(scene):
    row, code = a_representative(scene)
    later = deadlines.today() + timedelta(days=40)
    members.change_mandate(row, mandate="Power of attorney 6", until=later, by=scene.enterprise)
    with time_machine.travel(timezone.now() + timedelta(days=12)):
        assert enters(code).get(page("case", scene.case)).status_code == 200
    assert scene.case.representations.get(user=row.user).mandate == "Power of attorney 6"


def test_only_the_main_person_adds_and_withdraws(scene):
    row, _code = added(scene)
    other, _code = added(scene)
    with pytest.raises(PermissionDenied):
        added(scene, by=row.user)
    for person in (other.user, scene.complainant, scene.officer):
        with pytest.raises(PermissionDenied):
            members.withdraw(row, by=person)
    assert signed_in(row.user).get(page("people", scene.case)).status_code == 403
    assert (
        signed_in(scene.complainant).get(page("withdraw_person", scene.case, row.pk)).status_code
        == 404
    )


def test_a_representative_needs_a_mandate_and_a_day_ahead(scene):
    with pytest.raises(ValidationError):
        added(scene, is_representative=True)
    with pytest.raises(ValidationError):
        added(scene, until=deadlines.today() - timedelta(days=1))


def test_counsel_is_named_by_the_party(scene):
    row, _code = added(scene, is_counsel=True)
    assert Participation.objects.get(pk=row.pk).is_counsel
    assert not Participation.objects.get(user=scene.enterprise).is_counsel


def test_counsel_reads_nothing_for_counsel_before_an_officer_confirmed_them(scene):
    """Whoever named somebody a lawyer knew their code, and so read the other side's secrets."""
    row, old_code = added(scene, is_counsel=True)
    counsel = row.user
    case = scene.case
    item = correspondence.add_document(
        case, factories.document(case), title="Price list", side="complainant",
        by=scene.complainant,
    )  # fmt: skip
    with pytest.raises(Incomplete, match="no counsel"):
        disclosing.decide_audience(item, audience="counsel", by=scene.officer)
    with pytest.raises(PermissionDenied):
        members.confirm_counsel(row, check="Card seen.", by=factories.person("officer"))
    with pytest.raises(ValidationError):
        members.confirm_counsel(row, check=" ", by=scene.officer)

    code = members.confirm_counsel(row, check="Card of the bar seen.", by=scene.officer)

    assert enters(old_code) is None, "the side knows this one"
    assert enters(code) is not None
    disclosing.decide_audience(
        item, audience="counsel", agreed_elsewhere="By letter.", by=scene.officer
    )
    visible = CaseDocument.objects.visible_to
    assert visible(counsel).filter(pk=item.pk).exists()
    assert not visible(scene.enterprise).filter(pk=item.pk).exists()
    with pytest.raises(Conflict):
        members.confirm_counsel(row, check="Again.", by=scene.officer)


def test_an_officer_confirms_counsel_on_a_page_that_shows_the_code_once(scene):
    row, old_code = added(scene, is_counsel=True)
    desk = signed_in(scene.officer)
    address = reverse("desk:confirm_counsel", args=[scene.case.pk])
    page = desk.get(address).content.decode()
    assert row.name in page
    form = {"person": str(row.pk), "row_version": scene.reload().row_version}

    assert "how you checked" in desk.post(address, form).content.decode()
    answer = desk.post(address, {**form, "check": "Card of the bar seen."}).content.decode()

    code = re.search(r'class="access-code">([^<]+)<', answer).group(1)
    assert row.name in answer
    assert enters(code) is not None
    assert enters(old_code) is None
    assert desk.get(address).status_code == 409, "nobody waits any more"


def test_a_new_code_of_the_party_goes_to_its_main_person(scene):
    _row, code = added(scene)
    party = scene.case.parties.get(side="respondent")
    registration.renew_access(scene.case, party, by=scene.officer, check="Passport")
    assert enters(code)
    assert enters(scene.enterprise_code) is None


def test_the_name_of_a_representative_is_hidden_where_the_side_wants_it(scene):
    members.add(
        scene.case, name="Hidden Person", by=scene.complainant, is_representative=True,
        mandate="x", name_is_shown=False,
    )  # fmt: skip
    case = scene.reload()
    assert "Hidden Person" not in str(disclosed(case, to=Audience.RESPONDENT))
    assert "Hidden Person" in str(disclosed(case, to=Audience.COMPLAINANT))


def test_the_pages_add_show_the_code_once_and_withdraw(scene):
    client = signed_in(scene.enterprise)
    address = page("people", scene.case)
    sent = {"token": token_of(client.get(address)), "name": "Jane Doe", "kind": "member"}
    shown = client.post(address, sent)
    code = shown.context["code"]
    assert code in shown.text and enters(code)
    assert client.post(address, sent).status_code == 302  # a second click adds nobody
    assert Participation.objects.filter(added_by=scene.enterprise).count() == 1
    text = client.get(address).text
    assert "Jane Doe" in text and code not in text
    row = Participation.objects.get(added_by=scene.enterprise)
    client = signed_in(scene.enterprise)
    address = page("withdraw_person", scene.case, row.pk)
    assert client.post(address, {"token": token_of(client.get(address))}).status_code == 302
    assert enters(code) is None


def test_pages_say_whom_a_representative_represents(scene):
    """The lawyer of the enterprise stood right under the complainant, as "Represented by"."""
    members.add(
        scene.case,
        name="Dana Lawyer",
        is_representative=True,
        mandate="Power of attorney",
        by=scene.enterprise,
    )
    for user in (scene.complainant, scene.enterprise):
        text = " ".join(signed_in(user).get(page("case", scene.case)).text.split())
        assert "<dt>The enterprise is represented by</dt><dd><bdi>Dana Lawyer" in text
        assert "The complainant is represented by" not in text
