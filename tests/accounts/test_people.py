from datetime import timedelta

import pytest
from django.core import mail
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts import permissions, services, tasks
from accounts.errors import (
    AddressTaken,
    AlreadyDecided,
    AlreadyWaiting,
    EndDateNeeded,
    LastAdministrator,
    NeedsSecondPerson,
    NothingToChange,
)
from accounts.models import ProposalState, RoleAssignment, RoleChange, SecondFactorReset, User
from tests.accounts.conftest import enrol, is_signed_in, sign_in, with_password
from tests.factories import person

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("second_factor_optional")]


@pytest.fixture
def ada():
    return with_password("administrator", name="Ada")


@pytest.fixture
def ben():
    return with_password("administrator", name="Ben")


@pytest.fixture
def member():
    return with_password("decision_maker", name="Member")


@pytest.fixture
def erlan():
    return with_password("officer", name="Erlan")


def propose(who, by, role="mediator", kind="grant", **fields):
    return services.propose_role_change(
        who, kind=kind, role=role, by=by, reason="Trained", **fields
    )


def roles(user):
    return User.objects.get(pk=user.pk).roles


# Two people


def test_proposal_alone_changes_nothing(ada, erlan):
    propose(erlan, ada)
    assert roles(erlan) == {"officer"}


def test_another_administrator_confirms(ada, ben, erlan):
    services.confirm_role_change(propose(erlan, ada), by=ben)
    assert roles(erlan) == {"officer", "mediator"}
    assignment = RoleAssignment.objects.get(user=erlan, role="mediator")
    assert (assignment.granted_by, assignment.confirmed_by) == (ada, ben)


def test_member_of_the_ncp_confirms_where_there_is_one_administrator(ada, member, erlan):
    services.confirm_role_change(propose(erlan, ada), by=member)
    assert "mediator" in roles(erlan)


def test_who_proposed_does_not_confirm(ada, erlan):
    with pytest.raises(NeedsSecondPerson):
        services.confirm_role_change(propose(erlan, ada), by=ada)
    assert roles(erlan) == {"officer"}


def test_who_gains_does_not_confirm(ada, member):
    with pytest.raises(NeedsSecondPerson):
        services.confirm_role_change(propose(member, ada, role="administrator"), by=member)


@pytest.mark.parametrize("role", ["officer", "mediator", "coordinator", "auditor", "partner_ncp"])
def test_others_do_not_confirm(ada, erlan, role):
    other = person()
    RoleAssignment.objects.create(user=other, role=role, until=timezone.now() + timedelta(days=1))
    with pytest.raises(NeedsSecondPerson):
        services.confirm_role_change(propose(erlan, ada), by=other)


def test_nobody_proposes_a_role_for_themselves(ada):
    with pytest.raises(NeedsSecondPerson):
        propose(ada, ada, role="officer")


def test_only_administrators_propose(erlan, member):
    for by in (erlan, member):
        with pytest.raises(NeedsSecondPerson):
            propose(person(), by)


def test_proposal_is_decided_once(ada, ben, member, erlan):
    change = propose(erlan, ada)
    services.confirm_role_change(change, by=ben)
    with pytest.raises(AlreadyDecided):
        services.decline(change, by=member)
    with pytest.raises(AlreadyDecided):
        services.confirm_role_change(change, by=member)
    with pytest.raises(AlreadyDecided):
        services.withdraw(change, by=ada)


def test_declined_and_withdrawn_proposals_change_nothing(ada, ben, erlan):
    declined = propose(erlan, ada)
    services.decline(declined, by=ben)
    withdrawn = propose(erlan, ada)
    services.withdraw(withdrawn, by=ada)
    assert roles(erlan) == {"officer"}
    states = set(RoleChange.objects.values_list("state", flat=True))
    assert states == {ProposalState.DECLINED, ProposalState.WITHDRAWN}


def test_somebody_else_does_not_withdraw(ada, ben, erlan):
    with pytest.raises(NeedsSecondPerson):
        services.withdraw(propose(erlan, ada), by=ben)


def test_same_proposal_does_not_wait_twice(ada, ben, erlan):
    propose(erlan, ada)
    with pytest.raises(AlreadyWaiting):
        propose(erlan, ben)


def test_old_proposal_lapses_and_can_be_made_anew(ada, ben, erlan):
    change = propose(erlan, ada)
    RoleChange.objects.update(proposed_at=timezone.now() - timedelta(days=15))
    with pytest.raises(AlreadyDecided):
        services.confirm_role_change(change, by=ben)
    services.confirm_role_change(propose(erlan, ada), by=ben)
    assert "mediator" in roles(erlan)


def test_role_that_is_held_is_not_given_again(ada, erlan):
    with pytest.raises(NothingToChange):
        propose(erlan, ada, role="officer")
    with pytest.raises(NothingToChange):
        propose(erlan, ada, role="mediator", kind="end")


def test_role_is_taken_away_by_two(ada, ben, erlan):
    services.confirm_role_change(propose(erlan, ada, role="officer", kind="end"), by=ben)
    assert roles(erlan) == frozenset()
    assert RoleAssignment.objects.get(user=erlan).until is not None


