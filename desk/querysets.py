"""What the desk asks of all visible cases: what waits, what is due, what a filter finds."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.apps import apps
from django.db import models
from django.db.models import CharField, Exists, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Cast
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.roles import Role
from cases.deputies import stood_in_for
from cases.letters import waiting, wording
from cases.models import (
    Absence,
    AuditPermission,
    Authority,
    Case,
    Challenge,
    ConflictDeclaration,
    Correction,
    Decision,
    Erasure,
    IssueProvision,
    Message,
    Party,
    Pause,
    PortalLetter,
    Recall,
    SearchText,
    Seat,
    Task,
    TimeRequest,
)
from cases.models.assessment import DecisionState
from cases.models.correspondence import Correspondent
from cases.models.meeting import SeatFunction
from cases.models.search import Place
from cases.querysets import CaseQuerySet, knows_identities
from cases.search import asking
from cases.services import deadlines
from cases.workflow import OPEN_STATES, State
from desk.forms.worklist import chapters_called
from mediation.models import Referral
from mediation.workflow import ReferralState
from sealing.index import blind_index
from statements.models import Statement

Cases = CaseQuerySet

SHOWN = 7
"""How many rows each of the short lists shows; the whole list is one link away."""

REASONS = {
    "pressure": _("A report of pressure waits for an answer"),
    "challenge_reply": _("A party challenges your impartiality: you may reply"),
    "vote": _("Your vote is asked for"),
    "challenge": _("A party challenges somebody's impartiality"),
    "sign_off": _("A statement waits to be signed off"),
    "correction": _("A correction waits for a second person"),
    "recall": _("A recall waits for a second person"),
    "erasure": _("An erasure waits for a second person"),
    "ballots": _("The day for the ballots has passed without a quorum"),
    "audit": _("An auditor asks to read the texts"),
    "task": _("A task for you"),
    "register": _("Waits to be registered or answered"),
    "report": _("The mediator reported the outcome"),
    "authority": _("Somebody says for whom they act"),
    "time": _("A side asks for more time"),
    "message": _("An unread message"),
    "letter": _("The case ended: its letter is drafted, not sent yet"),
}
"""Why a case waits for somebody; the first that applies is shown."""


def with_pause(cases: Cases) -> Any:
    """Tell of each case whether its clock stands, as `is_paused`."""
    return cases.annotate(is_paused=Exists(Pause.objects.filter(case=OuterRef("pk"), until=None)))


def waiting_for(user: User, visible: Cases) -> list[tuple[Case, str]]:
    """Return the cases that wait for this person, with the name of the reason (`REASONS`), the
    most urgent first.

    A deputy is told of what waits for the officers whose deputy they are today.
    """
    asked = []
    officers = own_officers(user)
    if user.has_role(Role.DECISION_MAKER):
        votes = Decision.objects.filter(state=DecisionState.OPEN)
        votes = votes.exclude(proposed_by=user).exclude(votes__member=user)
        votes = votes.exclude(drafters__user=user).exclude(_waits_for_another(user))
        votes = votes.exclude(closes_on__lt=deadlines.today())
        asked.append(_reason(votes.order_by("proposed_at"), "case_id", "vote"))
        doubts = Challenge.objects.ripe(on=deadlines.today()).exclude(challenged=user)
        asked.append(_reason(doubts.order_by("made_at"), "case_id", "challenge"))
        asked.append(_reason(to_sign_off(user).order_by("begun_at"), "case_id", "sign_off"))
    if user.has_role(Role.OFFICER, Role.DECISION_MAKER):
        own = Challenge.objects.awaiting_reply_of(user)
        asked.append(_reason(own.order_by("made_at"), "case_id", "challenge_reply"))
        corrections = Correction.objects.filter(settled_at=None).exclude(proposed_by=user)
        asked.append(_reason(corrections.order_by("proposed_at"), "case_id", "correction"))
        recalls = Recall.objects.filter(settled_at=None).exclude(proposed_by=user)
        asked.append(_reason(recalls.order_by("proposed_at"), "case_id", "recall"))
        erasures = Erasure.objects.filter(confirmed_at=None, declined_at=None)
        erasures = erasures.exclude(proposed_by=user)
        asked.append(_reason(erasures.order_by("proposed_at"), "case_id", "erasure"))
    if user.has_role(Role.OFFICER):
        ballots = Decision.objects.filter(
            state=DecisionState.OPEN, closes_on__lt=deadlines.today(), case__officer__in=officers
        )
        asked.append(_reason(ballots.order_by("closes_on"), "case_id", "ballots"))
        audits = AuditPermission.objects.filter(decided_at=None, case__officer__in=officers)
        asked.append(_reason(audits.order_by("asked_at"), "case_id", "audit"))
        reported = Referral.objects.filter(
            state=ReferralState.CONCLUDED, case__state=State.MEDIATION, case__officer__in=officers
        )
        asked.append(_reason(reported.order_by("ended_at"), "case_id", "report"))
        pressure = Message.objects.visible_to(user).filter(
            deadline__met_on=None, deadline__kind="reprisal_answer"
        )
        asked.append(_reason(pressure.order_by("sent_at"), "case_id", "pressure"))
        time = TimeRequest.objects.filter(decided_at=None, deadline__case__officer__in=officers)
        time = time.filter(deadline__met_on=None, deadline__cancelled_on=None)
        asked.append(_reason(time.order_by("asked_at"), "deadline__case_id", "time"))
        stated = Authority.objects.filter(
            decided_at=None, participation__case__officer__in=officers
        )
        asked.append(_reason(stated.order_by("stated_at"), "participation__case_id", "authority"))
        unread = Message.objects.visible_to(user).filter(read_at=None, case__officer__in=officers)
        unread = unread.exclude(sender=Correspondent.NCP)
        asked.append(_reason(unread.order_by("sent_at"), "case_id", "message"))
        new = Case.objects.filter(Q(officer=None) | Q(officer__in=officers), state=State.RECEIVED)
        asked.append(_reason(new.order_by("received_at", "id"), "pk", "register"))
        ended = _without_letter_of_end(Case.objects.filter(officer__in=officers))
        asked.append(_reason(ended.order_by("ended_at", "id"), "pk", "letter"))
    if user.has_role(Role.OFFICER, Role.DECISION_MAKER):
        tasks = Task.objects.visible_to(user).open().filter(assignee__in=officers)
        asked.append(_reason(tasks.order_by("due_on"), "case_id", "task"))
    if not asked:
        return []
    rows = asked[0].union(*asked[1:], all=True) if len(asked) > 1 else asked[0]
    reasons: dict[Any, set[str]] = {}
    for pk, why in rows:
        reasons.setdefault(pk, set()).add(why)
    cases = with_pause(visible.filter(pk__in=reasons)).select_related("officer")
    order = list(REASONS)
    ranked = sorted(
        cases,
        key=lambda case: (
            min(order.index(why) for why in reasons[case.pk]),
            not (user.has_role(Role.OFFICER) and case.reprisal_risk),
            case.next_due_on or date.max,
        ),
    )
    return [(case, min(reasons[case.pk], key=order.index)) for case in ranked[:SHOWN]]


def to_sign_off(user: User) -> QuerySet[Statement]:
    """Return statements on which both sides were heard, which nobody signed off yet, and of which
    this person wrote nothing."""
    heard = Statement.objects.at_work().filter(rounds__closed_at__isnull=False)
    heard = heard.exclude(rounds__closed_at=None).exclude(versions__by=user)
    return heard.filter(versions__sign_offs=None)


def _without_letter_of_end(cases: Cases) -> Cases:
    """Return cases that ended lately in a way that has a letter, and whose letter nobody sent.

    It asks of the rows what `waiting.waiting` asks of one case: that one draws the link to it.
    """
    ended = cases.filter(
        state__in=[State.FINAL_STATEMENT, State.HELD_FOR_REVIEW, State.WITHDRAWN],
        ended_at__gte=timezone.now() - waiting.LATELY,
        closed_at=None,
    ).exclude(pk__in=Erasure.objects.exclude(confirmed_at=None).values("case_id"))
    sent = PortalLetter.objects.filter(case=OuterRef("pk"), sent_at__gte=OuterRef("ended_at"))
    wanted = Q(pk__in=[])
    for kind in wording.kinds().values():
        if kind.outcomes:
            wanted |= Q(~Exists(sent.filter(kind=kind.name)), outcome__in=kind.outcomes)
    return ended.filter(wanted)


def own_officers(user: User) -> list[Any]:
    """Return ids of a person and of the officers whose deputy they are today."""
    return [user.pk, *sorted(stood_in_for(user))] if user.has_role(Role.OFFICER) else [user.pk]


def _waits_for_another(user: User) -> Any:
    """Return the condition by which an alternate leaves the vote to their member, or an absent
    member to the alternate."""
    seats = Seat.objects.current().filter(user=user, function=SeatFunction.ALTERNATE)
    members = seats.values("stands_in_for")
    absent = Absence.objects.filter(decision=OuterRef("pk"), ended_at=None)
    recused = ConflictDeclaration.objects.filter(
        case=OuterRef("case_id"), has_conflict=True, superseded_at=None
    )
    may_stand_in = Exists(absent.filter(member__in=members)) | Exists(
        recused.filter(user__in=members)
    )
    return Q(Exists(absent.filter(member=user))) | (Q(Exists(seats)) & ~Q(may_stand_in))


def _reason(rows: QuerySet[Any], column: str, why: str) -> QuerySet[Any]:
    return rows.annotate(why=Cast(Value(why), CharField())).values_list(column, "why")[:50]


def due_soon(user: User, visible: Cases, *, today: date) -> tuple[list[Case], list[Case]]:
    """Return what is late and what comes within a week: an officer's own and nobody's, else all.

    Each of both is looked up by itself: many late cases hide nothing of what comes.
    """
    rows = visible.filter(_runs(), state__in=OPEN_STATES).order_by("next_due_on", "id")
    whose = [Q()]
    if user.has_role(Role.OFFICER):
        whose = [Q(officer__in=own_officers(user)), Q(officer=None)]
    late = Q(next_due_on__lt=today)
    week = Q(next_due_on__gte=today, next_due_on__lte=today + timedelta(days=7))
    parts = [rows.filter(of, when).values("pk")[:SHOWN] for when in (late, week) for of in whose]
    found = visible.filter(pk__in=parts[0].union(*parts[1:], all=True))
    cases: list[Any] = list(with_pause(found).select_related("officer"))
    cases.sort(key=lambda case: (case.next_due_on, case.pk))
    late_cases = [case for case in cases if case.next_due_on < today]
    return late_cases[:SHOWN], [case for case in cases if case.next_due_on >= today][:SHOWN]


def _runs() -> Q:
    """Return the condition by which the clock of a case does not stand."""
    return Q(~Exists(Pause.objects.filter(case=OuterRef("pk"), until=None)))


def filtered(visible: Cases, wanted: dict[str, Any], *, user: User, today: date) -> Cases:
    """Narrow the list down by what the filter form says."""
    rows = visible
    if wanted.get("state"):
        rows = rows.filter(state=wanted["state"])
    if wanted.get("officer") == "nobody":
        rows = rows.filter(officer=None)
    elif wanted.get("officer"):
        rows = rows.filter(officer=wanted["officer"])
    if wanted.get("mine"):
        rows = rows.filter(officer__in=own_officers(user))
    if wanted.get("late"):
        rows = _by_time(rows, wanted["late"], today=today)
    if wanted.get("risk"):
        rows = rows.filter(reprisal_risk=True)
    if wanted.get("sector"):
        rows = rows.filter(sector=wanted["sector"])
    if wanted.get("chapter"):
        rows = _of_chapter(rows, wanted["chapter"], user=user)
    if wanted.get("country"):
        rows = _of_country(rows, wanted["country"], user=user)
    if (wanted.get("party") or "").strip():
        rows = _of_party(rows, wanted["party"].strip(), user=user)
    text = (wanted.get("q") or "").strip()
    if text:
        rows = rows.filter(
            Q(title__icontains=text)
            | Q(reference__istartswith=text)
            | Q(receipt_id=text.upper().replace(" ", ""))
        )
    return rows


def _by_time(rows: Cases, wanted: str, *, today: date) -> Cases:
    stands = Exists(Pause.objects.filter(case=OuterRef("pk"), until=None))
    if wanted == "late":
        return rows.overdue(on=today).exclude(stands)
    if wanted == "week":
        due = rows.filter(next_due_on__gte=today, next_due_on__lte=today + timedelta(days=7))
        return due.exclude(stands)
    if wanted == "paused":
        return rows.filter(stands)
    return rows.filter(next_due_on=None)


def _of_chapter(rows: Cases, key: str, *, user: User) -> Cases:
    cited = Q(pk__in=[])
    for edition, number in chapters_called(key):
        cited |= Q(edition=edition, chapter=number)
    citing = IssueProvision.objects.filter(cited).values("issue__case_id")
    return rows.filter(_declared(user), pk__in=citing)


def _declared(user: User) -> Q:
    """The condition by which a member reads the issues of a case: after declaring no conflict."""
    if user.has_role(Role.OFFICER):
        return Q()
    return Q(conflicts__user=user, conflicts__has_conflict=False, conflicts__superseded_at=None)


def _of_country(rows: Cases, code: str, *, user: User) -> Cases:
    """Where it happened, or where a party is whose name is kept from nobody."""
    parties = Party.objects.filter(SHOWN_TO_ALL, country=code).values("case_id")
    happened = Case.objects.filter(_declared(user), issues__country=code).values("pk")
    return rows.filter(Q(pk__in=parties) | Q(pk__in=happened))


SHOWN_TO_ALL = Q(shown_to_mediator=True, shown_to_respondent=True, shown_to_public=True)
"""Parties whose name is kept from nobody: what lists and exports may name."""


def _of_party(rows: Cases, text: str, *, user: User) -> Cases:
    """Cases with a party of this name among the names that the person may know: words by the
    search, organisations by a part of their name, a whole name by its blind index."""
    known = SHOWN_TO_ALL
    if user.has_role(Role.OFFICER):
        known |= knows_identities(user)
    named = Q(organisation__name__icontains=text) | Q(organisation__native_name__icontains=text)
    named |= Q(name_index=blind_index(text, "party.name"))
    rule = Q(pk__in=Party.objects.filter(known, named).values("case_id"))
    if asked := asking.understand(text, user=user):
        texts = SearchText.objects.visible_to(user).filter(place=Place.PARTY)
        rule |= Q(pk__in=asking.matching(texts, asked).values("case_id"))
    return rows.filter(rule)


class SavedViewQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: User) -> SavedViewQuerySet:
        """One's own views and those that somebody shared with the office."""
        return self.filter(Q(owner=user) | Q(is_shared=True))

    def of(self, user: User) -> SavedViewQuerySet:
        return self.filter(owner=user)

    def with_default(self, user: User) -> SavedViewQuerySet:
        """Tell of each whether the list opens with it for this person, as `is_default`."""
        chosen = apps.get_model("desk", "DefaultView").objects.filter(
            user=user, view=OuterRef("pk")
        )
        return self.annotate(is_default=Exists(chosen))
