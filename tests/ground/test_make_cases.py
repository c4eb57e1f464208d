"""Invented cases are such as the services would have made: they verify, their days agree with the
rules, and the search holds what it would hold."""

import io

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import connection

from accounts.models import User
from cases import change_number, rules
from cases.events import verify
from cases.models import Case, Deadline, SearchState, SearchText
from cases.search import index
from cases.services import deadlines
from config.management.commands import make_cases
from config.synthetic import loading, words
from config.synthetic.course import Course
from config.synthetic.ledger import Days
from config.synthetic.rows import Row
from config.synthetic.writing import MANY_ROWED, NUMBERED, Batch
from documents import services as files
from documents.models import Document
from notifications.models import OutboxMessage
from sealing.models import DataKey

pytestmark = pytest.mark.django_db


def make(count, **options):
    call_command("make_cases", count, workers=1, stdout=io.StringIO(), **options)
    return Case.objects.filter(source_key__startswith="synthetic-")


def test_histories_verify_and_deadlines_agree_with_the_rules():
    cases = list(make(30).prefetch_related("pauses"))
    assert len(cases) == 30
    assert len({case.state for case in cases}) >= 4
    for case in cases:
        assert list(verify(case)) == []
        before = (case.next_due_on, case.next_due_kind)
        held = list(case.deadlines.open().values_list("pk", "due_on"))
        deadlines.recompute(case)
        assert (case.next_due_on, case.next_due_kind) == before, case.source_key
        assert list(case.deadlines.open().values_list("pk", "due_on")) == held
    assert Deadline.objects.filter(met_on__isnull=False).exists()
    assert not OutboxMessage.objects.exists(), "nobody is told of what is invented"


def test_references_have_no_gap_and_go_on_in_the_next_call():
    make(12)
    make(12)
    numbers = {}
    for reference in Case.objects.exclude(reference=None).values_list("reference", flat=True):
        _prefix, year, number = reference.split("-")
        numbers.setdefault(year, []).append(int(number))
    assert numbers
    assert all(sorted(found) == list(range(1, len(found) + 1)) for found in numbers.values())


def test_same_seed_same_cases_and_another_seed_others():
    def told(seed):
        rows = make(6, seed=seed).filter(source_key__startswith=f"synthetic-{seed}-")
        return [
            (case.title, case.state, case.received_at, [item.description for item in issues])
            for case in rows.order_by("source_key")
            for issues in [case.issues.order_by("number")]
        ]

    first, other = told(5), told(6)
    assert first != other
    again = [course_of(5, number) for number in range(6)]
    assert again == [(title, state) for title, state, _at, _texts in first]


def course_of(seed, number):
    """Walk a case again, without the database."""
    cast = make_cases._cast(make_cases._midnight())
    cast.next_id.update(dict.fromkeys(NUMBERED, iter(range(10**6)).__next__))
    key = Row(DataKey, {"id": "00000000-0000-4000-8000-000000000000"})
    course = Course(number, seed=seed, cast=cast, key=key, reference="KZ-2000-001").walk()
    return course.case.title, str(course.case.state)


def test_search_holds_what_indexing_would_write():
    cases = make(15)
    indexed = set(SearchState.objects.values_list("case_id", flat=True))
    assert len(indexed) >= 10
    assert SearchText.objects.exists()
    for case in cases:
        if case.pk in indexed:
            assert index(case) == 0, case.source_key
            written = rows_of(case)
            case.search_texts.all().delete()
            assert index(case) == len(written)
            assert rows_of(case) == written


def rows_of(case):
    return list(
        case.search_texts.order_by("place", "source", "part").values_list(
            "place", "source", "part", "readers", "at", "text", "sealed", "vector"
        )
    )


def test_every_reference_leads_to_a_row():
    """Rows come in without the look-ups of the database where the role may do so."""
    make(25)
    for model in apps.get_models():
        for field in model._meta.concrete_fields:
            if field.is_relation and not field.null:
                lost = model.objects.exclude(
                    **{f"{field.name}__in": field.related_model.objects.all()}
                )
                assert not lost.exists(), field


def test_who_reads_by_change_number_sees_that_there_are_new_cases():
    def counted():
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT last_value FROM {change_number.SEQUENCE}")
            return cursor.fetchone()[0]

    before = counted()
    make_cases.write(
        Batch(9, (0,), ("",), with_files=False), make_cases._cast(make_cases._midnight())
    )
    assert counted() > before


def indexes():
    with connection.cursor() as cursor:
        cursor.execute("SELECT indexdef FROM pg_indexes WHERE schemaname = 'public'")
        return {definition for (definition,) in cursor.fetchall()}


def test_many_cases_leave_every_index_in_place(monkeypatch):
    monkeypatch.setattr(make_cases, "SOME", 5)
    before = indexes()
    make(6)
    assert indexes() == before
    monkeypatch.setattr(make_cases, "_write", lambda batch: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        make(6)
    assert indexes() == before


def test_whoever_stops_it_is_told_that_the_next_call_goes_on(monkeypatch):
    def stop(_batch):
        raise KeyboardInterrupt

    make(4)
    before = indexes()
    with monkeypatch.context() as patch:
        patch.setattr(make_cases, "SOME", 1)
        patch.setattr(make_cases, "_write", stop)
        with pytest.raises(CommandError, match="the next call goes on"):
            make(4)
    assert indexes() == before
    assert make(3).count() == 7


def test_indexes_of_a_run_that_was_killed_come_back_with_the_next():
    before = indexes()
    killed = loading.without_indexes(MANY_ROWED)
    killed.__enter__()
    assert len(indexes()) < len(before) - 30
    make(2)
    assert indexes() == before


def test_files_of_few_cases_can_be_opened():
    make(8)
    document = Document.objects.first()
    with files.open_clean(document) as copy:
        assert len(b"".join(copy.chunks())) == document.size
    assert files.is_intact(document)


def test_refuses_a_real_system(settings):
    settings.DEMONSTRATION = False
    with pytest.raises(CommandError, match="DEMONSTRATION is off"):
        make(3)
    assert not User.objects.exists()
    assert make(3, into_a_real_system=True).count() == 3


def test_words_are_unevenly_frequent():
    sentences = words.vocabulary("en").sentences
    found = {}
    for sentence in sentences:
        for word in set(sentence.lower().rstrip(".").split()):
            found[word] = found.get(word, 0) + 1
    shares = sorted((count / len(sentences) for count in found.values()), reverse=True)
    assert shares[0] > 0.3
    assert shares[len(shares) // 2] < 0.01


def test_dates_that_were_computed_are_remembered():
    days = Days(deadlines.calendar(), deadlines.today())
    rule = rules.load("kz").deadline("acknowledgement")
    assert days.due(rule, days.today) is days.due(rule, days.today)
