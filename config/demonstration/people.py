"""The people of the demonstration and how they sign in."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from accounts import services as accounts
from accounts.models import RoleAssignment, User
from accounts.roles import Role
from mediation import services as mediation
from mediation.models import BodyRole, MediationBody

PASSWORD = "good offices demonstration"  # noqa: S105 - printed on purpose
AUDIT = timedelta(days=90)
YEARS = timedelta(days=3 * 365 + 1)
"""The people began to work here before the first case; `load_demonstration` sets the clock back."""


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
        until = datetime.now(UTC) + YEARS + AUDIT if role == Role.AUDITOR else None
        RoleAssignment.objects.create(user=user, role=role, until=until)
        made[row["email"].split("@")[0]] = user
    return made


def make_body(row: dict[str, Any], people: dict[str, User]) -> MediationBody:
    """Let an administrator enter the mediation body with its coordinator and mediators."""
    by = people["administrator"]
    body = mediation.save_body(
        MediationBody(name=row["name"], country=row["country"], about=row["about"]), by=by
    )
    mediation.add_member(body, people["coordinator"], role=BodyRole.COORDINATOR, by=by)
    for key, languages, expertise in (
        ("mediator", "қазақша, русский", "Трудовые отношения, окружающая среда"),
        ("mediator2", "English, Deutsch, русский", "Торговля, права потребителей"),
    ):
        mediation.add_member(body, people[key], role=BodyRole.MEDIATOR, by=by)
        mediation.save_mediator(
            people[key], languages=languages, expertise=expertise, countries="KZ", by=by
        )
    return body


def show(user: User, says: str, *, order: int, code: str = "") -> None:
    """List a party among the sign-ins, with a name that stands for its role, and a code of its
    own."""
    user.demonstration, user.demonstration_order = says, order
    user.save(update_fields=["demonstration", "demonstration_order"])
    if code:
        accounts.store_access_code(user, code, label="demonstration")
