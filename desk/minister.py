"""A page for the minister: where the cases stand, what is late, what comes. It says nothing of a
case that the public file would not, but for its state; an internal one says why it is late."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typst
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override

from accounts.roles import Role
from cases import dossier, permissions, rules
from cases.disclosure import Audience, disclosed_parties
from cases.models.party import Side
from cases.models.timeframe import PauseReason
from cases.services import deadlines
from cases.timeframes import Standing
from cases.workflow import State
from office.current import current

if TYPE_CHECKING:
    from accounts.models import User
    from cases.models import Case, Deadline

PARTS = ("parties", "conflicts", "participations", "deadlines", "deadlines.extensions", "pauses")
LONGEST = 24
"""Rows of cases that fit on one page of paper; the rest is counted."""
MOST = 500


@dataclass(frozen=True)
class Row:
    """One case: nothing in it that the reader may not know."""

    reference: str
    name: str
    state: str
    stands: str
    comes: str
    is_late: bool
    due_on: date | None
    pk: Any


@dataclass(frozen=True)
class Brief:
    """The page: counts first, then the cases, the late ones on top."""

    day: date
    is_internal: bool
    counts: tuple[tuple[str, int], ...]
    late: int
    paused: int
    total: int
    rows: tuple[Row, ...]
    left_out: int


def may_read_internal(user: User) -> bool:
    """Officers and members may have the internal page; what they do not see is not on it."""
    return user.has_role(Role.OFFICER, Role.DECISION_MAKER)


def read(cases: Iterable[Case], user: User, *, internal: bool) -> Brief:
    """Put the page together from cases that the person sees.

    Args:
        internal: with the reasons that the parties were told and with names that are not public
            yet, of cases that the person reads in full. Withheld names stand on no page.
    """
    loaded = dossier.load(list(cases)[:MOST], parts=PARTS)
    today = deadlines.today()
    rows, paused = [], 0
    states: Counter[str] = Counter()
    for case in loaded:
        states[str(State(case.state).label)] += 1
        is_paused = any(row.until is None for row in case.pauses.all())
        paused += is_paused
        reads_all = internal and _reads_all(case, user)
        rows.append(_row(case, today, is_paused=is_paused, reads_all=reads_all))
    rows.sort(key=lambda row: (not row.is_late, row.due_on or date.max, row.reference))
    return Brief(
        day=today,
        is_internal=internal,
        counts=tuple(states.most_common()),
        late=sum(row.is_late for row in rows),
        paused=paused,
        total=len(rows),
        rows=tuple(rows[:LONGEST]),
        left_out=max(len(rows) - LONGEST, 0),
    )


def _reads_all(case: Case, user: User) -> bool:
    if user.has_role(Role.OFFICER):
        return True
    return permissions.has_declared_no_conflict(case, user)


def _row(case: Case, today: date, *, is_paused: bool, reads_all: bool) -> Row:
    due = _next(case, is_public=not reads_all)
    is_late = due is not None and due.due_on < today and not is_paused
    return Row(
        reference=case.reference or "–",
        name=_name(case, reads_all=reads_all),
        state=str(State(case.state).label),
        stands=_stands(case, due, today, is_paused=is_paused, reads_all=reads_all),
        comes=_comes(case, due),
        is_late=is_late,
        due_on=due.due_on if due else None,
        pk=case.pk,
    )


def _next(case: Case, *, is_public: bool) -> Deadline | None:
    """Return what is due next; a report of pressure is on no page."""
    rule_set = rules.load(case.rule_set)
    rows = [
        row
        for row in case.deadlines.all()
        if row.is_open and row.kind != deadlines.FOR_OFFICERS and not row.side
    ]
    if is_public:
        rows = [row for row in rows if rule_set.deadline(row.kind).public]
    return min(rows, key=lambda row: row.due_on, default=None)


def _name(case: Case, *, reads_all: bool) -> str:
    """Return the enterprises: as the public may know them, and before they were told none."""
    if not case.is_served and not case.is_archived and not reads_all:
        return _("An enterprise that is not named")
    shown = disclosed_parties(case, Audience.NCP if reads_all else Audience.PUBLIC)
    names = [row.name for row in shown if row.side == Side.RESPONDENT and not row.is_pseudonym]
    return "; ".join(names) or _("An enterprise that is not named")


def _stands(
    case: Case, due: Deadline | None, today: date, *, is_paused: bool, reads_all: bool
) -> str:
    if is_paused:
        pause = next(row for row in case.pauses.all() if row.until is None)
        why = "" if pause.reason == PauseReason.SAFETY else str(pause.get_reason_display())
        since = date_format(pause.since, "j E Y")
        if why:
            return _("The clock stands since %(day)s: %(why)s") % {"day": since, "why": why}
        return _("The clock stands since %(day)s") % {"day": since}
    if due is None:
        return _("Nothing is due")
    if due.due_on >= today:
        return str(Standing.ON_TIME.label)
    days = (today - due.due_on).days
    late = ngettext("Late by %(n)s day", "Late by %(n)s days", days) % {"n": days}
    due.case = case
    if reads_all and due.overdue_reason:
        return f"{late}: {due.overdue_reason}"
    return late


def _comes(case: Case, due: Deadline | None) -> str:
    if due is None:
        if case.follow_up_on:
            return _("Follow-up on %(day)s") % {"day": date_format(case.follow_up_on, "j E Y")}
        return "–"
    label = str(rules.load(case.rule_set).deadline(due.kind).label)
    return f"{label}: {date_format(due.due_on, 'j E Y')}"


TEMPLATE = Path(__file__).parent / "minister.typ"


def as_pdf(brief: Brief, *, language: str) -> bytes:
    """Return the page as PDF/UA-1; the texts come in the active language."""
    with override(language):
        data = {
            "language": language.split("-")[0],
            "publisher": current().name(language),
            "title": _("Brief: where the cases stand"),
            "day": date_format(brief.day, "j E Y"),
            "mark": _("Internal. Not for publication.") if brief.is_internal else "",
            "figures": figures(brief),
            "heads": [
                str(text) for text in (_("Case"), _("State"), _("How it stands"), _("What comes"))
            ],
            "rows": [
                [f"{row.reference} {row.name}", row.state, row.stands, row.comes]
                for row in brief.rows
            ],
            "late": [row.is_late for row in brief.rows],
            "more": more(brief),
        }
    return typst.compile(
        str(TEMPLATE),
        sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
        pdf_standards=["ua-1"],
        ignore_system_fonts=True,
    )


def figures(brief: Brief) -> list[list[str]]:
    """Return the counts with their labels."""
    shown = [
        [_("Cases"), str(brief.total)],
        [_("Late"), str(brief.late)],
        [_("Clock stands"), str(brief.paused)],
    ]
    return [*shown, *([label, str(number)] for label, number in brief.counts)]


def more(brief: Brief) -> str:
    """Return how many cases are counted but have no row of their own, or ""."""
    if not brief.left_out:
        return ""
    text = ngettext("and %(n)s more case", "and %(n)s more cases", brief.left_out)
    return text % {"n": brief.left_out}
