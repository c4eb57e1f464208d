from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone

from config import backup
from notifications.models import Heartbeat
from sealing.models import KeyCheck


class Command(BaseCommand):
    help = (
        "Saves the database and the files into a new folder, without the keys: keep those "
        "(var/keys.env, or the environment's) in another place. Works while people work."
    )

    requires_system_checks: list[str] = []  # must work when a page does not

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("folder", metavar="DIR", type=Path, help="a new or empty folder")

    def handle(self, *args: Any, **options: Any) -> None:
        folder: Path = options["folder"].absolute()
        if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            raise CommandError(f"{folder} is not empty: name a new folder.")
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._save(folder)
        except backup.BackupError as error:
            raise CommandError(str(error)) from error
        except OSError as error:
            raise CommandError(f"The backup was not finished: {error.strerror}.") from error

    def _save(self, folder: Path) -> None:
        tables = connection.introspection.table_names()
        if KeyCheck._meta.db_table not in tables:
            raise CommandError("The database is empty: there is nothing to save.")
        made_at = timezone.now()
        # The database first: a file is stored before the row that names it, so that every file
        # that this state of the database names is there to be copied afterwards.
        database = backup.dump_database(folder / backup.DUMP)
        target = folder / backup.FILES
        target.mkdir(mode=0o700)
        manifest = backup.Manifest(
            made_at=made_at.isoformat(),
            server=str(connection.pg_version),  # type: ignore[attr-defined]
            keys=dict(KeyCheck.objects.values_list("name", "value")),
            migrations=sorted(
                [app, name] for app, name in MigrationRecorder(connection).applied_migrations()
            ),
            database=database,
            files=list(backup.save_files(target)),
        )
        digest = manifest.write(folder)
        Heartbeat.objects.update_or_create(worker="backup", defaults={"at": made_at})
        size = database.bytes + sum(piece.bytes for piece in manifest.files)
        self.stdout.write(
            f"Saved the database and {len(manifest.files)} files ({size / 1024**2:.1f} MB) to "
            f"{folder}.\nThe keys are not in it. Digest of the manifest: {digest}"
        )
