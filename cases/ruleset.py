"""What a rule set holds: deadlines, criteria, reasons, who decides. Read by `cases.rules`."""

from collections.abc import Collection
from dataclasses import dataclass

from django.utils.translation import get_language

LANGUAGES = ("en", "ru", "kk")
LAPSES_WITH = ("case.not_registered", "case.withdrawn", "case.closed")


@dataclass(frozen=True)
class Text:
    """One wording in each language of the site; `str()` gives that of the active language."""

    en: str
    ru: str
    kk: str

    def in_language(self, language: str | None = None) -> str:
        """The wording in `language` ("ru", "ru-kz"); English where the language is another."""
        code = (language or get_language() or "en").split("-")[0]
        return getattr(self, code) if code in LANGUAGES else self.en

    def __str__(self) -> str:
        return self.in_language()


@dataclass(frozen=True)
class Length:
    """A stretch of time: `length` in `unit` (months, days or working_days)."""

    length: int
    unit: str


@dataclass(frozen=True)
class UsualExtension(Length):
    """How often (`times`) and by how much a rule allows its deadline to be extended."""

    times: int


@dataclass(frozen=True)
class Lengthening(Length):
    """By how much `event` lengthens a deadline that is open when it happens."""

    event: str


@dataclass(frozen=True)
class DeadlineRule:
    """When a deadline opens, how long it runs, what meets it, and who owes it.

    `reminders` are days before, `escalation` days after the due date. `lapses` are events that end
    the deadline unmet; `restarts` begin it again. `condition` names a fact of the case
    ("coordination", "formal_mediation") without which the deadline does not open; `outcomes`
    limits it to cases with one of them. `public` deadlines are shown to the parties.
    """

    kind: str
    label: Text
    starts: tuple[str, ...]
    ends: tuple[str, ...]
    length: int
    unit: str
    owed_by: str
    legal_basis: Text
    reminders: tuple[int, ...] = ()
    escalation: tuple[int, ...] = ()
    public: bool = True
    to_confirm: bool = False
    enabled: bool = True
    condition: str = ""
    outcomes: tuple[str, ...] = ()
    lapses: tuple[str, ...] = LAPSES_WITH
    restarts: tuple[str, ...] = ()
    lengthened: tuple[Lengthening, ...] = ()
    extension: UsualExtension | None = None

    @property
    def owed_by_parties(self) -> frozenset[str]:
        """The sides that owe it: none, one or both of "complainant" and "respondent"."""
        return frozenset(
            side for side in ("complainant", "respondent") if self.owed_by in (side, "both")
        )


@dataclass(frozen=True)
class Criterion:
    """A question that the initial assessment answers for every issue."""

    code: str
    title: Text
    question: Text


@dataclass(frozen=True)
class Reason:
    """Why a message was not registered as a specific instance."""

    code: str
    label: Text


@dataclass(frozen=True)
class DecisionRule:
    """Who decides: one officer, two persons, or a vote of the members.

    `majority` counts votes for: "simple" more than half of those cast, "absolute" more than half
    of all members, "two_thirds" at least that share of those cast. `alternates`: a named
    alternate may vote in a member's place. `casting_vote`: at a tie the chair's voice decides.
    `consensus`: members who are together may agree without a vote. `written`: ballots may be
    asked for in writing until a day, at least `written_days` working days ahead. `dissent`: "none",
    "recorded" for the NCP alone, or "published" where the member wishes. `votes_shown_to`: the
    parties read nothing ("ncp"), how many voices ("counts") or whose ("names").
    `deciders_shown`: the parties read who decides by name ("names") or by seat ("seats").
    `challenge_days`: for so many working days the others wait for the reply of somebody whose
    impartiality is challenged.
    """

    by: str
    quorum: int
    majority: str = "simple"
    alternates: bool = False
    to_confirm: bool = False
    casting_vote: bool = False
    consensus: bool = False
    written: bool = True
    written_days: int = 5
    dissent: str = "recorded"
    votes_shown_to: str = "ncp"
    deciders_shown: str = "names"
    challenge_days: int = 5

    def is_carried(
        self, *, votes_for: int, votes_against: int, members: int, chair: str = ""
    ) -> bool:
        """Whether a vote with this result carries. Abstentions are not cast; a tie fails.

        Args:
            chair: how the chair voted ("for", "against" or ""), for a rule with a casting vote.
        """
        if votes_for + votes_against == 0:
            return False
        if self.majority == "absolute":
            return 2 * votes_for > members
        if self.majority == "two_thirds":
            return 3 * votes_for >= 2 * (votes_for + votes_against)
        if self.is_decided_by_chair(votes_for=votes_for, votes_against=votes_against, chair=chair):
            return chair == "for"
        return votes_for > votes_against

    def is_decided_by_chair(self, *, votes_for: int, votes_against: int, chair: str) -> bool:
        """Whether it is a tie that the chair's voice decides."""
        return self.casting_vote and votes_for == votes_against > 0 and chair in ("for", "against")


