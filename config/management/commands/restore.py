import sys
from pathlib import Path
from typing import Any

from cryptography.fernet import InvalidToken
from django.conf import settings
from django.core.management import call_command, get_commands
from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from django.db.migrations.loader import MigrationLoader

from config import backup
from sealing import keys


class Command(BaseCommand):
    help = (
        "Restores a backup into an empty database, or with --replace over what is there. Checks "
        "every digest and the keys before it changes anything, and the history afterwards."
    )

    requires_system_checks: list[str] = []  # must work when a page does not

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("folder", metavar="DIR", type=Path, help="what `backup` made")
        parser.add_argument(
            "--replace", action="store_true", help="throw away what the database holds now"
        )
        parser.add_argument(
            "--no-input", action="store_false", dest="ask", help="do not ask before replacing"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        folder: Path = options["folder"].absolute()
        try:
            manifest = backup.Manifest.read(folder)
            self._require_keys(folder, manifest)
            self._require_whole(folder, manifest)
            self._require_known_release(manifest)
            self._require_quiet_database(replace=options["replace"], ask=options["ask"])
            self._load(folder, manifest)
        except backup.BackupError as error:
            raise CommandError(str(error)) from error

    def _require_keys(self, folder: Path, manifest: backup.Manifest) -> None:
        """Before anything else: the wrong keys would make all of it unreadable."""
        wrong = [
            name
            for name, value in keys.fingerprint().items()
            if manifest.keys.get(name) not in (None, value)
        ]
        try:
            keys.wrapping().decrypt(manifest.keys.get("sealing", "").encode())
        except InvalidToken:
            wrong.append("sealing")
        if wrong:
            raise CommandError(
                f"The backup was made with other keys ({', '.join(sorted(wrong))}): put the keys "
                "of its installation into the environment or into var/keys.env. Nothing was "
                "changed."
            )
        if not backup.is_genuine(folder):
            raise CommandError("The manifest was changed after it was made. Nothing was restored.")

    def _require_whole(self, folder: Path, manifest: backup.Manifest) -> None:
        found = list(backup.faults(folder, manifest))
        for fault in found:
            self.stderr.write(fault)
        if found:
            raise CommandError(f"The backup has {len(found)} faults. Nothing was restored.")

    def _require_known_release(self, manifest: backup.Manifest) -> None:
        loader = MigrationLoader(None, ignore_no_migrations=True)
        known = set(loader.disk_migrations)
        known |= {old for node in loader.disk_migrations.values() for old in node.replaces}
        newer = [f"{app}.{name}" for app, name in manifest.migrations if (app, name) not in known]
        if newer:
            raise CommandError(
                f"The backup is newer than this release (it has {newer[0]}): restore it with the "
                "release that made it. Nothing was changed."
            )

    def _require_quiet_database(self, *, replace: bool, ask: bool) -> None:
        with connection.cursor() as cursor:
            cursor.execute(
                # People only: what the server does by itself has no name here.
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
                "AND pid <> pg_backend_pid() AND usename IS NOT NULL"
            )
            if others := cursor.fetchone()[0]:
                raise CommandError(
                    f"The database is in use ({others} connections): stop the server first."
                )
        if not connection.introspection.table_names():
            return
        name = connection.settings_dict["NAME"]
        if not replace:
            raise CommandError(
                f"The database {name} is not empty: add --replace to throw away what it holds."
            )
        if ask:
            if not sys.stdin.isatty():
                raise CommandError("Nobody is here to confirm: add --no-input to replace anyway.")
            typed = input(f"Everything in {name} will be replaced. Type {name} to go on: ")
            if typed.strip() != name:
                raise CommandError("Nothing was changed.")

    def _load(self, folder: Path, manifest: backup.Manifest) -> None:
        # Files first: one too many does no harm, one too few does.
        written = backup.load_files(folder, manifest.files)
        connection.close()
        backup.load_database(folder / backup.DUMP)
        removed = backup.remove_files_except(manifest.files)
        (settings.VAR_DIR / "prepared").unlink(missing_ok=True)
        self.stdout.write(
            f"Restored the state of {manifest.made_at}: {written} files written, {removed} "
            "removed that it did not know."
        )
        call_command("prepare", stdout=self.stdout)
        if "verify_history" in get_commands():
            call_command("verify_history", stdout=self.stdout, stderr=self.stderr)
