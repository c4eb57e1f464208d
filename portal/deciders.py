"""What a side reads of those who decide in its case, and of how they decided."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from cases import rules
from cases.models import Case, Challenge
from cases.models.assessment import Ballot, DecisionState
from cases.services import conflicts, voting

if TYPE_CHECKING:
    from datetime import date, datetime
    from uuid import UUID

    from accounts.models import User


@dataclass(frozen=True)
class Decider:
    """Somebody who decides or runs the case, as far as the rule set names them."""

    id: UUID
    label: str


@dataclass(frozen=True)
class OwnChallenge:
    label: str
    reasons: str
    made_at: datetime
    reply_until: date | None  # the others wait until then
    decided_at: datetime | None
    is_upheld: bool | None
    answer: str


@dataclass(frozen=True)
class Decided:
    """How the issues were decided, as far as the rule set tells the parties."""

    on: datetime | None
    how: str
    counts: str = ""
    votes: list[str] = field(default_factory=list)


def deciders_of(case: Case) -> list[Decider]:
    """Return who decides: by name, or by seat where the rule set hides names."""
    people = conflicts.deciders(case)
    return [
        Decider(person.pk, label)
        for person, label in zip(people, _labels(case, people), strict=True)
    ]


def _labels(case: Case, people: list[User]) -> list[str]:
    is_named = rules.load(case.rule_set).decision.deciders_shown == "names"
    labels, number = [], 0
    for person in people:
        if person.pk == case.officer_id:
            role = _("Officer of the case")
        else:
            number += 1
            role = _("Member of the NCP")
            if not is_named:
                role = _("Member %(number)s of the NCP") % {"number": number}
        labels.append(f"{person.name} – {role}" if is_named else role)
    return labels


def own_challenges(case: Case, user: User) -> list[OwnChallenge]:
    """Return the challenges of the person's side, the newest first."""
    labels = {item.id: item.label for item in deciders_of(case)}
    is_named = rules.load(case.rule_set).decision.deciders_shown == "names"
    rows = Challenge.objects.visible_to(user).filter(case=case).select_related("challenged")
    found = []
    for row in rows.order_by("-made_at"):
        row.case = case
        label = labels.get(row.challenged_id)
        if label is None:
            label = row.challenged.name if is_named else _("Somebody who decided then")
        found.append(
            OwnChallenge(
                label,
                row.reasons,
                row.made_at,
                row.reply_until if conflicts.waits_for_reply(row) else None,
                row.decided_at,
                row.is_upheld,
                row.answer,
            )
        )
    return found


def decided(case: Case) -> Decided | None:
    """Return how the issues were decided, or None before that."""
    decision = case.decisions.filter(state=DecisionState.ADOPTED).order_by("-settled_at").first()
    if decision is None:
        return None
    decision.case = case
    rule = rules.load(case.rule_set).decision
    if decision.by_consensus:
        return Decided(decision.settled_at, _("The members agreed, without a vote."))
    how = {
        "one": _("An officer decided."),
        "two": _("Two persons decided together."),
        "vote": _("The members voted."),
    }[decision.decided_by_rule]
    if decision.decided_by_rule != "vote" or rule.votes_shown_to == "ncp":
        return Decided(decision.settled_at, how)
    votes = voting.counted(decision)
    ballots = [vote.ballot for vote in votes]
    counts = _("For: %(yes)s, against: %(no)s, abstained: %(none)s.") % {
        "yes": ballots.count(Ballot.FOR),
        "no": ballots.count(Ballot.AGAINST),
        "none": ballots.count(Ballot.ABSTAIN),
    }
    names = []
    if rule.votes_shown_to == "names":
        names = sorted(f"{vote.member.name}: {vote.get_ballot_display()}" for vote in votes)
    return Decided(decision.settled_at, how, counts, names)
