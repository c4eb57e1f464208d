"""Who is told of a message: asked when its deliveries are written and again before each mail."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING
from uuid import UUID

from django.db.models import Q, QuerySet

from accounts.models import User as Person
from accounts.roles import Role
from cases import rules
from cases.kinds import OF_ONE_SIDE_AT_TIMES, EventKind
from cases.models import (
    Case,
    CaseDocument,
    Consultation,
    Deputy,
    Message,
    NcpGuest,
    Note,
    Task,
)
from cases.querysets import PARTY_ROLES
from cases.services.deadlines import FOR_OFFICERS
from mediation.models import BodyMember, Referral
from notifications.kinds import BOTH, OWING, TOLD, Group, told_of_rung

if TYPE_CHECKING:
    from accounts.models import User
    from notifications.models import OutboxMessage

DESK, PORTAL, MEDIATION, PARTNER = "desk", "portal", "mediation", "partner"
EXPERT = "expert"
ROOM_OF = {
    **dict.fromkeys((*BOTH, Group.SIDE), PORTAL),
    **dict.fromkeys((Group.MEDIATOR, Group.COORDINATOR), MEDIATION),
    **dict.fromkeys((Group.OFFICER, Group.OFFICERS, Group.FORMER_OFFICER, Group.MEMBERS), DESK),
    Group.EXPERT: EXPERT,
    **dict.fromkeys((Group.MENTIONED, Group.ASSIGNEE), DESK),
    Group.PARTNER: PARTNER,
}


def recipients(message: OutboxMessage, *, only: UUID | None = None) -> dict[UUID, tuple[User, str]]:
    """Return who is to be told of a message and may see it now: person and room by the person's id.

    Args:
        only: ask for one person alone.
    """
    if not _still_stands(message):
        return {}
    actor = message.event.by_id if message.event else None
    found: dict[UUID, tuple[User, str]] = {}
    for group in groups_of(message):
        people = _members(group, message).exclude(pk=actor)
        if only:
            people = people.filter(pk=only)
        for person in people.distinct():
            if person.pk not in found and may_see(message, person):
                found[person.pk] = (person, ROOM_OF[group])
    return found


def groups_of(message: OutboxMessage) -> tuple[Group, ...]:
    """Return the groups that a message is for, the parties first: they read the narrowest page."""
    if message.event:
        groups = TOLD.get(message.event.kind, ())
        if message.event.kind == EventKind.CONFLICT_DECLARED:
            groups = groups if message.event.data.get("has_conflict") else ()
        if message.event.kind == EventKind.DEADLINE_REMINDED:
            groups = OWING.get(message.event.data.get("owed_by", ""), ()) or (Group.OFFICER,)
        if message.event.kind == EventKind.COMMITMENT_REPORTED:
            groups = groups if message.event.data.get("for_office") else (*BOTH, *groups)
        if message.event.kind in OF_ONE_SIDE_AT_TIMES:
            groups = _without_the_other(groups, message.event.data.get("side"))
    elif message.task:
        groups = (Group.ASSIGNEE,)
    else:
        rule = rules.load(message.case.rule_set).deadline(message.deadline.kind)
        groups = told_of_rung(
            owed_by=message.deadline.owed_by, rung=message.rung, is_public=rule.public
        )
        groups = _without_the_other(groups, message.deadline.side)
        if message.deadline.kind == FOR_OFFICERS:
            groups = (*groups, Group.OFFICERS)
    return tuple(sorted(groups, key=lambda group: (ROOM_OF[group] == DESK, group)))


def _without_the_other(groups: tuple[Group, ...], side: str | None) -> tuple[Group, ...]:
    """Leave out the side that does not know of what is written about."""
    return tuple(group for group in groups if not side or group not in BOTH or group == side)


def _still_stands(message: OutboxMessage) -> bool:
    """Tell whether a deadline or a task is still open with the due date that the message was
    written for."""
    if message.task:
        return not message.task.is_done and message.task.due_on == message.due_on
    if message.deadline:
        return message.deadline.is_open and message.deadline.due_on == message.due_on
    return True


def _members(group: Group, message: OutboxMessage) -> QuerySet[Person]:
    case = message.case
    people = Person.objects.active()
    match group:
        case Group.OFFICER if case.officer_id:
            return people.filter(_or_deputy(case.officer_id))
        case Group.OFFICER | Group.OFFICERS:
            return Person.objects.holding(Role.OFFICER)
        case Group.FORMER_OFFICER:
            return people.filter(pk=message.event.data.get("former"))
        case Group.MENTIONED:
            return people.filter(pk__in=message.event.data.get("mentioned", ()))
        case Group.ASSIGNEE:
            one = message.task.assignee_id if message.task else message.event.data.get("assignee")
            return people.filter(_or_deputy(one))
        case Group.MEMBERS:
            return Person.objects.holding(Role.DECISION_MAKER)
        case Group.COMPLAINANT | Group.RESPONDENT | Group.SIDE:
            side = message.event.data.get("side") if group == Group.SIDE else str(group)
            rows = case.participations.current().filter(role__in=PARTY_ROLES, side=side or None)
        case Group.EXPERT:
            return people.filter(pk__in=_asked(message).values("expert"))
        case Group.MEDIATOR:
            rows = case.participations.current().filter(role="mediator")
            appointed = _appointed(message)
            if appointed:
                return people.filter(pk=appointed)
        case Group.PARTNER:
            country = message.event.data.get("country", "") if message.event else ""
            guests = NcpGuest.objects.filter(country=country, until=None).values("user")
            rows = case.participations.current().filter(role="partner_ncp", user__in=guests)
        case Group.COORDINATOR:
            referrals = Referral.objects.filter(case=case)
            if message.event and "referral" in message.event.data:
                referrals = referrals.filter(pk=message.event.data["referral"])
            else:
                referrals = referrals.open()
            return people.filter(
                pk__in=BodyMember.objects.coordinators()
                .filter(body__in=referrals.values("body"))
                .values("user")
            )
    return people.filter(pk__in=rows.values("user"))


def _asked(message: OutboxMessage) -> QuerySet[Consultation]:
    """Return the consultation that a message is about."""
    if message.deadline_id:
        return Consultation.objects.filter(deadline=message.deadline_id, expert__isnull=False)
    pk = message.event.data.get("consultation") if message.event else None
    return Consultation.objects.filter(pk=pk, expert__isnull=False)


def _or_deputy(person_id: UUID | str | None) -> Q:
    """The condition for a person and whoever is their deputy today."""
    deputies = Deputy.objects.today().filter(absent=person_id)
    return Q(pk=person_id) | Q(pk__in=deputies.values("deputy"))


def _appointed(message: OutboxMessage) -> str | None:
    """Return the mediator whom an appointment names; they have no part in the case before they
    declared that they have no conflict of interest."""
    if message.event and message.event.kind == EventKind.MEDIATOR_APPOINTED:
        return message.event.data.get("mediator")
    return None


def may_see(message: OutboxMessage, person: User) -> bool:
    """Tell whether somebody may see now what the message is about."""
    event = message.event
    data = event.data if event else {}
    if "referral" in data and person.has_role(Role.MEDIATOR, Role.COORDINATOR):
        return Referral.objects.visible_to(person).filter(pk=data["referral"]).exists()
    if (
        person.has_role(Role.EXPERT)
        and (_asked(message) & Consultation.objects.asked_of(person)).exists()
    ):
        return True
    if not Case.objects.visible_to(person).filter(pk=message.case_id).exists():
        return False
    if message.task:
        return Task.objects.visible_to(person).filter(pk=message.task_id).exists()
    if event is None:
        return True
    if "note" in data:
        return Note.objects.visible_to(person).filter(pk=data["note"]).exists()
    if "task" in data:
        return Task.objects.visible_to(person).filter(pk=data["task"]).exists()
    if event.kind == EventKind.REPRISAL_REPORTED and person.has_role(Role.OFFICER):
        return True  # the mail says nothing; the officer may be away, and another stands in
    if "message" in data:
        return Message.objects.visible_to(person).filter(pk=data["message"]).exists()
    if "document" in data:
        return CaseDocument.objects.visible_to(person).filter(pk=data["document"]).exists()
    return True


def addresses(message: OutboxMessage, person: User) -> Iterator[str]:
    """Yield the address that a person gave for this case: at most one, for some people none.

    People who work here sign in with their address. A party's is sealed on its own row or on its
    representation, and is used for its own mails alone.
    """
    rows = message.case.participations.current().filter(user=person, role__in=PARTY_ROLES)
    row = rows.select_related("party").order_by("-since").first()
    if row is None or person.email:
        if person.email:
            yield person.email
        return
    if row.added_by_id and row.role != "representative":
        return  # the party's address is that of its main person
    if row.role == "representative":
        source = message.case.representations.current().filter(user=person).first()
    else:
        # Several complainants who filed together use one code: the first of them keeps it.
        source = row.party or message.case.parties.standing().filter(side=row.side).first()
    if source:
        source.case = message.case
        if source.email:
            yield source.email
