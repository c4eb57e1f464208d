from typing import Any
from urllib.parse import unquote, urlsplit

import environ
import pgtrigger
import psycopg2.extensions
from django.apps import apps
from django.core.management.base import BaseCommand, CommandError
from django.db import connection, models, transaction
from django.db.backends.utils import CursorWrapper

READ_ONLY = ("django_migrations", "sealing_keycheck")
# Signed heads of the history: a second look at the same rule as the triggers' below.
INSERT_ONLY = ("cases_chainhead",)


class Command(BaseCommand):
    """Rights are granted by a command and not by migrations: roles belong to the server, and a
    restored database has none."""

    help = (
        "Creates the application's and the register's database roles where they are missing and "
        "grants them what they need, no more. Run it as the owner, after every migration."
    )

    requires_system_checks: list[str] = []  # must work when a page does not

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument(
            "--application", metavar="URL", help="default: APPLICATION_DATABASE_URL"
        )
        parser.add_argument("--register", metavar="URL", help="default: REGISTER_DATABASE_URL")

    def handle(self, *args: Any, **options: Any) -> None:
        env = environ.Env()
        application = options["application"] or env.str("APPLICATION_DATABASE_URL", default="")
        register = options["register"] or env.str("REGISTER_DATABASE_URL", default="")
        if not application and not register:
            raise CommandError(
                "Name the roles: APPLICATION_DATABASE_URL and REGISTER_DATABASE_URL, or the "
                "options --application and --register."
            )
        with transaction.atomic(), connection.cursor() as cursor:
            owner, database = _owner_and_database(cursor)
            for url, grant in ((application, _grant_application), (register, _grant_register)):
                if not url:
                    continue
                role, password = _role_of(url)
                if role == owner:
                    raise CommandError(f"{role} owns the database: the roles must differ from it.")
                _ensure(cursor, role, password)
                _start_from_nothing(cursor, role, database)
                grant(cursor, role)
                self.stdout.write(f"{role}: granted.")


def _role_of(url: str) -> tuple[str, str]:
    parts = urlsplit(url)
    if not parts.username:
        raise CommandError("The address of a role reads postgresql://role:password@host/database.")
    return unquote(parts.username), unquote(parts.password or "")


def _owner_and_database(cursor: CursorWrapper) -> tuple[str, str]:
    cursor.execute("SELECT current_user, current_database()")
    return cursor.fetchone()


def _ensure(cursor: CursorWrapper, role: str, password: str) -> None:
    cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role])
    if cursor.fetchone():
        return
    cursor.execute("SELECT rolcreaterole OR rolsuper FROM pg_roles WHERE rolname = current_user")
    if not cursor.fetchone()[0]:
        raise CommandError(
            f"The role {role} does not exist and this user may not create it: create it as the "
            f"server's administrator (CREATE ROLE {role} LOGIN PASSWORD '...') and run this again."
        )
    # The server is sent the verifier: a password in a statement could end up in its log.
    verifier = psycopg2.extensions.encrypt_password(
        password, role, scope=connection.connection, algorithm="scram-sha-256"
    )
    cursor.execute(f"CREATE ROLE {_name(role)} LOGIN PASSWORD %s", [verifier])


def _start_from_nothing(cursor: CursorWrapper, role: str, database: str) -> None:
    for kind in ("TABLES", "SEQUENCES"):
        cursor.execute(f"REVOKE ALL ON ALL {kind} IN SCHEMA public FROM {_name(role)}")
    cursor.execute(f"REVOKE ALL ON SCHEMA public FROM {_name(role)}")
    cursor.execute(f"GRANT USAGE ON SCHEMA public TO {_name(role)}")
    cursor.execute(f"GRANT CONNECT ON DATABASE {_name(database)} TO {_name(role)}")


def _grant_application(cursor: CursorWrapper, role: str) -> None:
    cursor.execute(
        "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO " + _name(role)
    )
    cursor.execute(f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {_name(role)}")
    present = set(connection.introspection.table_names(cursor))
    for table in sorted(present.intersection(append_only_tables())):
        cursor.execute(f"REVOKE UPDATE, DELETE, TRUNCATE ON {_name(table)} FROM {_name(role)}")
    for table in sorted(present.intersection(write_once_tables())):
        cursor.execute(f"REVOKE UPDATE, TRUNCATE ON {_name(table)} FROM {_name(role)}")
    for table in sorted(present.intersection(READ_ONLY)):
        cursor.execute(
            f"REVOKE INSERT, UPDATE, DELETE, TRUNCATE ON {_name(table)} FROM {_name(role)}"
        )


def _grant_register(cursor: CursorWrapper, role: str) -> None:
    present = set(connection.introspection.table_names(cursor))
    for model in apps.get_app_config("register").get_models(include_auto_created=True):
        if model._meta.db_table in present:
            cursor.execute(f"GRANT SELECT ON {_name(model._meta.db_table)} TO {_name(role)}")


def append_only_tables() -> set[str]:
    """What a trigger protects from change, the rights protect too: a trigger can be ignored."""
    return {model._meta.db_table for model in apps.get_models() if _is_protected(model)}.union(
        INSERT_ONLY
    )


def write_once_tables() -> set[str]:
    """What is written once and erased with its case: nobody changes a row, a trigger says when one
    may go."""
    return {
        model._meta.db_table
        for model in apps.get_models()
        if any(
            isinstance(trigger, pgtrigger.Protect)
            and trigger.operation == pgtrigger.Update
            and trigger.condition is None
            for trigger in getattr(model._meta, "triggers", [])
        )
    }


def _is_protected(model: type[models.Model]) -> bool:
    both = {str(pgtrigger.Update), str(pgtrigger.Delete)}
    return any(
        isinstance(trigger, pgtrigger.Protect)
        and both <= {part.strip() for part in str(trigger.operation).split("OR")}
        and trigger.condition is None
        for trigger in getattr(model._meta, "triggers", [])
    )


def _name(identifier: str) -> str:
    return connection.ops.quote_name(identifier)
