"""Load the running cases of an older register, with their past dates; send and publish nothing.

The `id` of a record is its key: a second run changes nothing. A record that cannot be read is
reported with its position and field, the others are loaded, and the exit code is 1.
"""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from cases import open_files, open_templates
from cases.services import open_cases


class Command(BaseCommand):
    help = "Load running cases from an XLSX, CSV or JSON file; running it twice changes nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "file", type=Path, nargs="?", help="a workbook (XLSX), or CSV or JSON (UTF-8)"
        )
        parser.add_argument("--dry-run", action="store_true", help="check and count, write nothing")
        parser.add_argument("--template", action="store_true", help="print a CSV file to fill in")
        parser.add_argument(
            "--workbook", type=Path, help="write a workbook to fill in to this file"
        )

    def handle(
        self,
        *args: Any,
        file: Path | None,
        dry_run: bool,
        template: bool,
        workbook: Path | None,
        **options: Any,
    ) -> None:
        if template:
            self.stdout.write(open_templates.as_csv(), ending="")
            return
        if workbook:
            try:
                workbook.write_bytes(open_templates.as_workbook())
            except OSError as error:
                raise CommandError(f"{workbook} cannot be written: {error.strerror}.") from error
            return
        if file is None:
            raise CommandError("Name the file to load.")
        try:
            data = file.read_bytes()
        except OSError as error:
            raise CommandError(f"{file} cannot be read: {error.strerror}.") from error
        try:
            rows = open_cases.load(data, name=file.name, by=None, dry_run=dry_run)
        except open_files.Unreadable as error:
            raise CommandError(str(error)) from error
        refused = [row for row in rows if row.problems]
        for row in refused:
            for problem in row.problems:
                self.stderr.write(str(problem))
        made = sum(row.made is not None for row in rows)
        held = sum(row.held is not None for row in rows)
        self.stdout.write(
            f"{len(rows)} records: {made} loaded, {held} were here already, "
            f"{len(refused)} refused." + (" Nothing was written (dry run)." if dry_run else "")
        )
        if refused:
            raise CommandError(f"{len(refused)} of {len(rows)} records were refused.")
