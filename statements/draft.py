"""The first draft that an officer begins with: the facts, as the public may read them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext, override

from cases import rules
from cases.disclosure import Audience, disclosed
from cases.kinds import EventKind
from cases.models.assessment import DecisionState
from cases.models.party import Side
from cases.shown import DisclosedIssue
from cases.workflow import EARLY_OUTCOMES, Outcome
from statements.models import StatementKind
from statements.projection import public_title

if TYPE_CHECKING:
    from datetime import date, datetime

    from cases.models import Case

_MARKS = re.compile(r"([\\`*_{}\[\]<>#|~])")
_AT_LINE_START = re.compile(r"(?m)^(\s*)([-+=]|\d+[.)])")


def plain(text: str) -> str:
    """Return somebody's words as Markdown that shows them as they are."""
    marked = _MARKS.sub(r"\\\1", text.strip())
    return _AT_LINE_START.sub(lambda found: f"{found[1]}{_escaped(found[2])}", marked)


def _escaped(mark: str) -> str:
    return f"{mark[:-1]}\\{mark[-1]}"


def first_draft(case: Case, kind: str, language: str) -> tuple[str, str]:
    """Return the title and the text of a first draft in a language.

    Names are those that the public may read; everybody else is called by a pseudonym. What was
    said in mediation, and an agreement that the parties did not release, is not known here.
    """
    with override(language):
        title = f"{StatementKind(kind).label}: {public_title(case)}"
        parts = [
            *_introduction(case),
            *_parties(case),
            *_issues(case),
            *_assessment(case, kind),
            *_procedure(case),
            *_result(case, kind),
        ]
        return title, "\n\n".join(str(part) for part in parts if part)


def _introduction(case: Case) -> list[object]:
    values = {"reference": case.reference or case.receipt_id, "date": _day(case.received_at)}
    return [
        "# " + _("Introduction"),
        _(
            "This statement concerns specific instance %(reference)s, which the National Contact "
            "Point received on %(date)s."
        )
        % values,
    ]


def _parties(case: Case) -> list[str]:
    shown = disclosed(case, to=Audience.PUBLIC)
    parts = ["# " + _("The parties")]
    for heading, parties in (
        (_("Complainant"), shown.complainants),
        (_("Enterprise"), shown.respondents),
    ):
        names = [
            plain(party.name) + (f" ({party.kind_label})" if party.kind_label else "")
            for party in parties
        ]
        parts.append(f"**{heading}:** {'; '.join(names)}.")
    for item in shown.representatives:
        people = ngettext(
            "on behalf of %(count)s person", "on behalf of %(count)s people", item.principals
        ) % {"count": item.principals}
        name = plain(item.name) + (f" ({item.kind_label})" if item.kind_label else "")
        parts.append(
            f"**{item.role_label}:** {name}" + (f", {people}." if item.principals else ".")
        )
    return parts


def _issues(case: Case) -> list[str]:
    issues = disclosed(case, to=Audience.NCP).issues
    parts = ["# " + _("The issues")]
    for issue in issues:
        parts += [f"## {issue.number}. {plain(issue.title)}", plain(issue.description)]
        if issue.provisions:
            parts.append(_cited(issue))
        if issue.accepted is not None:
            decided = (
                _("The National Contact Point accepted this issue for further examination.")
                if issue.accepted
                else _("The National Contact Point did not accept this issue.")
            )
            parts.append(decided)
            if issue.reasons:
                reasons = _("Reasons")
                parts.append(f"{reasons}: {plain(issue.reasons)}")
    return parts


