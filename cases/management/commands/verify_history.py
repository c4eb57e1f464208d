import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from cases import heads
from cases.events import verify
from cases.models import Case


class Command(BaseCommand):
    help = (
        "Recompute every chain of events and compare it with what was published. "
        "Says which case and which event does not hold; exits 1 when there is any."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("case", nargs="*", help="Ids of cases; all, when none is given.")

    def handle(self, *_args: Any, **options: Any) -> None:
        cases = Case.objects.order_by("pk")
        if options["case"]:
            cases = cases.filter(pk__in=options["case"])
        checked = events = found = 0
        for case in cases.iterator(chunk_size=500):
            checked += 1
            events += case.history_length
            for fault in verify(case):
                found += 1
                self.stderr.write(f"case {fault.case_id}, event {fault.sequence}: {fault.why}")
        if not options["case"]:
            for sentence in heads.faults():
                found += 1
                self.stderr.write(sentence)
        self.stdout.write(f"{checked} cases, {events} events, {found} faults")
        if found:
            sys.exit(1)
