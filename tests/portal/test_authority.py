"""Nobody of an enterprise reads more than the notice before an officer knows for whom they act."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse

from cases.errors import Conflict
from cases.models import Authority, Case, Message, Participation, SentLetter
from cases.services import authority, deadlines
from desk import letters
from tests import factories
from tests.portal.conftest import page, signed_in, token_of


@pytest.fixture
def waiting(db, settings):
    settings.REQUIRE_AUTHORITY = True
    scene = factories.case_in("initial_assessment")
    scene.row = Participation.objects.get(user=scene.enterprise)
    return scene


def state(scene, **more):
    said = {"name": "Dana Lee", "function": "Director", "statement": "Call us.", **more}
    return authority.state(scene.row, by=scene.enterprise, **said)


def test_nothing_but_the_notice_is_shown_before(waiting):
    client = signed_in(waiting.enterprise)
    for name in ("case", "message", "documents", "answer"):
        assert client.get(page(name, waiting.case)).status_code == 404
    text = client.get("/portal/", follow=True).text
    assert waiting.case.reference in text
    for secret in (waiting.case.title, "river", "Айгүл", "Wages"):
        assert secret not in text
    assert not Case.objects.visible_to(waiting.enterprise).exists()
    assert not Message.objects.visible_to(waiting.enterprise).exists()


def test_it_opens_when_an_officer_confirms(waiting, client):
    mine = signed_in(waiting.enterprise)
    address = reverse("portal:authority", args=[waiting.row.pk])
    sent = {
        "token": token_of(mine.get(address)), "name": "Dana Lee", "function": "Director",
        "statement": "Our register entry.",
    }  # fmt: skip
    assert mine.post(address, sent).status_code == 302
    stated = Authority.objects.get()
    client.force_login(waiting.officer)
    assert "Look at the proof" in client.get(reverse("desk:case", args=[waiting.case.pk])).text
    address = reverse("desk:authority", args=[waiting.case.pk, stated.pk])
    assert "Our register entry." in client.get(address).text
    sent = {"row_version": waiting.reload().row_version, "decision": "yes"}
    assert client.post(address, sent).status_code == 302
    assert mine.get(page("case", waiting.case)).status_code == 200


def test_an_officer_asks_again_and_the_person_states_anew(waiting):
    stated = state(waiting)
    with pytest.raises(Conflict):
        state(waiting)
    with pytest.raises(ValidationError):
        authority.ask_again(stated, reason="", by=waiting.officer)
    authority.ask_again(stated, reason="A power of attorney, please.", by=waiting.officer)
    text = signed_in(waiting.enterprise).get("/portal/", follow=True).text
    assert "A power of attorney, please." in text
    stated = state(waiting)
    authority.confirm(stated, by=waiting.officer)
    with pytest.raises(Conflict):
        authority.confirm(stated, by=waiting.officer)


def test_nobody_confirms_themselves_or_for_another(waiting, member):
    stated = state(waiting)
    for person in (waiting.enterprise, waiting.complainant, member):
        with pytest.raises(PermissionDenied):
            authority.confirm(stated, by=person)
    other = signed_in(waiting.complainant)
    assert other.get(reverse("portal:authority", args=[waiting.row.pk])).status_code == 404


def test_without_the_setting_the_code_opens_the_case(scene):
    assert signed_in(scene.enterprise).get(page("case", scene.case)).status_code == 200


def test_the_letter_is_a_pdf_once_for_the_person_who_made_it(scene, other_officer):
    party = scene.case.parties.get(side="respondent")
    letter = letters.to_enterprise(scene.case, party, "ABCD-1234")
    sealed = letters.seal(letter, case=scene.case, by=scene.officer)
    assert "ABCD-1234" not in sealed
    assert letters.opened(sealed, case=scene.case, by=other_officer) is None
    assert letters.opened("x" + sealed, case=scene.case, by=scene.officer) is None
    assert letters.opened(sealed, case=scene.case, by=scene.officer).startswith(b"%PDF")
    for again in (sealed, sealed + "x"):
        assert letters.opened(again, case=scene.case, by=scene.officer) is None


def test_the_answer_to_the_click_offers_the_pdf(db, client):
    scene = factories.case_in("initial_assessment", served=False)
    client.force_login(scene.officer)
    answer = client.post(
        reverse("desk:notify", args=[scene.case.pk]), {"row_version": scene.case.row_version}
    )
    (item,) = answer.context["letters"]
    file = client.post(reverse("desk:letter_file", args=[scene.case.pk]), {"sealed": item.sealed})
    assert file["Content-Type"] == "application/pdf" and file.content.startswith(b"%PDF")
    again = client.post(reverse("desk:letter_file", args=[scene.case.pk]), {"sealed": item.sealed})
    assert again.status_code == 409
    party = scene.case.parties.get(side="respondent")
    address = reverse("desk:letter", args=[scene.case.pk, party.pk])
    assert client.get(address).status_code == 200
    sent = {
        "row_version": scene.reload().row_version, "way": "courier", "note": "RR 12",
        "sent_on": deadlines.today().isoformat(),
    }  # fmt: skip
    assert client.post(address, sent).status_code == 302
    assert SentLetter.objects.get().way == "courier"
    assert "RR 12" in client.get(reverse("desk:case", args=[scene.case.pk])).text


@pytest.mark.parametrize("language", ["en", "ru", "kk"])
def test_the_pdf_is_made_in_each_language(scene, language):
    party = scene.case.parties.get(side="respondent")
    party.language = language
    letter = letters.to_enterprise(scene.case, party, "ABCD-1234")
    assert letters.as_pdf(letter).startswith(b"%PDF")
