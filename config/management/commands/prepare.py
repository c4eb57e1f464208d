import hashlib
import io
import os
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command, get_commands
from django.core.management.base import BaseCommand, CommandError
from django.db import OperationalError, connection, transaction
from django.db.migrations.executor import MigrationExecutor

from config.checks import (
    DEMONSTRATION_PEOPLE,
    has_demonstration_people,
    require_sound_settings,
)
from sealing.keys import WrongKey, check_keys
from sealing.models import KeyCheck

TURN = 0x600D0FF1CE  # the advisory lock: two starts at once prepare one after the other


class Command(BaseCommand):
    """One process for all of it, because each costs seconds to start. Lines that begin with
    `* ` are for the person at the console."""

    help = (
        "Brings a database up to this release: checks the keys, migrates, grants the roles, "
        "collects the static files, loads the demonstration where that is on. Changes nothing "
        "that is already so."
    )

    # Only what a start depends on: loading every page's module would double its time.
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            require_sound_settings()
        except ImproperlyConfigured as error:
            raise CommandError(str(error)) from error
        try:
            connection.ensure_connection()
        except OperationalError as error:
            raise CommandError(unreachable(error)) from error
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s)", [TURN])
        if KeyCheck._meta.db_table in connection.introspection.table_names():
            self._check_keys()
        self._migrate()
        self._check_keys()
        self._refuse_invented_people()
        if not settings.CACHES["default"]["BACKEND"].endswith("RedisCache"):
            call_command("createcachetable", verbosity=0)
        self._grant()
        self._collect()
        self._demonstrate()
        marker = settings.VAR_DIR / "prepared"
        marker.touch()

    def _say(self, line: str) -> None:
        self.stdout.write(f"* {line}")
        self.stdout.flush()

    def _check_keys(self) -> None:
        try:
            check_keys()
        except WrongKey as error:
            raise CommandError(str(error)) from error

    def _migrate(self) -> None:
        executor = MigrationExecutor(connection)
        known = set(executor.loader.disk_migrations)
        ours = {app.label for app in apps.get_app_configs()}
        replaced = {old for m in executor.loader.disk_migrations.values() for old in m.replaces}
        newer = {
            key
            for key in executor.loader.applied_migrations
            if key[0] in ours and key not in known | replaced
        }
        if newer:
            label, name = min(newer)
            raise CommandError(
                f"The database is newer than this release (it has {label}.{name}): start the "
                "release that it was used with, nothing was changed."
            )
        plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
        if plan:
            self._say(f"Migrating the database ({len(plan)} steps) ...")
            call_command(
                "migrate", interactive=False, verbosity=0, stdout=self.stdout, skip_checks=True
            )

    def _refuse_invented_people(self) -> None:
        if not settings.DEMONSTRATION and has_demonstration_people():
            raise CommandError(f"{DEMONSTRATION_PEOPLE} Nothing was changed.")

    def _grant(self) -> None:
        if os.environ.get("APPLICATION_DATABASE_URL") or os.environ.get("REGISTER_DATABASE_URL"):
            call_command("grant_roles", stdout=self.stdout)
        elif not settings.DEMONSTRATION:
            self._say(
                "All processes use the owner's database role: set APPLICATION_DATABASE_URL and "
                "REGISTER_DATABASE_URL to keep them apart."
            )

    def _collect(self) -> None:
        stamp = Path(settings.STATIC_ROOT) / ".collected"
        digest = _digest_of_static_files()
        if stamp.exists() and stamp.read_text() == digest:
            return
        call_command("collectstatic", interactive=False, verbosity=0, clear=True)
        stamp.write_text(digest)

    def _demonstrate(self) -> None:
        sign_ins = settings.VAR_DIR / "sign-ins.txt"
        if not settings.DEMONSTRATION or "load_demonstration" not in get_commands():
            sign_ins.unlink(missing_ok=True)
            return
        if not has_demonstration_people():
            self._say("Loading the demonstration ...")
            with transaction.atomic():  # an interrupted start leaves no half of it
                call_command("load_demonstration", stdout=self.stdout)
        printed = io.StringIO()
        call_command("load_demonstration", print_sign_ins=True, stdout=printed)
        sign_ins.touch(mode=0o600)
        sign_ins.write_text(printed.getvalue())


def unreachable(error: OperationalError) -> str:
    """One sentence for a database that does not answer; never its password."""
    where = connection.settings_dict
    reason = str(error).strip().splitlines()[0].split("failed: ")[-1].removeprefix("FATAL:")
    return (
        f"The database {where['NAME']} at {where['HOST'] or 'the local socket'}"
        f"{':' + str(where['PORT']) if where['PORT'] else ''} cannot be used: {reason.strip()}."
    )


def _digest_of_static_files() -> str:
    digest = hashlib.sha256()
    for finder in get_finders():
        for path, storage in sorted(finder.list([]), key=lambda found: found[0]):
            state = os.stat(storage.path(path))
            digest.update(f"{path} {state.st_size} {state.st_mtime_ns}\n".encode())
    return digest.hexdigest()
