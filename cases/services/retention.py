"""What is due for erasure, and legal holds that keep it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from cases import permissions, retention
from cases.errors import Conflict
from cases.events import record_event
from cases.kinds import EventKind
from cases.models import Case, Erasure, HistoryCheck, LegalHold, Reading
from cases.services.acting import locked, require

if TYPE_CHECKING:
    from accounts.models import User

SHOWN = 200


@dataclass(frozen=True)
class Due:
    """A case whose time of keeping is over."""

    case: Case
    rule: retention.Rule
    since: date
    is_held: bool
    erasure: Erasure | None


def standing_holds(*, on: date | None = None) -> QuerySet[LegalHold]:
    """Return the holds that stand: not lifted, and their last day has not passed."""
    today = on or timezone.localdate()
    return LegalHold.objects.filter(Q(until=None) | Q(until__gte=today), lifted_at=None)


def is_held(case: Case) -> bool:
    return standing_holds().filter(case=case).exists()


def due(*, to: User, on: date | None = None) -> list[Due]:
    """Return cases that this person sees and that are kept no longer, the oldest first."""
    on = on or timezone.localdate()
    rules = retention.load()
    wanted = Q(pk=None)
    for rule in rules.rules:
        part = Q(state__in=rule.states, **{f"{rule.moment}__lte": rule.latest(on)})
        if rule.outcomes:
            part &= Q(outcome__in=rule.outcomes)
        if rule.reasons:
            part &= Q(not_registered_reason__in=rule.reasons)
        wanted |= part
    gone = Erasure.objects.filter(principal=None, confirmed_at__isnull=False)
    rows = (
        Case.objects.visible_to(to)
        .filter(wanted, is_archived=False)
        .exclude(pk__in=gone.values("case_id"))
        .order_by("ended_at", "pk")
    )
    found = []
    for case in rows.iterator(chunk_size=SHOWN):
        longest = rules.rule_for(case)  # it may keep longer than the rule that found the case
        if longest is not None and longest.ends_on(case) <= on:
            found.append((case, longest))
        if len(found) == SHOWN:
            break
    ids = [case.pk for case, _rule in found]
    held = set(standing_holds(on=on).filter(case__in=ids).values_list("case_id", flat=True))
    open_ones = {
        row.case_id: row
        for row in Erasure.objects.filter(
            case__in=ids, principal=None, declined_at=None
        ).select_related("proposed_by")
    }
    return [
        Due(case, rule, rule.ends_on(case), case.pk in held, open_ones.get(case.pk))
        for case, rule in found
    ]


def may_hold(case: Case, user: User) -> bool:
    """Officers and members of the NCP place and lift holds."""
    return permissions.may_run_procedure(case, user) or permissions.may_decide(case, user)


def place_hold(
    case: Case, *, reason: str, until: date | None, by: User, version: int | None = None
) -> LegalHold:
    """Let nothing of a case be erased while the hold stands.

    Raises:
        ValidationError: no reason is given, or the last day has passed already.
        Conflict: the case was erased.
    """
    if not reason.strip():
        raise ValidationError({"reason": _("Say why nothing may be erased.")})
    if until is not None and until < timezone.localdate():
        raise ValidationError({"until": _("Choose a day that is not over.")})
    with locked(case, version=version, by=by) as row:
        require(may_hold(row, by))
        if Erasure.objects.filter(case=row, principal=None, confirmed_at__isnull=False).exists():
            raise Conflict(_("The content of this case was erased."))
        hold = LegalHold.objects.create(case=row, reason=reason.strip(), until=until, placed_by=by)
        record_event(row, EventKind.HOLD_PLACED, by=by, hold=hold.pk, until=until)
    return hold


def lift_hold(hold: LegalHold, *, reason: str, by: User, version: int | None = None) -> LegalHold:
    """Lift a hold.

    Raises:
        ValidationError: no reason is given.
        Conflict: it was lifted already.
    """
    if not reason.strip():
        raise ValidationError({"reason": _("Say why the hold is lifted.")})
    with locked(hold.case, version=version, by=by) as row:
        require(may_hold(row, by))
        hold = LegalHold.objects.select_for_update().get(pk=hold.pk)
        if hold.lifted_at:
            raise Conflict(_("This hold was lifted already."))
        hold.case = row
        hold.lifted_by, hold.lifted_at, hold.lift_reason = by, timezone.now(), reason.strip()
        hold.save()
        record_event(row, EventKind.HOLD_LIFTED, by=by, hold=hold.pk)
    return hold


def forget_old_logs(*, at: Any = None) -> int:
    """Remove what the rules keep no longer of the log of reads and of the checks; return how many
    rows."""
    now = at or timezone.now()
    rules = retention.load()
    # The database refuses to remove a reading that is younger than a year.
    oldest = min(now - timedelta(days=366), _moment(now, rules.readings_months))
    removed, _kinds = Reading.objects.filter(at__lt=oldest).delete()
    checks, _kinds = HistoryCheck.objects.filter(
        finished_at__lt=_moment(now, rules.checks_months)
    ).delete()
    return removed + checks


def _moment(now: Any, months: int) -> Any:
    here = timezone.localtime(now)
    day = retention.months_after(here.date(), -months)
    return here.replace(year=day.year, month=day.month, day=day.day)
