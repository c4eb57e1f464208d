"""Who mediates, who is let in, who is out at once."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from accounts.models import RoleAssignment
from cases import permissions as on_case
from cases.errors import Conflict, Incomplete
from cases.models import Case
from cases.services import conflicts, good_offices
from cases.services.deadlines import today
from cases.workflow import State
from mediation import services, summary
from mediation.models import BodyMember, Referral
from mediation.workflow import ReferralState as S
from tests import factories
from tests.mediation.conftest import make_body, room_in

pytestmark = pytest.mark.django_db


def sees(user, case) -> bool:
    from accounts.models import User

    return Case.objects.visible_to(User.objects.get(pk=user.pk)).filter(pk=case.pk).exists()


def test_coordinators_see_the_case_from_proposal_to_their_refusal(proposed):
    _body, stranger, _people = make_body("Another body")
    assert sees(proposed.coordinator, proposed.case)
    assert not sees(stranger, proposed.case)
    services.decline_referral(proposed.referral, by=proposed.coordinator, reason="No.")
    assert not sees(proposed.coordinator, proposed.case)


def test_taking_back_lets_everybody_out(active):
    assert sees(active.mediator, active.case)
    services.revoke_referral(active.referral, by=active.scene.officer, reason="They talk alone.")
    assert not sees(active.mediator, active.case)
    assert not sees(active.coordinator, active.case)
    assert not Referral.objects.mediated_by(active.mediator).exists()


def test_mediator_comes_in_only_with_the_declaration(appointed):
    assert not sees(appointed.mediator, appointed.case)
    services.declare(appointed.appointment, by=appointed.mediator, has_conflict=False)
    assert sees(appointed.mediator, appointed.case)


def test_mediator_with_a_conflict_is_out_at_once_and_another_must_be_appointed(active):
    services.declare(
        active.appointment, by=active.mediator, has_conflict=True, explanation="Shares."
    )
    referral = active.reload()
    assert referral.state == S.ACCEPTED
    assert not sees(active.mediator, active.case)
    assert not Referral.objects.visible_to(active.mediator).exists()
    assert not referral.consents.filter(superseded_at=None).exists()
    with pytest.raises(Incomplete):
        services.appoint_mediator(referral, active.mediator, by=active.coordinator)
    _body, _coordinator, (other,) = make_body()
    assert services.appoint_mediator(referral, other, by=active.coordinator)


def test_a_conflict_declared_elsewhere_counts_here_too(active):
    conflicts.declare(active.case, by=active.mediator, has_conflict=True)
    assert not Referral.objects.mediated_by(active.mediator).exists()
    with pytest.raises(PermissionDenied):
        services.record_outcome(
            active.referral,
            {issue.pk: "no_agreement" for issue in active.referral.issues.all()},
            by=active.mediator,
        )


def test_nobody_declares_for_somebody_else(appointed):
    for person in (appointed.coordinator, appointed.scene.officer):
        with pytest.raises(PermissionDenied):
            services.declare(appointed.appointment, by=person, has_conflict=False)


def test_only_mediators_of_the_body_are_appointed(proposed):
    services.accept_referral(proposed.referral, by=proposed.coordinator)
    _body, _coordinator, (stranger,) = make_body("Another body")
    for person in (stranger, proposed.coordinator, proposed.scene.members[0]):
        with pytest.raises(Incomplete):
            services.appoint_mediator(proposed.referral, person, by=proposed.coordinator)


def test_a_mediator_whose_role_has_ended_is_out(active):
    from accounts.models import User

    RoleAssignment.objects.filter(user=active.mediator).delete()
    assert not Referral.objects.mediated_by(User.objects.get(pk=active.mediator.pk)).exists()


def test_two_mediators_work_together_and_both_must_declare(active):
    _body, _coordinator, (other,) = make_body()
    appointment = services.appoint_mediator(active.referral, other, by=active.coordinator)
    assert active.reload().state == S.ACCEPTED, "the sides are asked anew"
    with pytest.raises(Incomplete):
        services.give_consent(active.case, by=active.scene.complainant, agrees=True)
    services.declare(appointment, by=other, has_conflict=False)
    services.give_consent(active.case, by=active.scene.complainant, agrees=True)
    services.give_consent(active.case, by=active.scene.enterprise, agrees=True)
    assert active.reload().state == S.CONSENTED
    with pytest.raises(Conflict):
        services.appoint_mediator(active.referral, other, by=active.coordinator)


def test_each_side_consents_for_itself_alone(db):
    room = room_in(S.ACCEPTED)
    with pytest.raises(PermissionDenied):
        services.give_consent(room.case, by=room.scene.complainant, agrees=True, side="respondent")
    with pytest.raises(PermissionDenied):
        services.give_consent(room.case, by=room.scene.officer, agrees=True)
    services.give_consent(room.case, by=room.scene.complainant, agrees=True)
    with pytest.raises(Conflict):
        services.give_consent(room.case, by=room.scene.complainant, agrees=True)
    state = services.consent_state(room.case)
    assert state.agrees == {"complainant": True}
    assert state.waits_for("respondent") and not state.waits_for("complainant")
    assert state.mediators == (room.mediator.name,)


def test_a_consent_can_be_taken_back(active):
    services.give_consent(active.case, by=active.scene.enterprise, agrees=False)
    assert active.reload().state == S.ACCEPTED


def test_a_consent_of_tomorrow_is_refused(db):
    from datetime import timedelta

    room = room_in(S.ACCEPTED)
    with pytest.raises(ValidationError):
        services.record_consent(
            room.referral,
            side="complainant",
            agrees=True,
            given_on=today() + timedelta(days=1),
            by=room.mediator,
        )


def test_nobody_is_asked_before_the_mediator_declared(appointed):
    assert not services.consent_state(appointed.case).is_asked
    with pytest.raises(Incomplete):
        services.give_consent(appointed.case, by=appointed.scene.complainant, agrees=True)


def test_whoever_mediated_neither_votes_nor_runs_the_case(db):
    scene = factories.case_in(State.MEDIATION)
    member = factories.person("decision_maker")
    referral = services.appoint_internal(
        scene.case, member, by=scene.officer, issues=scene.case.issues.all()
    )
    appointment = referral.appointments.get()
    services.declare(appointment, by=member, has_conflict=False)
    assert Referral.objects.mediated_by(member).get() == referral
    assert on_case.has_mediated(scene.case, member)
    assert not on_case.may_decide(scene.case, member)


@pytest.mark.parametrize("who", ["officer", "mediator", "complainant", "self"])
def test_whom_the_office_cannot_let_mediate(who, db):
    scene = factories.case_in(State.MEDIATION)
    other = factories.person("officer")
    people = {
        "officer": scene.officer,
        "mediator": factories.person("mediator"),
        "complainant": scene.complainant,
        "self": other,
    }
    with pytest.raises(Incomplete):
        services.appoint_internal(scene.case, people[who], by=other, issues=scene.case.issues.all())


def test_a_new_coordinator_sees_the_open_referrals_and_one_who_left_none(proposed, administrator):
    person = factories.person("coordinator")
    member = services.add_member(proposed.body, person, role="coordinator", by=administrator)
    assert sees(person, proposed.case)
    services.end_membership(member, by=administrator)
    assert not sees(person, proposed.case)
    assert not Referral.objects.sent_to_bodies_of(person).exists()


def test_a_coordinator_with_a_conflict_sees_the_referral_no_more(proposed):
    conflicts.declare(proposed.case, by=proposed.coordinator, has_conflict=True)
    assert not Referral.objects.sent_to_bodies_of(proposed.coordinator).exists()
    with pytest.raises(PermissionDenied):
        services.accept_referral(proposed.referral, by=proposed.coordinator)


def test_only_administrators_keep_the_bodies(proposed, administrator):
    for person in (proposed.coordinator, proposed.scene.officer, proposed.mediator):
        with pytest.raises(PermissionDenied):
            services.add_member(proposed.body, person, role="coordinator", by=person)
    with pytest.raises(Incomplete):
        services.add_member(proposed.body, proposed.mediator, role="coordinator", by=administrator)
    with pytest.raises(Conflict):
        services.add_member(proposed.body, proposed.mediator, role="mediator", by=administrator)
    assert BodyMember.objects.filter(body=proposed.body).count() == 2


def test_the_mediator_leaves_with_the_outcome_and_keeps_the_room_until_the_case_closes(db):
    from cases.services import ending
    from mediation import room as the_room

    room = room_in(S.CONCLUDED)
    the_case = room.case
    assert not sees(room.mediator, the_case)
    assert Referral.objects.mediated_by(room.mediator).exists()
    good_offices.conclude(the_case, outcome="agreement", by=room.scene.officer)
    assert the_room.sessions_visible_to(room.mediator, the_case).count() == 1
    ending.close(room.scene.reload(), by=room.scene.officer, statement="x")
    assert not Referral.objects.mediated_by(room.mediator).exists()
    assert the_room.sessions_visible_to(room.mediator, the_case).count() == 0


def test_the_mediator_loses_the_case_when_it_moves_on_without_an_outcome(active):
    good_offices.conclude(active.case, outcome="no_agreement", by=active.scene.officer)
    assert not sees(active.mediator, active.case)
    assert not sees(active.coordinator, active.case)


def test_summary_tells_process_facts_in_a_constant_number_of_queries(
    db, django_assert_max_num_queries
):
    room = room_in(S.CONCLUDED)
    with django_assert_max_num_queries(8):
        told = summary.for_case(room.case)
    assert told.current is None
    item = told.reported
    assert item.outcome == "agreement"
    assert [fact.name for fact in item.mediators] == [room.mediator.name]
    assert {fact.side: fact.agrees for fact in item.consents} == {
        "complainant": True,
        "respondent": True,
    }
    assert [fact.held_on for fact in item.sessions] == [today()]
    assert "Serikkyzy" not in repr(told) and "director" not in repr(told)
