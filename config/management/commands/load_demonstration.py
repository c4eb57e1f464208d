import sys
import tomllib
from pathlib import Path
from typing import Any

import time_machine
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from accounts.models import User
from config.demonstration import between, codes, committee, desk, office, papers, people, record
from config.demonstration.stories import Story, start

DATA = Path(settings.BASE_DIR) / "data"


class Command(BaseCommand):
    help = (
        "Load invented people and live cases in every state, and the real published cases. "
        "Refuses where people exist already. --print-sign-ins lists how to sign in."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--print-sign-ins", action="store_true")

    def handle(self, *_args: Any, **options: Any) -> None:
        if not settings.DEMONSTRATION:
            raise CommandError(
                "DEMONSTRATION is off: nothing invented is loaded into a real system."
            )
        if options["print_sign_ins"]:
            self._print_sign_ins()
            return
        if User.objects.exists():
            raise CommandError(
                "There are people already; the demonstration needs an empty database."
            )
        with (DATA / "demonstration.toml").open("rb") as file:
            data = tomllib.load(file)
        self._load(data)
        call_command("reindex_cases", missed=True, stdout=self.stdout)
        call_command("import_instances", str(DATA / "specific_instances.json"), stdout=self.stdout)

    @transaction.atomic
    def _load(self, data: dict[str, Any]) -> None:
        now = start()
        with time_machine.travel(now - people.YEARS, tick=True):
            made = people.make(data["person"])
            body = people.make_body(data["body"], made)
            committee.seat(made)
            office.save(made["administrator"])
        for order, row in enumerate(sorted(data["case"], key=lambda row: -row["days_ago"])):
            story = Story(row, made, body, now)
            getattr(story, row["path"])()
            codes.show_parties(story, order=40 + 2 * order)
            if sys.stderr.isatty():
                self.stderr.write(f"  {order + 1}/{len(data['case'])} cases", ending="\r")

        committee.work(made, now)
        desk.furnish(made)
        between.add(made, now=now)
        papers.add(made, now=now)
        record.add(made, now=now)

    def _print_sign_ins(self) -> None:
        self.stdout.write(f"Sign in by one click: {settings.SITE_URL}/demo/sign-in/")
        self.stdout.write(f"Or with an e-mail address and the password “{people.PASSWORD}”:")
        shown = User.objects.exclude(demonstration="").order_by("demonstration_order")
        for user in shown:
            if user.email:
                self.stdout.write(f"  {user.email:<30} {user.demonstration}")
        self.stdout.write(f"Or with an access code at {settings.SITE_URL}/portal/:")
        for code, says in codes.listed():
            self.stdout.write(f"  {code}  {says}")
