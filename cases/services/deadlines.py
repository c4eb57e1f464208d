"""The ledger of time frames: opened, met and lapsed by events, computed and explained."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime

from django.conf import settings
from django.db.models import Prefetch
from django.utils import timezone

from cases import rules
from cases.calendar import WorkCalendar, local_date
from cases.kinds import EventKind
from cases.models import Case, CaseEvent, Deadline, DeclaredDay, Extension, Pause
from cases.models.timeframe import PauseReason
from cases.ruleset import DeadlineRule, Effects, Length, RuleSet
from cases.timeframes import Computed, Extended, Paused, Standing, compute, standing

ENDS_EVERYTHING = {EventKind.ENDED_EARLY: "case.withdrawn"}
"""What was owed before a served case ends early lapses as on withdrawal."""
OWES_STATEMENT = {
    EventKind.ENDED_EARLY: EventKind.GOOD_OFFICES_CONCLUDED,
    EventKind.FOLLOW_UP_CONCLUDED: EventKind.GOOD_OFFICES_CONCLUDED,
}
"""The statement of a case that ends early, or of a follow-up, is owed in the time that good
offices leave for it."""

OPENED_BY: dict[str, tuple[str, ...]] = {EventKind.REQUEST_CLOSED: ("request",)}
"""Events that end one deadline of a kind: the service does it, not the rule."""
ABOUT_SOMETHING = frozenset(
    {
        "request", "reprisal_answer", "consultation", "proceeding_check", "last_notice",
        "settlement_reply", "follow_up_reports", "review_request", "breach_notice",
        "commitment",
    }
)  # fmt: skip
"""Kinds of which several run at once, each opened and met by the service that knows what it is
about."""
WITH_A_DAY = frozenset(
    {
        "request", "consultation", "proceeding_check", "last_notice", "settlement_reply",
        "follow_up_reports", "commitment",
    }
)  # fmt: skip
"""Of these, kinds that run to a day that somebody named."""
FOR_OFFICERS = "reprisal_answer"
"""No part of a case's next due date: other people of the NCP read that."""
RUN_THROUGH_PAUSES = frozenset({FOR_OFFICERS, "proceeding_check", "breach_notice"})
"""The clock of the case does not stop these: a case that waits for a court must look at the
court."""


def today() -> date:
    """Return the day of the NCP's calendar."""
    return local_date(timezone.now(), settings.TIME_ZONE)


def calendar() -> WorkCalendar:
    """Return the working days of the NCP's country with the days that were declared."""
    declared = dict(DeclaredDay.objects.values_list("day", "is_working"))
    return WorkCalendar(settings.NCP_COUNTRY, declared)


def calendar_for(case: Case) -> WorkCalendar:
    """Return the calendar, read once for a case that was loaded for one page."""
    days = case.__dict__.get("_calendar")
    if days is None:
        days = case.__dict__["_calendar"] = calendar()
    return days


def effects_of(rule_set: RuleSet, kind: str, *, outcome: str = "") -> Effects:
    """Return what an event of this kind does to the deadlines of a case."""
    kind = EventKind(kind)
    effects = rule_set.effects_of(ENDS_EVERYTHING.get(kind, kind), outcome=outcome)
    if kind in OWES_STATEMENT:
        owed = rule_set.deadlines_opened_by(OWES_STATEMENT[kind], outcome=outcome)
        effects = replace(effects, opened=(*effects.opened, *owed))
    return effects


def follow(case: Case, event: CaseEvent) -> None:
    """Open, restart, meet and lapse deadlines as the case's rule set says, then set what is
    due next."""
    rule_set = rules.load(case.rule_set)
    effects = effects_of(rule_set, event.kind, outcome=case.outcome)
    if not any(
        (effects.opened, effects.met, effects.lapsed, effects.restarted, effects.lengthened)
    ):
        return
    day = local_date(event.at, settings.TIME_ZONE)
    # A case that is only now written has none yet.
    is_new = case._state.adding
    standing_rows = [] if is_new else list(case.deadlines.open())
    running = {item.kind: item for item in standing_rows if item.kind not in ABOUT_SOMETHING}
    several = [item for item in standing_rows if item.kind in ABOUT_SOMETHING]
    lapsed = {rule.kind for rule in effects.lapsed} - set(OPENED_BY.get(event.kind, ()))
    for item in several:
        if item.kind in lapsed:
            _end(item, "cancelled_on", day)
    several = [item for item in several if item.is_open]
    opened: list[Deadline] = []
    days = None
    for rule in effects.met:
        _end(running.pop(rule.kind, None), "met_on", day)
    for rule in (*effects.lapsed, *effects.restarted):
        _end(running.pop(rule.kind, None), "cancelled_on", day)
    for rule in (*effects.opened, *effects.restarted):
        if rule.kind in running or case.is_archived or rule.kind in ABOUT_SOMETHING:
            continue
        if rule.kind == "follow_up" and _was_followed_up(case):
            continue
        days = days or calendar()
        opened_on = day
        if event.kind == EventKind.RECEIVED:
            opened_on = local_date(case.received_at, settings.TIME_ZONE)
        running[rule.kind] = _opening(case, rule, opened_on, event, days)
        opened.append(running[rule.kind])
    Deadline.objects.bulk_create(opened)
    for rule, more in effects.lengthened:
        if rule.kind in running and not _came_before(event):
            Extension.objects.create(
                deadline=running[rule.kind],
                length=more.length,
                unit=more.unit,
                reason=event.kind,
                by=event.by,  # type: ignore[misc]
            )
            recompute(case, [running[rule.kind]])
    _set_next(case, [*running.values(), *several])


