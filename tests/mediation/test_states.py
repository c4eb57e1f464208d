"""Every state of a referral x every move: what is not listed is refused, whoever asks."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from cases.errors import Conflict, Incomplete, Stale, WrongState
from cases.services import good_offices
from cases.services.deadlines import today
from cases.workflow import State
from mediation import services
from mediation.models import Referral
from mediation.workflow import ReferralState
from tests import factories
from tests.mediation.conftest import accept_good_offices, make_body, refer, room_in, session_data

pytestmark = pytest.mark.django_db
S = ReferralState


def _outcome(room):
    outcomes = {issue.pk: "no_agreement" for issue in room.referral.issues.all()}
    return services.record_outcome(room.referral, outcomes, by=room.mediator)


MOVES = {
    "accept": lambda room: services.accept_referral(room.referral, by=room.coordinator),
    "decline": lambda room: services.decline_referral(
        room.referral, by=room.coordinator, reason="No."
    ),
    "appoint": lambda room: services.appoint_mediator(
        room.referral, make_body(mediators=1)[2][0], by=room.coordinator
    ),
    "consent": lambda room: services.record_consent(
        room.referral, side="complainant", agrees=False, given_on=today(), by=room.mediator
    ),
    "start": lambda room: services.start(room.referral, by=room.mediator),
    "session": lambda room: services.record_session(
        room.referral, session_data(), by=room.mediator
    ),
    "conclude": _outcome,
    "revoke": lambda room: services.revoke_referral(
        room.referral, by=room.scene.officer, reason="The sides talk again."
    ),
}
ALLOWED = {
    S.PROPOSED: {"accept": S.ACCEPTED, "decline": S.DECLINED, "revoke": S.REVOKED},
    S.ACCEPTED: {
        "appoint": S.ACCEPTED,
        "consent": S.ACCEPTED,
        "conclude": S.CONCLUDED,
        "revoke": S.REVOKED,
    },
    S.CONSENTED: {
        "appoint": S.ACCEPTED,
        "consent": S.ACCEPTED,
        "start": S.ACTIVE,
        "conclude": S.CONCLUDED,
        "revoke": S.REVOKED,
    },
    S.ACTIVE: {
        "appoint": S.ACCEPTED,
        "consent": S.ACCEPTED,
        "session": S.ACTIVE,
        "conclude": S.CONCLUDED,
        "revoke": S.REVOKED,
    },
    S.DECLINED: {},
    S.CONCLUDED: {},
    S.REVOKED: {},
}


@pytest.mark.parametrize("state", list(S))
def test_state_table(state):
    from django.db import transaction

    room = room_in(state)
    for name, move in MOVES.items():
        point = transaction.savepoint()
        if name in ALLOWED[state]:
            move(room)
            assert Referral.objects.get(pk=room.referral.pk).state == ALLOWED[state][name], name
        else:
            with pytest.raises(WrongState):
                move(room)
        transaction.savepoint_rollback(point)
        room.reload()


def test_the_state_cannot_be_set_past_the_table(proposed):
    with pytest.raises(AttributeError):
        proposed.referral.state = S.ACTIVE


STRANGERS = {
    "accept": "officer mediator other_coordinator complainant",
    "decline": "officer mediator other_coordinator enterprise",
    "appoint": "officer mediator other_coordinator complainant",
    "start": "officer coordinator complainant other_mediator",
    "session": "officer coordinator complainant other_mediator",
    "conclude": "officer coordinator enterprise other_mediator",
    "revoke": "coordinator mediator complainant member",
}
WITH_STATE = {
    "accept": S.PROPOSED,
    "decline": S.PROPOSED,
    "appoint": S.ACCEPTED,
    "start": S.CONSENTED,
    "session": S.ACTIVE,
    "conclude": S.ACTIVE,
    "revoke": S.ACTIVE,
}


@pytest.mark.parametrize("name", list(STRANGERS))
def test_only_those_whose_task_it_is_may(name):
    room = room_in(WITH_STATE[name])
    _body, other_coordinator, (other_mediator,) = make_body("Another body")
    people = {
        "officer": room.scene.officer,
        "member": room.scene.members[0],
        "coordinator": room.coordinator,
        "mediator": room.mediator,
        "other_coordinator": other_coordinator,
        "other_mediator": other_mediator,
        "complainant": room.scene.complainant,
        "enterprise": room.scene.enterprise,
    }
    for who in STRANGERS[name].split():
        room.coordinator = room.mediator = room.scene.officer = people[who]
        with pytest.raises(PermissionDenied):
            MOVES[name](room)


def test_a_case_is_with_one_body_at_a_time(proposed):
    other, _coordinator, _people = make_body("Another body")
    with pytest.raises(Conflict):
        refer(proposed.scene, other)
    services.decline_referral(proposed.referral, by=proposed.coordinator, reason="No time.")
    assert refer(proposed.scene, other).state == S.PROPOSED


def test_a_case_whose_side_refused_is_not_referred(db):
    scene = factories.case_in(State.MEDIATION)
    good_offices.reply(scene.case, side="respondent", accepts=False, by=scene.enterprise)
    body, _coordinator, _people = make_body()
    with pytest.raises(Incomplete):
        refer(scene, body)


def test_only_accepted_issues_are_referred(db):
    scene = factories.case_in(State.MEDIATION)
    other = factories.case_in(State.MEDIATION)
    body, _coordinator, _people = make_body()
    for issues in ([], list(other.case.issues.all())):
        with pytest.raises(ValidationError):
            services.propose_referral(scene.case, body, by=scene.officer, issues=issues)
    one = scene.case.issues.first()
    referral = services.propose_referral(scene.case, body, by=scene.officer, issues=[one.pk])
    assert [issue.pk for issue in referral.issues.all()] == [one.pk]


def test_a_body_without_a_coordinator_gets_no_case(db):
    from mediation.models import MediationBody

    scene = factories.case_in(State.MEDIATION)
    with pytest.raises(Incomplete):
        refer(scene, MediationBody.objects.create(name="Empty"))


def test_a_referral_whose_last_day_has_passed_is_not_accepted(proposed):
    Referral.objects.filter(pk=proposed.referral.pk).update(expires_on=today() - timedelta(days=1))
    with pytest.raises(Incomplete):
        services.accept_referral(proposed.referral, by=proposed.coordinator)
    Referral.objects.filter(pk=proposed.referral.pk).update(expires_on=today())
    assert services.accept_referral(proposed.referral, by=proposed.coordinator).state == S.ACCEPTED


def test_declining_and_taking_back_need_a_reason(proposed):
    with pytest.raises(ValidationError):
        services.decline_referral(proposed.referral, by=proposed.coordinator, reason=" ")
    with pytest.raises(ValidationError):
        services.revoke_referral(proposed.referral, by=proposed.scene.officer, reason="")


def test_the_second_of_two_coordinators_hears_that_somebody_was_faster(proposed):
    version = proposed.referral.row_version
    services.accept_referral(proposed.referral, by=proposed.coordinator, version=version)
    with pytest.raises(Stale) as refused:
        services.decline_referral(
            proposed.referral, by=proposed.coordinator, reason="No.", version=version
        )
    assert "by the mediation body" in str(refused.value.message), "who, but nobody's name"


def test_no_session_before_both_sides_accepted_good_offices(db):
    room = room_in(S.CONSENTED, replies=False)
    with pytest.raises(Incomplete):
        services.start(room.referral, by=room.mediator)
    accept_good_offices(room.scene)
    assert services.start(room.referral, by=room.mediator).state == S.ACTIVE


def test_a_side_that_refuses_later_stops_the_sessions(active):
    good_offices.reply(active.case, side="respondent", accepts=False, by=active.scene.enterprise)
    with pytest.raises(Incomplete):
        services.record_session(active.referral, session_data(), by=active.mediator)


@pytest.mark.parametrize(
    "changes",
    [
        {"held_on": today() + timedelta(days=1)},
        {"held_on": today() - timedelta(days=400)},
        {"kind": "caucus"},
        {"for_respondent": ""},
        {"kind": "caucus", "side": "complainant"},
        {"side": "complainant"},
        {"note": "x", "note_audience": "caucus"},
    ],
)
def test_a_session_that_cannot_be_is_not_recorded(active, changes):
    with pytest.raises(ValidationError):
        services.record_session(active.referral, session_data(**changes), by=active.mediator)
    assert not active.referral.sessions.exists()


def test_an_agreement_needs_a_session(active):
    outcomes = {issue.pk: "agreement" for issue in active.referral.issues.all()}
    with pytest.raises(Incomplete):
        services.record_outcome(active.referral, outcomes, by=active.mediator)
    services.record_session(active.referral, session_data(), by=active.mediator)
    result = services.record_outcome(active.referral, outcomes, by=active.mediator)
    assert result.outcome == "agreement"
    assert active.reload().state == S.CONCLUDED
    assert active.case.state == State.MEDIATION, "the NCP concludes the good offices itself"


def test_every_issue_has_an_outcome(active):
    first = active.referral.issues.first()
    with pytest.raises(ValidationError):
        services.record_outcome(active.referral, {first.pk: "no_agreement"}, by=active.mediator)


@pytest.mark.parametrize(
    "outcomes, overall",
    [
        (["agreement", "agreement"], "agreement"),
        (["agreement", "no_agreement"], "partial_agreement"),
        (["partial_agreement", "refused_by_respondent"], "partial_agreement"),
        (["refused_by_respondent", "refused_by_respondent"], "refused_by_respondent"),
        (["refused_by_respondent", "refused_by_complainant"], "no_agreement"),
    ],
)
def test_the_outcome_of_the_whole_follows_from_its_issues(outcomes, overall):
    from mediation.services.sessions import overall as computed

    assert computed(dict(enumerate(outcomes))) == overall


def test_the_case_records_every_step_and_its_history_holds(db):
    from cases import events

    room = room_in(S.CONCLUDED)
    kinds = list(room.case.events.order_by("sequence").values_list("kind", flat=True))
    steps = [kind for kind in kinds if kind.split(".")[0] in (
        "referral", "mediator", "consent", "mediation", "session")]  # fmt: skip
    assert steps == [
        "referral.proposed", "referral.accepted", "mediator.appointed", "consent.recorded",
        "consent.recorded", "mediation.started", "session.held", "mediation.concluded",
    ]  # fmt: skip
    assert list(events.verify(room.case)) == []


def test_nothing_moves_once_the_case_left_good_offices(active):
    good_offices.conclude(active.case, outcome="no_agreement", by=active.scene.officer)
    active.reload()
    for name in ("session", "conclude", "revoke", "appoint"):
        with pytest.raises(WrongState):
            MOVES[name](active)
