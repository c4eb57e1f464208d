"""When something is due, computed from the ledger and explained step by step. No database.

The ledger of a deadline is its rule, the day it was opened, the pauses of the case and the
deadline's own extensions. The same ledger and calendar always give the same date.
"""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

from django.db.models import TextChoices
from django.utils.formats import date_format
from django.utils.translation import gettext, ngettext, override
from django.utils.translation import gettext_lazy as _

from cases.calendar import WorkCalendar, add_months
from cases.ruleset import DeadlineRule, Length


class Standing(TextChoices):
    ON_TIME = "on_time", _("On time")
    SOON = "soon", _("Due soon")
    OVERDUE = "overdue", _("Overdue")
    MET = "met", _("Done")
    PAUSED = "paused", _("Paused")


@dataclass(frozen=True)
class Paused:
    """The clock stood from `since` until `until`, the day it ran again; None: it still stands."""

    since: dt.date
    until: dt.date | None = None
    reason: str = ""


@dataclass(frozen=True)
class Extended:
    """More time: `length` in `unit` (months, days, working_days)."""

    length: int
    unit: str


@dataclass(frozen=True)
class Ran:
    """Step: the rule's own length, counted from the day it was opened."""

    length: Length
    opened_on: dt.date

    def __str__(self) -> str:
        values = {"length": length_text(self.length), "date": day_text(self.opened_on)}
        return gettext("%(length)s from %(date)s") % values


@dataclass(frozen=True)
class Prolonged:
    """Step: `count` extensions of the same length."""

    count: int
    length: Length

    def __str__(self) -> str:
        values = {"count": self.count, "length": length_text(self.length)}
        return (
            ngettext(
                "%(count)s extension of %(length)s",
                "%(count)s extensions of %(length)s",
                self.count,
            )
            % values
        )


@dataclass(frozen=True)
class Stood:
    """Step: the clock stood still, by so many days or working days."""

    length: Length
    reason: str

    def __str__(self) -> str:
        values = {"length": length_text(self.length), "reason": self.reason}
        if self.reason:
            return gettext("paused %(length)s (%(reason)s)") % values
        return gettext("paused %(length)s") % values


@dataclass(frozen=True)
class Stands:
    """Step: the clock stands still now."""

    since: dt.date
    reason: str

    def __str__(self) -> str:
        values = {"date": day_text(self.since), "reason": self.reason}
        if self.reason:
            return gettext("paused since %(date)s (%(reason)s)") % values
        return gettext("paused since %(date)s") % values


@dataclass(frozen=True)
class Moved:
    """Step: the last day was no working day, so the next one counts."""

    day: dt.date

    def __str__(self) -> str:
        return str(MOVED_FROM[self.day.weekday()])


MOVED_FROM = (
    _("moved from a Monday that is a holiday"),
    _("moved from a Tuesday that is a holiday"),
    _("moved from a Wednesday that is a holiday"),
    _("moved from a Thursday that is a holiday"),
    _("moved from a Friday that is a holiday"),
    _("moved from a Saturday"),
    _("moved from a Sunday"),
)

Step = Ran | Prolonged | Stood | Stands | Moved


@dataclass(frozen=True)
class Computed:
    """The due date, the steps that led to it, and whether the clock stands still now.

    While it stands, `due_on` is the date that would hold if the clock ran again today.
    """

    due_on: dt.date
    steps: tuple[Step, ...]
    is_paused: bool = False

    def explain(self, language: str | None = None) -> str:
        """All steps in one sentence, in `language` or the active one.

        "3 months from 12 March 2026; paused 14 days (translation); 1 extension of 1 month; moved
        from a Saturday; due 29 July 2026".
        """
        if language is None:
            return self._sentence()
        with override(language):
            return self._sentence()

    def __str__(self) -> str:
        return self._sentence()

    def _sentence(self) -> str:
        values = {"date": day_text(self.due_on)}
        if self.is_paused:
            last = gettext("would be due %(date)s if it ran again today") % values
        else:
            last = gettext("due %(date)s") % values
        return "; ".join([*(str(step) for step in self.steps), last])


def compute(
    rule: DeadlineRule | Length,
    opened_on: dt.date,
    *,
    calendar: WorkCalendar,
    pauses: Iterable[Paused] = (),
    extensions: Sequence[Extended] = (),
    today: dt.date | None = None,
) -> Computed:
    """When a deadline of this rule is due.

    Months are counted together (31 January and 1 + 1 months is 31 March), then days, then working
    days. A pause counts from the later of its start and the opening, and not at all once the
    deadline has passed; days in two pauses count once. A deadline in working days stands still
    by working days, every other by calendar days. A last day that is no working day moves to the
    next working day. `today` is needed for a pause that has no end yet; without it, such a pause
    adds no days.
    """
    own = Length(rule.length, rule.unit)
    steps: list[Step] = [Ran(own, opened_on)]
    more = [Length(extension.length, extension.unit) for extension in extensions]
    steps += [Prolonged(len(list(same)), length) for length, same in groupby(more)]
    due_on = _add(opened_on, [own, *more], calendar)

    in_working_days = own.unit == "working_days"
    is_paused = False
    counted_until = opened_on
    for pause in sorted(pauses, key=lambda pause: (pause.since, pause.until or dt.date.max)):
        start = max(pause.since, counted_until)
        end = pause.until or max(today or start, start)
        if start > calendar.working_day_from(due_on):
            continue
        if pause.until is None:
            is_paused = today is None or pause.since <= today
        if end <= start and pause.until is not None:
            continue
        if in_working_days:
            stood = Length(calendar.working_days_between(start, end), "working_days")
            due_on = calendar.add_working_days(due_on, stood.length)
        else:
            stood = Length((end - start).days, "days")
            due_on += dt.timedelta(days=stood.length)
        counted_until = max(counted_until, end)
        if pause.until is None:
            steps.append(Stands(pause.since, pause.reason))
        elif stood.length:
            steps.append(Stood(stood, pause.reason))

    working = calendar.working_day_from(due_on)
    if working != due_on:
        steps.append(Moved(due_on))
    return Computed(due_on=working, steps=tuple(steps), is_paused=is_paused)


def standing(
    due_on: dt.date,
    *,
    today: dt.date,
    reminders: Sequence[int] = (),
    met_on: dt.date | None = None,
    is_paused: bool = False,
) -> Standing:
    """How a deadline stands on `today`, a date in the NCP's time zone.

    The due day itself is on time; "soon" begins with the first reminder (days before).
    """
    if met_on is not None:
        return Standing.MET
    if is_paused:
        return Standing.PAUSED
    if today > due_on:
        return Standing.OVERDUE
    if (due_on - today).days <= max(reminders, default=0):
        return Standing.SOON
    return Standing.ON_TIME


def length_text(length: Length) -> str:
    """ "3 months", "1 day", "10 working days" in the active language."""
    if length.unit == "months":
        text = ngettext("%(count)s month", "%(count)s months", length.length)
    elif length.unit == "days":
        text = ngettext("%(count)s day", "%(count)s days", length.length)
    else:
        text = ngettext("%(count)s working day", "%(count)s working days", length.length)
    return text % {"count": length.length}


def day_text(day: dt.date) -> str:
    """ "12 March 2026" in the active language, the month in the case that goes with a day."""
    return date_format(day, "j E Y")


def _add(day: dt.date, lengths: Sequence[Length], calendar: WorkCalendar) -> dt.date:
    def total(unit: str) -> int:
        return sum(length.length for length in lengths if length.unit == unit)

    day = add_months(day, total("months")) + dt.timedelta(days=total("days"))
    return calendar.add_working_days(day, total("working_days"))
