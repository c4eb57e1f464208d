"""Who sees which rows. Every page, export, count, search and mail starts from `visible_to`."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any, Self
from uuid import UUID

from django.apps import apps
from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from accounts.roles import Role

if TYPE_CHECKING:
    from accounts.models import User

NCP_ROLES = (Role.OFFICER, Role.DECISION_MAKER)
"""They read cases. An auditor does not: theirs is the masked record (`open_to_audit`), so that no
page, list, search, export or program shows them a name."""
PARTY_ROLES = ("party_member", "representative")
MEDIATION_ROLES = ("mediator", "coordinator")
"""They take part while the case is in good offices, and see it no more once it has moved on."""


def named_cases(user: User) -> QuerySet[Any]:
    """Return the ids of the cases on which an officer is named today: a set that the database
    makes once, where a join would read every case."""
    taking_part = apps.get_model("cases", "Participation").objects
    deputised = apps.get_model("cases", "Deputy").objects.today().filter(deputy=user)
    cases = apps.get_model("cases", "Case").objects
    own = cases.filter(officer=user).order_by().values("pk")
    standing_in = taking_part.current().filter(user=user, role="officer").values("case_id")
    stood_in_for = cases.filter(officer__in=deputised.values("absent_id")).exclude(
        pk__in=taking_part.filter(user=user, role="mediator").values("case_id")
    )
    return own.union(standing_in, stood_in_for.order_by().values("pk"))


def knows_identities(user: User) -> Q:
    """Return the condition by which rows with a `case` are of cases on which an officer is named:
    as its officer, standing in by the case, or as the deputy of its officer today."""
    named = apps.get_model("cases", "Participation").objects.current()
    deputised = apps.get_model("cases", "Deputy").objects.today().filter(deputy=user)
    mediated = apps.get_model("cases", "Participation").objects.filter(user=user, role="mediator")
    return (
        Q(case__officer=user)
        | Q(case__in=named.filter(user=user, role="officer").values("case_id"))
        | Q(case__officer__in=deputised.values("absent_id"))
        & ~Q(case__in=mediated.values("case_id"))
    )


class TermQuerySet(models.QuerySet[Any]):
    def lasting(self) -> Self:
        """What has not ended, begun or not; a last day that lies ahead is no end."""
        return self.filter(Q(until=None) | Q(until__gt=timezone.now()))

    def current(self) -> Self:
        """Seats and mandates held now."""
        return self.lasting().filter(since__lte=timezone.now())


class ParticipationQuerySet(TermQuerySet):
    def current(self) -> Self:
        """Participations that have begun, were not ended, and wait for no proof of authority."""
        return super().current().filter(awaits_authority=False)

    def awaiting_authority(self) -> ParticipationQuerySet:
        """People who hold a code and were not confirmed yet: they see the notice alone."""
        return self.filter(until=None, awaits_authority=True)

    def confirmed_counsel(self) -> ParticipationQuerySet:
        """Lawyers of a side who may read what is for counsel only."""
        return self.filter(is_counsel=True, counsel_confirmed_at__isnull=False)

    def of_party(self, user: User) -> ParticipationQuerySet:
        """Current participations of a person as a party or as its representative."""
        return self.current().filter(user=user, role__in=PARTY_ROLES)


class CaseQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: User) -> CaseQuerySet:
        """Cases that this person may see: nothing, plus what role and participation give,
        minus conflicts.

        Officers and members of the NCP see the NCP's cases; everybody else the cases in which they
        take part now. A declared conflict of interest takes a case away at once.
        """
        if not user.is_authenticated or not user.is_active:
            return self.none()
        conflicts = apps.get_model("cases", "ConflictDeclaration").objects.filter(
            user=user, has_conflict=True, superseded_at=None
        )
        if user.has_role(*NCP_ROLES):
            return self.exclude(pk__in=conflicts.values("case_id"))
        taking_part = apps.get_model("cases", "Participation").objects.current().filter(user=user)
        ids: set[UUID] = set()
        mediated: set[UUID] = set()
        for case_id, role in taking_part.values_list("case_id", "role"):
            if role == "partner_ncp" and not user.has_role(Role.PARTNER_NCP):
                continue
            (mediated if role in MEDIATION_ROLES else ids).add(case_id)
        if ids or mediated:
            away = set(conflicts.filter(case__in=ids | mediated).values_list("case_id", flat=True))
            ids, mediated = ids - away, mediated - away - ids
        rule = Q(pk__in=ids)
        if mediated:
            rule |= Q(pk__in=mediated, state="mediation")
        return self.filter(rule)

    def open_to_audit(self, user: User) -> CaseQuerySet:
        """Cases whose masked record an auditor reads, while the role lasts; minus conflicts."""
        if not user.is_authenticated or not user.is_active or not user.has_role(Role.AUDITOR):
            return self.none()
        conflicts = apps.get_model("cases", "ConflictDeclaration").objects.filter(
            user=user, has_conflict=True, superseded_at=None
        )
        taking_part = apps.get_model("cases", "Participation").objects.filter(user=user)
        return self.exclude(pk__in=conflicts.values("case_id")).exclude(
            pk__in=taking_part.values("case_id")
        )

    def of_party(self, user: User) -> CaseQuerySet:
        """Cases in which this person is a party or a representative now."""
        if not user.is_authenticated or not user.is_active:
            return self.none()
        ids = apps.get_model("cases", "Participation").objects.of_party(user)
        return self.filter(pk__in=set(ids.values_list("case_id", flat=True)))

    def open(self) -> CaseQuerySet:
        """Cases in which somebody owes a next step."""
        from cases.workflow import OPEN_STATES

        return self.filter(state__in=OPEN_STATES)

    def overdue(self, *, on: date) -> CaseQuerySet:
        """Cases whose next deadline lies before a day of the NCP's calendar."""
        return self.filter(next_due_on__lt=on)


