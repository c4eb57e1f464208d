"""The review of the procedure: asked for in its window, decided by who decided nothing before."""

from datetime import timedelta

import pytest
import time_machine
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from cases.errors import Incomplete
from cases.services import conflicts, review
from register.models import PublishedRecord
from statements.models import Statement
from statements.services import publishing, writing
from tests import factories
from tests.statements.conftest import hear, sign

pytestmark = pytest.mark.django_db


@pytest.fixture
def scene(settings):
    settings.RULE_SET = "oecd-2023-review"
    scene = factories.case_in(
        "final_statement", members=[factories.person("decision_maker") for _ in range(3)]
    )
    assert scene.case.rule_set == "oecd-2023-review@1"
    return scene


@pytest.fixture
def signed(scene):
    statement = writing.begin(scene.case, kind="final", language="en", by=scene.officer)
    hear(scene, statement)
    sign(scene, statement, by=factories.person("decision_maker"))
    return statement


@pytest.fixture
def reviewer(scene):
    member = factories.person("decision_maker")
    conflicts.declare(scene.case, by=member, has_conflict=False)
    return member


def ask(scene, *, side="complainant", by=None):
    review.ask(
        scene.reload(), side=side, grounds="A comment came too late.", by=by or scene.complainant
    )


def test_publication_waits_until_the_window_is_over(scene, signed):
    with pytest.raises(Incomplete):
        publishing.publish(signed, by=scene.officer)
    with time_machine.travel(timezone.now() + timedelta(days=40), tick=False):
        publishing.publish(Statement.objects.get(pk=signed.pk), by=scene.officer)
    assert scene.reload().state == "closed"


def test_without_a_review_in_the_rules_nothing_waits(settings):
    plain = factories.case_in("final_statement")
    statement = writing.begin(plain.case, kind="final", language="en", by=plain.officer)
    hear(plain, statement)
    sign(plain, statement)
    publishing.publish(statement, by=plain.officer)
    assert not plain.reload().review_windows.exists()


def test_a_side_asks_within_its_window_once(scene, signed):
    ask(scene)
    with pytest.raises(Incomplete):
        ask(scene)
    ask(scene, side="respondent", by=scene.enterprise)
    with pytest.raises(PermissionDenied):
        review.ask(scene.reload(), side="respondent", grounds="x", by=scene.complainant)


def test_after_the_window_nobody_asks(scene, signed):
    later = time_machine.travel(timezone.now() + timedelta(days=40), tick=False)
    with later, pytest.raises(Incomplete):
        ask(scene)


def test_nothing_is_held_that_nobody_asked_for(scene, signed):
    with pytest.raises(Incomplete):
        review.hold(scene.reload(), by=scene.officer)
    ask(scene)
    review.hold(scene.reload(), by=scene.officer)
    case = scene.reload()
    assert case.state == "held_for_review"
    assert case.deadlines.open().filter(kind="review_decision").exists()


def test_who_decided_before_does_not_review(scene, signed, reviewer):
    ask(scene)
    review.hold(scene.reload(), by=scene.officer)
    voted = scene.case.events.get(kind="statement.signed_off").by
    assert not review.may_review(scene.reload(), voted)
    assert review.may_review(scene.reload(), reviewer)
    with pytest.raises(PermissionDenied):
        review.decide(scene.reload(), result="rejected", reasons="All was kept.", by=voted)
    with pytest.raises(PermissionDenied):
        review.decide(scene.reload(), result="rejected", reasons="Fine.", by=scene.officer)


def test_the_outcome_is_published_with_its_reasons(scene, signed, reviewer):
    ask(scene)
    review.hold(scene.reload(), by=scene.officer)
    with pytest.raises(ValidationError):
        review.decide(scene.reload(), result="minor", reasons=" ", by=reviewer)
    review.decide(scene.reload(), result="minor", reasons="One day late, no harm.", by=reviewer)
    assert scene.reload().state == "final_statement"
    publishing.publish(Statement.objects.get(pk=signed.pk), by=scene.officer)
    record = PublishedRecord.objects.get()
    assert "One day late, no harm." in record.notes
    assert "procedural_review" in {entry["key"] for entry in record.timeline}


def test_a_remitted_case_goes_back(scene, signed, reviewer):
    ask(scene)
    review.hold(scene.reload(), by=scene.officer)
    review.decide(scene.reload(), result="assessment", reasons="A side was not heard.", by=reviewer)
    assert scene.reload().state == "initial_assessment"
    assert not scene.case.deadlines.open().filter(kind="review_decision").exists()
