"""Advice, meetings, statements, follow-up, letters and decisions in the search of the office: who
finds them is who may open them."""

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.utils import timezone

from cases import search
from cases.models import MeetingText, SearchState, SearchText
from cases.search import asking
from cases.search import meetings as searched
from cases.services import (
    conflicts,
    consultations,
    consulted_bodies,
    deadlines,
    follow_up,
    letters,
    meetings,
    protocols,
)
from notifications.tasks import index_missed
from statements.services import hearing, writing
from tests import factories

pytestmark = pytest.mark.django_db
NAME = "Айгүл Серікқызы"


def places(text, user):
    query = asking.understand(text, user=user)
    return sorted((hit.place, hit.readers) for hit in asking.find(query, user=user).hits)


def meetings_with(text, user):
    query = asking.understand(text, user=user)
    return [hit.meeting.pk for hit in searched.find(query, user=user)]


@pytest.fixture
def scene(officer):
    found = factories.case_in("initial_assessment", officer=officer, data=factories.withheld())
    search.index(found.case)
    return found


@pytest.fixture
def ending(officer):
    """A case that waits for its statement."""
    return factories.case_in("final_statement", officer=officer, data=factories.withheld())


def ask(scene, question, **changes):
    body = consulted_bodies.save_body(
        None, kind="ministry", name="Ministry of Labour", by=scene.officer
    )
    values = {"way": "letter", "due_on": deadlines.today() + timedelta(days=20)} | changes
    item = consultations.ask(
        scene.reload(), body=body, question=question, by=scene.officer, **values
    )
    search.index(scene.reload())
    return item


def everybody(*cases):
    """Return people who are at the desk and read none of it: undeclared, in conflict, outside."""
    declared = factories.person("decision_maker")
    barred = factories.person("officer")
    for case in cases:
        conflicts.declare(case, by=barred, has_conflict=True)
    outside = [factories.person(role) for role in ("mediator", "coordinator", "administrator")]
    return [declared, barred, *outside]


def test_advice_of_others_is_found_by_body_question_and_answer(officer, member, scene):
    item = ask(scene, "Which tariff applies to night shifts?")
    consultations.record_reply(
        item, text="The collective bargaining tariff.", replied_on=deadlines.today(), by=officer
    )
    search.index(scene.reload())
    for text in ("ministry", "tariff", "bargaining"):
        assert places(text, officer) == [("consultation", "ncp")], text
        for other in everybody(scene.case):
            assert places(text, other) == [], text
    conflicts.declare(scene.case, by=member, has_conflict=False)
    assert places("bargaining", member) == [("consultation", "ncp")]


def test_a_question_that_names_somebody_withheld_is_found_by_named_officers(
    officer, other_officer, scene
):
    """Its page hides the whole text from everybody else; blotting out the name alone would show
    them the rest."""
    ask(scene, f"What do you know of {NAME} and her tariff?", names_reason="She agreed in May.")
    assert places("tariff", officer) == [("consultation", "named")]
    assert places("tariff", other_officer) == []
    assert places("ministry", other_officer) == [("consultation", "ncp")]
    rows = SearchText.objects.filter(place="consultation")
    assert all("tariff" not in row.text for row in rows)


def hold(scene, *, general="Dates of next year"):
    scene.members = [factories.person("decision_maker", name=f"Member {n}") for n in range(3)]
    meeting = meetings.plan(
        begins_at=timezone.now() - timedelta(hours=1),
        place="Room 1",
        chair=scene.members[0],
        secretary=scene.officer,
        by=scene.officer,
    )
    meetings.add_item(meeting, case=scene.reload(), by=scene.officer)
    meetings.add_item(meeting, title=general, by=scene.officer)
    meetings.record_attendance(
        meeting, {person.pk: "present" for person in scene.members}, by=scene.officer
    )
    meeting = protocols.hold(meeting, by=scene.officer)
    texts = {item.pk: "" for item in meeting.items.all()}
    of_case, general = meeting.items.order_by("position")
    texts[of_case.pk] = "The members discussed cadmium at length."
    texts[general.pk] = "The autumn excursion was postponed."
    protocols.edit_protocol(meeting, opening="A quorum was present.", texts=texts, by=scene.officer)
    return meeting


def test_a_protocol_is_found_point_by_point_as_far_as_the_cases_are_open(officer, scene):
    meeting = hold(scene)
    assert search.missed() == [scene.case.pk], "the protocol has no event of the case"
    index_missed()
    assert places("cadmium", officer) == [("meeting", "ncp")]
    chair, member, _third = scene.members
    assert places("cadmium", chair) == []
    conflicts.declare(scene.case, by=chair, has_conflict=False)
    conflicts.declare(scene.case, by=member, has_conflict=True)
    assert places("cadmium", chair) == [("meeting", "ncp")]
    assert places("cadmium", member) == []
    for person in (officer, chair, member):
        assert meetings_with("excursion", person) == [meeting.pk]
        assert meetings_with("quorum", person) == [meeting.pk]
        assert meetings_with("dates", person) == [meeting.pk]
        assert meetings_with("cadmium", person) == []


