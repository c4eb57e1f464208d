"""What the three database roles may do, asked of PostgreSQL itself."""

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import ProgrammingError, connection, transaction

from config.management.commands.grant_roles import append_only_tables

APPLICATION, REGISTER = "test_roles_application", "test_roles_register"


@pytest.fixture
def roles(db):
    """Both roles, as the owner grants them; gone with the test's transaction."""
    call_command(
        "grant_roles",
        application=f"postgresql://{APPLICATION}:first@host/name",
        register=f"postgresql://{REGISTER}:second@host/name",
        verbosity=0,
    )


def refused(role: str, statement: str) -> bool:
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"SET LOCAL ROLE {role}")
            cursor.execute(statement)
            cursor.execute("RESET ROLE")
    except ProgrammingError as error:
        assert "permission denied" in str(error), error
        return True
    return False


def test_history_and_what_was_submitted_are_append_only():
    assert {"cases_caseevent", "cases_submission", "cases_chainhead"} <= append_only_tables()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE cases_caseevent SET mac = ''",
        "DELETE FROM cases_caseevent",
        "TRUNCATE cases_caseevent CASCADE",
        "DELETE FROM cases_submission",
        "UPDATE cases_chainhead SET digest = ''",
        "UPDATE django_migrations SET name = ''",
        "UPDATE sealing_keycheck SET value = ''",
        "DROP TABLE cases_caseevent",
        "ALTER TABLE cases_caseevent DISABLE TRIGGER ALL",
        "TRUNCATE cases_case CASCADE",
    ],
)
def test_the_application_cannot_rewrite_history(roles, statement):
    try:
        assert refused(APPLICATION, statement)
    except AssertionError as error:
        # PostgreSQL words a change of the table itself in another way.
        assert "must be owner" in str(error)


def test_the_application_can_work(roles):
    for table in connection.introspection.table_names():
        assert not refused(APPLICATION, f"SELECT 1 FROM {table} LIMIT 1")
    assert not refused(APPLICATION, "UPDATE cases_case SET row_version = row_version")
    assert not refused(APPLICATION, "DELETE FROM django_session")


def test_the_register_reads_its_own_tables_and_no_other(roles):
    own = {model._meta.db_table for model in apps.get_app_config("register").get_models()}
    for table in connection.introspection.table_names():
        assert refused(REGISTER, f"SELECT 1 FROM {table} LIMIT 1") == (table not in own), table
    for table in own:
        assert refused(REGISTER, f"DELETE FROM {table}")


def test_granting_again_takes_back_what_was_granted_by_hand(roles):
    with connection.cursor() as cursor:
        cursor.execute(f"GRANT SELECT ON accounts_user TO {REGISTER}")
    assert not refused(REGISTER, "SELECT 1 FROM accounts_user LIMIT 1")
    call_command("grant_roles", register=f"postgresql://{REGISTER}@host/name", verbosity=0)
    assert refused(REGISTER, "SELECT 1 FROM accounts_user LIMIT 1")


def test_granting_without_naming_a_role_is_refused(db, monkeypatch):
    monkeypatch.delenv("APPLICATION_DATABASE_URL", raising=False)
    monkeypatch.delenv("REGISTER_DATABASE_URL", raising=False)
    with pytest.raises(CommandError, match="Name the roles"):
        call_command("grant_roles")


def test_the_owner_cannot_be_the_application(db):
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        owner = cursor.fetchone()[0]
    with pytest.raises(CommandError, match="must differ"):
        call_command("grant_roles", application=f"postgresql://{owner}:x@host/name")
