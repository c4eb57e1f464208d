"""Earlier decisions on the same provision: of this NCP, as far as the person may see them, and of
all NCPs, as published."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Prefetch, Q
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from accounts.roles import Role
from cases.models import Case, ConflictDeclaration, Issue, IssueDecision
from cases.models.assessment import DecisionState
from statements.public import Earlier, earlier_records

SHOWN = 6


@dataclass(frozen=True)
class Own:
    """An issue that this NCP decided."""

    reference: str
    title: str
    language: str
    accepted: bool
    decided_on: date | None
    provisions: tuple[str, ...]
    reasons: str
    url: str


@dataclass(frozen=True)
class Precedents:
    own: list[Own]
    published: list[Earlier]


def for_issue(issue: Issue, user: User) -> Precedents:
    """Return what was decided before on the provisions that an issue cites."""
    cited = list(issue.provisions.all())
    return Precedents(
        own=_own(issue, cited, user),
        published=earlier_records(
            [(row.edition, str(row)) for row in cited], but=issue.case, limit=SHOWN
        ),
    )


def _own(issue: Issue, cited: list[Any], user: User) -> list[Own]:
    if not cited:
        return []
    rule = Q()
    for row in cited:
        same = Q(provisions__edition=row.edition, provisions__chapter=row.chapter)
        if row.paragraph:
            same &= Q(provisions__section=row.section, provisions__paragraph=row.paragraph)
        rule |= same
    rows = (
        Issue.objects.filter(rule, case__in=_readable(user), accepted__isnull=False)
        .exclude(case=issue.case_id)
        .select_related("case")
        .prefetch_related(
            "provisions",
            Prefetch(
                "decisions",
                queryset=IssueDecision.objects.filter(
                    decision__state=DecisionState.ADOPTED
                ).select_related("decision__case"),
                to_attr="adopted",
            ),
        )
        .order_by("-case__assessment_concluded_at", "number")
        .distinct()[:SHOWN]
    )
    return [_shown(row) for row in rows]


def _readable(user: User) -> Any:
    """Return the cases whose texts the person reads: a member those for which they declared."""
    cases = Case.objects.visible_to(user)
    if user.has_role(Role.OFFICER, Role.AUDITOR):
        return cases
    declared = ConflictDeclaration.objects.filter(user=user, has_conflict=False, superseded_at=None)
    return cases.filter(pk__in=declared.values("case_id"))


def _shown(row: Any) -> Own:
    decided = max(row.adopted, key=lambda item: item.decision.settled_at, default=None)
    return Own(
        reference=str(row.case),
        title=row.title,
        language=row.case.language,
        accepted=bool(row.accepted),
        decided_on=timezone.localdate(decided.decision.settled_at) if decided else None,
        provisions=tuple(str(item) for item in row.provisions.all()),
        reasons=decided.in_full if decided else "",
        url=reverse("desk:case", args=[row.case_id]),
    )