class PartyQuerySet(models.QuerySet[Any]):
    def standing(self) -> PartyQuerySet:
        """Parties that have not left the case."""
        return self.filter(left_at=None)

    def visible_to(self, user: User) -> PartyQuerySet:
        """Parties of the visible cases; whether a name is shown is a projection, see
        `disclosure`."""
        cases = apps.get_model("cases", "Case").objects.visible_to(user)
        return self.filter(case__in=cases)


class DeadlineQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: User) -> DeadlineQuerySet:
        return self.filter(case__in=apps.get_model("cases", "Case").objects.visible_to(user))

    def open(self) -> DeadlineQuerySet:
        """Deadlines that run: neither met nor cancelled."""
        return self.filter(met_on=None, cancelled_on=None)

    def overdue(self, *, on: date) -> DeadlineQuerySet:
        """Open deadlines whose due date lies before a day of the NCP's calendar."""
        return self.open().filter(due_on__lt=on)


class _OfSidesQuerySet(models.QuerySet[Any]):
    """Rows that the NCP sees and that parties see by their side."""

    def _of_ncp(self, user: User, cases: CaseQuerySet) -> Any:
        """Rows that somebody of the NCP reads: a member only after declaring no conflict of
        interest."""
        rows = self.filter(case__in=cases)
        if user.has_role(Role.OFFICER, Role.AUDITOR):
            return rows
        declared = apps.get_model("cases", "ConflictDeclaration").objects.filter(
            user=user, has_conflict=False, superseded_at=None
        )
        return rows.filter(case__in=declared.values("case_id"))

    def _for(self, user: User) -> tuple[CaseQuerySet, dict[Any, set[str]]]:
        cases = apps.get_model("cases", "Case").objects.visible_to(user)
        sides: dict[Any, set[str]] = {}
        if user.is_authenticated and not user.has_role(*NCP_ROLES):  # they have no side
            rows = apps.get_model("cases", "Participation").objects.of_party(user)
            for case_id, side in rows.values_list("case_id", "side"):
                sides.setdefault(side, set()).add(case_id)
        return cases, sides


