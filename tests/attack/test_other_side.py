"""What a hostile enterprise could learn from the edges: refusals, versions, reasons, file names."""

import re
from dataclasses import replace

import pytest
from django.urls import reverse

from cases.disclosure import Audience, disclosed, disclosed_parties
from cases.models import Case, Message
from cases.services import clock, correspondence
from cases.services.acting import what_happened
from portal.services import Contact, change_contact
from statements import projection
from tests import factories
from tests.portal.conftest import page, signed_in


@pytest.fixture
def offered(db):
    return factories.case_in("mediation", data=factories.withheld())


def version_on(html: str) -> str:
    return re.search(r'name="row_version" value="(\d+)"', html).group(1)


def hidden_steps(scene) -> None:
    """Do what the enterprise must not notice."""
    correspondence.report_reprisal(scene.case, text="They came at night", by=scene.complainant)
    correspondence.send_message(scene.case, side="complainant", text="Help", by=scene.complainant)
    scene.reload()


def test_a_refusal_never_tells_of_an_event_that_the_reader_may_not_see(offered, mediator):
    hidden_steps(offered)
    for reader in (None, offered.enterprise, mediator):
        said = what_happened(offered.case, reader=reader)
        assert "reprisal" not in said
        assert "Message sent" not in said
    assert "Message sent" in what_happened(offered.case, reader=offered.complainant)
    assert "Message sent" in what_happened(offered.case, reader=offered.officer)


def test_parties_read_no_name_of_who_decided(offered):
    said = what_happened(offered.case, reader=offered.enterprise)
    names = [offered.officer.name, *(member.name for member in offered.members)]
    assert not [name for name in names if name in said]


def test_a_stale_page_and_a_wrong_step_say_nothing_of_a_report(offered):
    hidden_steps(offered)
    client = signed_in(offered.enterprise)
    stale = client.post(
        page("good_offices", offered.case), {"row_version": 0, "accepts": "yes", "note": ""}
    )
    wrong = client.get(page("answer", offered.case))
    assert (stale.status_code, wrong.status_code) == (409, 409)
    for response in (stale, wrong):
        assert "reprisal" not in response.text
        assert "Message sent" not in response.text


def test_the_version_on_a_page_does_not_count_what_the_other_side_does(offered):
    client = signed_in(offered.enterprise)
    before = version_on(client.get(page("good_offices", offered.case)).text)
    hidden_steps(offered)
    assert version_on(client.get(page("good_offices", offered.case)).text) == before
    answer = {"row_version": before, "accepts": "yes", "note": ""}
    assert client.post(page("good_offices", offered.case), answer).status_code == 302


def test_a_pause_for_safety_gives_no_reason_to_the_parties(offered):
    clock.pause(offered.case, reason="safety", by=offered.officer)
    assert (
        "safety"
        in disclosed(Case.objects.get(pk=offered.case.pk), to=Audience.NAMED_OFFICER)
        .deadlines[0]
        .explanation
    )
    html = signed_in(offered.enterprise).get(page("case", offered.case)).text
    assert "paused since" in html
    assert "Somebody" not in html
    clock.resume(offered.case, by=offered.officer)
    clock.pause(offered.case, reason="translation", by=offered.officer)
    assert "Translation" in signed_in(offered.enterprise).get(page("case", offered.case)).text


def test_who_is_withheld_from_the_enterprise_is_not_published(db):
    data = factories.submission()
    shown = replace(factories.WITHHELD, mediator=True, public=True)
    data = replace(
        data, complainants=tuple(replace(item, shown=shown) for item in data.complainants)
    )
    case = factories.case_in("initial_assessment", data=data).case
    for audience in (Audience.PUBLIC, Audience.RESPONDENT, Audience.COORDINATOR):
        names = {party.name for party in disclosed_parties(case, audience)}
        assert "Айгүл Серікқызы" not in names
    assert "Айгүл" not in str(projection.public_case(case))


def test_new_contact_details_stand_in_no_message(db, other_officer):
    scene = factories.case_in("initial_assessment", data=factories.withheld())
    change_contact(
        scene.case,
        Contact("canary@example.org", "+7 701 CANARY", "CANARY after six"),
        by=scene.complainant,
    )
    texts = " ".join(Message.objects.visible_to(other_officer).values_list("text", flat=True))
    assert "anary" not in texts.lower()
    auditor = factories.person("auditor")
    for person in (other_officer, auditor, *scene.members):
        assert (
            "canary"
            not in signed_in(person).get(reverse("desk:case", args=[scene.case.pk])).text.lower()
        )