def _came_before(event: CaseEvent) -> bool:
    """Tell whether the same happened in this case before: what lengthens a time frame does so
    once (14 months, however often NCPs agree anew who leads)."""
    earlier = CaseEvent.objects.filter(case_id=event.case_id, kind=event.kind)
    return earlier.filter(sequence__lt=event.sequence).exists()


def _was_followed_up(case: Case) -> bool:
    """Tell whether a follow-up statement named no further day: then nothing more is owed."""
    return (
        case.follow_up_on is None
        and case.events.filter(kind=EventKind.FOLLOW_UP_CONCLUDED).exists()
    )


def open_one(
    case: Case,
    kind: str,
    event: CaseEvent,
    *,
    side: str,
    owed_by: str,
    due_on: date | None = None,
) -> Deadline:
    """Open a deadline about one request or report; the caller holds the case's lock.

    Args:
        side: the only side that learns of it.
        due_on: the day that was given; None: by the length of the rule.
    """
    opened_on = local_date(event.at, settings.TIME_ZONE)
    rule = rules.load(case.rule_set).deadline(kind)
    if due_on is None:
        due_on = compute(rule, opened_on, calendar=calendar()).due_on
    row = Deadline.objects.create(
        case=case,
        kind=kind,
        owed_by=owed_by,
        opened_on=opened_on,
        opened_by_event=event.sequence,
        target_on=due_on,
        due_on=due_on,
        side=side,
    )
    _save_next(case)
    return row


def end_one(case: Case, item: Deadline, *, is_met: bool = True) -> None:
    """End a deadline about one request or report; the caller holds the case's lock."""
    _end(item, "met_on" if is_met else "cancelled_on", today())
    _save_next(case)


def usual_day(rule: DeadlineRule) -> date:
    """Return the day on which a deadline of this rule would be due if it began today."""
    return compute(rule, today(), calendar=calendar()).due_on


def _save_next(case: Case) -> None:
    _set_next(case, case.deadlines.open())
    case.save(update_fields=["next_due_on", "next_due_kind"])


def _opening(
    case: Case, rule: DeadlineRule, opened_on: date, event: CaseEvent, days: WorkCalendar
) -> Deadline:
    due_on = compute(rule, opened_on, calendar=days).due_on
    if rule.kind == "follow_up" and case.follow_up_on:
        due_on = case.follow_up_on
    return Deadline(
        case=case,
        kind=rule.kind,
        owed_by=rule.owed_by,
        opened_on=opened_on,
        opened_by_event=event.sequence,
        target_on=due_on,
        due_on=due_on,
    )


def _end(item: Deadline | None, column: str, day: date) -> None:
    if item:
        setattr(item, column, day)
        item.save(update_fields=[column])


def _set_next(case: Case, running: Iterable[Deadline]) -> None:
    shared = (item for item in running if item.kind != FOR_OFFICERS)
    nearest = min(shared, key=lambda item: (item.due_on, item.pk), default=None)
    case.next_due_on = nearest.due_on if nearest else None
    case.next_due_kind = nearest.kind if nearest else ""


def recompute(case: Case, items: Iterable[Deadline] | None = None) -> None:
    """Compute due dates anew from the ledger and set what is due next; the caller saves the
    case."""
    days = calendar()
    for item in items if items is not None else case.deadlines.open():
        due_on = explain(item, days=days).due_on
        if due_on != item.due_on:
            item.due_on = due_on
            item.save(update_fields=["due_on"])
    _set_next(case, case.deadlines.open())


