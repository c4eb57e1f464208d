"""Two persons erase a case: nothing of it can be read any more, and the history still holds."""

import json
import subprocess
import uuid
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from accounts import services as people
from cases import retention
from cases.errors import Conflict, Gone, Incomplete
from cases.events import verify
from cases.models import (
    Case,
    CaseDocument,
    Change,
    Erasure,
    Evidence,
    LegalHold,
    Organisation,
)
from cases.services import (
    assessment,
    correspondence,
    destruction,
    ending,
    erasure,
    registration,
)
from cases.services import retention as keeping
from cases.services.acting import locked
from cases.workflow import NEXT_STEP, NOTHING_FOLLOWS, State
from config.backup import connection_environment, program
from sealing.fields import ERASED
from sealing.models import DataKey
from tests import factories
from tests.attack.test_canaries import CANARY, _data, found_in_database
from tests.desk.conftest import browser

pytestmark = pytest.mark.django_db


@pytest.fixture
def scene():
    return factories.case_in(State.NOT_REGISTERED, data=_data())


@pytest.fixture
def second():
    return factories.person("officer")


def proposed(scene, **changes):
    values = {"basis": "request", "legal_basis": "Act 12, article 8", "by": scene.officer}
    return erasure.propose(scene.case, **{**values, **changes})


def erased(scene, second):
    row = erasure.confirm(proposed(scene), by=second)
    assert destruction.carry_out_all() == 1
    row.refresh_from_db()
    return row


def test_it_takes_two_persons(scene, second):
    row = proposed(scene)
    with pytest.raises(PermissionDenied):
        erasure.confirm(row, by=scene.officer)
    with pytest.raises(PermissionDenied):
        erasure.confirm(row, by=factories.person("administrator"))
    with pytest.raises(PermissionDenied):
        erasure.confirm(row, by=factories.person("auditor"))
    with pytest.raises(IntegrityError), transaction.atomic():
        Erasure.objects.filter(pk=row.pk).update(confirmed_by=scene.officer)
    assert destruction.carry_out_all() == 0
    assert erasure.confirm(row, by=second).confirmed_by == second


def test_an_open_case_is_not_erased(second):
    scene = factories.case_in(State.INITIAL_ASSESSMENT)
    with pytest.raises(Incomplete):
        proposed(scene)


def test_what_the_rules_keep_needs_another_basis(scene):
    with pytest.raises(Incomplete):
        proposed(scene, basis="retention")
    Case.objects.filter(pk=scene.case.pk).update(ended_at=timezone.now() - timedelta(days=400))
    assert proposed(scene, basis="retention", legal_basis="").rule == "not_registered"


def test_a_legal_hold_blocks_proposing_and_confirming(scene, second):
    row = proposed(scene)
    hold = keeping.place_hold(scene.case, reason="A court asks.", until=None, by=scene.officer)
    with pytest.raises(Conflict):
        erasure.confirm(row, by=second)
    erasure.decline(row, by=second)
    with pytest.raises(Conflict):
        proposed(scene)
    keeping.lift_hold(hold, reason="The court is done.", by=second)
    assert proposed(scene)


def test_a_hold_ends_by_itself_after_its_last_day(scene):
    keeping.place_hold(
        scene.case, reason="x", until=timezone.localdate() + timedelta(days=1), by=scene.officer
    )
    assert keeping.is_held(scene.case)
    LegalHold.objects.update(until=timezone.localdate() - timedelta(days=1))
    assert not keeping.is_held(scene.case)


def test_a_hold_needs_a_reason_and_a_day_to_come(scene):
    with pytest.raises(ValidationError):
        keeping.place_hold(scene.case, reason=" ", until=None, by=scene.officer)
    with pytest.raises(ValidationError):
        keeping.place_hold(scene.case, reason="x", until=date(2020, 1, 1), by=scene.officer)


def filled(scene):
    """Add a file, a message and a change, with canaries."""
    case = scene.case
    document = factories.document(case, name=f"{CANARY}file.txt", content=f"{CANARY}body".encode())
    CaseDocument.objects.create(
        case=case, document=document, title=f"{CANARY}doc", side="complainant"
    )
    correspondence.send_message(
        case, side="complainant", text=f"{CANARY}text", subject=f"{CANARY}s", by=scene.officer
    )
    with locked(case, by=scene.officer) as row:
        party = row.parties.first()
        party.case, party.phone = row, f"{CANARY}phone"
        party.save()
    Case.objects.filter(pk=case.pk).update(title=f"{CANARY}title")
    people.issue_access_code(scene.complainant, label="x")
    return document


