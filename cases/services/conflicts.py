"""Conflicts of interest, per case: who declares, who doubts, who decides. The latest declaration
counts and all stay on record."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.roles import Role
from cases import permissions, rules
from cases.errors import Conflict, Incomplete
from cases.events import record_event
from cases.kinds import EventKind
from cases.models import Case, Challenge, ConflictDeclaration, Interest, PrefilledLine, Vote
from cases.models.assessment import DecisionState
from cases.services import deadlines
from cases.services.acting import locked, require, require_state
from cases.workflow import OPEN_STATES

if TYPE_CHECKING:
    from accounts.models import User

DECLARING = (Role.OFFICER, Role.DECISION_MAKER, Role.MEDIATOR, Role.COORDINATOR)
"""Roles whose people declare for each case."""


def declare(
    case: Case,
    *,
    by: User,
    has_conflict: bool,
    explanation: str = "",
    prefilled: Mapping[int, str] = MappingProxyType({}),
    version: int | None = None,
) -> Case:
    """Declare whether one has a conflict of interest. A declared conflict takes the case away
    at once; a ballot on an open proposal counts no more.

    An officer who stood named on the case loses it; somebody else must be named.

    Args:
        prefilled: by the id of a yearly interest, the line that it put into the explanation.

    Raises:
        PermissionDenied: the person was recused because a challenge was upheld.
    """
    with locked(case, version=version, by=by) as row:
        require(by.has_role(*DECLARING))
        if not has_conflict and is_recused(row, by):
            raise PermissionDenied(_("Others decided that you take no part in this case."))
        made = _stand_aside(row, by, by=by, has_conflict=has_conflict, explanation=explanation)
        own = Interest.objects.filter(declaration__user=by, pk__in=prefilled)
        PrefilledLine.objects.bulk_create(
            PrefilledLine(declaration=made, interest=interest, text=prefilled[interest.pk])
            for interest in own
        )
    return row


def is_recused(case: Case, user: User) -> bool:
    """Tell whether others decided that the person takes no part in the case."""
    return Challenge.objects.filter(case=case, challenged=user, is_upheld=True).exists()


def _stand_aside(
    row: Case, person: User, *, by: User, has_conflict: bool, explanation: str
) -> ConflictDeclaration:
    now = timezone.now()
    row.conflicts.filter(user=person, superseded_at=None).update(superseded_at=now)
    made = ConflictDeclaration.objects.create(
        case=row, user=person, has_conflict=has_conflict, explanation=explanation.strip()
    )
    if has_conflict:
        row.participations.filter(user=person, until=None).update(until=now)
        if row.officer_id == person.pk:
            row.officer = None
    record_event(
        row,
        EventKind.CONFLICT_DECLARED,
        by=by,
        has_conflict=has_conflict,
        person=None if person == by else person.pk,
    )
    if has_conflict:
        votes = Vote.objects.filter(
            decision__case=row,
            decision__state=DecisionState.OPEN,
            member=person,
            set_aside_at=None,
        )
        for vote in votes.select_related("decision"):
            Vote.objects.filter(pk=vote.pk).update(set_aside_at=now)
            record_event(
                row,
                EventKind.VOTE_SET_ASIDE,
                by=by,
                decision=vote.decision_id,
                member=person.pk,
            )
    return made


def deciders(case: Case) -> list[User]:
    """Return who decides or runs the case: its officer and the members who are not out of it,
    in the order of their names."""
    from accounts.models import User as Person

    out = {
        row.user_id for row in case.conflicts.filter(has_conflict=True, superseded_at=None)
    } | set(case.participations.filter(role="mediator").values_list("user_id", flat=True))
    found = {}
    if case.officer_id and case.officer_id not in out:
        found[case.officer_id] = Person.objects.get(pk=case.officer_id)
    if rules.load(case.rule_set).decision.by != "one":
        for person in Person.objects.holding(Role.DECISION_MAKER):
            if person.pk not in out:
                found.setdefault(person.pk, person)
    return sorted(found.values(), key=lambda person: person.name.casefold())


def challenge(case: Case, *, challenged: User, side: str, reasons: str, by: User) -> Challenge:
    """Doubt, as a party, that somebody who decides is impartial.

    Raises:
        ValidationError: reasons are missing, or the person does not decide in this case.
        Conflict: this side challenged the person already and waits for the answer.
    """
    if not reasons.strip():
        raise ValidationError(_("Give your reasons: others decide on them."))
    with locked(case, by=by) as row:
        require(permissions.is_party_member(row, by, side=side))
        require_state(row, *OPEN_STATES)
        if challenged.pk not in {person.pk for person in deciders(row)}:
            raise ValidationError(_("Choose somebody who decides in your case."))
        if row.challenges.filter(side=side, challenged=challenged, decided_at=None).exists():
            raise Conflict(_("You have challenged this person already. The answer is to come."))
        days = rules.load(row.rule_set).decision.challenge_days
        made = Challenge.objects.create(
            case=row,
            side=side,
            challenged=challenged,
            reasons=reasons.strip(),
            made_by=by,
            reply_until=deadlines.calendar_for(row).add_working_days(deadlines.today(), days),
        )
        record_event(row, EventKind.CHALLENGE_MADE, by=by, side=side, challenge=made.pk)
    return made


def may_reply(item: Challenge, user: User) -> bool:
    """Tell whether the person may still reply: it is they who are challenged, once, until the
    others have decided."""
    return item.challenged_id == user.pk and item.replied_at is None and item.decided_at is None


def reply_to_challenge(
    item: Challenge, *, text: str, by: User, version: int | None = None
) -> Challenge:
    """Reply to a challenge of one's own impartiality, or say that one gives no reply.

    Args:
        text: for those who decide; empty: no reply is given, and they need not wait.

    Raises:
        Conflict: the others decided already, or there is a reply.
        PermissionDenied: somebody else is challenged.
    """
    with locked(item.case, version=version, by=by) as row:
        item = Challenge.objects.select_related("challenged").get(pk=item.pk)
        item.case = row
        require(item.challenged_id == by.pk)
        if item.decided_at is not None:
            raise Conflict(_("This was decided already."))
        if item.replied_at is not None:
            raise Conflict(_("Your reply is on record already."))
        item.reply, item.replied_at = text.strip(), timezone.now()
        item.save()
        record_event(row, EventKind.CHALLENGE_REPLIED, by=by, challenge=item.pk)
    return item


def waits_for_reply(item: Challenge) -> bool:
    """Tell whether the others have to wait: there is no reply, its day has not passed, and the
    person has not left the case by a declaration of their own."""
    return (
        item.decided_at is None
        and item.replied_at is None
        and item.reply_until is not None
        and item.reply_until >= deadlines.today()
        and not permissions.has_conflict(item.case, item.challenged)
    )


def may_decide_challenge(item: Challenge, user: User) -> bool:
    """Tell whether the person may decide on a challenge: a member who is not challenged in this
    case; an officer where one officer decides everything, or where no member is left."""
    if item.decided_at is not None or item.challenged_id == user.pk:
        return False
    open_ones = Challenge.objects.filter(case=item.case, decided_at=None)
    if open_ones.filter(challenged=user).exists():
        return False
    if permissions.may_decide(item.case, user):
        return True
    if not permissions.may_run_procedure(item.case, user):
        return False
    return not _members_left(item)


def _members_left(item: Challenge) -> bool:
    if rules.load(item.case.rule_set).decision.by == "one":
        return False
    challenged = set(
        Challenge.objects.filter(case=item.case, decided_at=None).values_list(
            "challenged_id", flat=True
        )
    )
    return any(
        person.pk not in challenged and person.has_role(Role.DECISION_MAKER)
        for person in deciders(item.case)
    )


def still_waits(item: Challenge) -> str:
    """Return the sentence that says until when the others wait."""
    return _("%(name)s may reply until %(day)s. Decide after the reply, or after that day.") % {
        "name": item.challenged.name,
        "day": date_format(item.reply_until or deadlines.today(), "j E Y"),
    }


def decide_challenge(
    item: Challenge, *, is_upheld: bool, answer: str, by: User, version: int | None = None
) -> Challenge:
    """Decide on a challenge, with reasons that the party reads. Upheld, the person is out of the
    case from the same second.

    Raises:
        Conflict: it was decided already.
        Incomplete: the challenged person may still reply.
        PermissionDenied: the person is challenged in this case, or does not decide in it.
        ValidationError: reasons are missing.
    """
    if not answer.strip():
        raise ValidationError(_("Give the reasons: the party will read them."))
    with locked(item.case, version=version, by=by) as row:
        item = Challenge.objects.select_related("challenged").get(pk=item.pk)
        item.case = row
        if item.decided_at is not None:
            raise Conflict(_("This was decided already."))
        require(may_decide_challenge(item, by))
        if waits_for_reply(item):
            raise Incomplete(still_waits(item))
        item.is_upheld, item.answer = is_upheld, answer.strip()
        item.decided_by, item.decided_at = by, timezone.now()
        item.save()
        record_event(
            row,
            EventKind.CHALLENGE_DECIDED,
            by=by,
            side=item.side,
            challenge=item.pk,
            upheld=is_upheld,
        )
        if is_upheld:
            _stand_aside(
                row,
                item.challenged,
                by=by,
                has_conflict=True,
                explanation=_("A challenge was upheld."),
            )
    return item