class CaseDocumentQuerySet(_OfSidesQuerySet):
    def visible_to(self, user: User) -> CaseDocumentQuerySet:
        """Documents that this person may open.

        The NCP's people see all of a visible case, its members once they declared no conflict; a
        party what it gave and what was served on it, its counsel also what is for counsel only; a
        mediator what is shared with the parties or with the mediation; nobody else anything.
        """
        cases, sides = self._for(user)
        if user.is_authenticated and user.has_role(*NCP_ROLES):
            return self._of_ncp(user, cases)
        rule = Q(pk=None)
        for side, ids in sides.items():
            rule |= Q(case__in=ids) & (
                Q(side=side) | Q(audience__in=["parties", "mediation", "public"])
            )
        if sides:
            counsel = apps.get_model("cases", "Participation").objects.of_party(user)
            of_counsel = counsel.confirmed_counsel().values_list("case_id", flat=True)
            rule |= Q(case__in=set(of_counsel), audience="counsel")
        if user.is_authenticated:
            mediated = (
                apps.get_model("cases", "Participation")
                .objects.current()
                .filter(user=user, role="mediator")
                .values_list("case_id", flat=True)
            )
            rule |= Q(case__in=set(mediated), audience__in=["parties", "mediation", "public"])
        return self.filter(rule, case__in=cases)


class MessageQuerySet(_OfSidesQuerySet):
    def visible_to(self, user: User) -> MessageQuerySet:
        """Messages that this person may read.

        The NCP's people read those of a visible case, a party its own side's and the enterprise's
        answer; a report of reprisals is for its side and the officers named on the case.
        """
        cases, sides = self._for(user)
        if user.is_authenticated and user.has_role(*NCP_ROLES):
            named = Q(pk=None)
            if user.has_role(Role.OFFICER):
                named = knows_identities(user)
            return self._of_ncp(user, cases).filter(Q(is_reprisal_report=False) | named)
        rule = Q(pk=None)
        for side, ids in sides.items():
            rule |= Q(case__in=ids) & (Q(side=side) | Q(is_response=True))
        return self.filter(rule, case__in=cases, recalled_at=None)


class RequestQuerySet(_OfSidesQuerySet):
    def visible_to(self, user: User) -> RequestQuerySet:
        """Requests that this person may read: the NCP's people those of a visible case, a party
        what was asked of its own side."""
        cases, sides = self._for(user)
        if user.is_authenticated and user.has_role(*NCP_ROLES):
            return self._of_ncp(user, cases)
        rule = Q(pk=None)
        for side, ids in sides.items():
            rule |= Q(case__in=ids, side=side)
        return self.filter(rule, case__in=cases)

    def open(self) -> RequestQuerySet:
        """Requests that wait for an answer."""
        return self.filter(
            answered_at=None, closed_at=None, deadline__met_on=None, deadline__cancelled_on=None
        )


class _OfNcpQuerySet(_OfSidesQuerySet):
    """Rows that nobody but the NCP's own people read."""

    def _read_by(self, user: User) -> Any:
        if not user.is_authenticated or not user.has_role(*NCP_ROLES):
            return self.none()
        return self._of_ncp(user, apps.get_model("cases", "Case").objects.visible_to(user))


class NoteQuerySet(_OfNcpQuerySet):
    def visible_to(self, user: User) -> NoteQuerySet:
        """Notes that this person may read: officers and auditors, members once they declared; a
        note for the officers named on a case is theirs alone."""
        rows = self._read_by(user)
        if not user.is_authenticated or not user.has_role(Role.OFFICER):
            return rows.filter(for_named_officers=False)
        return rows.filter(Q(for_named_officers=False) | knows_identities(user))


class TaskQuerySet(_OfNcpQuerySet):
    def visible_to(self, user: User) -> TaskQuerySet:
        """Tasks of cases that this person reads at the NCP."""
        return self._read_by(user)

    def open(self) -> TaskQuerySet:
        return self.filter(done_at=None)

    def waiting_for(self, *people: User) -> TaskQuerySet:
        """Open tasks of a person (or of several, for a deputy), of the cases that the first of
        them may see, the earliest day first."""
        return (
            self.visible_to(people[0]).open().filter(assignee__in=people).order_by("due_on", "id")
        )


