"""Every change is on record with what stood before and after, whoever made it and however."""

import json

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext

from cases import changes, tracking
from cases.events import verify
from cases.kinds import EventKind
from cases.models import Case, Change, Erasure, Party, StagedChange
from cases.services.acting import locked
from cases.workflow import State
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def scene():
    return factories.case_in(State.INITIAL_ASSESSMENT)


def of(case, kind):
    event = case.events.filter(kind=kind).order_by("sequence").last()
    return {(row.model, row.field): row for row in event.changes.all()}


def faults(case):
    return [fault.why for fault in verify(Case.objects.get(pk=case.pk))]


def test_a_step_says_what_it_changed_and_from_what(scene):
    found = of(scene.case, EventKind.REGISTERED)
    state = found["cases.Case", "state"]
    assert (json.loads(state.before), json.loads(state.after)) == (
        "received",
        "initial_assessment",
    )
    assert json.loads(found["cases.Case", "reference"].before) is None


def test_a_sealed_text_is_kept_readable_for_those_who_may_and_sealed_in_the_table(scene):
    party = scene.case.parties.filter(side="complainant").first()
    with locked(scene.case, by=scene.officer):
        party.phone = "+7 999"
        party.save()
    row = of(scene.case, EventKind.DETAILS_CHANGED)["cases.Party", "phone"]
    assert json.loads(row.before) == "+77010000001"
    assert json.loads(row.after) == "+7 999"
    with connection.cursor() as cursor:
        cursor.execute("SELECT before, after FROM cases_change WHERE id = %s", [row.pk])
        assert all(value.startswith("s1:") for value in cursor.fetchone())


def test_saving_the_same_text_again_is_no_change(scene):
    party = scene.case.parties.filter(side="complainant").first()
    before = scene.case.events.count()
    with locked(scene.case, by=scene.officer):
        party.save()
    assert scene.case.events.count() == before
    assert not StagedChange.objects.filter(case_id=scene.case.pk).exists()


def test_a_bulk_statement_without_any_event_is_on_record_with_who_held_the_case(scene):
    with locked(scene.case, by=scene.officer) as row:
        Party.objects.filter(case=row, side="complainant").update(country="KG")
    event = scene.case.events.order_by("sequence").last()
    assert (event.kind, event.by_id) == (EventKind.DETAILS_CHANGED, scene.officer.pk)
    assert json.loads(event.changes.get().after) == "KG"
    assert faults(scene.case) == []


def test_a_change_past_every_service_is_recorded_by_the_clock(scene):
    from desk.tasks import record_what_was_changed

    Party.objects.filter(case=scene.case, side="complainant").update(country="KG")
    assert record_what_was_changed(minutes=0) == 1
    event = scene.case.events.order_by("sequence").last()
    assert event.by_id is None
    assert json.loads(event.changes.get().before) == "KZ"


def test_a_removed_row_is_on_record_with_all_that_it_held(scene):
    issue = scene.case.issues.first()
    provision = issue.provisions.first()
    with locked(scene.case, by=scene.officer):
        provision.delete()
    row = of(scene.case, EventKind.DETAILS_CHANGED)["cases.IssueProvision", changes.REMOVED]
    assert json.loads(row.before)["chapter"] == provision.chapter
    assert row.after == ""


def test_a_refused_act_leaves_no_trace(scene):
    with pytest.raises(ValueError, match="no"), locked(scene.case, by=scene.officer) as row:
        Party.objects.filter(case=row).update(country="KG")
        raise ValueError("no")
    assert not StagedChange.objects.exists()


def as_owner(sql, *arguments):
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE cases_change DISABLE TRIGGER USER")
        cursor.execute(sql, arguments)
        cursor.execute("ALTER TABLE cases_change ENABLE TRIGGER USER")


@pytest.mark.parametrize(
    ("sql", "why"),
    [
        ("UPDATE cases_change SET field = 'title' WHERE id = %s", "altered"),
        ("UPDATE cases_change SET before = after WHERE id = %s", "altered"),
        ("UPDATE cases_change SET \"row\" = 'x' WHERE id = %s", "altered"),
        ("DELETE FROM cases_change WHERE id = %s", "missing"),
        ("UPDATE cases_change SET place = 900 WHERE id = %s", "added"),
    ],
)
def test_whoever_tampers_with_a_recorded_change_is_found(scene, sql, why):
    row = of(scene.case, EventKind.REGISTERED)["cases.Case", "state"]
    assert faults(scene.case) == []
    as_owner(sql, row.pk)
    assert any(why in text for text in faults(scene.case))
    with pytest.raises(SystemExit):
        call_command("verify_history")


def test_a_faked_erasure_hides_no_missing_change(scene):
    row = of(scene.case, EventKind.REGISTERED)["cases.Case", "state"]
    Erasure.objects.create(
        case=scene.case, basis="order", proposed_by=scene.officer,
        confirmed_by=factories.person("officer"), confirmed_at=row.event.at,
    )  # fmt: skip
    row.delete()
    assert any("missing" in text for text in faults(scene.case))


def test_the_application_neither_changes_nor_removes_a_recorded_change(scene):
    row = Change.objects.filter(case=scene.case).first()
    with pytest.raises(DatabaseError), transaction.atomic():
        Change.objects.filter(pk=row.pk).update(field="x")
    with pytest.raises(DatabaseError), transaction.atomic():
        row.delete()


def test_everything_that_hangs_on_a_case_is_watched_or_says_why_not():
    for model in apps.get_models():
        label = model._meta.label
        if model._meta.app_label not in tracking.APPS or tracking.path_to_case(model) is None:
            continue
        assert label in tracking.watched() or label in tracking.NOT_WATCHED, label
    known = {model._meta.label for model in apps.get_models()}
    assert set(tracking.NOT_WATCHED) <= known, set(tracking.NOT_WATCHED) - known
    assert set(tracking.FOLLOWS) <= known


def test_every_watched_table_has_its_trigger():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid "
            "WHERE t.tgname = %s AND t.tgenabled = 'O'",
            [tracking.TRIGGER],
        )
        tables = {row[0] for row in cursor.fetchall()}
    assert tables == {model._meta.db_table for model in tracking.watched().values()}


def test_the_trigger_finds_the_case_of_every_watched_table(scene):
    """The statement of every trigger must parse and name existing columns."""
    with connection.cursor() as cursor:
        for label, model in tracking.watched().items():
            find = tracking.case_of_row(model).replace("($1)", "r")
            cursor.execute(f"SELECT ({find}) FROM {model._meta.db_table} r LIMIT 1")
            assert len(cursor.fetchall()) <= 1, label


def test_filing_costs_no_statement_for_it():
    with CaptureQueriesContext(connection) as ran:
        factories.filed_case()
    assert not [q for q in ran.captured_queries if "cases_stagedchange" in q["sql"]]


def test_many_steps_keep_the_chain_whole():
    scene = factories.case_in(State.FINAL_STATEMENT)
    assert faults(scene.case) == []
    assert Change.objects.filter(case=scene.case).count() > 10
