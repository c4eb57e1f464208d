"""Every state and every move: what the table allows leads on, everything else is refused."""

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from cases.errors import WrongState
from cases.models import Case
from cases.services.acting import perform
from cases.workflow import EARLY_OUTCOMES, MOVES, Outcome, State, allowed_pairs
from tests import factories

ARGUMENTS = {
    "decline_registration": {"reason": "spam"},
    "conclude_good_offices": {"outcome": Outcome.NO_AGREEMENT},
    "begin_examination": {"outcome": Outcome.NO_AGREEMENT},
    "end_early": {"outcome": EARLY_OUTCOMES[0]},
}
WITHOUT_TIME = {
    "resume_good_offices",
    "hold_for_review",
    "reject_review",
    "remit_to_examination",
    "remit_to_assessment",
    "begin_follow_up",
    "conclude_follow_up",
}


@pytest.fixture
def everybody(db):
    """Somebody who may everything that a role alone gives."""
    return factories.person("officer", "decision_maker")


def case_standing_in(state, user):
    """A case in a state, as if it had come there; the moves are what is tried."""
    case = factories.filed_case()
    case.conflicts.create(user=user, has_conflict=False)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE cases_case DISABLE TRIGGER USER")
        cursor.execute("UPDATE cases_case SET state = %s WHERE id = %s", [state, case.pk])
        cursor.execute("ALTER TABLE cases_case ENABLE TRIGGER USER")
    case = Case.objects.get(pk=case.pk)
    if state not in (State.RECEIVED, State.WITHDRAWN, State.NOT_REGISTERED):
        case.served_at = timezone.now()
    return case


@pytest.mark.parametrize("move", MOVES, ids=lambda move: move.name)
@pytest.mark.parametrize("state", list(State))
def test_a_move_leads_on_from_its_sources_and_from_nowhere_else(state, move, everybody):
    case = case_standing_in(state, everybody)
    if move.name == "withdraw_before_service":
        case.served_at = None
    arguments = dict(ARGUMENTS.get(move.name, {}))
    if move.name not in WITHOUT_TIME:
        arguments["at"] = timezone.now()
    if state in move.sources:
        perform(getattr(case, move.name), by=everybody, **arguments)
        assert case.state == move.target
        case.save()
        assert Case.objects.get(pk=case.pk).state == move.target
    else:
        with pytest.raises(WrongState):
            perform(getattr(case, move.name), by=everybody, **arguments)
        assert case.state == state


def test_the_table_and_the_transitions_of_the_model_are_the_same():
    transitions = {
        (transition.name, str(transition.source), str(transition.target))
        for transition in Case._meta.get_field("state").get_all_transitions(Case)
        if transition.name != "take_back"
    }
    assert transitions == {
        (move.name, str(source), str(move.target)) for move in MOVES for source in move.sources
    }


def test_the_database_itself_refuses_a_state_that_the_table_does_not_know(received):
    for state in State:
        if state == received.state or (received.state, state) in allowed_pairs():
            continue
        with pytest.raises(DatabaseError, match="cannot go from"), transaction.atomic():
            Case.objects.filter(pk=received.pk).update(state=state)


def test_a_served_case_cannot_be_withdrawn_without_a_statement(db):
    scene = factories.case_in(State.INITIAL_ASSESSMENT)
    with pytest.raises(WrongState):
        perform(scene.case.withdraw_before_service, by=scene.complainant, at=timezone.now())


def test_assigning_the_state_is_refused(received):
    with pytest.raises(AttributeError):
        received.state = State.CLOSED
