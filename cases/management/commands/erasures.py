import json
from pathlib import Path
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.dateparse import parse_datetime

from cases.services import destruction, erasure


class Command(BaseCommand):
    help = (
        "Print the confirmed erasures as JSON: keep the list apart from the backups. With --repeat "
        "FILE, after a restore, erase again what the backup brought back."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--repeat", metavar="FILE", help="What this command printed before.")

    def handle(self, *_args: Any, **options: Any) -> None:
        if not options["repeat"]:
            self.stdout.write(json.dumps(erasure.confirmed(), indent=1))
            return
        try:
            rows = json.loads(Path(options["repeat"]).read_text(encoding="utf-8"))
            wanted = [
                {**row, "id": UUID(row["id"]), "case": UUID(row["case"]),
                 "confirmed_at": parse_datetime(row["confirmed_at"])}
                for row in rows
            ]  # fmt: skip
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise CommandError(f"The list cannot be read: {error}") from error
        again = erasure.repeat(wanted)
        done = destruction.carry_out_all()
        self.stdout.write(f"{len(wanted)} in the list, {again} to be erased again, {done} erased")
