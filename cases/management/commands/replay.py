from contextlib import suppress
from datetime import date
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db.models import Q

from accounts.models import User
from cases.errors import Conflict
from cases.models import Case
from cases.services.replay import end_of, replay


class Command(BaseCommand):
    help = (
        "Print the file of a case as it stood at the end of a day, and as one person could read "
        "it then. Says what it cannot show."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("case", help="Reference number, receipt number or id.")
        parser.add_argument("--at", required=True, metavar="DAY", help="YYYY-MM-DD")
        parser.add_argument(
            "--as", dest="person", metavar="PERSON", help="E-mail address or id; else everything."
        )
        parser.add_argument("--texts", action="store_true", help="Print the texts too.")

    def handle(self, *_args: Any, **options: Any) -> None:
        case = _case(options["case"])
        try:
            at = end_of(date.fromisoformat(options["at"]))
        except ValueError as error:
            raise CommandError("--at takes a day such as 2026-03-31.") from error
        try:
            shown = replay(case, at, person=_person(options["person"]))
        except Conflict as error:
            raise CommandError(str(error.message)) from error
        self.stdout.write(f"{case}, {options['at']}: {shown.state or shown.why_not}")
        if not shown.could_see:
            return
        self.stdout.write(f"read as: {shown.audience}; officer: {shown.officer or '-'}")
        for heading, items in shown.sections:
            self.stdout.write(f"\n{heading} ({len(items)})")
            for item in items:
                moment = str(item.at)[:16] if item.at else ""
                self.stdout.write(f"  {moment:<16}  {item.what}  {item.stood}".rstrip())
                if options["texts"] and item.text:
                    self.stdout.write(f"      {item.text}")
        self.stdout.write("")
        for sentence in shown.limits:
            self.stdout.write(f"Note: {sentence}")


def _case(text: str) -> Case:
    wanted = Q(reference=text) | Q(receipt_id=text)
    with suppress(ValueError):
        wanted |= Q(pk=UUID(text))
    case = Case.objects.filter(wanted).first()
    if case is None:
        raise CommandError("There is no such case.")
    return case


def _person(text: str | None) -> User | None:
    if not text:
        return None
    wanted = Q(email=text.lower())
    with suppress(ValueError):
        wanted |= Q(pk=UUID(text))
    user = User.objects.filter(wanted).first()
    if user is None:
        raise CommandError("There is no such person.")
    return user