def restore(case: Case, *, since: int, taken_back: Iterable[tuple[int, int]] = ()) -> int:
    """Put the deadlines back as they ran before a step that is taken back; return how many changed.

    What a rule opened from then on lapses; what ran before and was ended runs again, to its old
    day. Requests, questions and the like run again where nobody has answered them.

    Args:
        since: the number of the event with which the step began; the caller holds the lock.
        taken_back: first and last number of what was taken back before: it never happened.
    """
    rule_set = rules.load(case.rule_set)
    ran: set[str] = set()
    day = today()
    for event in case.events.filter(sequence__lt=since).order_by("sequence"):
        if any(first <= event.sequence <= last for first, last in taken_back):
            continue
        outcome = event.data.get("outcome", case.outcome)
        effects = effects_of(rule_set, event.kind, outcome=outcome)
        ran -= {rule.kind for rule in (*effects.met, *effects.lapsed)}
        ran |= {rule.kind for rule in (*effects.opened, *effects.restarted)}
    began = case.events.filter(sequence=since).values_list("at", flat=True).first()
    rows = list(case.deadlines.order_by("opened_by_event", "pk"))
    changed = 0
    for item in rows:
        if item.is_open and item.kind not in ABOUT_SOMETHING and item.opened_by_event >= since:
            _end(item, "cancelled_on", day)
            changed += 1
    again = {item.kind: item for item in rows if item.opened_by_event < since}
    for item in rows:
        is_rule = item.kind in ran - ABOUT_SOMETHING and item is again.get(item.kind)
        if item.is_open or not (is_rule or _waits_still(item, began)):
            continue
        item.met_on = item.cancelled_on = None
        item.save(update_fields=["met_on", "cancelled_on"])
        changed += 1
    recompute(case)
    case.save(update_fields=["next_due_on", "next_due_kind"])
    return changed


OWNERS = ("request", "consultation", "proceeding", "lapse_notice", "recall")


def _waits_still(item: Deadline, since: datetime | None) -> bool:
    """Tell whether a deadline about something lapsed with a step, and nobody has answered."""
    if item.kind not in ABOUT_SOMETHING or item.cancelled_on is None or since is None:
        return False
    if item.cancelled_on < local_date(since, settings.TIME_ZONE):
        return False
    for name in OWNERS:
        owner = getattr(item, name, None)
        if owner is not None:
            return bool(getattr(owner, "is_open", True))
    return False


def with_ledger() -> Prefetch:
    """Return the prefetch of deadlines with their extensions, for pages that explain them."""
    return Prefetch("deadlines", Deadline.objects.prefetch_related("extensions"))


def explain(
    item: Deadline, *, days: WorkCalendar | None = None, to_parties: bool = False
) -> Computed:
    """Return the due date of a deadline with the steps that lead to it.

    Args:
        to_parties: both sides read it, so a pause for somebody's safety names no reason: the other
            side would learn that somebody is afraid of it.
    """
    case = item.case
    if item.kind == "follow_up" and case.follow_up_on:
        return Computed(due_on=case.follow_up_on, steps=())
    return compute(
        length_of(item),
        item.opened_on,
        calendar=days or calendar(),
        pauses=[
            Paused(pause.since, pause.until, _reason(pause, to_parties=to_parties))
            for pause in case.pauses.all()
            if item.kind not in RUN_THROUGH_PAUSES
        ],
        extensions=[Extended(more.length, more.unit) for more in item.extensions.all()],
        today=today(),
    )


def length_of(item: Deadline) -> DeadlineRule | Length:
    """Return how long a deadline runs: by its rule, or to the day that a request gave."""
    if item.kind in WITH_A_DAY:
        return Length((item.target_on - item.opened_on).days, "days")
    return rules.load(item.case.rule_set).deadline(item.kind)


def _reason(pause: Pause, *, to_parties: bool) -> str:
    if to_parties and pause.reason == PauseReason.SAFETY:
        return ""
    return str(pause.get_reason_display())


def standing_of(item: Deadline, *, on: date | None = None, is_paused: bool = False) -> Standing:
    """Return how a deadline stands on a day of the NCP's calendar (today)."""
    rule = rules.load(item.case.rule_set).deadline(item.kind)
    return standing(
        item.due_on,
        today=on or today(),
        reminders=rule.reminders,
        met_on=item.met_on,
        is_paused=is_paused and item.kind not in RUN_THROUGH_PAUSES,
    )


def standing_of_case(case: Case, *, on: date) -> Standing | None:
    """Return how the next deadline of a case stands, from the case's own row; None: nothing is
    due."""
    if case.next_due_on is None:
        return None
    rule = rules.load(case.rule_set).deadline(case.next_due_kind)
    return standing(case.next_due_on, today=on, reminders=rule.reminders)
