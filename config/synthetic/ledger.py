"""The deadlines of one case in memory: what `cases.services.deadlines.follow` does with rows."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from functools import cache

from cases import rules
from cases.calendar import WorkCalendar
from cases.kinds import EventKind
from cases.ruleset import DeadlineRule, Effects
from cases.services.deadlines import ABOUT_SOMETHING, effects_of
from cases.timeframes import Extended, Paused, compute


class Days:
    """The calendar, today, and due dates that were computed before: most cases share them."""

    def __init__(self, calendar: WorkCalendar, today: date) -> None:
        self.calendar, self.today = calendar, today
        self._known: dict[tuple[int, str, date], date] = {}

    def due(self, rule: DeadlineRule, opened_on: date) -> date:
        key = (rule.length, rule.unit, opened_on)
        if key not in self._known:
            self._known[key] = compute(rule, opened_on, calendar=self.calendar).due_on
        return self._known[key]


@dataclass
class Entry:
    """One deadline; `sequence` is the number of the event that opened it."""

    kind: str
    owed_by: str
    opened_on: date
    sequence: int
    due_on: date
    target_on: date
    met_on: date | None = None
    cancelled_on: date | None = None
    extensions: list[Extended] = field(default_factory=list)

    @property
    def is_open(self) -> bool:
        return self.met_on is None and self.cancelled_on is None


class Ledger:
    """Opens, meets and lapses deadlines as the rule set says."""

    def __init__(self, rule_set: str, days: Days) -> None:
        self.rules, self.days = rules.load(rule_set), days
        self.entries: list[Entry] = []
        self.pauses: list[Paused] = []
        self.is_followed_up = False

    def open(self) -> list[Entry]:
        return [item for item in self.entries if item.is_open]

    def follow(self, kind: str, sequence: int, day: date, *, outcome: str) -> None:
        """Take an event of the history into account."""
        self.is_followed_up |= kind == EventKind.FOLLOW_UP_CONCLUDED
        effects = _effects(self.rules.name, kind, outcome)
        if effects is None:
            return
        running = {item.kind: item for item in self.open()}
        for rule in effects.met:
            if item := running.pop(rule.kind, None):
                item.met_on = day
        for rule in (*effects.lapsed, *effects.restarted):
            if item := running.pop(rule.kind, None):
                item.cancelled_on = day
        for rule in (*effects.opened, *effects.restarted):
            if rule.kind in running or rule.kind in ABOUT_SOMETHING:
                continue
            if rule.kind == "follow_up" and self.is_followed_up:
                continue
            due_on = self.days.due(rule, day)
            running[rule.kind] = Entry(rule.kind, rule.owed_by, day, sequence, due_on, due_on)
            self.entries.append(running[rule.kind])

    def pause(self, since: date, until: date | None) -> None:
        """Let the clock stand; everything that is open moves by the time that it stood."""
        self.pauses.append(Paused(since, until))
        for item in self.open():
            self._compute(item)

    def extend(self, item: Entry, length: int, unit: str) -> None:
        item.extensions.append(Extended(length, unit))
        self._compute(item)

    def next_due(self) -> Entry | None:
        return min(self.open(), key=lambda item: item.due_on, default=None)

    def _compute(self, item: Entry) -> None:
        item.due_on = compute(
            self.rules.deadline(item.kind),
            item.opened_on,
            calendar=self.days.calendar,
            pauses=self.pauses,
            extensions=item.extensions,
            today=self.days.today,
        ).due_on


@cache
def _effects(rule_set: str, kind: str, outcome: str) -> Effects | None:
    """Return what an event does to the deadlines of any case, or None for nothing."""
    found = effects_of(rules.load(rule_set), kind, outcome=outcome)
    if any((found.opened, found.met, found.lapsed, found.restarted, found.lengthened)):
        return found
    return None
