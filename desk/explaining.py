"""A rule set in plain words, for whoever has to trust it without reading its file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cases.disclosure import OWED_BY
from cases.kinds import EventKind
from cases.ruleset import DeadlineRule, RuleSet
from cases.timeframes import length_text


@dataclass(frozen=True)
class Explained:
    """One deadline: what it is, in sentences, and on what it rests."""

    rule: DeadlineRule
    length: str
    owed_by: Any
    sentences: list[str]


def explained(rule: DeadlineRule) -> Explained:
    return Explained(
        rule=rule,
        length=length_text(rule),
        owed_by=OWED_BY.get(rule.owed_by, rule.owed_by),
        sentences=[sentence for sentence in _sentences(rule) if sentence],
    )


def _sentences(rule: DeadlineRule) -> list[str]:
    return [
        _("Runs from: %(events)s.") % {"events": _events(rule.starts)},
        _("Met by: %(events)s.") % {"events": _events(rule.ends)} if rule.ends else "",
        _("Begins anew with: %(events)s.") % {"events": _events(rule.restarts)}
        if rule.restarts
        else "",
        _condition(rule.condition),
        " ".join(
            _("%(event)s adds %(length)s.")
            % {"event": _events((more.event,)), "length": length_text(more)}
            for more in rule.lengthened
        ),
        _extension(rule),
        _("Reminders: %(days)s days before.") % {"days": _list(rule.reminders)}
        if rule.reminders
        else "",
        _("When it is late, the office is told %(days)s days after.")
        % {"days": _list(rule.escalation)}
        if rule.escalation
        else "",
        _("Both sides see it.") if rule.public else _("Only the office sees it."),
    ]


def _condition(name: str) -> str:
    if name == "coordination":
        return _("Only where several NCPs must agree who leads.")
    if name == "formal_mediation":
        return _("Only where the parties chose formal mediation under the law.")
    return _("Only in cases with: %(what)s.") % {"what": name.replace("_", " ")} if name else ""


def _extension(rule: DeadlineRule) -> str:
    if rule.extension is None:
        return ""
    return ngettext(
        "It may usually be extended once, by %(length)s.",
        "It may usually be extended %(times)s times, by %(length)s each.",
        rule.extension.times,
    ) % {"times": rule.extension.times, "length": length_text(rule.extension)}


def _events(names: tuple[str, ...]) -> str:
    known = set(EventKind.values)
    return "; ".join(str(EventKind(name).label) if name in known else name for name in names)


def _list(numbers: tuple[int, ...]) -> str:
    return ", ".join(str(number) for number in numbers)


def decision_in_words(rules: RuleSet) -> list[str]:
    """Return who decides on the initial assessment, one sentence for each part of the rule."""
    rule = rules.decision
    if rule.by == "one":
        return [_("One officer decides on the initial assessment.")]
    if rule.by == "two":
        return [
            _("Two people decide on the initial assessment: one proposes, another agrees."),
        ]
    majority = {
        "absolute": _("More than half of all members must be for it."),
        "two_thirds": _("Two thirds of the votes must be for it."),
    }.get(rule.majority, _("More votes must be for it than against."))
    challenged = ngettext(
        "Somebody whose impartiality is challenged may reply within %(days)s working day before "
        "others decide.",
        "Somebody whose impartiality is challenged may reply within %(days)s working days before "
        "others decide.",
        rule.challenge_days,
    ) % {"days": rule.challenge_days}
    return [
        _("The members of the NCP vote on the initial assessment; at least %(quorum)s must vote.")
        % {"quorum": rule.quorum},
        majority,
        _("In a tie the chair's vote decides.") if rule.casting_vote else _("A tie fails."),
        _("A named alternate may vote in a member's place.")
        if rule.alternates
        else _("Nobody votes in a member's place."),
        *([_("Where nobody is against, no vote is needed.")] if rule.consensus else []),
        *(
            [
                ngettext(
                    "Votes may be given in writing within %(days)s day.",
                    "Votes may be given in writing within %(days)s days.",
                    rule.written_days,
                )
                % {"days": rule.written_days}
            ]
            if rule.written
            else [_("Votes are given in a meeting.")]
        ),
        challenged,
    ]
