"""How far a statement is: what is done, what comes next, what stands in the way."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from cases.kinds import EventKind
from cases.models.party import Side
from statements.models import CommentRound, LeakFinding, SignOff, Statement, Version

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime


def latest_versions(statement: Statement) -> dict[str, Version]:
    """Return the latest text of each language, the statement's own language first."""
    found: dict[str, Version] = {}
    for version in statement.versions.select_related("by").order_by("number"):
        found[version.language] = version
    for version in found.values():
        version.statement = statement
    return dict(sorted(found.items(), key=lambda item: item[0] != statement.language))


def open_findings(versions: Iterable[Version]) -> list[LeakFinding]:
    """Return what the leak check found in these versions and nobody has settled."""
    return list(
        LeakFinding.objects.filter(version__in=list(versions), overridden_at=None).select_related(
            "version"
        )
    )


def last_round(statement: Statement) -> CommentRound | None:
    """Return the newest comment round, open or closed."""
    return (
        statement.rounds.select_related("deadline")
        .prefetch_related("comments")
        .order_by("-number")
        .first()
    )


def sign_off_of(version: Version) -> SignOff | None:
    """Return the sign-off of exactly this version."""
    return version.sign_offs.select_related("by").order_by("-at").first()


@dataclass(frozen=True)
class Step:
    """One of the four steps. `why` says what stands in its way."""

    name: str
    label: Any
    is_done: bool
    is_next: bool


@dataclass(frozen=True)
class Standing:
    """Everything that the workshop shows of a statement's way, read once."""

    statement: Statement
    versions: dict[str, Version]
    round: CommentRound | None
    sign_offs: dict[str, SignOff]
    findings: tuple[LeakFinding, ...]
    split_at: datetime | None = None

    @property
    def has_text(self) -> bool:
        return self.statement.language in self.versions

    @property
    def is_heard(self) -> bool:
        """Tell whether a comment round was held and is closed."""
        return self.round is not None and not self.round.is_open

    @property
    def is_signed(self) -> bool:
        """Tell whether every language is signed off in its latest version and with this date.

        A correction needs a sign-off of its own, even of the same words; so does a case that lost
        a part to another one.
        """
        return bool(self.versions) and all(
            self._holds(self.sign_offs.get(language)) for language in self.versions
        )

    def _holds(self, signed: SignOff | None) -> bool:
        return (
            signed is not None
            and signed.follow_up_on == self.statement.follow_up_on
            and (
                self.statement.correcting_since is None
                or signed.at >= self.statement.correcting_since
            )
            and (self.split_at is None or signed.at > self.split_at or self.is_live)
        )

    @property
    def is_waiting_for_comments(self) -> bool:
        return self.round is not None and self.round.is_open

    @property
    def is_live(self) -> bool:
        """Tell whether it stands on the public register with nothing to correct."""
        return self.statement.is_published and not self.statement.is_at_work

    @property
    def steps(self) -> tuple[Step, ...]:
        sent = self.round is not None
        done = (
            ("draft", _("Draft"), sent),
            ("comments", _("Comments of both sides"), self.is_heard),
            ("sign_off", _("Sign-off"), self.is_heard and self.is_signed),
            ("publish", _("Publication"), self.is_live),
        )
        next_at = next((place for place, item in enumerate(done) if not item[2]), len(done))
        return tuple(
            Step(name, label, is_done, place == next_at)
            for place, (name, label, is_done) in enumerate(done)
        )

    @property
    def next_step(self) -> str:
        return next((step.name for step in self.steps if step.is_next), "")


def standing_of(statement: Statement) -> Standing:
    """Return how far a statement is."""
    versions = latest_versions(statement)
    signed = {
        language: found
        for language, version in versions.items()
        if (found := sign_off_of(version)) is not None
    }
    return Standing(
        statement=statement,
        versions=versions,
        round=last_round(statement),
        sign_offs=signed,
        findings=tuple(open_findings(versions.values())),
        split_at=statement.case.events.filter(kind=EventKind.CASE_SPLIT)
        .order_by("-sequence")
        .values_list("at", flat=True)
        .first(),
    )


def has_everybody_commented(round: CommentRound) -> bool:
    return {comment.side for comment in round.comments.all()} >= set(Side.values)


@dataclass(frozen=True)
class Line:
    """A line of a comparison: `change` is "", "added" or "removed"."""

    change: str
    text: str


def changes(before: str, after: str) -> list[Line]:
    """Return what changed between two texts, line by line; equal stretches are shortened."""
    old, new = before.splitlines(), after.splitlines()
    lines: list[Line] = []
    for what, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if what == "equal":
            kept = old[a:b]
            shown = kept if len(kept) <= 4 else [*kept[:1], "…", *kept[-1:]]
            lines += [Line("", text) for text in shown]
            continue
        lines += [Line("removed", text) for text in old[a:b] if text.strip()]
        lines += [Line("added", text) for text in new[c:d] if text.strip()]
    return lines if any(line.change for line in lines) else []


def changes_since_round(standing: Standing) -> dict[str, list[Line]]:
    """Return, by language, what was changed after both sides saw the draft."""
    if standing.round is None:
        return {}
    sent = {version.language: version for version in standing.round.versions.all()}
    found = {}
    for language, version in standing.versions.items():
        before = sent.get(language)
        if before is None:
            found[language] = [Line("added", line) for line in _whole(version).splitlines() if line]
        elif before.pk != version.pk:
            found[language] = changes(_whole(before), _whole(version))
    return {language: lines for language, lines in found.items() if lines}


def _whole(version: Version) -> str:
    return "\n".join(part for part in (version.title, version.summary, version.text) if part)
