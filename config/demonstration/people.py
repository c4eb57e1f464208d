"""The people of the demonstration and how they sign in."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils import timezone

from accounts import services as accounts
from accounts.models import RoleAssignment, User
from accounts.roles import Role
from mediation.models import BodyMember, MediationBody, Mediator

PASSWORD = "good offices demonstration"
AUDIT = timedelta(days=90)


def make(rows: list[dict[str, Any]]) -> dict[str, User]:
    """Make the people who work for or with the NCP; they are found by the part before the @."""
    made = {}
    for order, row in enumerate(rows, start=10):
        user = User.objects.create_user(
            row["email"],
            PASSWORD,
            name=row["name"],
            language=row["language"],
            demonstration=row["says"],
            demonstration_order=order,
        )
        role = Role(row["role"])
        until = timezone.now() + AUDIT if role == Role.AUDITOR else None
        RoleAssignment.objects.create(user=user, role=role, until=until)
        made[row["email"].split("@")[0]] = user
    return made


def make_body(row: dict[str, Any], people: dict[str, User]) -> MediationBody:
    """Make the mediation body with its coordinator and mediators."""
    body = MediationBody.objects.create(
        name=row["name"],
        native_name=row["native_name"],
        country=row["country"],
        email=row["email"],
    )
    for key in ("coordinator", "mediator", "mediator2"):
        user = people[key]
        BodyMember.objects.create(body=body, user=user, role=key.rstrip("2"))
        if key.startswith("mediator"):
            Mediator.objects.create(
                user=user,
                languages=["ru", "kk"] if key == "mediator" else ["en", "ru"],
                expertise="Labour and environment" if key == "mediator" else "Business conduct",
                countries=["KZ"],
            )
    return body


def show(user: User, says: str, *, order: int, code: str = "") -> None:
    """List a party among the sign-ins, with a name that stands for its role, and a code of its own."""
    user.demonstration, user.demonstration_order = says, order
    user.save(update_fields=["demonstration", "demonstration_order"])
    if code:
        accounts.store_access_code(user, code, label="demonstration")
