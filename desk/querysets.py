"""What the desk asks of all visible cases: what waits, what is due, what a filter finds."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.db.models import CharField, Exists, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Cast
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.roles import Role
from cases.models import Authority, Case, Correction, Decision, Message, Pause, TimeRequest
from cases.models.assessment import DecisionState
from cases.models.correspondence import Correspondent
from cases.querysets import CaseQuerySet
from cases.workflow import OPEN_STATES, State
from mediation.models import Referral
from mediation.workflow import ReferralState
from statements.models import Statement

Cases = CaseQuerySet

SHOWN = 7
"""How many rows each of the short lists shows; the whole list is one link away."""

REASONS = {
    "pressure": _("A report of pressure waits for an answer"),
    "vote": _("Your vote is asked for"),
    "sign_off": _("A statement waits to be signed off"),
    "correction": _("A correction waits for a second person"),
    "register": _("Waits to be registered or answered"),
    "report": _("The mediator reported the outcome"),
    "authority": _("Somebody says for whom they act"),
    "time": _("A side asks for more time"),
    "message": _("An unread message"),
}
"""Why a case waits for somebody; the first that applies is shown."""


def with_pause(cases: Cases) -> Any:
    """Tell of each case whether its clock stands, as `is_paused`."""
    return cases.annotate(is_paused=Exists(Pause.objects.filter(case=OuterRef("pk"), until=None)))


def waiting_for(user: User, visible: Cases) -> list[tuple[Case, str]]:
    """Return the cases that wait for this person, with the reason, the most urgent first."""
    asked = []
    if user.has_role(Role.DECISION_MAKER):
        votes = Decision.objects.filter(state=DecisionState.OPEN)
        votes = votes.exclude(proposed_by=user).exclude(votes__member=user)
        asked.append(_reason(votes.order_by("proposed_at"), "case_id", "vote"))
        heard = Statement.objects.at_work().filter(rounds__closed_at__isnull=False)
        heard = heard.exclude(rounds__closed_at=None).exclude(versions__by=user)
        heard = heard.filter(versions__sign_offs=None)
        asked.append(_reason(heard.order_by("begun_at"), "case_id", "sign_off"))
    if user.has_role(Role.OFFICER, Role.DECISION_MAKER):
        corrections = Correction.objects.filter(settled_at=None).exclude(proposed_by=user)
        asked.append(_reason(corrections.order_by("proposed_at"), "case_id", "correction"))
    if user.has_role(Role.OFFICER):
        reported = Referral.objects.filter(
            state=ReferralState.CONCLUDED, case__state=State.MEDIATION, case__officer=user
        )
        asked.append(_reason(reported.order_by("ended_at"), "case_id", "report"))
        pressure = Message.objects.visible_to(user).filter(
            deadline__met_on=None, deadline__kind="reprisal_answer"
        )
        asked.append(_reason(pressure.order_by("sent_at"), "case_id", "pressure"))
        time = TimeRequest.objects.filter(decided_at=None, deadline__case__officer=user)
        time = time.filter(deadline__met_on=None, deadline__cancelled_on=None)
        asked.append(_reason(time.order_by("asked_at"), "deadline__case_id", "time"))
        stated = Authority.objects.filter(decided_at=None, participation__case__officer=user)
        asked.append(_reason(stated.order_by("stated_at"), "participation__case_id", "authority"))
        unread = Message.objects.filter(read_at=None, case__officer=user)
        unread = unread.exclude(sender=Correspondent.NCP)
        asked.append(_reason(unread.order_by("sent_at"), "case_id", "message"))
        new = Case.objects.filter(Q(officer=None) | Q(officer=user), state=State.RECEIVED)
        asked.append(_reason(new.order_by("received_at", "id"), "pk", "register"))
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
            not case.reprisal_risk,
            case.next_due_on or date.max,
        ),
    )
    return [(case, str(REASONS[min(reasons[case.pk], key=order.index)])) for case in ranked[:SHOWN]]


def _reason(rows: QuerySet[Any], column: str, why: str) -> QuerySet[Any]:
    return rows.annotate(why=Cast(Value(why), CharField())).values_list(column, "why")[:50]


def due_soon(user: User, visible: Cases, *, today: date) -> tuple[list[Case], list[Case]]:
    """Return what is late and what comes within a week: an officer's own and nobody's, else all."""
    rows = visible.filter(next_due_on__lte=today + timedelta(days=7), state__in=OPEN_STATES)
    if user.has_role(Role.OFFICER):
        rows = rows.filter(Q(officer=user) | Q(officer=None))
    rows = with_pause(rows).select_related("officer").order_by("next_due_on", "id")
    found: list[Any] = [case for case in rows[: 4 * SHOWN] if not case.is_paused]
    late = [case for case in found if case.next_due_on < today]
    return late[:SHOWN], [case for case in found if case.next_due_on >= today][:SHOWN]


def filtered(visible: Cases, wanted: dict[str, Any], *, user: User, today: date) -> Cases:
    """Narrow the list down by what the filter form says."""
    rows = visible
    if wanted.get("state"):
        rows = rows.filter(state=wanted["state"])
    if wanted.get("officer"):
        rows = rows.filter(officer=wanted["officer"])
    if wanted.get("mine"):
        rows = rows.filter(officer=user)
    if wanted.get("late"):
        rows = rows.overdue(on=today).exclude(
            Exists(Pause.objects.filter(case=OuterRef("pk"), until=None))
        )
    if wanted.get("risk"):
        rows = rows.filter(reprisal_risk=True)
    text = (wanted.get("q") or "").strip()
    if text:
        rows = rows.filter(
            Q(title__icontains=text)
            | Q(reference__istartswith=text)
            | Q(receipt_id=text.upper().replace(" ", ""))
        )
    return rows
