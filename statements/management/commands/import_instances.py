"""Load historical specific instances from a JSON file into the register.

Each record becomes a published record; where the own NCP led the case, an archived case as well.
The `id` is the key: a second run changes nothing. A record that cannot be read is reported with
its position and field, the others are loaded, and the exit code is 1.
"""

import json
from argparse import ArgumentParser
from collections import Counter
from datetime import datetime, time
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError, transaction
from django.utils import timezone

from cases.services.archive import import_archived
from register.dates import PartialDate
from register.imports import UPDATED_2023, Problem, read_record
from register.payload import RecordData
from register.services import Change, upsert_record
from register.vocabulary import Outcome, PartyType

BAR = 30


class _DryRun(Exception):
    pass


class Command(BaseCommand):
    help = "Load historical specific instances from a JSON file; running it twice changes nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="a JSON list of records")
        parser.add_argument("--dry-run", action="store_true", help="check and count, write nothing")

    def handle(self, *args: Any, file: Path, dry_run: bool, **options: Any) -> None:
        rows = self._read(file)
        counts: Counter[str] = Counter()
        problems: list[Problem] = []
        seen: dict[str, int] = {}
        for position, raw in enumerate(rows, start=1):
            self._progress(position - 1, len(rows))
            record, found = read_record(raw, position)
            if record and record.source_key in seen:
                first = seen[record.source_key]
                found = [Problem(position, "id", f"Record {first} has the same id.")]
            if found or record is None:
                problems += found
                counts["refused"] += 1
                continue
            seen[record.source_key] = position
            try:
                for what in self._load(record, dry_run=dry_run):
                    counts[what] += 1
            except (DatabaseError, ValueError) as error:
                reason = str(error).strip().splitlines()[0][:200]
                problems.append(Problem(position, "", f"It could not be stored: {reason}"))
                counts["refused"] += 1
        self._progress(len(rows), len(rows))
        for problem in problems:
            self.stderr.write(str(problem))
        parts = [f"{counts[change.value]} {change.value}" for change in Change]
        parts.append(f"{counts['archived']} archived cases added")
        parts.append(f"{counts['refused']} refused")
        self.stdout.write(
            f"{len(rows)} records: {', '.join(parts)}."
            + (" Nothing was written (dry run)." if dry_run else "")
        )
        if problems:
            raise CommandError(f"{counts['refused']} of {len(rows)} records were refused.")

    def _read(self, file: Path) -> list[Any]:
        try:
            rows = json.loads(file.read_text(encoding="utf-8-sig"))
        except OSError as error:
            raise CommandError(f"{file} cannot be read: {error.strerror}.") from error
        except UnicodeDecodeError as error:
            raise CommandError(f"{file} is not UTF-8 text (byte {error.start}).") from error
        except json.JSONDecodeError as error:
            place = f"line {error.lineno}, column {error.colno}"
            raise CommandError(f"{file} is not JSON: {error.msg} at {place}.") from error
        except RecursionError as error:
            raise CommandError(f"{file} is nested too deeply.") from error
        if not isinstance(rows, list):
            raise CommandError(f"{file} must hold a list of records.")
        return rows

    def _load(self, record: RecordData, *, dry_run: bool) -> list[str]:
        """Store one record in a transaction of its own; returns what happened."""
        try:
            with transaction.atomic():
                _row, change = upsert_record(record)
                done = [change.value]
                if record.lead_ncp == settings.NCP_COUNTRY and record.outcome != Outcome.ONGOING:
                    done += ["archived"] * self._archive(record)
                if dry_run:
                    raise _DryRun
        except _DryRun:
            pass
        return done

    def _archive(self, record: RecordData) -> bool:
        _case, is_new = import_archived(
            source_key=record.source_key,
            title=record.title,
            received_at=_moment(record.submitted_on) or timezone.now(),
            closed_at=_moment(record.concluded_on),
            outcome="" if record.outcome == Outcome.UNKNOWN else _code(record.outcome),
            complainants=[
                (party.name, _code(party.type or PartyType.OTHER)) for party in record.complainants
            ],
            respondents=[(party.name, party.home_country) for party in record.respondents],
            rule_set=_rule_set(record.submitted_on),
        )
        return is_new

    def _progress(self, done: int, total: int) -> None:
        """A bar for a person who watches; nothing in a log."""
        if not total or not self.stderr.isatty():
            return
        filled = BAR * done // total
        self.stderr.write(
            f"\r[{'#' * filled}{' ' * (BAR - filled)}] {done}/{total}",
            ending="\n" if done == total else "",
        )
        self.stderr.flush()


def _code(words: str) -> str:
    """The register writes codes as words, the cases with underscores."""
    return words.replace(" ", "_")


def _rule_set(submitted: PartialDate | None) -> str:
    """The rules that a case began under: the NCP's own ones exist since the 2023 edition."""
    is_new = submitted is not None and submitted.first_day >= UPDATED_2023
    return settings.RULE_SET if is_new else "oecd-2011"


def _moment(day: PartialDate | None) -> datetime | None:
    """The first moment of a date in the NCP's time zone."""
    return timezone.make_aware(datetime.combine(day.first_day, time())) if day else None
