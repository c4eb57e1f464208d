import gc
import multiprocessing
import os
import signal
import sys
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from random import Random
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection, connections, transaction
from django.utils import timezone

from accounts.models import RoleAssignment, User
from accounts.roles import Role
from cases.models import Case, Organisation, ReferenceCounter
from cases.services import deadlines
from config.synthetic import loading, words
from config.synthetic.arrivals import PREFIX, arrival, source_key
from config.synthetic.ledger import Days
from config.synthetic.walk import Cast
from config.synthetic.writing import BATCH, MANY_ROWED, Batch, write
from sealing.models import PublishedKey

STAFF = {Role.OFFICER: 8, Role.DECISION_MAKER: 3}
MOST_WITH_FILES = 1000
SOME = 300


class Command(BaseCommand):
    help = (
        "Add N invented cases with parties, issues, documents, messages, deadlines and histories, "
        "in the proportions of real ones. The same seed gives the same cases on the same day; a "
        "second call goes on where the first ended. Nobody is told of anything that they hold."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("count", metavar="N", type=int)
        parser.add_argument("--seed", type=int, default=1)
        parser.add_argument(
            "--workers", type=int, default=min(os.cpu_count() or 1, 4), metavar="PROCESSES"
        )
        parser.add_argument(
            "--files",
            action="store_true",
            help=f"also write the files of the documents; done anyway up to {MOST_WITH_FILES} "
            "cases. Without it, documents are listed and cannot be opened",
        )
        parser.add_argument(
            "--into-a-real-system",
            action="store_true",
            help="add invented cases although DEMONSTRATION is off; they cannot be told from real "
            "ones by the people who use the system, and they cannot be taken out again",
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        count, seed = options["count"], options["seed"]
        if count < 1 or options["workers"] < 1:
            raise CommandError("Give a number of cases and of processes from 1 on.")
        if not settings.DEMONSTRATION and not options["into_a_real_system"]:
            raise CommandError(
                "DEMONSTRATION is off: nothing invented is put into a real system. Where that is "
                "meant all the same, say --into-a-real-system."
            )
        began = time.monotonic()
        loading.restore_indexes()
        now = _midnight()
        cast = _cast(now)
        first = Case.objects.filter(source_key__startswith=f"{PREFIX}{seed}-").count()
        if Case.objects.filter(source_key=source_key(seed, first)).exists():
            raise CommandError(
                f"Some of the cases of seed {seed} are gone: choose another seed with --seed."
            )
        batches = _batches(
            range(first, first + count),
            seed=seed,
            now=now,
            with_files=options["files"] or count <= MOST_WITH_FILES,
        )
        done, stopped = 0, False
        with loading.without_indexes(MANY_ROWED) if _is_many(count) else nullcontext():
            try:
                for made in _written(list(batches), cast, workers=options["workers"]):
                    done += made
                    self._show(done, count, began)
            except KeyboardInterrupt:
                stopped = True
        if sys.stderr.isatty():
            self.stderr.write("")
        if stopped:
            raise CommandError("Stopped. The cases made so far stay; the next call goes on.")
        seconds = time.monotonic() - began
        self.stdout.write(f"{count} cases made in {seconds:.0f} s (seed {seed}).")

    def _show(self, done: int, count: int, began: float) -> None:
        if not sys.stderr.isatty():
            return
        left = (time.monotonic() - began) / done * (count - done)
        bar = "#" * (30 * done // count)
        self.stderr.write(f"\r[{bar:<30}] {done}/{count} cases, {left:.0f} s left ", ending="")
        self.stderr.flush()


def _is_many(count: int) -> bool:
    """Tell whether indexes are better built anew than row by row."""
    return count >= max(SOME, Case.objects.count() // 10)


def _midnight() -> datetime:
    """Return the beginning of today: nothing invented happens in the hours of a real day."""
    return timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)


@transaction.atomic
def _cast(now: datetime) -> Cast:
    """Return the people and enterprises of the cases; those of before are used again."""
    PublishedKey.current()
    Organisation.objects.bulk_create(
        [Organisation(name=name, country=country) for name, country in words.enterprises()],
        ignore_conflicts=True,
    )
    known = {
        (name, country): pk
        for pk, name, country in Organisation.objects.values_list("pk", "name", "country")
    }
    people = {role: _staff(role, number, now) for role, number in STAFF.items()}
    return Cast(
        officers=people[Role.OFFICER],
        members=people[Role.DECISION_MAKER],
        enterprises=[(known[pair], *pair) for pair in words.enterprises()],
        days=Days(deadlines.calendar(), deadlines.today()),
        now=now,
    )


def _staff(role: str, number: int, now: datetime) -> list[Any]:
    """Return who holds a role, with invented people where there are too few."""
    held = list(
        User.objects.holding(role).order_by("created_at", "pk").values_list("pk", flat=True)
    )
    dice = Random(role)
    for count in range(len(held), number):
        user = User.objects.create_user(
            email=f"{role}{count + 1}@example.org",
            name=words.person(dice, dice.choice(words.LANGUAGES)),
            created_at=now - timedelta(days=5500),
        )
        RoleAssignment.objects.create(user=user, role=role, since=user.created_at)
        held.append(user.pk)
    return [str(pk) for pk in held[: max(number, 30)]]


def _batches(numbers: range, *, seed: int, now: datetime, with_files: bool) -> Iterator[Batch]:
    """Divide the work; reference numbers are given beforehand, so that they have no gap."""
    given: Counter[int] = Counter()
    years = [_year(arrival(seed, number, now).registered_on) for number in numbers]
    with transaction.atomic():
        counters = {
            year: ReferenceCounter.objects.select_for_update().get_or_create(
                year=year, defaults={"last": 0}
            )[0]
            for year in sorted({year for year in years if year})
        }
        references = []
        for year in years:
            if year:
                given[year] += 1
                last = counters[year].last + given[year]
                references.append(f"{settings.REFERENCE_PREFIX}-{year}-{last:03d}")
            else:
                references.append("")
        for year, counter in counters.items():
            counter.last += given[year]
            counter.save(update_fields=["last"])
    rows = zip(numbers, references, strict=True)
    while part := list(islice(rows, BATCH)):
        yield Batch(seed, tuple(n for n, _r in part), tuple(r for _n, r in part), with_files)


def _year(day: Any) -> int | None:
    return day.year if day else None


@dataclass
class _Work:
    """What every process needs and nobody wants to send with each batch."""

    cast: Cast | None = None


_work = _Work()


def _written(batches: list[Batch], cast: Cast, *, workers: int) -> Iterator[int]:
    _work.cast = cast
    if workers == 1 or len(batches) == 1 or connection.in_atomic_block:
        yield from map(_write, batches)
        return
    connections.close_all()  # a connection must not be shared by processes
    context = multiprocessing.get_context("fork")
    with ProcessPoolExecutor(workers, context, initializer=_begin) as pool:
        try:
            yield from pool.map(_write, batches)
        except BaseException:
            pool.shutdown(cancel_futures=True)  # Ctrl-C: what was begun is finished, no more
            raise


def _begin() -> None:
    """Prepare a process: what it makes has no cycles, and it ends the batch that it has begun."""
    gc.disable()
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _write(batch: Batch) -> int:
    import gc

    if gc.isenabled():
        gc.freeze()
        gc.disable()
    assert _work.cast
    return write(batch, _work.cast)