@dataclass(frozen=True)
class Effects:
    """What one event does to the deadlines of a case.

    An opened rule whose kind is open already stays as it is; `restarted` ones run anew from the
    event; `lengthened` pairs a rule with the length to add.
    """

    opened: tuple[DeadlineRule, ...]
    met: tuple[DeadlineRule, ...]
    lapsed: tuple[DeadlineRule, ...]
    restarted: tuple[DeadlineRule, ...]
    lengthened: tuple[tuple[DeadlineRule, Length], ...]


@dataclass(frozen=True)
class RuleSet:
    """One version of one rule set. `name` ("kz@1") is what a case keeps."""

    id: str
    version: int
    title: Text
    edition: str
    deadlines: tuple[DeadlineRule, ...]
    criteria: tuple[Criterion, ...]
    not_registered: tuple[Reason, ...]
    decision: DecisionRule
    allows_examination: bool
    allows_determinations: bool
    allows_review: bool
    open_cases_listed_from: str
    extends: str = ""
    options_to_confirm: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        return f"{self.id}@{self.version}"

    @property
    def lists_open_cases(self) -> bool:
        return bool(self.open_cases_listed_from)

    def deadline(self, kind: str) -> DeadlineRule:
        """The rule of this kind, switched on or not. Raises KeyError where there is none."""
        return {rule.kind: rule for rule in self.deadlines}[kind]

    def criterion(self, code: str) -> Criterion:
        """The criterion with this code. Raises KeyError where there is none."""
        return {item.code: item for item in self.criteria}[code]

    def reason(self, code: str) -> Reason:
        """The reason for not registering with this code. Raises KeyError where there is none."""
        return {item.code: item for item in self.not_registered}[code]

    def deadlines_opened_by(
        self, event_kind: str, *, conditions: Collection[str] = (), outcome: str = ""
    ) -> tuple[DeadlineRule, ...]:
        """Rules whose clock this event starts in a case with these conditions and outcome."""
        return tuple(
            rule
            for rule in self._enabled
            if event_kind in rule.starts
            and (not rule.condition or rule.condition in conditions)
            and (not rule.outcomes or outcome in rule.outcomes)
        )

    def deadlines_met_by(self, event_kind: str) -> tuple[DeadlineRule, ...]:
        return tuple(rule for rule in self.deadlines if event_kind in rule.ends)

    def deadlines_lapsed_by(self, event_kind: str) -> tuple[DeadlineRule, ...]:
        return tuple(
            rule
            for rule in self.deadlines
            if event_kind in rule.lapses and event_kind not in rule.ends
        )

    def effects_of(
        self, event_kind: str, *, conditions: Collection[str] = (), outcome: str = ""
    ) -> Effects:
        """Everything that this event does to the deadlines of a case."""
        return Effects(
            opened=self.deadlines_opened_by(event_kind, conditions=conditions, outcome=outcome),
            met=self.deadlines_met_by(event_kind),
            lapsed=self.deadlines_lapsed_by(event_kind),
            restarted=tuple(rule for rule in self.deadlines if event_kind in rule.restarts),
            lengthened=tuple(
                (rule, Length(more.length, more.unit))
                for rule in self.deadlines
                for more in rule.lengthened
                if more.event == event_kind
            ),
        )

    @property
    def to_confirm(self) -> tuple[str, ...]:
        """Names of all that must be checked against the official text before relying on it."""
        return (
            *(f"deadline.{rule.kind}" for rule in self.deadlines if rule.to_confirm),
            *(f"options.{name}" for name in self.options_to_confirm),
            *(("decision",) if self.decision.to_confirm else ()),
        )

    @property
    def _enabled(self) -> tuple[DeadlineRule, ...]:
        return tuple(rule for rule in self.deadlines if rule.enabled)
