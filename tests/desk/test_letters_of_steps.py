"""Steps that write to the parties send letters: drafted in their languages, looked at, both or
none."""

import re
from datetime import timedelta

import pytest

from cases.models import Coordination, LapseNotice, Message, PortalLetter, Transfer
from cases.services import coordination, deadlines, letters
from tests import factories
from tests.coordination.conftest import canary_submission
from tests.desk.conftest import act, browser, page

pytestmark = pytest.mark.django_db
LEAD = {"proposed_lead": "DE", "reasons": "The buyer sits there.", "parties_heard": "By letter."}


@pytest.fixture
def scene(officer):
    return factories.case_in("initial_assessment", officer=officer, data=canary_submission())


def sent(case):
    return {row.side: row for row in PortalLetter.objects.filter(case=case)}


def drafted(client, address):
    """Return what the form of a step holds when it is opened."""
    form = client.get(address).context["form"]
    return {
        name: form[name].value() or ""
        for name in form.fields
        if name.endswith(("_subject", "_text"))
    }


def test_a_proposal_who_leads_goes_to_both_sides_as_a_letter(scene, officer):
    desk = browser(officer)
    address = page("coordinate", scene.case)
    letter = drafted(desk, address)
    assert "[[" in letter["respondent_text"], "who is proposed is not chosen yet"
    looked = act(desk, scene.case, "coordinate", look="yes", **LEAD, **letter)
    assert looked.status_code == 200
    assert not Coordination.objects.exists() and not PortalLetter.objects.exists()
    assert "As it will be read" in looked.text and "НКЦ (Германия)" in looked.text
    assert act(desk, scene.case, "coordinate", **LEAD, **letter).status_code == 302
    found = sent(scene.case)
    assert {row.kind for row in found.values()} == {"lead_proposal"}
    assert set(found) == {"complainant", "respondent"}
    for row in found.values():
        row.case = row.message.case = scene.case
        assert "The buyer sits there." in row.message.text and "[[" not in row.message.text
        assert row.document is not None
    assert found["complainant"].language == "ru"


def test_what_the_office_words_itself_is_used(scene, officer):
    letters.save_template(
        "lead_proposal", audience="complainant", language="ru", subject="{reference}: НКЦ",
        body="{salutation} Предлагаем: {proposed_ncp}. {lead_reasons}",
        by=factories.person("administrator"),
    )  # fmt: skip
    act(browser(officer), scene.case, "coordinate", **LEAD)
    row = sent(scene.case)["complainant"]
    row.message.case = scene.case
    assert "Предлагаем: НКЦ (Германия)." in row.message.text
    assert row.template_version == 1


def test_who_leads_is_told_once_and_by_letter(scene, officer):
    item = coordination.begin(
        scene.case, proposed_lead="KZ", reasons="Here.", by=officer, preference=""
    )
    desk = browser(officer)
    done = act(
        desk, scene.case, "conclude_coordination", item.pk, lead="KZ", arrangement="Berlin helps."
    )
    assert done.status_code == 302
    assert {row.kind for row in sent(scene.case).values()} == {"lead_agreed"}
    texts = [row.text for row in Message.objects.filter(case=scene.case, sender="ncp")]
    assert len(texts) == 2 and all("Berlin helps." in text for text in texts)
    assert Coordination.objects.get().arrangement == "Berlin helps."


@pytest.mark.parametrize(("way", "kind"), [("ends", "transferred"), ("stays", "copy_given")])
def test_passing_on_has_the_letter_that_fits(scene, officer, way, kind):
    desk = browser(officer)
    address = f"{page('transfer', scene.case)}?country=DE&way={way}"
    letter = drafted(desk, address)
    assert "НКЦ (Германия)" in letter["complainant_text"]
    typed = {"country": "DE", "way": way, "why": "It sits there.", "looked": "on", **letter}
    refused = act(desk, scene.case, "transfer", **typed)
    assert refused.status_code == 200 and "double brackets" in refused.text
    typed |= {name: re.sub(r"\[\[.*?\]\]", "Because.", text) for name, text in letter.items()}
    looked = act(desk, scene.case, "transfer", look="yes", **typed)
    assert "As it will be read" in looked.text and not Transfer.objects.exists()
    assert act(desk, scene.case, "transfer", **typed).status_code == 302
    assert {row.kind for row in sent(scene.case).values()} == {kind}
    assert Message.objects.filter(case=scene.case, sender="ncp").count() == 2


def test_what_was_not_registered_is_answered_once(officer):
    case = factories.filed_case()
    type(case).objects.filter(pk=case.pk).update(officer=officer)
    case.refresh_from_db()
    case.participations.create(user=officer, role="officer")
    desk = browser(officer)
    letter = drafted(desk, f"{page('transfer', case)}?country=DE&way=ends")
    assert "respondent_text" not in letter
    letter = {name: re.sub(r"\[\[.*?\]\]", "Because.", text) for name, text in letter.items()}
    typed = {"country": "DE", "way": "ends", "why": "There.", "looked": "on", **letter}
    assert act(desk, case, "transfer", **typed).status_code == 302
    case.refresh_from_db()
    assert case.state == "not_registered"
    assert not PortalLetter.objects.exists()
    (answer,) = Message.objects.filter(case=case, sender="ncp")
    assert "Because." in answer.text


def test_a_last_notice_is_a_letter_with_its_day(scene, officer):
    desk = browser(officer)
    day = deadlines.today() + timedelta(days=60)
    typed = {"tried": "Two letters.", "last_on": day.isoformat()}
    looked = act(desk, scene.case, "warn_of_lapse", look="yes", **typed)
    assert "As it will be read" in looked.text and not LapseNotice.objects.exists()
    assert act(desk, scene.case, "warn_of_lapse", **typed).status_code == 302
    (row,) = PortalLetter.objects.filter(case=scene.case)
    assert (row.kind, row.side, row.language) == ("last_notice", "complainant", "ru")
    row.message.case = scene.case
    notice = LapseNotice.objects.get()
    notice.case = scene.case
    assert str(day.year) in notice.text and "[[" not in notice.text
    assert notice.text == row.message.text


def test_a_name_that_a_side_may_not_know_is_asked_about_first(scene, officer):
    """Words typed into a step went to the enterprise unread, withheld names and all."""
    desk = browser(officer)
    typed = LEAD | {"reasons": "Ask Canaryeva about it."}
    asked = act(desk, scene.case, "coordinate", **typed)
    assert asked.status_code == 200 and "withheld" in asked.text
    assert not Coordination.objects.exists()
    assert act(desk, scene.case, "coordinate", sure="on", **typed).status_code == 302


def test_receipt_is_confirmed_with_a_look_first(officer):
    case = factories.filed_case()
    desk = browser(officer)
    looked = act(desk, case, "acknowledge", look="yes")
    assert "As it will be read" in looked.text
    assert not case.events.filter(kind="case.acknowledged").exists()
    assert act(desk, case, "acknowledge").status_code == 302
    assert case.events.filter(kind="case.acknowledged").exists()
