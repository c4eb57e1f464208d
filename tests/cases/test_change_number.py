"""The number of changes: exact enough that what was read under a number is true as long as it
stands."""

import pytest
from django.apps import apps
from django.db import connection, connections, transaction

from cases import change_number, readings
from cases.models import Case
from cases.models.audit import ReadKind
from tests import factories

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def other():
    """A second connection to the same database."""
    made = connections.create_connection("default")
    yield made
    made.close()


def test_a_write_by_whomever_changes_the_number(received, other):
    before = change_number.current()
    assert change_number.current() == before
    with other.cursor() as cursor:
        cursor.execute("UPDATE cases_case SET title = 'By hand'")
    assert change_number.current() > before


def test_a_write_that_is_not_visible_yet_has_no_number(received, other):
    """What is read while a counted transaction runs may lack its rows: it must not be kept under
    a number that already counts them."""
    other.set_autocommit(False)
    with other.cursor() as cursor:
        cursor.execute("UPDATE cases_case SET title = 'Not yet'")
    assert change_number.current() is None
    other.commit()
    assert change_number.current() is not None


def test_a_write_that_is_taken_back_leaves_no_lock(received):
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        Case.objects.update(title="Never")
        raise ZeroDivisionError
    assert change_number.current() is not None


def test_reading_confidential_material_changes_no_number(received, officer):
    before = change_number.current()
    readings.note(received, officer, ReadKind.IDENTITIES)
    assert change_number.current() == before


def test_every_table_is_counted_or_says_why_not():
    labels = {
        model._meta.label
        for model in apps.get_models(include_auto_created=True)
        if model._meta.app_label in change_number.APPS
    }
    assert set(change_number.NOT_COUNTED) <= labels
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid "
            "WHERE t.tgname = %s AND t.tgenabled = 'O'",
            [change_number.TRIGGER],
        )
        watched = {table for (table,) in cursor.fetchall()}
    assert watched == {model._meta.db_table for model in change_number.counted().values()}


def test_a_trigger_that_somebody_took_away_comes_back_with_the_next_change_of_the_list(monkeypatch):
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TRIGGER {change_number.TRIGGER} ON cases_case")
        cursor.execute("COMMENT ON FUNCTION good_offices_count_change() IS 'older'")
    change_number.install()
    before = change_number.current()
    factories.filed_case()
    assert change_number.current() > before
