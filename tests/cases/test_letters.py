"""Letters: three languages, listed fields only, no withheld name, both sides or none."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import translation

from cases.disclosure import Audience
from cases.errors import Incomplete, Stale
from cases.kinds import EventKind
from cases.letters import drafts, wording
from cases.models import LetterTemplate, Message, PortalLetter
from cases.services import letters
from cases.services.letters import Letter
from tests import factories

pytestmark = pytest.mark.django_db
KINDS = wording.kinds()
NAME = "Айгүл Серікқызы"
PLACES = [
    (name, audience, language)
    for name, kind in KINDS.items()
    for audience, language in kind.supplied
]
BOTH = ("complainant", "respondent")


@pytest.fixture
def scene(officer):
    return factories.case_in("initial_assessment", officer=officer, data=factories.withheld())


def to_both(**changes):
    values = {"language": "en", "subject": "A delay", "text": "It takes longer."} | changes
    return [Letter(side=side, **values) for side in BOTH]


def test_every_kind_is_listed_in_the_order_of_the_procedure():
    assert list(KINDS) == list(wording._PROCEDURE)


@pytest.mark.parametrize(("name", "audience", "language"), PLACES)
def test_every_supplied_letter_holds_listed_fields_only(name, audience, language):
    text = KINDS[name].supplied[audience, language]
    wording.check(text.subject, text.body, audience=audience)
    assert KINDS[name].titles[language]


@pytest.mark.parametrize("name", [name for name, kind in KINDS.items() if kind.after])
def test_letters_follow_events_that_exist(name):
    assert {EventKind(code) for code in KINDS[name].after}


@pytest.mark.parametrize("name", KINDS)
def test_supplied_languages_have_the_same_fields_and_gaps(name):
    kind = KINDS[name]
    for audience in kind.audiences:
        texts = [kind.supplied[audience, language] for language in wording.LANGUAGES]
        fields = {tuple(sorted(wording._names(f"{item.subject} {item.body}"))) for item in texts}
        assert len(fields) == 1, (name, audience)
        assert len({len(wording.gaps(item.body)) for item in texts}) == 1, (name, audience)


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("Dear {complainant_email}", "{complainant_email}"),
        ("Dear {receipt}", "{receipt}"),  # only the complainant's own letters
        ("Dear {reference!r}", "{reference!r}"),
        ("Dear {reference.__class__}", "{reference.__class__}"),
        ("Dear {reference", "brace"),
        ("Dear }", "brace"),
        ("   ", "Write a subject"),
    ],
)
def test_a_wording_with_an_unlisted_field_is_refused(body, said):
    with pytest.raises(ValidationError) as error:
        letters.save_template(
            "delay", audience="respondent", language="en", subject="A delay", body=body,
            by=factories.person("administrator"),
        )  # fmt: skip
    assert said in " ".join(error.value.messages)
    assert not LetterTemplate.objects.exists()


def test_an_administrator_changes_a_wording_and_goes_back(scene):
    administrator = factories.person("administrator")
    place = {"audience": "complainant", "language": "ru"}
    kind = KINDS["acknowledgement"]
    for number in (1, 2):
        row = letters.save_template(
            kind.name, **place, subject="Ответ", body=f"Версия {number}: {{reference}}",
            by=administrator,
        )  # fmt: skip
        assert row.version == number
    found = drafts.draft(scene.case, kind, "complainant", language="ru")
    assert found.text == f"Версия 2: {scene.case.reference}"
    assert found.template_version == 2
    letters.restore_template(kind.name, **place, by=administrator)
    again = drafts.draft(scene.case, kind, "complainant", language="ru")
    assert "номер квитанции" in again.text.casefold()
    assert LetterTemplate.objects.count() == 3


def test_others_do_not_change_wordings(officer):
    with pytest.raises(PermissionDenied):
        letters.save_template(
            "delay", audience="respondent", language="en", subject="x", body="x", by=officer
        )


def test_no_letter_to_anybody_holds_a_name_that_is_withheld_from_them(scene):
    for kind in KINDS.values():
        for audience in kind.audiences:
            for language in wording.LANGUAGES:
                found = drafts.draft(scene.case, kind, audience, language=language)
                if audience != "complainant":
                    assert NAME not in found.text and NAME not in found.subject
                    assert "aigul" not in found.text
                assert "{" not in found.text


def test_a_field_reads_as_the_reader_may_know(scene):
    administrator = factories.person("administrator")
    for audience in BOTH:
        letters.save_template(
            "delay", audience=audience, language="en", subject="Names",
            body="{complainants} against {enterprises}", by=administrator,
        )  # fmt: skip
    kind = KINDS["delay"]
    own = drafts.draft(scene.case, kind, "complainant", language="en").text
    assert own == f"{NAME} against AltynTau Holding"
    other = drafts.draft(scene.case, kind, "respondent", language="en").text
    assert other == "Complainant 1 against AltynTau Holding"


def test_values_are_put_in_once():
    """A party called “{ncp_phone}” stays that."""
    text = wording.filled("Dear {recipient}", {"recipient": "{reference}"}, language="en")
    assert text == "Dear {reference}"


def test_what_is_not_known_is_left_to_the_officer(scene):
    found = drafts.draft(scene.case, KINDS["delay"], "complainant", language="en")
    assert found.gaps
    with pytest.raises(ValidationError, match="double brackets"):
        letters.send_letters(scene.case, "delay", to_both(text=found.text), by=scene.officer)
    assert not Message.objects.exists()


def test_a_letter_to_both_goes_out_in_the_same_second(scene):
    sent = letters.send_letters(scene.case, "delay", to_both(), by=scene.officer)
    assert [row.side for row in sent] == list(BOTH)
    assert len({row.pair for row in sent}) == len({row.sent_at for row in sent}) == 1
    assert len({row.message.sent_at for row in sent}) == 1
    scene.reload()
    told = scene.case.events.filter(kind=EventKind.MESSAGE_SENT)
    assert {event.data["letter"] for event in told} == {"delay"}
    for side, person in zip(BOTH, (scene.complainant, scene.enterprise), strict=True):
        own = Message.objects.visible_to(person).filter(case=scene.case)
        assert [message.side for message in own] == [side]


def test_a_paired_letter_goes_to_nobody_alone(scene):
    with pytest.raises(ValidationError, match="both sides"):
        letters.send_letters(scene.case, "delay", to_both()[:1], by=scene.officer)
    assert not PortalLetter.objects.exists()


def test_both_or_none(scene):
    wrong = [to_both()[0], Letter("respondent", "en", "A delay", f"{NAME} waits.")]
    with pytest.raises(ValidationError, match="withheld"):
        letters.send_letters(scene.case, "delay", wrong, by=scene.officer)
    assert not Message.objects.exists()


def test_before_the_enterprise_is_told_a_letter_goes_to_the_complainant_alone(officer):
    scene = factories.case_in("initial_assessment", officer=officer, served=False)
    with pytest.raises(Incomplete):
        letters.send_letters(scene.case, "delay", to_both(), by=officer)
    (sent,) = letters.send_letters(scene.case, "delay", to_both()[:1], by=officer)
    assert sent.side == "complainant"


def test_the_pdf_of_a_letter_can_be_read_at_once(scene):
    from desk.letters import portal_letter
    from documents.services import open_clean

    pdf = portal_letter(subject="A delay", text="First.\n\nSecond.", language="kk")
    sent = letters.send_letters(scene.case, "delay", to_both(pdf=pdf), by=scene.officer)
    for row in sent:
        assert row.document.document.is_clean
        assert b"".join(open_clean(row.document.document).chunks()) == pdf
        assert row.document.copy_for(row.side)
        other = next(side for side in BOTH if side != row.side)
        assert row.document.copy_for(other) is None


def test_only_who_runs_the_procedure_sends_letters(scene, member):
    with pytest.raises(PermissionDenied):
        letters.send_letters(scene.case, "delay", to_both(), by=member)


def test_a_stale_page_sends_nothing(scene):
    with pytest.raises(Stale):
        letters.send_letters(
            scene.case, "delay", to_both(), by=scene.officer, version=scene.case.row_version - 1
        )
    assert not PortalLetter.objects.exists()


def test_a_letter_is_in_its_readers_language_whatever_the_page_speaks(scene):
    with translation.override("kk"):
        found = drafts.draft(scene.case, KINDS["delay"], "respondent", language="ru")
    assert "задержка" in found.subject
    assert drafts.READS_AS["outside"] == Audience.PUBLIC
