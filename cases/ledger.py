"""The disclosure ledger: per document what was given, on whom it was served and when, who first
read it when, what was withheld and why. Each side reads its own part."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.utils.translation import gettext as _

from cases import ncps
from cases.disclosure import Audience
from cases.kinds import EventKind
from cases.models import (
    CaseDocument,
    CaseEvent,
    Dossier,
    NcpRelease,
    PortalLetter,
    Redaction,
    Serving,
    TransferredDocument,
)
from cases.models.correspondence import DocumentAudience, WithholdingGround
from cases.models.party import Side
from cases.models.serving import OPEN, ServingState

if TYPE_CHECKING:
    from accounts.models import User
    from cases.models import Case

SIDES = (Audience.COMPLAINANT, Audience.RESPONDENT)


@dataclass(frozen=True)
class Service:
    """A copy that was served: one moment for everybody in its audience."""

    to: str
    at: datetime
    is_redacted: bool
    ended_at: datetime | None


@dataclass(frozen=True)
class Read:
    """When somebody first opened a document."""

    who: str
    at: datetime


@dataclass(frozen=True)
class Row:
    """One document as far as the reader may know of it."""

    item: CaseDocument
    title: str
    given_by: str
    given_at: datetime
    services: tuple[Service, ...]
    reads: tuple[Read, ...]
    waiting: Serving | None
    redactions: tuple[Any, ...] = ()
    is_from_us: bool = False

    @property
    def standing(self) -> str:
        """Return in words what holds for the document now."""
        if self.is_from_us:
            return _("Given to this side")
        if self.item.pulled_at:
            return _("Pulled by its provider. It is not shown to others.")
        if self.item.is_shown_to_others:
            return _("Shown")
        if self.waiting:
            return str(self.waiting.get_state_display())
        if self.item.waits_for_withholding:
            return _("Asked to be withheld; not decided yet")
        if self.item.withholding_granted:
            return _("Withheld")
        return _("Not shown to others")


@dataclass(frozen=True)
class Withheld:
    """That something of the other side is kept back, and why; nothing of what it is."""

    decided_at: datetime
    reason: str
    is_part: bool


@dataclass(frozen=True)
class Ledger:
    """The ledger of a case for one reader."""

    own: tuple[Row, ...] = ()
    served: tuple[Row, ...] = ()
    withheld: tuple[Withheld, ...] = ()

    @property
    def provided(self) -> list[Row]:
        """Return what this side gave."""
        return [row for row in self.own if not row.is_from_us]

    @property
    def received(self) -> list[Row]:
        """Return what the office gave to this side alone, such as its letters."""
        return [row for row in self.own if row.is_from_us]

    @property
    def to_check(self) -> list[Row]:
        """Return what waits for this side's look at the exact copy."""
        return [row for row in self.own if row.waiting and row.waiting.is_waiting]


def read(case: Case, user: User, *, to: Audience) -> Ledger:
    """Return what an audience may know of the documents of a case.

    Parties get their own documents, what was served on them, and that something was withheld;
    the NCP's readers get everything in `own`.
    """
    items = list(
        CaseDocument.objects.visible_to(user)
        .filter(case=case)
        .select_related("document", "served_copy", "audience_decided_by", "withholding_decided_by")
        .order_by("provided_at", "id")
    )
    facts = _Facts(case, items, to)
    if to not in SIDES:
        return Ledger(own=tuple(facts.row(item, item.title) for item in items))
    own = [item for item in items if item.side == to]
    others = _in_order_of_service(items, to)
    titles = titles_for(items, to)
    return Ledger(
        own=tuple(facts.row(item, item.title) for item in own),
        served=tuple(facts.row(item, titles[item.pk]) for item in others),
        withheld=tuple(_withheld(case, to, {item.pk for item in others})),
    )


def titles_for(items: Iterable[CaseDocument], to: str) -> dict[UUID, str]:
    """Return how documents are called to a side, wherever it reads of them.

    The name that the other side gave a document may tell too much: it gets a number instead.
    """
    items = list(items)
    titles = {item.pk: item.title for item in items}
    for number, item in enumerate(_in_order_of_service(items, to), start=1):
        if item.side:
            titles[item.pk] = _("Document %(number)s from the other side") % {"number": number}
    return titles


def _in_order_of_service(items: Iterable[CaseDocument], to: str) -> list[CaseDocument]:
    others = [item for item in items if item.side != to]
    return sorted(others, key=lambda item: (item.served_at, item.pk))


def _withheld(case: Case, to: str, served: set[UUID]) -> Any:
    if not case.is_served:
        return
    rows = CaseDocument.objects.filter(
        case=case, withholding_granted=True, pulled_at=None, withholding_decided_at__isnull=False
    ).exclude(side__in=["", to])
    for item in rows.order_by("withholding_decided_at", "id"):
        is_part = item.pk in served
        if is_part and not item.is_redacted_for_others:
            continue
        yield Withheld(
            item.withholding_decided_at,
            str(WithholdingGround(item.withholding_ground).label),
            is_part,
        )


