"""Cases tied to each other: related, handled together, split by enterprise; cases at other NCPs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases import ncps, permissions
from cases.errors import Incomplete
from cases.events import record_event
from cases.kinds import EventKind
from cases.models import Case, CaseLink, CaseTie, ForeignCase
from cases.models.issue import LinkKind
from cases.services.acting import locked, require
from cases.services.coordination import tell_sides
from cases.workflow import OPEN_STATES

if TYPE_CHECKING:
    from accounts.models import User

SUBJECT = gettext_lazy("Handled together with another case")


def standing_links(case: Case) -> list[CaseLink]:
    """Return the ties of a case in both directions that were not taken back."""
    rows = CaseLink.objects.filter(Q(case=case) | Q(other=case))
    rows = rows.filter(Q(tie=None) | Q(tie__ended_at=None))
    return list(rows.select_related("case", "other", "tie__made_by").order_by("pk"))


def link(case: Case, other: Case, *, why: str, by: User, version: int | None = None) -> CaseLink:
    """Tie two cases that have to do with each other; nobody but the office is told.

    Raises:
        Incomplete: it is the same case, or they are tied already.
    """
    return _tie(case, other, LinkKind.RELATED, EventKind.LINKED, why=why, by=by, version=version)


def join(
    case: Case, leading: Case, *, why: str, told: str, by: User, version: int | None = None
) -> CaseLink:
    """Handle a case together with another one that leads. Each keeps its parties, its record and
    its time frames; the parties of both are told in the words of `told`.

    Raises:
        ValidationError: nothing is written for the parties.
        Incomplete: one of them is over, or leads or follows already.
    """
    if not told.strip():
        raise ValidationError(_("Write what the parties are told."))
    if not {case.state, leading.state} <= OPEN_STATES:
        raise Incomplete(_("Only open cases are handled together."))
    kind = LinkKind.JOINED_TO
    if any(row.kind == kind and row.case_id == leading.pk for row in standing_links(leading)):
        raise Incomplete(_("The other case follows a case itself. Join the one that leads."))
    if any(row.kind == kind for row in standing_links(case)):
        raise Incomplete(_("This case is handled together with another one already."))
    return _tie(
        case, leading, kind, EventKind.JOINED, why=why, by=by, version=version, told=told.strip()
    )


def _tie(
    case: Case,
    other: Case,
    kind: LinkKind,
    event: EventKind,
    *,
    why: str,
    by: User,
    version: int | None,
    told: str = "",
) -> CaseLink:
    if not why.strip():
        raise ValidationError(_("Say why."))
    if case.pk == other.pk:
        raise Incomplete(_("This is the same case."))
    first, second = sorted((case, other), key=lambda row: row.pk)
    # Both rows are locked in the same order by everybody, so that nobody waits for each other.
    with (
        locked(first, version=version if first is case else None, by=by) as one,
        locked(second, version=version if second is case else None, by=by) as two,
    ):
        row, target = (one, two) if one.pk == case.pk else (two, one)
        require(permissions.may_run_procedure(row, by) and _may_run(target, by))
        pair = {row.pk, target.pk}
        if any({tie.case_id, tie.other_id} == pair and tie.kind == kind
               for tie in standing_links(row)):  # fmt: skip
            raise Incomplete(_("The two cases are tied already."))
        made = CaseLink.objects.create(case=row, other=target, kind=kind)
        CaseTie.objects.create(link=made, why=why.strip(), made_by=by)
        for item, its_other in ((row, target), (target, row)):
            if told:
                tell_sides(item, told, subject=SUBJECT, by=by)
            record_event(item, event, by=by, link=made.pk, other=its_other.pk)
    return made


def untie(made: CaseLink, *, by: User, version: int | None = None, case: Case) -> None:
    """Take a tie back: nothing is deleted; where two cases were handled together they go apart.

    Raises:
        Incomplete: it was taken back already, or one case was made from the other.
    """
    if made.kind == LinkKind.SPLIT_FROM:
        raise Incomplete(_("One case was made from the other; that stays. Join them instead."))
    other = made.other if made.case_id == case.pk else made.case
    first, second = sorted((case, other), key=lambda row: row.pk)
    with (
        locked(first, version=version if first is case else None, by=by) as one,
        locked(second, version=version if second is case else None, by=by) as two,
    ):
        row, target = (one, two) if one.pk == case.pk else (two, one)
        require(permissions.may_run_procedure(row, by) and _may_run(target, by))
        tie = CaseTie.objects.filter(link=made).first()
        if tie is not None and tie.ended_at:
            raise Incomplete(_("This tie was taken back already."))
        tie = tie or CaseTie(link=made, made_by=by)
        tie.link = made
        tie.ended_at, tie.ended_by = timezone.now(), by
        tie.save()
        kind = EventKind.PARTED if made.kind == LinkKind.JOINED_TO else EventKind.UNLINKED
        for item, its_other in ((row, target), (target, row)):
            record_event(item, kind, by=by, link=made.pk, other=its_other.pk)


def _may_run(case: Case, by: User) -> bool:
    visible = Case.objects.visible_to(by).filter(pk=case.pk).exists()
    return visible and permissions.may_run_procedure(case, by)


def add_foreign_case(
    case: Case,
    *,
    country: str,
    title: str,
    by: User,
    url: str = "",
    why: str = "",
    version: int | None = None,
) -> ForeignCase:
    """Note a related case at another NCP and where the public reads of it.

    Raises:
        ValidationError: no such NCP, no title, or an address that is none.
    """
    if country not in ncps.listed():
        raise ValidationError(_("Choose the NCP."))
    if not title.strip():
        raise ValidationError(_("Write by what the case is known there."))
    if url and not url.startswith(("https://", "http://")):
        raise ValidationError(_("Give the whole address, with https://."))
    with locked(case, version=version, by=by) as row:
        require(permissions.may_run_procedure(row, by))
        item = ForeignCase(
            case=row, country=country, title=title.strip(), url=url, why=why.strip(), added_by=by
        )
        item.clean_fields(exclude=["case", "added_by", "title", "why"])
        item.save()
        record_event(row, EventKind.LINKED, by=by, foreign=item.pk, country=country)
    return item


def remove_foreign_case(item: ForeignCase, *, by: User, version: int | None = None) -> None:
    """Take back the note of a related case at another NCP; the row stays on record."""
    with locked(item.case, version=version, by=by) as row:
        require(permissions.may_run_procedure(row, by))
        rows = ForeignCase.objects.filter(pk=item.pk, case=row, removed_at=None)
        if not rows.update(removed_at=timezone.now()):
            raise Incomplete(_("This tie was taken back already."))
        record_event(row, EventKind.UNLINKED, by=by, foreign=item.pk, country=item.country)