def _assessment(case: Case, kind: str) -> list[str]:
    """Return, for a statement on the initial assessment, what was found on each criterion, and the
    dissenting opinions whose authors want them published."""
    adopted = case.decisions.filter(state=DecisionState.ADOPTED).order_by("-settled_at").first()
    ends_with_it = case.outcome == Outcome.NOT_ACCEPTED
    if adopted is None or not (kind == StatementKind.INITIAL_ASSESSMENT or ends_with_it):
        return []
    adopted.case = case
    criteria = rules.load(case.rule_set).criteria
    parts = ["# " + _("The initial assessment")]
    for issue in case.issues.prefetch_related("assessments"):
        answers = {row.criterion: row for row in issue.assessments.all()}
        lines = [
            f"- **{criterion.title}:** {answers[criterion.code].get_finding_display()}. "
            + plain(" ".join(answers[criterion.code].reasoning.split()))
            for criterion in criteria
            if criterion.code in answers
        ]
        if lines:
            parts += [f"## {issue.number}. {plain(issue.title)}", "\n".join(lines)]
    for vote in adopted.votes.filter(set_aside_at=None, dissent_is_public=True):
        vote.decision = adopted
        if vote.dissent:
            heading = _("Dissenting opinion of %(name)s") % {"name": plain(vote.member.name)}
            parts += [f"## {heading}", plain(vote.dissent)]
    return [str(part) for part in parts] if len(parts) > 1 else []


def _cited(issue: DisclosedIssue) -> str:
    return _("Provisions of the Guidelines cited: %(provisions)s (edition: %(editions)s).") % {
        "provisions": ", ".join(issue.provisions),
        "editions": ", ".join(issue.editions),
    }


STEPS = (
    EventKind.RECEIVED,
    EventKind.REGISTERED,
    EventKind.RESPONDENT_NOTIFIED,
    EventKind.RESPONDENT_RESPONDED,
    EventKind.ASSESSMENT_CONCLUDED,
    EventKind.GOOD_OFFICES_OFFERED,
    EventKind.GOOD_OFFICES_REPLIED,
    EventKind.REFERRAL_ACCEPTED,
    EventKind.MEDIATION_STARTED,
    EventKind.MEDIATION_CONCLUDED,
    EventKind.GOOD_OFFICES_CONCLUDED,
    EventKind.EXAMINATION_BEGUN,
    EventKind.EXAMINATION_CONCLUDED,
    EventKind.ENDED_EARLY,
    EventKind.HELD_FOR_REVIEW,
    EventKind.REVIEW_CONCLUDED,
    EventKind.FOLLOW_UP_BEGUN,
    EventKind.FOLLOW_UP_CONCLUDED,
)


def _procedure(case: Case) -> list[str]:
    rows = case.events.filter(kind__in=STEPS).order_by("sequence")
    lines = [f"- {_day(row.at)}: {row.label}" for row in rows]
    return ["# " + _("The procedure"), "\n".join(lines)]


RESULTS = {
    Outcome.AGREEMENT: _("The parties reached an agreement."),
    Outcome.PARTIAL_AGREEMENT: _("The parties reached an agreement on some of the issues."),
    Outcome.NO_AGREEMENT: _("The parties did not reach an agreement."),
    Outcome.REFUSED_BY_RESPONDENT: _("The enterprise did not take part in good offices."),
    Outcome.REFUSED_BY_COMPLAINANT: _("The complainant did not take part in good offices."),
    Outcome.NOT_ACCEPTED: _("The issues do not merit further examination, for the reasons above."),
    Outcome.WITHDRAWN: _("The complainant withdrew the complaint."),
    Outcome.LAPSED: _("The complaint was not pursued any further."),
    Outcome.SETTLED_OUTSIDE: _("The parties settled the matter outside this procedure."),
    Outcome.TRANSFERRED: _("The case was transferred to another National Contact Point."),
    Outcome.RESPONDENT_CEASED: _("The enterprise ceased to exist."),
}


SETTLED_BEFORE = (Outcome.AGREEMENT, Outcome.PARTIAL_AGREEMENT, Outcome.NOT_ACCEPTED)
"""What stands of an issue even where its case ended early; an offer refused before says no more
how it ended."""


