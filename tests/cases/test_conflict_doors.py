"""A declared conflict of interest closes every door to a case at once: lists, pages, search, mails,
exports, the API, figures, votes. New routes are walked as they come."""

import logging
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.roles import Scope
from accounts.services import create_token
from cases.models import Case, ConflictDeclaration, Decision
from cases.services import assessment, conflicts, voting
from notifications import audience
from notifications.models import OutboxMessage
from tests import factories
from tests.access.routes import all_routes
from tests.access.world import build

pytestmark = pytest.mark.django_db

ROOMS = ("desk:", "statements:", "notifications:", "mediation:", "api-", "accounts:")


@pytest.fixture(autouse=True)
def _quiet():
    logging.getLogger("django.request").setLevel(logging.CRITICAL)
    yield
    logging.getLogger("django.request").setLevel(logging.NOTSET)


def program_of(person):
    """Return a program that works with a token of the person, with every right that it can have."""
    _token, secret = create_token(
        person,
        name="Program",
        scopes=list(Scope.values),
        expires_at=timezone.now() + timedelta(days=1),
    )
    return Client(headers={"Authorization": f"Bearer {secret}"}, raise_request_exception=False)


def walk(world, person):
    """Open every door of the rooms as somebody; return what each showed, by route."""
    client = Client(raise_request_exception=False)
    client.force_login(person, backend="accounts.backends.PasswordBackend")
    program = program_of(person)
    shown = {}
    for route in all_routes():
        if not route.name.startswith(ROOMS):
            continue
        try:
            arguments = world.of(route.name, route.parameters)
        except AssertionError:
            continue  # its parameters are still to come; the access table asks for them
        address = reverse(route.name, kwargs=arguments)
        answer = (program if route.name.startswith("api-") else client).get(address)
        content = (
            b"".join(answer.streaming_content)
            if getattr(answer, "streaming", False)
            else answer.content
        )
        shown[route.name] = (answer.status_code, content.decode(errors="replace"), address)
    return shown


@pytest.mark.parametrize("role", ["officer", "member"])
def test_every_door_is_closed_from_the_second_of_the_declaration(role):
    world = build()
    person = world.people[role]
    case = Case.objects.get(pk=world.arguments["desk:*"]["pk"])
    ended = Case.objects.get(pk=world.arguments["statements:*"]["case_id"])
    secrets = (case.reference, ended.reference)
    before = walk(world, person)
    assert any(secret in before["desk:worklist"][1] for secret in secrets)
    for item in (case, ended):
        conflicts.declare(item, by=person, has_conflict=True)
    after = walk(world, person)
    told = {
        name
        for name, (status, content, _address) in after.items()
        if status == 200 and any(secret in content for secret in secrets)
    }
    assert not told
    ids = (str(case.pk), str(ended.pk))
    opened = {
        name
        for name, (status, _content, address) in after.items()
        if any(pk in address for pk in ids) and status not in (404, 405)
    }
    assert not opened
    linked = {
        name
        for name, (status, content, address) in after.items()
        if status == 200 and not any(pk in address for pk in ids)
        and any(pk in content for pk in ids)
    }  # fmt: skip
    assert not linked


def test_the_api_answers_as_if_the_case_did_not_exist():
    scene = factories.case_in("initial_assessment")
    program = program_of(scene.officer)
    names = ("api-case-detail", "api-case-events", "api-case-documents", "api-case-actions")
    for name in names:
        assert program.get(reverse(name, args=[scene.case.pk])).status_code == 200
    conflicts.declare(scene.case, by=scene.officer, has_conflict=True)
    for name in names:
        assert program.get(reverse(name, args=[scene.case.pk])).status_code == 404
    assert scene.case.reference not in program.get(reverse("api-case-list")).content.decode()


def test_no_mail_goes_to_whoever_declared_a_conflict_not_even_one_that_waits():
    scene = factories.case_in("initial_assessment")
    members = [factories.person("decision_maker") for _ in range(2)]
    factories.answer_everything(scene.case, by=scene.officer)
    assessment.propose_decision(
        scene.reload(),
        {issue.pk: assessment.OnIssue(True, "Because.") for issue in scene.case.issues.all()},
        by=scene.officer,
    )
    waiting = OutboxMessage.objects.get(event__kind="decision.proposed")
    assert members[0].pk in audience.recipients(waiting)
    conflicts.declare(scene.case, by=members[0], has_conflict=True)
    told = audience.recipients(waiting)
    assert members[0].pk not in told
    assert members[1].pk in told


def test_the_vote_goes_with_the_case():
    scene = factories.case_in("initial_assessment")
    member = factories.person("decision_maker")
    factories.answer_everything(scene.case, by=scene.officer)
    conflicts.declare(scene.case, by=member, has_conflict=False)
    decision = assessment.propose_decision(
        scene.reload(),
        {issue.pk: assessment.OnIssue(True, "Because.") for issue in scene.case.issues.all()},
        by=scene.officer,
    )
    assert voting.may_vote(decision, member)
    conflicts.declare(scene.case, by=member, has_conflict=True)
    assert not voting.may_vote(Decision.objects.get(), member)
    assert member not in voting.voters(Decision.objects.get())


def test_who_declared_what_stays_on_record_when_it_changes():
    scene = factories.case_in("initial_assessment")
    member = factories.person("decision_maker")
    conflicts.declare(scene.case, by=member, has_conflict=False)
    conflicts.declare(scene.case, by=member, has_conflict=True, explanation="My brother.")
    rows = ConflictDeclaration.objects.filter(user=member).order_by("declared_at")
    assert [(row.has_conflict, row.superseded_at is None) for row in rows] == [
        (False, False),
        (True, True),
    ]
