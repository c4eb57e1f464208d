"""Deadlines are a ledger: opened and met by events, paused and extended with a reason."""

from datetime import date

import pytest
import time_machine
from django.core.exceptions import PermissionDenied, ValidationError

from cases.errors import Incomplete, Stale
from cases.models import Deadline
from cases.services import clock, deadlines, registration
from cases.workflow import State
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def scene():
    with time_machine.travel("2026-03-12 06:00Z", tick=True):
        yield factories.case_in(State.INITIAL_ASSESSMENT)


def deadline(scene, kind):
    row = Deadline.objects.get(case=scene.case, kind=kind)
    row.case = scene.reload()
    return row


def test_the_initial_assessment_is_due_three_months_after_receipt(scene):
    assert deadline(scene, "initial_assessment").due_on == date(2026, 6, 12)


def test_receipt_late_in_the_evening_counts_as_the_day_of_the_ncp():
    with time_machine.travel("2026-03-11 20:30Z", tick=True):  # 01:30 on the 12th in Almaty
        case = factories.filed_case()
    assert Deadline.objects.get(case=case, kind="initial_assessment").opened_on == date(2026, 3, 12)


def test_registration_meets_the_acknowledgement(scene):
    assert deadline(scene, "acknowledgement").met_on == date(2026, 3, 12)


def test_a_pause_moves_what_is_due_and_says_so(scene):
    clock.pause(scene.case, reason="translation", by=scene.officer)
    with time_machine.travel("2026-03-26 06:00Z"):
        clock.resume(scene.case, by=scene.officer)
        row = deadline(scene, "initial_assessment")
        assert row.due_on == date(2026, 6, 26)
        text = deadlines.explain(row).explain("en")
    assert "3 months from 12 March 2026" in text and "paused 14 days (Translation)" in text


def test_an_extension_needs_a_reason_and_a_person_who_may(scene, member):
    row = deadline(scene, "initial_assessment")
    with pytest.raises(ValidationError):
        clock.extend(row, length=1, unit="months", reason=" ", by=scene.officer)
    with pytest.raises(PermissionDenied):
        clock.extend(row, length=1, unit="months", reason="More interviews", by=member)
    clock.extend(row, length=1, unit="months", reason="More interviews", by=scene.officer)
    row = deadline(scene, "initial_assessment")
    assert (row.target_on, row.due_on) == (date(2026, 6, 12), date(2026, 7, 13))


def test_the_nearest_open_deadline_stands_on_the_case(scene):
    case = scene.reload()
    nearest = Deadline.objects.filter(case=case).open().order_by("due_on").first()
    assert (case.next_due_on, case.next_due_kind) == (nearest.due_on, nearest.kind)


def test_the_reason_of_a_delay_is_asked_only_when_there_is_one(scene):
    row = deadline(scene, "initial_assessment")
    with pytest.raises(Incomplete):
        clock.explain_delay(row, reason="Nobody was there", by=scene.officer)
    with time_machine.travel("2026-06-13 06:00Z"):
        clock.explain_delay(row, reason="Nobody was there", by=scene.officer)
        assert scene.reload().state == State.INITIAL_ASSESSMENT
    assert deadline(scene, "initial_assessment").overdue_reason == "Nobody was there"


def test_withdrawing_leaves_nothing_due():
    scene = factories.case_in(State.WITHDRAWN)
    assert not scene.case.deadlines.open().exists()
    assert scene.case.next_due_on is None


def test_a_stale_form_is_refused_and_says_who_did_what(scene):
    version = scene.case.row_version
    clock.pause(scene.case, reason="translation", by=scene.officer, version=version)
    with pytest.raises(Stale) as refused:
        clock.resume(scene.case, by=scene.officer, version=version)
    assert scene.officer.name in str(refused.value.message)


def test_reference_numbers_have_no_gaps_and_start_anew_each_year():
    officer = factories.person("officer")
    references = []
    for moment in ("2026-12-31 06:00Z", "2026-12-31 18:59Z", "2026-12-31 19:00Z"):
        with time_machine.travel(moment):
            case = factories.filed_case()
            factories.filed_case()
            references.append(registration.register(case, by=officer).reference)
    assert references == ["KZ-2026-001", "KZ-2026-002", "KZ-2027-001"]