def test_administrator_may_propose_to_give_the_own_role_up(ada, ben):
    services.confirm_role_change(propose(ada, ada, role="administrator", kind="end"), by=ben)
    assert roles(ada) == frozenset()


def test_last_administrator_stays(ada, member):
    change = propose(ada, ada, role="administrator", kind="end")
    with pytest.raises(LastAdministrator):
        services.confirm_role_change(change, by=member)


def test_auditor_needs_a_last_day_in_the_future(ada, erlan):
    for until in (None, timezone.now() - timedelta(days=1)):
        with pytest.raises(EndDateNeeded):
            propose(erlan, ada, role="auditor", until=until)
    propose(erlan, ada, role="auditor", until=timezone.now() + timedelta(days=30))


def test_database_refuses_an_auditor_without_end_and_one_person_for_two(ada, erlan):
    with pytest.raises(IntegrityError), transaction.atomic():
        RoleAssignment.objects.create(user=erlan, role="auditor")
    change = propose(erlan, ada)
    with pytest.raises(IntegrityError), transaction.atomic():
        RoleChange.objects.filter(pk=change.pk).update(
            state=ProposalState.CONFIRMED, decided_by=ada
        )


def test_role_ends_by_itself(ada, ben, erlan):
    change = propose(erlan, ada, role="auditor", until=timezone.now() + timedelta(days=3))
    services.confirm_role_change(change, by=ben)
    assert "auditor" in roles(erlan)
    RoleAssignment.objects.filter(role="auditor").update(until=timezone.now())
    assert "auditor" not in roles(erlan)


def test_change_of_roles_ends_the_sessions_and_tells_the_person(ada, ben, erlan):
    client = sign_in(erlan)
    services.confirm_role_change(propose(erlan, ada), by=ben)
    assert not is_signed_in(client)
    tasks.send_security_mails()
    assert mail.outbox[0].to == [erlan.email]
    assert "ediator" not in mail.outbox[0].body


# Second factor


def test_reset_of_a_second_factor_takes_two(ada, ben, erlan):
    enrol(erlan)
    client = sign_in(erlan)
    reset = services.propose_factor_reset(erlan, by=ada, reason="Telephone lost")
    assert erlan.authenticator_set.exists()
    with pytest.raises(NeedsSecondPerson):
        services.confirm_factor_reset(reset, by=ada)
    with pytest.raises(NeedsSecondPerson):
        services.confirm_factor_reset(reset, by=erlan)
    services.confirm_factor_reset(reset, by=ben)
    assert not erlan.authenticator_set.exists()
    assert not is_signed_in(client)


def test_stolen_password_is_of_no_use_after_a_reset(ada, ben, erlan):
    enrol(erlan)
    reset = services.propose_factor_reset(erlan, by=ada, reason="Telephone lost")
    services.confirm_factor_reset(reset, by=ben)
    assert not is_signed_in(sign_in(erlan))
    tasks.send_security_mails()
    assert "/account/link/factor_reset/" in mail.outbox[0].body


def test_nobody_proposes_the_reset_of_their_own_factor(ada):
    with pytest.raises(NeedsSecondPerson):
        services.propose_factor_reset(ada, by=ada, reason="Lost")


# Closing and opening


def test_closed_account_loses_everything_at_once(ada, erlan):
    client = sign_in(erlan)
    services.create_token(
        erlan, name="x", scopes=["cases:read"], expires_at=timezone.now() + timedelta(days=1)
    )
    waiting = propose(erlan, ada)
    services.deactivate(erlan, by=ada)
    assert not is_signed_in(client)
    assert roles(erlan) == frozenset()
    assert not erlan.personal_tokens.valid().exists()
    assert RoleChange.objects.get(pk=waiting.pk).state == ProposalState.WITHDRAWN
    assert not is_signed_in(sign_in(erlan))


def test_account_opened_again_has_no_roles(ada, erlan):
    services.deactivate(erlan, by=ada)
    services.reactivate(erlan, by=ada)
    assert roles(erlan) == frozenset()
    assert is_signed_in(sign_in(erlan))


def test_nobody_closes_the_own_account_or_that_of_the_last_administrator(ada, erlan):
    with pytest.raises(NeedsSecondPerson):
        services.deactivate(ada, by=ada)
    with pytest.raises(NeedsSecondPerson):
        services.deactivate(ada, by=erlan)


def test_address_is_invited_once(ada, erlan):
    with pytest.raises(AddressTaken):
        services.invite(erlan.email.upper(), name="X", role="officer", by=ada, reason="x")


def test_people_are_one_spelling_of_an_address():
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.filter(pk=person().pk).update(email="Large@Example.org")


# Pages


AREA = [
    ("accounts:people", False),
    ("accounts:invite", False),
    ("accounts:person", True),
    ("accounts:propose_role", True),
    ("accounts:propose_factor_reset", True),
    ("accounts:deactivate", True),
]