class DeputyQuerySet(models.QuerySet[Any]):
    def on(self, day: date) -> DeputyQuerySet:
        """Deputies who were named for a day of the NCP's calendar and were not ended."""
        return self.filter(since__lte=day, until__gte=day, ended_at=None)

    def today(self) -> DeputyQuerySet:
        from cases.calendar import local_date

        return self.on(local_date(timezone.now(), settings.TIME_ZONE))

    def standing(self) -> DeputyQuerySet:
        """Deputies of today and of days to come."""
        from cases.calendar import local_date

        day = local_date(timezone.now(), settings.TIME_ZONE)
        return self.filter(until__gte=day, ended_at=None)


class SearchTextQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: User) -> SearchTextQuerySet:
        """Texts that somebody of the NCP finds: of visible cases, a member before declaring only
        what stands in the list of cases, named officers also what is sealed for them.

        Who stands on a side of a case reads it at the portal and finds nothing of it here.
        """
        if not user.is_authenticated or not user.is_active or not user.has_role(*NCP_ROLES):
            return self.none()
        declared = apps.get_model("cases", "ConflictDeclaration").objects.filter(
            user=user, superseded_at=None
        )
        sides = apps.get_model("cases", "Participation").objects.of_party(user)
        rows = self.exclude(case__in=declared.filter(has_conflict=True).values("case_id"))
        rows = rows.exclude(case__in=sides.values("case_id"))
        if user.has_role(Role.OFFICER):
            named = Q(readers="named", case__in=named_cases(user))
            return rows.filter(Q(readers__in=["case", "ncp"]) | named)
        free = declared.filter(has_conflict=False).values("case_id")
        # Who mediated a case reads no draft of its statement.
        mediated = apps.get_model("cases", "Participation").objects.filter(
            user=user, role="mediator"
        )
        drafts = Q(place="statement", case__in=mediated.values("case_id"))
        return rows.filter(Q(readers="case") | Q(readers="ncp", case__in=free) & ~drafts)


class MeetingQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: User) -> MeetingQuerySet:
        """Meetings of the NCP are for its own people; the points of the agenda follow their
        cases."""
        if not user.is_authenticated or not user.has_role(*NCP_ROLES):
            return self.none()
        return self.all()


class MeetingTextQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: User) -> MeetingTextQuerySet:
        """What is searched of the meetings that this person reads; nobody else finds any."""
        if not user.is_active:
            return self.none()
        return self.filter(meeting__in=apps.get_model("cases", "Meeting").objects.visible_to(user))


class ChallengeQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: User) -> ChallengeQuerySet:
        """Challenges that this person may read: the NCP's people those of a visible case, its
        members once they declared no conflict; a party those of its own side."""
        cases = apps.get_model("cases", "Case").objects.visible_to(user)
        if not user.is_authenticated:
            return self.none()
        if user.has_role(Role.OFFICER, Role.AUDITOR):
            return self.filter(case__in=cases)
        if user.has_role(Role.DECISION_MAKER):
            declared = apps.get_model("cases", "ConflictDeclaration").objects.filter(
                user=user, has_conflict=False, superseded_at=None
            )
            return self.filter(case__in=cases).filter(case__in=declared.values("case_id"))
        rule = Q(pk=None)
        for case_id, side in (
            apps.get_model("cases", "Participation")
            .objects.of_party(user)
            .values_list("case_id", "side")
        ):
            rule |= Q(case=case_id, side=side)
        return self.filter(rule, case__in=cases)

    def open(self) -> ChallengeQuerySet:
        """Challenges that nobody has decided."""
        return self.filter(decided_at=None)

    def awaiting_reply_of(self, user: User) -> ChallengeQuerySet:
        """Open challenges of this person, who has not replied."""
        return self.open().filter(challenged=user, replied_at=None)

    def ripe(self, *, on: date) -> ChallengeQuerySet:
        """Open challenges that others may decide: the person replied, had the time for it, or left
        the case by a declaration."""
        gone = apps.get_model("cases", "ConflictDeclaration").objects.filter(
            case=OuterRef("case"),
            user=OuterRef("challenged"),
            has_conflict=True,
            superseded_at=None,
        )
        heard = Q(replied_at__isnull=False) | Q(reply_until=None) | Q(reply_until__lt=on)
        return self.open().filter(heard | Exists(gone))
