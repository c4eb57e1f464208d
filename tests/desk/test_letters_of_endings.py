"""Cases that end early: the letter to both sides stands ready, in their language, until sent."""

from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import override

from cases.letters import drafts, waiting, wording
from cases.models import Case, Message
from cases.models.party import Side
from cases.services import correction, deadlines, ending, erasure, lapsing, letters, settling
from cases.services.letters import Letter
from cases.workflow import State
from desk import querysets
from tests import factories
from tests.desk.conftest import browser, page

pytestmark = pytest.mark.django_db


ENDINGS = {
    "withdrawal": "withdrawn",
    "lapse": "lapsed",
    "settlement": "settled_outside",
    "ceased": "respondent_ceased",
}


def ended(scene, kind):
    """End a case in one of the ways that have a letter."""
    if kind == "withdrawal":
        ending.withdraw(scene.reload(), by=scene.complainant)
    elif kind == "settlement":
        row = settling.report_settlement(
            scene.reload(), side="complainant", settled_on=deadlines.today(), by=scene.officer
        )
        settling.answer_settlement(row, side="respondent", confirms=True, by=scene.officer)
        settling.end_settled(scene.reload(), by=scene.officer)
    elif kind == "ceased":
        ending.end_ceased(
            scene.reload(),
            party=scene.case.parties.standing().get(side="respondent"),
            ceased_on=deadlines.today() - timedelta(days=40),
            proof="Struck off the register",
            heard="They know of nobody who came after it.",
            by=scene.officer,
        )
    else:
        with time_machine.travel(timezone.now() - timedelta(days=70), tick=False):
            lapsing.warn_of_lapse(
                scene.reload(),
                text="Do you want to go on?",
                tried="By telephone",
                last_on=deadlines.today() + timedelta(days=60),
                by=scene.officer,
            )
        lapsing.lapse(scene.reload(), by=scene.officer)
    case = scene.reload()
    assert case.outcome == ENDINGS[kind]
    return case


@pytest.mark.parametrize("kind", ENDINGS)
def test_letter_of_an_early_end_stands_ready_until_it_is_sent(kind, officer):
    """A case that lapsed, was settled outside or was withdrawn after the enterprise knew of it
    asked for no letter: its officer had to remember the letter and find it among twenty others,
    and the worklist said that nothing waited."""
    scene = factories.case_in(State.MEDIATION, officer=officer)
    assert waiting_names(scene.reload()) == ["assessment_outcome", "good_offices"]
    case = ended(scene, kind)
    assert kind in waiting_names(case)
    assert not set(ENDINGS) - {kind} & set(waiting_names(case))
    assert not Message.objects.filter(case=case, letter__kind=kind).exists(), "never by itself"
    desk = browser(officer)
    address = reverse("desk:write_letter", args=[case.pk, kind])
    home = desk.get(reverse("desk:worklist")).text
    assert "its letter is drafted, not sent yet" in home
    assert address in desk.get(page("case", case)).text
    shown = {item.audience: item for item in drafts.drafts(case, wording.kinds()[kind])}
    assert shown["complainant"].language == "ru", "they filed in Russian"
    assert not [item.gaps for item in shown.values() if item.gaps], "nothing is left to fill in"
    letters.send_letters(
        case,
        kind,
        [Letter(row.audience, row.language, row.subject, row.text) for row in shown.values()],
        by=officer,
    )
    assert kind not in waiting_names(scene.reload())
    later = browser(factories.person("officer", name="Deputy"))
    assert "its letter is drafted" not in later.get(reverse("desk:worklist")).text
    case.refresh_from_db()
    assert not querysets._without_letter_of_end(Case.objects.filter(pk=case.pk)).exists()


def waiting_names(case):
    return [kind.name for kind in waiting.waiting(case)]


def test_letter_of_lapse_tells_the_enterprise_nothing_of_the_last_notice(officer):
    scene = factories.case_in(State.MEDIATION, officer=officer)
    case = ended(scene, "lapse")
    notice = case.lapse_notices.get()
    with override("ru"):
        days = [
            date_format(day, "j E Y")
            for day in (timezone.localdate(notice.given_at), notice.deadline.due_on)
        ]
    kind = wording.kinds()["lapse"]
    told = {side: drafts.draft(case, kind, side, language="ru").text for side in Side.values}
    assert all(day in told["complainant"] for day in days)
    assert not any(day in told["respondent"] for day in days)


def test_letter_on_an_enterprise_that_ceased_to_exist_says_since_when(officer):
    """Such a case ended without a word to anybody: there was no letter for it."""
    scene = factories.case_in(State.MEDIATION, officer=officer)
    case = ended(scene, "ceased")
    kind = wording.kinds()["ceased"]
    for language in ("en", "ru", "kk"):
        with override(language):
            day = date_format(case.ceasings.get().ceased_on, "j E Y")
        for side in Side.values:
            written = drafts.draft(case, kind, side, language=language)
            assert day in written.text, (side, language)
            assert not written.gaps


def test_withdrawal_before_the_enterprise_knew_calls_for_a_letter_to_the_complainant_alone(
    officer, other_officer
):
    scene = factories.case_in(State.INITIAL_ASSESSMENT, officer=officer, served=False)
    ending.withdraw(scene.case, by=scene.complainant)
    case = scene.reload()
    assert waiting_names(case) == ["withdrawal"]
    found = drafts.drafts(case, wording.kinds()["withdrawal"])
    assert [item.audience for item in found] == ["complainant"]
    assert "its letter is drafted" in browser(officer).get(reverse("desk:worklist")).text
    row = erasure.propose(case, basis="request", legal_basis="Act 12", by=officer)
    erasure.confirm(row, by=other_officer)
    assert waiting_names(scene.reload()) == [], "nobody is left to write to"
    assert not querysets._without_letter_of_end(Case.objects.all()).exists()


def test_end_that_was_taken_back_calls_for_no_letter(officer, other_officer):
    scene = factories.case_in(State.MEDIATION, officer=officer)
    case = ended(scene, "settlement")
    row = correction.propose(case, reason="Nobody signed", by=officer)
    correction.settle(row, confirm=True, by=other_officer)
    case = scene.reload()
    assert "settlement" not in waiting_names(case)
    assert "its letter is drafted" not in browser(officer).get(reverse("desk:worklist")).text