def test_nobody_else_finds_a_meeting(scene):
    hold(scene)
    for role in ("mediator", "coordinator", "administrator", "auditor", "expert"):
        assert meetings_with("excursion", factories.person(role)) == []
    assert meetings_with("excursion", scene.complainant) == []


def test_a_draft_statement_is_found_by_staff_while_it_is_written(officer, ending):
    statement = writing.begin(ending.case, kind="final", language="en", by=officer)
    version = writing.save_draft(
        statement, language="en", title="Final statement", text="# Facts\n\nThe dam has cracks.",
        by=officer, based_on=1,
    )  # fmt: skip
    assert ending.case.pk in search.missed(), "a saved draft has no event"
    index_missed()
    assert places("cracks", officer) == [("statement", "ncp")]
    for other in everybody(ending.case):
        assert places("cracks", other) == []
    writing.save_draft(
        statement, language="en", title="Final statement", text="# Facts\n\nThe dam is sound.",
        by=officer, based_on=version.number,
    )  # fmt: skip
    index_missed()
    assert places("cracks", officer) == []
    statement.refresh_from_db()
    writing.set_aside(statement, by=officer)
    index_missed()
    assert places("sound", officer) == []


def test_comments_on_a_draft_are_found_and_withheld_names_in_them_blotted(
    officer, other_officer, ending
):
    statement = writing.begin(ending.case, kind="final", language="en", by=officer)
    held = hearing.open_comments(statement, by=officer)
    hearing.comment(
        held, side="complainant", text=f"{NAME} disagrees with page four.", by=ending.complainant
    )
    search.index(ending.reload())
    assert places("disagrees", other_officer) == [("statement", "ncp")]
    assert places("Айгүл", other_officer) == []
    assert ("statement", "named") in places("Айгүл", officer)


def test_a_member_who_mediated_reads_no_draft_and_finds_none(officer, member, ending):
    from cases.models import Participation

    writing.begin(ending.case, kind="final", language="en", by=officer)
    search.index(ending.reload())
    conflicts.declare(ending.case, by=member, has_conflict=False)
    before = places("statement", member)
    assert ("statement", "ncp") in before
    Participation.objects.create(
        case=ending.case, user=member, role="mediator", since=timezone.now(), until=timezone.now()
    )
    assert [place for place, _readers in places("statement", member)].count("statement") == 0


def test_commitments_and_reports_are_found(officer, ending):
    item = follow_up.add(
        ending.reload(), origin="recommendation", owner="respondent", text="Fence the tailings.",
        by=officer,
    )  # fmt: skip
    search.index(ending.reload())
    assert places("tailings", officer) == [("follow_up", "ncp")]
    for other in everybody(ending.case):
        assert places("tailings", other) == []
    follow_up.drop(item, by=officer)
    search.index(ending.reload())
    assert places("tailings", officer) == []


def test_a_letter_stands_among_letters_and_not_among_messages(officer, scene):
    from cases.letters import drafts, wording

    kind = wording.kinds()["delay"]
    sent = [
        letters.Letter(
            side=draft.audience, language=draft.language, subject=draft.subject,
            text="The quarterly laboratory delays us.", pdf=b"%PDF-1.4 x",
        )
        for draft in drafts.drafts(scene.reload(), kind)
    ]  # fmt: skip
    letters.send_letters(scene.case, kind.name, sent, by=officer)
    search.index(scene.reload())
    found = places("quarterly", officer)
    assert set(found) == {("letter", "ncp")}
    assert len(found) == len(sent)


def test_parts_and_dissent_of_a_decision_are_found(officer, ending):
    decision = ending.case.decisions.get()
    row = decision.on_issues.first()
    row.scope = "Only the upper reaches"
    row.save()
    vote = decision.votes.first()
    vote.dissent = "The majority errs."
    vote.save()
    search.index(ending.reload())
    assert ("decision", "ncp") in places("reaches", officer)
    assert ("decision", "ncp") in places("majority", officer)


def test_erasing_leaves_nothing_and_a_general_point_stays(officer, scene):
    meeting = hold(scene)
    index_missed()
    assert search.forget(scene.case) > 0
    assert places("cadmium", officer) == []
    assert meetings_with("excursion", officer) == [meeting.pk]
    assert "cadmium" not in MeetingText.objects.get().text


def test_command_writes_cases_and_meetings_anew(officer, scene):
    meeting = hold(scene)
    MeetingText.objects.all().delete()
    SearchState.objects.all().delete()
    call_command("reindex_cases")
    assert meetings_with("excursion", officer) == [meeting.pk]
    assert places("cadmium", officer) == [("meeting", "ncp")]


def test_indexing_twice_writes_nothing(officer, scene):
    ask(scene, f"What do you know of {NAME}?", names_reason="She agreed.")
    hold(scene)
    search.index(scene.reload())
    assert search.index(scene.case) == 0