class _Facts:
    """What is asked of the database once for all rows."""

    def __init__(self, case: Case, items: list[CaseDocument], to: Audience) -> None:
        self.case, self.to = case, to
        pks = [item.pk for item in items]
        by_pk = {item.pk: item for item in items}
        self.servings: dict[UUID, list[Serving]] = {}
        for serving in Serving.objects.filter(case_document__in=pks).select_related("copy"):
            serving.case_document = by_pk[serving.case_document_id]
            serving.case_document.case = case
            self.servings.setdefault(serving.case_document_id, []).append(serving)
        self.redactions: dict[UUID, list[Any]] = {}
        for redaction in Redaction.objects.filter(case_document__in=pks).select_related("document"):
            self.redactions.setdefault(redaction.case_document_id, []).append(redaction)
        self.sides = {row.user_id: row.side for row in case.participations.all() if row.side}
        # What the office sent stands among the documents of the side that got it.
        letters = PortalLetter.objects.filter(case=case).values_list("document")
        given = Dossier.objects.filter(case=case).values_list("served_as")
        self.from_us = {pk for (pk,) in letters.union(given) if pk}
        self.passed = _passed_on(pks)
        self.reads: dict[str, dict[Any, CaseEvent]] = {}
        events = CaseEvent.objects.filter(case=case, kind=EventKind.DOCUMENT_READ)
        for event in events.select_related("by").order_by("sequence"):
            self.reads.setdefault(event.data.get("document", ""), {}).setdefault(event.by_id, event)

    def row(self, item: CaseDocument, title: str) -> Row:
        item.case = self.case
        servings = self.servings.get(item.pk, [])
        is_own = self.to not in SIDES or item.side == self.to
        is_from_us = item.pk in self.from_us
        sent: tuple[Service, ...] = ()
        if is_from_us:
            sent = (Service(str(Side(item.side).label), item.provided_at, False, None),)
        return Row(
            item=item,
            title=title,
            given_by=str(Side(item.side).label) if item.side and not is_from_us else _("NCP"),
            given_at=item.provided_at,
            services=sent
            + (self.passed.get(item.pk, ()) if is_own else ())
            + tuple(
                Service(
                    _served_on(item, serving.audience),
                    serving.served_at,
                    serving.is_redacted,
                    serving.ended_at,
                )
                for serving in servings
                if serving.served_at and (is_own or serving.state == ServingState.SERVED)
            ),
            reads=tuple(self._reads(item)),
            waiting=next((row for row in servings if row.state in OPEN), None) if is_own else None,
            redactions=tuple(self.redactions.get(item.pk, ())) if is_own else (),
            is_from_us=is_from_us,
        )

    def _reads(self, item: CaseDocument) -> Any:
        """Yield first reads: by person for the NCP, by side for a party; a party is not told who
        of the office or of the mediation read what."""
        seen = set()
        for event in self.reads.get(str(item.pk), {}).values():
            side = self.sides.get(event.by_id, "")
            if self.to not in SIDES:
                who = str(Side(side).label) if side else event.by.name if event.by else ""
                yield Read(who, event.at)
            elif side and side not in seen and (item.side == self.to or side == self.to):
                seen.add(side)
                yield Read(_("Your side") if side == self.to else _("The other side"), event.at)


def _passed_on(pks: list[UUID]) -> dict[UUID, tuple[Service, ...]]:
    """Return which documents other NCPs got: released to a supporting one, or in a package."""
    found: dict[UUID, tuple[Service, ...]] = {}
    released = NcpRelease.objects.filter(case_document__in=pks).values_list(
        "case_document",
        "share__country",
        "released_at",
        "ended_at",
        "copy",
        "case_document__document",
    )
    packed = TransferredDocument.objects.filter(case_document__in=pks).values_list(
        "case_document", "transfer__country", "transfer__made_at", "copy",
        "case_document__document",
    )  # fmt: skip
    rows = [*released, *((pk, to, at, None, *rest) for pk, to, at, *rest in packed)]
    for pk, country, at, ended_at, copy, whole in sorted(rows, key=lambda row: row[2]):
        service = Service(ncps.label_of(country), at, copy != whole, ended_at)
        found[pk] = (*found.get(pk, ()), service)
    return found


def _served_on(item: CaseDocument, audience: str) -> str:
    """Return on whom an audience makes a document served."""
    others = [str(side.label) for side in Side if side != item.side]
    if audience == DocumentAudience.COUNSEL:
        return _("Counsel only: %(sides)s") % {"sides": ", ".join(others)}
    if audience in (DocumentAudience.MEDIATION, DocumentAudience.PARTIES):
        return ", ".join([*others, _("Mediator")])
    return str(DocumentAudience(audience).label)
