"""A complainant's side decides anew who may know a name; what was shown stays shown."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases import permissions
from cases.disclosure import Audience, may_know
from cases.events import record_event
from cases.kinds import EventKind
from cases.models import Case, Party, Representation
from cases.models.party import ParticipationRole, Side
from cases.services import members
from cases.services.acting import locked, require

if TYPE_CHECKING:
    from accounts.models import User

AUDIENCES = ("mediator", "respondent", "public")
WHOM = {
    "mediator": gettext_lazy("Mediator"),
    "respondent": gettext_lazy("Enterprise"),
    "public": gettext_lazy("Public"),
}


@dataclass(frozen=True)
class Named:
    """Somebody of the complainant's side: who may know the name, and who was shown it already."""

    key: str
    name: str
    choices: Mapping[str, bool]
    known_to: frozenset[str]


def may_decide(case: Case, user: User) -> bool:
    """Tell whether somebody decides who may know the names: the main person of the side, or an
    officer who knows them and runs the procedure, for those who are reached on paper."""
    if permissions.is_party_member(case, user, side=Side.COMPLAINANT):
        return members.is_main(case, user)
    return permissions.may_run_procedure(case, user) and permissions.may_see_identity(case, user)


def named(case: Case) -> list[Named]:
    """Return the complainants that stand and those who act for them, in their order."""
    return [
        Named(
            key,
            row.name,
            {audience: getattr(row, f"shown_to_{audience}") for audience in AUDIENCES},
            _known_to(case, row),
        )
        for key, row in _rows(case).items()
    ]


def _rows(case: Case) -> dict[str, Party | Representation]:
    parties = case.parties.standing().filter(side=Side.COMPLAINANT).order_by("position")
    acting = case.representations.filter(side=Side.COMPLAINANT).exclude(until__lt=timezone.now())
    rows: dict[str, Any] = {f"party-{row.pk.hex}": row for row in parties}
    rows |= {f"representation-{row.pk}": row for row in acting.order_by("pk")}
    for row in rows.values():
        row.case = case
    return rows


def _known_to(case: Case, row: Party | Representation) -> frozenset[str]:
    """Return who reads the name now, and so cannot be made to forget it."""
    reads = {
        "mediator": _had_mediator(case) and may_know(row, Audience.MEDIATOR),
        "respondent": case.is_served and may_know(row, Audience.RESPONDENT),
        "public": _was_published(case) and may_know(row, Audience.PUBLIC),
    }
    return frozenset(audience for audience, knows in reads.items() if knows)


def _had_mediator(case: Case) -> bool:
    return case.participations.filter(role=ParticipationRole.MEDIATOR).exists()


def _was_published(case: Case) -> bool:
    kinds = (EventKind.STATEMENT_PUBLISHED, EventKind.UPDATE_PUBLISHED)
    return case.events.filter(kind__in=kinds).exists()


def decide(
    case: Case,
    wanted: Mapping[str, Mapping[str, bool]],
    *,
    by: User,
    note: str = "",
    version: int | None = None,
) -> bool:
    """Decide for each of `named` who may know the name; return whether anything changed.

    Args:
        wanted: by key and audience; what is not named stays.
        note: how an officer was asked, where nobody of the side clicked.

    Raises:
        PermissionDenied: this is for the main person of the side, or an officer who knows the name.
        ValidationError: somebody read the name already, or an officer says not how they were asked.
    """
    with locked(case, version=version, by=by) as row:
        require(may_decide(row, by))
        is_own = permissions.is_party_member(row, by, side=Side.COMPLAINANT)
        if not is_own and not note.strip():
            raise ValidationError(_("Say how you were asked, and how you know who asked."))
        changed = {
            key: found
            for key, subject in _rows(row).items()
            if (found := _apply(row, subject, wanted.get(key, {})))
        }
        if changed:
            record_event(
                row, EventKind.NAMES_DECIDED, by=by, side=Side.COMPLAINANT, choices=changed
            )
        if changed and not is_own:
            from cases.services.correspondence import send_message

            send_message(
                row,
                side=Side.COMPLAINANT,
                text=_("We changed who may know a name, as you asked. How we know: %(note)s")
                % {"note": note.strip()},
                by=by,
            )
    return bool(changed)


def _apply(
    case: Case, subject: Party | Representation, wanted: Mapping[str, bool]
) -> dict[str, bool]:
    known_to = _known_to(case, subject)
    fields = {
        audience: may
        for audience, may in wanted.items()
        if audience in AUDIENCES and getattr(subject, f"shown_to_{audience}") != may
    }
    if lost := [audience for audience, may in fields.items() if not may and audience in known_to]:
        raise ValidationError(_said(subject.name, lost))
    for audience, may in fields.items():
        setattr(subject, f"shown_to_{audience}", may)
    if fields:
        subject.save(update_fields=[f"shown_to_{audience}" for audience in fields])
    return fields


def _said(name: str, lost: Iterable[str]) -> str:
    return _("%(name)s: the name was read already (%(whom)s). That cannot be taken back.") % {
        "name": name,
        "whom": ", ".join(str(WHOM[audience]) for audience in lost),
    }