@pytest.mark.parametrize(("name", "takes_person"), AREA)
def test_pages_of_people_are_for_administrators(ada, erlan, name, takes_person):
    path = reverse(name, args=[erlan.pk] if takes_person else [])
    assert sign_in(ada).get(path).status_code == 200
    for role in ("officer", "decision_maker", "mediator", "coordinator", "partner_ncp"):
        client = Client()
        client.force_login(person(role))
        assert client.get(path).status_code == 404, role
        assert client.post(path).status_code == 404, role
    party = Client()
    party.force_login(services.party_user())
    assert party.get(path).status_code == 404
    anonymous = Client().get(path)
    assert anonymous.status_code == 302
    assert anonymous["Location"].startswith("/account/sign-in/?next=")


def test_parties_are_never_listed_nor_opened(ada):
    party = services.party_user()
    party.name, party.email = "Complainant Secret", "secret@example.org"
    party.save()
    client = sign_in(ada)
    assert "Secret" not in client.get(reverse("accounts:people")).content.decode()
    found = client.get(reverse("accounts:people"), {"q": "Secret"}).content.decode()
    assert "Complainant" not in found
    for name in ("person", "propose_role", "propose_factor_reset", "deactivate", "reactivate"):
        path = reverse(f"accounts:{name}", args=[party.pk])
        assert client.get(path).status_code == 404
        if name != "person":
            assert client.post(path, {"reason": "x", "role": "officer"}).status_code == 404


def test_administrator_invites_proposes_and_another_confirms_in_the_browser(ada, ben):
    client = sign_in(ada)
    client.post(
        reverse("accounts:invite"),
        {
            "name": "Neu",
            "email": "neu@example.org",
            "language": "kk",
            "role": "officer",
            "reason": "Joins us",
        },
    )
    neu = User.objects.get(email="neu@example.org")
    change = RoleChange.objects.get(person=neu)
    path = reverse("accounts:proposal", args=[change.pk])
    assert client.post(path, {"action": "confirm"}).status_code == 403
    second = sign_in(ben)
    assert "neu@example.org" in second.get(path).content.decode()
    assert second.post(path, {"action": "confirm"}).status_code == 302
    assert roles(neu) == {"officer"}
    assert second.post(path, {"action": "confirm"}).status_code == 409


@pytest.mark.parametrize(
    "bad",
    [
        {"email": "no address"},
        {"role": "king"},
        {"role": "auditor"},
        {"role": "auditor", "until": "2020-01-01"},
        {"reason": ""},
        {"name": ""},
        {"language": "xx"},
    ],
)
def test_bad_invitation_is_refused_and_nothing_typed_is_lost(ada, bad):
    data = {
        "name": "Neu",
        "email": "neu@example.org",
        "language": "kk",
        "role": "officer",
        "reason": "Joins us soon",
        **bad,
    }
    response = sign_in(ada).post(reverse("accounts:invite"), data)
    assert response.status_code == 200
    assert not User.objects.filter(name="Neu").exists()
    assert response.context["form"].errors
    if "reason" not in bad:
        assert "Joins us soon" in response.content.decode()


def test_refusal_of_a_rule_is_an_error_of_the_form(ada, erlan):
    response = sign_in(ada).post(
        reverse("accounts:propose_role", args=[erlan.pk]),
        {"role": "officer", "reason": "A long reason that must stay"},
    )
    assert response.status_code == 409
    assert "A long reason that must stay" in response.content.decode()


def test_member_sees_proposals_and_confirms_but_not_the_people(ada, member, erlan):
    change = propose(erlan, ada)
    client = sign_in(member)
    assert client.get(reverse("accounts:proposals")).status_code == 200
    path = reverse("accounts:proposal", args=[change.pk])
    assert client.post(path, {"action": "confirm"}).status_code == 302
    assert client.get(reverse("accounts:people")).status_code == 404


def test_officer_does_not_see_proposals(ada, erlan):
    change = propose(erlan, ada)
    client = sign_in(erlan)
    assert client.get(reverse("accounts:proposals")).status_code == 404
    assert (
        client.post(
            reverse("accounts:proposal", args=[change.pk]), {"action": "confirm"}
        ).status_code
        == 404
    )


def test_page_of_people_takes_the_same_number_of_queries_for_3_and_for_60(ada):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client = sign_in(ada)
    counts = []
    for number in (2, 57):
        for _ in range(number):
            person("officer", "mediator")
        client.get(reverse("accounts:people"))
        with CaptureQueriesContext(connection) as queries:
            client.get(reverse("accounts:people"))
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 15


def test_people_are_paged_without_gaps_and_repetitions(ada):
    everybody = {ada.pk, *(person("officer").pk for _ in range(120))}
    seen, after = [], ""
    while True:
        page, after = User.objects.staff().page_after(after, size=50)
        seen += [row.pk for row in page]
        if not after:
            break
    assert len(seen) == len(set(seen))
    assert set(seen) == everybody


def test_predicates_tell_the_same_as_services(ada, erlan):
    change = propose(erlan, ada)
    assert not permissions.may_decide(ada, proposal=change)
    assert not permissions.may_decide(erlan, proposal=change)
    assert permissions.may_withdraw(ada, proposal=change)
    assert not SecondFactorReset.objects.exists()
