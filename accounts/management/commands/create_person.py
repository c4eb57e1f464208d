"""Invite the first people of a new installation from the command line."""

from datetime import date
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.core.validators import validate_email
from django.db import transaction
from django.urls import reverse

from accounts import links, services
from accounts.errors import AccountsError
from accounts.forms.people import end_of_day
from accounts.models import LinkKind, User, UserManager
from accounts.roles import Role


class Command(BaseCommand):
    help = (
        "Make a person with a role and print a link, good once and for seven days, by which they "
        "set their password and second factor. Meant for the first administrators: as soon as two "
        "exist, roles take two people and are given on the page “People”."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email")
        parser.add_argument("--role", required=True, choices=Role.values)
        parser.add_argument("--name", required=True)
        parser.add_argument("--language", default=settings.LANGUAGE_CODE)
        parser.add_argument("--until", help="last day (YYYY-MM-DD); an auditor needs one")

    def _day(self, text: str | None) -> date | None:
        try:
            return date.fromisoformat(text) if text else None
        except ValueError:
            raise CommandError("--until must be a day such as 2027-06-30.") from None

    def handle(self, *args: Any, **options: Any) -> None:
        email = UserManager.normalize_email(options["email"])
        try:
            validate_email(email)
        except ValidationError:
            raise CommandError(f"“{email}” is no e-mail address.") from None
        if options["language"] not in dict(settings.LANGUAGES):
            raise CommandError("--language must be one of: " + ", ".join(dict(settings.LANGUAGES)))
        day = self._day(options["until"])
        if User.objects.holding(Role.ADMINISTRATOR).count() >= 2:
            raise CommandError(
                "There are two administrators already. From now on a role takes two people: one "
                "invites the person under “My account”, “People”, another one confirms the role. "
                "Nothing was changed."
            )
        with transaction.atomic():
            person = User.objects.filter(email=email).first()
            if person is not None and person.has_usable_password():
                raise CommandError("Somebody with this address is here and has set a password.")
            if person is None:
                person = User.objects.create_user(
                    email, name=options["name"], language=options["language"]
                )
            try:
                if not person.has_role(options["role"]):
                    services.grant_role(person, options["role"], until=end_of_day(day))
            except AccountsError as error:
                raise CommandError(str(error)) from error
            token = links.issue(person, LinkKind.INVITATION)
        path = reverse("accounts:open_link", args=[LinkKind.INVITATION.value, token])
        self.stdout.write(f"{settings.SITE_URL}{path}")
        self.stderr.write("Hand this link over safely. It works once, for seven days.")