def dump():
    """Return what `pg_dump` writes of this test's transaction-visible data: every row as text."""
    hits = []
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        for (table,) in cursor.fetchall():
            cursor.execute(f'SELECT to_jsonb(t)::text FROM "{table}" t')
            hits += [row[0] for row in cursor.fetchall()]
    return "\n".join(hits)


def test_nothing_of_an_erased_case_stands_in_database_or_files(scene, second):
    document = filled(scene)
    names = [
        f"{folder}/{document.pk.hex[:2]}/{document.pk.hex}" for folder in ("original", "clean")
    ]
    assert all(default_storage.exists(name) for name in names)
    submission = scene.case.submission.content
    assert CANARY in submission
    row = erased(scene, second)

    assert found_in_database(CANARY) == []
    assert CANARY.casefold() not in dump().casefold()
    assert not any(default_storage.exists(name) for name in names)
    assert not list(Path(settings.MEDIA_ROOT).rglob(document.pk.hex))
    case = Case.objects.get(pk=scene.case.pk)
    assert case.submission.content == ERASED
    assert DataKey.objects.get(pk=case.data_key_id).wrapped is None
    for model in destruction.erased_models():
        assert "case" not in {f.name for f in model._meta.local_fields} or not (
            model._base_manager.filter(case=case).exists()
        ), model
    person = type(scene.complainant).objects.get(pk=scene.complainant.pk)
    assert not person.is_active
    assert not person.access_codes.exists()
    assert row.completed_at


def test_the_tombstone_and_the_history_stay_and_hold(scene, second):
    filled(scene)
    row = erased(scene, second)
    case = Case.objects.get(pk=scene.case.pk)
    assert list(verify(case)) == []
    assert erasure.holds(row)
    assert (row.state, row.not_registered_reason) == ("not_registered", "enquiry")
    assert (row.proposed_by, row.confirmed_by) == (scene.officer, second)
    assert row.received_on
    assert row.legal_basis == "Act 12, article 8"
    assert row.note == ""
    assert not Change.objects.filter(case=case).exists()
    assert any(event.data.get("changes") for event in case.events.all())  # digests alone stay
    with pytest.raises(DatabaseError), transaction.atomic():
        Erasure.objects.filter(pk=row.pk).update(outcome="agreement")
    with pytest.raises(DatabaseError), transaction.atomic():
        row.delete()


def test_nothing_is_written_to_an_erased_case_and_its_pages_still_open(scene, second):
    erased(scene, second)
    with pytest.raises(Gone):
        correspondence.send_message(
            scene.case, side="complainant", text="x", subject="x", by=scene.officer
        )
    Case.objects.filter(pk=scene.case.pk).update(officer=scene.officer)
    client = browser(scene.officer)
    for name, status in (("case", 200), ("history", 200), ("retention", 200), ("submission", 409)):
        assert client.get(reverse(f"desk:{name}", args=[scene.case.pk])).status_code == status


def test_an_erased_case_promises_no_follow_up(second):
    """Its deadlines and its statement's texts were gone, and the page still said that the office
    follows up on the date that the statement names."""
    scene = factories.case_in(State.FINAL_STATEMENT, data=_data())
    ending.close(scene.case, by=scene.officer, statement=uuid.uuid4())
    case = Case.objects.get(pk=scene.case.pk)
    assert case.next_due_kind == "follow_up"
    assert case.next_step == NEXT_STEP[State.CLOSED]
    Case.objects.filter(pk=case.pk).update(follow_up_on=date(2031, 5, 1))
    erased(scene, second)
    case.refresh_from_db()
    assert case.follow_up_on is None
    assert case.next_step == NOTHING_FOLLOWS


def test_other_cases_and_their_people_stay_as_they_are(scene, second):
    other = factories.filed_case(complainant=scene.complainant)
    shared = Organisation.objects.get(name="AltynTau Holding")
    erased(scene, second)
    assert other.issues.first().title == "The river is polluted"
    assert Organisation.objects.filter(pk=shared.pk).exists()
    scene.complainant.refresh_from_db()
    assert scene.complainant.is_active
    assert list(verify(Case.objects.get(pk=other.pk))) == []


def test_an_enterprise_that_is_in_no_other_case_is_forgotten(scene, second):
    erased(scene, second)
    assert not Organisation.objects.filter(name="AltynTau Holding").exists()


