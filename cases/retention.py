"""How long a case is kept: the rules, read from a file, and which of them holds for a case."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cases.ruleset import LANGUAGES, Text
from cases.workflow import OPEN_STATES, NotRegisteredReason, Outcome, State

if TYPE_CHECKING:
    from cases.models import Case

MOMENTS = ("ended_at", "closed_at", "received_at")

LABELS = {
    "spam": _("Spam"),
    "not_registered": _("Not registered"),
    "withdrawn_before_service": _("Withdrawn before the enterprise was told"),
    "closed": _("Closed with a published statement"),
    "closed_by_agreement": _("Closed with an agreement"),
}


class BadRetention(ImproperlyConfigured):
    """The file with the rules of retention cannot be used; says which line and why."""


@dataclass(frozen=True)
class Rule:
    """One rule: for which cases, from which moment, how many months, on which legal basis."""

    code: str
    states: frozenset[str]
    outcomes: frozenset[str]
    reasons: frozenset[str]
    moment: str
    months: int
    keeps_names: bool
    legal_basis: Text
    to_confirm: bool

    @property
    def label(self) -> str:
        return str(LABELS.get(self.code, self.code.replace("_", " ")))

    def fits(self, case: Case) -> bool:
        """Tell whether the rule is about this case."""
        return (
            case.state in self.states
            and (not self.outcomes or case.outcome in self.outcomes)
            and (not self.reasons or case.not_registered_reason in self.reasons)
            and getattr(case, self.moment) is not None
        )

    def ends_on(self, case: Case) -> date:
        """Return the first day on which a fitting case is kept no longer."""
        return months_after(timezone.localtime(getattr(case, self.moment)).date(), self.months)

    def latest(self, on: date) -> datetime:
        """Return the moment before which a case must have ended to be due on a day."""
        day = months_after(on, -self.months)
        return datetime.combine(day, time.max, tzinfo=timezone.get_current_timezone())


@dataclass(frozen=True)
class Retention:
    rules: tuple[Rule, ...]
    readings_months: int
    checks_months: int
    to_confirm: bool

    def rule_for(self, case: Case) -> Rule | None:
        """Return the rule that keeps a case longest, or None where no rule is about it: it is
        kept."""
        if case.is_archived:
            return None  # nothing in it but what was published
        fitting = [rule for rule in self.rules if rule.fits(case)]
        return max(fitting, key=lambda rule: rule.ends_on(case), default=None)

    def rule(self, code: str) -> Rule | None:
        return next((rule for rule in self.rules if rule.code == code), None)


def months_after(day: date, months: int) -> date:
    """Return the same day some months later (or earlier), the last of the month where it has no
    such day."""
    from calendar import monthrange

    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def load() -> Retention:
    """Return the rules in force (`RETENTION_FILE`, or the one that comes with the system).

    Raises:
        BadRetention: the file is missing or says something that is not understood.
    """
    named = getattr(settings, "RETENTION_FILE", "")
    return read(Path(named) if named else Path(__file__).with_name("retention.toml"))


@lru_cache(maxsize=4)
def read(path: Path) -> Retention:
    """Read one file of rules."""
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadRetention(f"{path.name} cannot be read: {error}") from error
    rules = tuple(_rule(row) for row in data.get("rule", []))
    if len({rule.code for rule in rules}) != len(rules):
        raise BadRetention("Two rules of retention have the same code.")
    log = data.get("log", {})
    months = log.get("readings_months", 60)
    if not isinstance(months, int) or months < 12:
        raise BadRetention("log.readings_months must be 12 or more.")
    return Retention(
        rules, months, int(log.get("checks_months", 24)), bool(log.get("to_confirm", True))
    )


def _text(code: str, value: Any) -> Text:
    """Return a wording in three languages; one that is given once is that of all."""
    if isinstance(value, str):
        return Text(value, value, value)
    if not isinstance(value, dict) or set(value) != set(LANGUAGES):
        raise BadRetention(f"{code}: legal_basis is a text or has {', '.join(LANGUAGES)}.")
    return Text(**{language: str(value[language]) for language in LANGUAGES})


def _rule(row: dict[str, Any]) -> Rule:
    code = str(row.get("code", "?"))
    known = {
        "code", "states", "outcomes", "reasons", "from", "months", "keeps_names", "legal_basis",
        "to_confirm",
    }  # fmt: skip
    if set(row) - known:
        raise BadRetention(f"{code}: not understood: {', '.join(sorted(set(row) - known))}.")
    over = {str(state) for state in State} - OPEN_STATES
    for name, allowed in (
        ("states", over),
        ("outcomes", {str(item) for item in Outcome}),
        ("reasons", {str(item) for item in NotRegisteredReason}),
    ):
        wrong = set(row.get(name, [])) - {str(item) for item in allowed}
        if wrong:
            raise BadRetention(f"{code}: {name} has no {', '.join(sorted(wrong))}.")
    if not row.get("states") or row.get("from") not in MOMENTS:
        raise BadRetention(f"{code}: states and from ({', '.join(MOMENTS)}) are needed.")
    if not isinstance(row.get("months"), int) or row["months"] < 1:
        raise BadRetention(f"{code}: months must be a number from 1.")
    return Rule(
        code,
        frozenset(row["states"]),
        frozenset(row.get("outcomes", [])),
        frozenset(row.get("reasons", [])),
        row["from"],
        row["months"],
        bool(row.get("keeps_names", False)),
        _text(code, row.get("legal_basis", "")),
        bool(row.get("to_confirm", True)),
    )
