"""Who sees a case, and what of it: nothing but what role and participation give."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.utils import timezone

from cases.disclosure import Audience, audience_of, disclosed
from cases.models import Case, CaseDocument, Message, Participation
from cases.services import conflicts, correspondence, disclosing, registration
from cases.workflow import State
from tests import factories

pytestmark = pytest.mark.django_db


def sees(user, case):
    user = type(user).objects.get(pk=user.pk) if user.pk else user
    return Case.objects.visible_to(user).filter(pk=case.pk).exists()


@pytest.fixture
def scene():
    return factories.case_in(State.INITIAL_ASSESSMENT)


@pytest.mark.parametrize(
    ("role", "expected"),
    [
        ("officer", True),
        ("decision_maker", True),
        ("auditor", False),
        ("administrator", False),
        ("mediator", False),
        ("coordinator", False),
        ("interpreter", False),
        ("expert", False),
        ("partner_ncp", False),
    ],
)
def test_a_role_alone_shows_the_cases_of_the_ncp_only_to_its_own_people(scene, role, expected):
    assert sees(factories.person(role), scene.case) is expected


def test_parties_see_their_case_and_no_other(scene):
    other = factories.filed_case()
    assert sees(scene.complainant, scene.case)
    assert sees(scene.enterprise, scene.case)
    assert not sees(scene.complainant, other)
    assert not sees(scene.enterprise, other)
    assert not Case.objects.visible_to(AnonymousUser()).exists()


def test_the_enterprise_sees_nothing_before_it_was_told():
    scene = factories.case_in(State.INITIAL_ASSESSMENT, served=False)
    assert not Participation.objects.filter(case=scene.case, side="respondent").exists()


def test_an_ended_participation_shows_nothing_at_once(scene):
    scene.case.participations.filter(user=scene.enterprise).update(until=timezone.now())
    assert not sees(scene.enterprise, scene.case)


def test_somebody_who_was_deactivated_sees_nothing(scene):
    scene.officer.is_active = False
    scene.officer.save()
    assert not sees(scene.officer, scene.case)


def test_a_declared_conflict_takes_the_case_away_at_once(scene, member, other_officer):
    for user in (member, other_officer, scene.officer):
        assert sees(user, scene.case)
        conflicts.declare(scene.case, by=user, has_conflict=True)
        assert not sees(user, scene.case)
    assert scene.reload().officer is None


def test_a_withdrawn_declaration_of_conflict_gives_the_case_back(scene, member):
    conflicts.declare(scene.case, by=member, has_conflict=True)
    conflicts.declare(scene.case, by=member, has_conflict=False)
    assert sees(member, scene.case)


# What is read of it


@pytest.fixture
def withheld():
    return factories.case_in(State.INITIAL_ASSESSMENT, data=factories.withheld())


@pytest.mark.parametrize(
    "audience", [a for a in Audience if a not in ("named_officer", "complainant")]
)
def test_a_withheld_name_reaches_nobody_but_the_named_officer(withheld, audience):
    view = disclosed(withheld.case, to=audience)
    assert "Айгүл" not in repr(view)
    assert view.complainants[0].is_pseudonym


def test_the_named_officer_knows_a_withheld_name(withheld):
    assert audience_of(withheld.case, withheld.officer) == Audience.NAMED_OFFICER
    assert "Айгүл" in repr(disclosed(withheld.case, to=Audience.NAMED_OFFICER))


def test_another_officer_reads_the_pseudonym_and_an_auditor_nothing_here(withheld, other_officer):
    assert audience_of(withheld.case, other_officer) == Audience.NCP
    assert audience_of(withheld.case, factories.person("auditor")) == Audience.NOBODY


def test_a_member_reads_issues_only_after_declaring_no_conflict(withheld, member):
    assert disclosed(withheld.case, to=audience_of(withheld.case, member)).issues == ()
    conflicts.declare(withheld.case, by=member, has_conflict=False)
    member = type(member).objects.get(pk=member.pk)
    assert disclosed(withheld.case, to=audience_of(withheld.case, member)).issues


def test_a_representative_of_somebody_withheld_does_not_reveal_the_principals():
    data = factories.withheld(factories.represented(principals=3))
    scene = factories.case_in(State.INITIAL_ASSESSMENT, data=data)
    view = disclosed(scene.case, to=Audience.RESPONDENT)
    assert view.representatives[0].name == "Әділет foundation"
    assert "Principal 1" not in repr(view)


def test_addresses_and_telephone_numbers_reach_no_projection(scene):
    for audience in Audience:
        text = repr(disclosed(scene.case, to=audience))
        assert "aigul@example.org" not in text and "+7701" not in text


def test_each_side_reads_only_its_own_messages(scene):
    correspondence.send_message(scene.case, side="complainant", text="For us", by=scene.complainant)
    correspondence.send_message(scene.case, side="respondent", text="For them", by=scene.officer)
    read = lambda user: [m.text for m in Message.objects.visible_to(user)]  # noqa: E731
    assert read(scene.complainant) == ["For us"]
    assert read(scene.enterprise) == ["For them"]
    assert sorted(read(scene.officer)) == ["For them", "For us"]
    assert read(factories.person("mediator")) == []


def test_a_report_of_reprisals_is_read_by_its_author_and_the_named_officer_alone(scene):
    correspondence.report_reprisal(scene.case, text="They came to my house", by=scene.complainant)
    readers = [
        user
        for user in (
            scene.complainant, scene.enterprise, scene.officer, factories.person("officer"),
            factories.person("decision_maker"), factories.person("auditor"),
        )
        if Message.objects.visible_to(user).exists()
    ]  # fmt: skip
    assert readers == [scene.complainant, scene.officer]


def test_the_events_of_one_side_are_not_told_to_the_other(scene):
    correspondence.report_reprisal(scene.case, text="They came", by=scene.complainant)
    scene.reload()
    kinds = lambda audience: {e.kind for e in disclosed(scene.case, to=audience).events}  # noqa: E731
    assert "reprisal.reported" in kinds(Audience.COMPLAINANT)
    for audience in (Audience.RESPONDENT, Audience.MEDIATOR, Audience.PUBLIC, Audience.COORDINATOR):
        assert "reprisal.reported" not in kinds(audience)


def test_a_document_is_its_providers_and_the_ncps_until_an_officer_shares_it(mediator):
    scene = factories.case_in(State.MEDIATION)
    document = factories.document(scene.case)
    item = correspondence.add_document(
        scene.case, document, title="Water test", side="complainant", by=scene.complainant
    )
    Participation.objects.create(case=scene.case, user=mediator, role="mediator")
    reads = lambda user: CaseDocument.objects.visible_to(user).filter(pk=item.pk).exists()  # noqa: E731
    assert reads(scene.complainant) and reads(scene.officer)
    assert not reads(scene.enterprise) and not reads(mediator)
    factories.share(item, by=scene.officer)
    assert reads(scene.enterprise) and reads(mediator)
    disclosing.decide_audience(item, audience="ncp", by=scene.officer)
    assert not reads(scene.enterprise)
    assert reads(scene.complainant), "who gave a document keeps it"


def test_an_officer_who_took_part_as_mediator_runs_nothing(scene, other_officer):
    from django.core.exceptions import PermissionDenied

    Participation.objects.create(case=scene.case, user=other_officer, role="mediator")
    with pytest.raises(PermissionDenied):
        registration.assign_officer(scene.case, officer=scene.officer, by=other_officer)