def test_a_worker_that_dies_goes_on_where_it_stopped(scene, second, monkeypatch):
    document = filled(scene)
    erasure.confirm(proposed(scene), by=second)
    with monkeypatch.context() as patch:
        patch.setattr(
            destruction, "_blank", lambda case: (_ for _ in ()).throw(SystemError("killed"))
        )
        with pytest.raises(SystemError), transaction.atomic():
            destruction.carry_out(Erasure.objects.get().pk)
    assert scene.case.messages.exists()  # the files are gone, the rows wait
    assert destruction.carry_out_all() == 1
    assert destruction.carry_out_all() == 0
    assert found_in_database(CANARY) == []
    assert not default_storage.exists(f"original/{document.pk.hex[:2]}/{document.pk.hex}")


def test_one_erasure_that_fails_does_not_keep_the_others_waiting(scene, second, monkeypatch):
    other = factories.case_in(State.NOT_REGISTERED)
    erasure.confirm(proposed(scene), by=second)
    erasure.confirm(
        erasure.propose(other.case, basis="order", legal_basis="Order 5", by=other.officer),
        by=second,
    )
    real = destruction.files.erase_files
    held = factories.document(scene.case)

    def fails(document):
        if document.pk == held.pk:
            raise OSError("store")
        real(document)

    monkeypatch.setattr(destruction.files, "erase_files", fails)
    assert destruction.carry_out_all() == 1


def test_what_hangs_on_a_case_is_deleted_or_its_staying_has_a_reason():
    staying = {"cases.NoteVersion", "cases.Note", *destruction.STAY}
    from django.apps import apps

    from cases.tracking import path_to_case

    within = frozenset(app.label for app in apps.get_app_configs()) - {"register"}
    for model in apps.get_models(include_auto_created=True):
        if path_to_case(model, within=within) is None:
            continue
        erased = destruction.erased_models()
        assert model in erased or model._meta.label in staying, model._meta.label


def test_a_case_whose_assessment_cites_evidence_is_erased_too(second):
    """Evidence was looked for by its document alone. Where it cited a message, the row was not
    found, the foreign key refused the erasure at its end, and the worker tried for ever while two
    persons had confirmed and everything could still be read. Its changes were on no record."""
    officer, complainant = factories.person("officer"), people.party_user(language="ru")
    case = registration.register(factories.filed_case(complainant=complainant), by=officer)
    issue = case.issues.first()
    cited = correspondence.send_message(
        case, side="complainant", text="It began in May.", by=complainant
    )
    assessment.answer_criteria(
        issue,
        {"substantiated": assessment.Answer("met", "The letter says so.")},
        cited={"substantiated": [assessment.Cited(message=cited, place="Line 1")]},
        by=officer,
    )
    with locked(case, by=officer):
        row = Evidence.objects.get(assessment__issue=issue)
        row.place = "Line 2"
        row.save()
    assert Change.objects.filter(case=case, model="cases.Evidence").exists()
    case.refresh_from_db()
    case = ending.withdraw(case, by=complainant)
    row = erasure.propose(case, basis="request", legal_basis="Act 12, article 8", by=officer)
    erasure.confirm(row, by=second)
    assert destruction.carry_out_all() == 1
    assert not Evidence.objects.exists()
    assert not case.messages.exists()


def test_no_row_of_a_case_is_found_by_a_foreign_key_that_may_be_empty():
    from django.apps import apps

    from cases.tracking import path_to_case

    within = frozenset(app.label for app in apps.get_app_configs()) - {"register"}
    for model in apps.get_models(include_auto_created=True):
        at, empty = model, []
        for name in path_to_case(model, within=within) or ():
            field = at._meta.get_field(name)
            empty += [name] if field.null else []
            at = field.related_model
        # A point of an agenda may be of no case.
        assert not empty or model._meta.label == "cases.AgendaItem", model._meta.label


def test_one_represented_person_is_erased_and_the_case_goes_on(second):
    scene = factories.case_in(State.INITIAL_ASSESSMENT, data=factories.represented())
    who = scene.case.representations.first().principals.order_by("pk").first()
    with locked(scene.case, by=scene.officer):
        who.name = f"{CANARY} Changed"
        who.save()
    row = erasure.propose(
        scene.case, basis="request", legal_basis="Act 1", by=scene.officer, principal=who
    )
    erasure.confirm(row, by=second)
    assert destruction.carry_out_all() == 1
    assert scene.case.representations.first().principals.count() == 2
    assert not Change.objects.filter(model="cases.Principal").exists()
    assert list(verify(Case.objects.get(pk=scene.case.pk))) == []
    assert scene.case.issues.first().title