def _result(case: Case, kind: str) -> list[str]:
    if kind == StatementKind.FOLLOW_UP:
        return _followed_up(case)
    if kind in (StatementKind.PROGRESS, StatementKind.INITIAL_ASSESSMENT):
        return ["# " + _("Next steps"), str(case.next_step)]
    parts = ["# " + _("Outcome")]
    if case.outcome:
        parts.append(str(RESULTS[Outcome(case.outcome)]))
        parts += _ended_early(case)
    different = [
        issue
        for issue in disclosed(case, to=Audience.NCP).issues
        if issue.outcome
        and issue.outcome != case.outcome
        and (case.outcome not in EARLY_OUTCOMES or issue.outcome in SETTLED_BEFORE)
    ]
    parts += [f"- {plain(issue.title)}: {issue.outcome_label}" for issue in different]
    if case.outcome in EARLY_OUTCOMES:
        return parts
    return [*parts, "# " + _("Recommendations and follow-up")]


ENDED = {
    Outcome.WITHDRAWN: _(
        "The National Contact Point was told of the withdrawal on %(date)s. It makes no finding on "
        "the issues. A withdrawal is no admission by either side; the reasons stay with the "
        "complainant. The complaint may be raised again."
    ),
    Outcome.LAPSED: _(
        "The National Contact Point asked the complainant several times and gave a last notice. No "
        "answer came by its last day, and the procedure ended on %(date)s. This is no finding on "
        "the issues. The complaint may be raised again."
    ),
    Outcome.SETTLED_OUTSIDE: _(
        "Both parties confirmed that they settled the matter on %(settled)s. The procedure ended "
        "on %(date)s. The National Contact Point does not know the terms unless the parties gave "
        "them, and publishes of them only what both agree to."
    ),
    Outcome.TRANSFERRED: _(
        "The case was handed over on %(date)s. The National Contact Point that took it over leads "
        "it under its own rules and publishes its own statement."
    ),
    Outcome.RESPONDENT_CEASED: _(
        "The enterprise ceased to exist on %(ceased)s, and nobody took over what the issues are "
        "about. The complainant was heard on this. The procedure ended on %(date)s without a "
        "finding on the issues."
    ),
}
"""How the statement of a case that ended early begins: the fact and the date, no reasons of a
party and no terms."""


def _ended_early(case: Case) -> list[str]:
    text = ENDED.get(Outcome(case.outcome))
    if text is None or case.ended_at is None:
        return []
    settlement = case.settlements.filter(withdrawn_at=None).first()
    ceasing = case.ceasings.order_by("at").last()
    unknown = _("a day that is not known")
    return [
        text
        % {
            "date": _day(case.ended_at),
            "settled": _on(settlement.settled_on) if settlement else unknown,
            "ceased": _on(ceasing.ceased_on) if ceasing else unknown,
        }
    ]


def _on(day: date) -> str:
    return date_format(day, "j E Y")


def _followed_up(case: Case) -> list[str]:
    """Return what came of each commitment: what each side says and what the NCP finds.

    What a side gave for the office alone stands in no statement.
    """
    parts = ["# " + _("What came of the statement")]
    items = case.commitments.filter(dropped_at=None).prefetch_related("reports")
    for item in items:
        due = _("due on %(date)s") % {"date": _on(item.due_on)} if item.due_on else ""
        facts = "; ".join(str(part) for part in (item.get_owner_display(), due) if part)
        parts += [f"## {item.number}. {item.get_origin_display()} ({facts})", plain(item.text)]
        for side in Side:
            said = [r for r in item.reports.all() if r.side == side and not r.is_for_office]
            words = " ".join(plain(r.text) for r in said) or _("No report was given.")
            parts.append(f"**{side.label}:** {words}")
        if item.assessment:
            parts.append(f"**{item.get_status_display()}.** {plain(item.assessment)}")
    if not items:
        parts += ["## " + _("What the complainant says"), "## " + _("What the enterprise says")]
    return [*parts, "# " + _("Conclusions of the National Contact Point")]


def _day(at: datetime) -> str:
    return date_format(timezone.localdate(at), "j E Y")