def test_what_a_restored_backup_brought_back_is_erased_again(scene, second, tmp_path, capsys):
    other = factories.case_in(State.NOT_REGISTERED)
    erased(scene, second)
    listed = erasure.confirmed()
    listed[0]["id"] = str(uuid.uuid4())
    listed[0]["case"] = str(other.case.pk)  # a case that the list says was erased, and stands here
    path = tmp_path / "list.json"
    path.write_text(json.dumps(listed))
    call_command("erasures", "--repeat", str(path))
    assert "1 to be erased again, 1 erased" in capsys.readouterr().out
    assert erasure.is_erased(other.case)
    assert list(verify(Case.objects.get(pk=other.case.pk))) == []
    call_command("erasures", "--repeat", str(path))
    assert "0 to be erased again" in capsys.readouterr().out
    path.write_text("nothing")
    with pytest.raises(CommandError):
        call_command("erasures", "--repeat", str(path))


# The rules


def test_the_rule_that_keeps_longest_holds(scene):
    case = Case(state="closed", outcome="agreement", closed_at=timezone.now())
    assert retention.load().rule_for(case).code == "closed_by_agreement"
    case.outcome = "no_agreement"
    assert retention.load().rule_for(case).code == "closed"
    assert retention.load().rule_for(Case(state="received")) is None


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('[[rule]]\ncode="a"\nstates=["received"]\nfrom="ended_at"\nmonths=1', "states has no"),
        ('[[rule]]\ncode="a"\nstates=["closed"]\nfrom="ended_at"\nmonths=0', "months"),
        ('[[rule]]\ncode="a"\nstates=["closed"]\nfrom="x"\nmonths=1', "from"),
        ('[[rule]]\ncode="a"\nstates=["closed"]\nfrom="ended_at"\nmonths=1\nx=1', "understood"),
        ("[log]\nreadings_months=3", "readings_months"),
        ("[[rule", "cannot be read"),
    ],
)
def test_a_file_of_rules_that_is_wrong_says_where(tmp_path, text, says):
    path = tmp_path / "own.toml"
    path.write_text(text)
    with pytest.raises(retention.BadRetention, match=says):
        retention.read(path)


def test_the_system_does_not_start_with_rules_that_cannot_be_read(settings, tmp_path):
    from cases.checks import retention_can_be_read

    assert retention_can_be_read(None) == []
    settings.RETENTION_FILE = str(tmp_path / "missing.toml")
    (error,) = retention_can_be_read(None)
    assert "missing.toml" in error.msg


def test_what_is_due_is_listed_and_nothing_else(scene, second):
    assert keeping.due(to=second) == []
    (row,) = keeping.due(to=second, on=timezone.localdate() + timedelta(days=370))
    assert (row.case, row.rule.code, row.is_held) == (scene.case, "not_registered", False)
    erased(scene, second)
    assert keeping.due(to=second, on=timezone.localdate() + timedelta(days=370)) == []


def test_cases_that_are_kept_longer_hide_nothing_that_is_due(scene, second, monkeypatch):
    """The page of what is due looked at the first four hundred candidates: older cases that
    another rule keeps longer could fill them, and a due one behind them was never erased."""
    monkeypatch.setattr(keeping, "SHOWN", 1)
    day = timezone.localdate() + timedelta(days=370)
    years_ago = timezone.now() - timedelta(days=12 * 366)
    members = [factories.person("decision_maker") for _ in range(2)]
    for _ in range(3):
        kept = factories.case_in("final_statement", members=members).case
        Case.objects.filter(pk=kept.pk).update(outcome="agreement")
        kept.refresh_from_db()
        ending.close(kept, by=kept.officer, statement=kept.pk)
        Case.objects.filter(pk=kept.pk).update(closed_at=years_ago, ended_at=years_ago)
        kept.refresh_from_db()
        assert retention.load().rule_for(kept).code == "closed_by_agreement"
    (row,) = keeping.due(to=second, on=day)
    assert row.case == scene.case


@pytest.mark.django_db(transaction=True)
def test_pg_dump_holds_nothing_of_an_erased_case():
    scene = factories.case_in(State.NOT_REGISTERED, data=_data())
    filled(scene)
    officer = factories.person("officer")
    erasure.confirm(proposed(scene), by=officer)
    assert destruction.carry_out_all() == 1
    done = subprocess.run(
        [program("pg_dump")],
        capture_output=True,
        check=True,
        env=connection_environment(),
        timeout=120,
    )
    text = done.stdout.decode("utf-8", "replace").casefold()
    assert len(text) > 10000
    assert CANARY.casefold() not in text
    assert CANARY.casefold().encode().hex() not in text
    assert json.dumps(CANARY).strip('"').casefold() not in text
