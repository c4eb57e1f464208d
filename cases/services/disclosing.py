"""Who gets which copy of a document: the check by its provider, service, pulling.

Nothing is served on the other side before its provider saw the exact copy and agreed, or the time
to look at it passed. A served copy goes to everybody in its audience at one moment.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from cases import permissions
from cases.errors import Incomplete
from cases.events import record_event
from cases.kinds import EventKind
from cases.models import Case, CaseDocument, Redaction, Serving
from cases.models.correspondence import OTHERS, DocumentAudience
from cases.models.serving import OPEN, ServingState
from cases.services.acting import locked, require, require_state
from cases.workflow import OPEN_STATES, Outcome
from documents.models import Document

if TYPE_CHECKING:
    from accounts.models import User


def held_item(case: Case, pk: UUID) -> CaseDocument:
    """Return a document of a locked case as it stands now."""
    item = CaseDocument.objects.select_related("document", "served_copy").get(pk=pk)
    item.case = case
    return item


def drop_open(item: CaseDocument, *, at: datetime) -> None:
    """Stop a copy that its provider is looking at."""
    item.servings.filter(state__in=OPEN).update(state=ServingState.DROPPED, ended_at=at)


def require_not_pulled(item: CaseDocument) -> None:
    """Raise `Incomplete` where its provider took the document out."""
    if item.pulled_at:
        raise Incomplete(_("Its provider pulled this document; it is not shown to others."))


def has_counsel(case: Case, *, other_than: str) -> bool:
    """Tell whether somebody on the other side (on any side for the NCP's own document) is
    counsel whom an officer confirmed."""
    rows = case.participations.current().confirmed_counsel().exclude(side="")
    return rows.exclude(side=other_than).exists()


def add_redaction(
    item: CaseDocument, document: Document, *, by: User, version: int | None = None
) -> Redaction:
    """Keep a copy with parts blacked out; it is shown to nobody before it went through its own
    check and its provider saw it."""
    with locked(item.case, version=version, by=by) as row:
        item = held_item(row, item.pk)
        own = bool(item.side) and permissions.is_party_member(row, by, side=item.side)
        require(own or permissions.may_run_procedure(row, by))
        require_state(row, *OPEN_STATES)
        require_not_pulled(item)
        redaction = Redaction.objects.create(
            case_document=item,
            document=document,
            number=item.redactions.count() + 1,
            side=item.side if own else "",
            made_by=by,
        )
        record_event(
            row,
            EventKind.DOCUMENT_REDACTED,
            by=by,
            side=item.side,
            document=item.pk,
            copy=document.pk,
        )
    return redaction


def decide_audience(
    item: CaseDocument,
    *,
    audience: str,
    by: User,
    copy: Document | None = None,
    days: int | None = None,
    agreed_elsewhere: str = "",
    version: int | None = None,
) -> CaseDocument:
    """Decide who may see a document.

    What goes to others waits for its provider, who sees the exact copy first; a document of the
    NCP goes out at once. What others have already is taken back at once.

    Args:
        copy: the copy to show: the document itself or one of its redactions.
        days: how long its provider may look at it; not less than the setting.
        agreed_elsewhere: how its provider agreed to this exact copy outside the portal, for people
            who are reached on paper; it is then served at once.

    Raises:
        Incomplete: the copy is not checked, the enterprise was not told, a request to withhold is
            open or was granted, it was pulled, or there is no counsel.
    """
    with locked(item.case, version=version, by=by) as row:
        require(permissions.may_run_procedure(row, by))
        item = held_item(row, item.pk)
        if audience not in OTHERS:
            return _keep_back(item, audience, by=by)
        copy = _copy_to_show(item, copy)
        _require_presentable(item, audience, copy)
        now = timezone.now()
        drop_open(item, at=now)
        item.audience_decided_by, item.audience_decided_at = by, now
        item.save()
        wait = timedelta(days=max(days or 0, settings.DISCLOSURE_DAYS))
        at_once = not item.side or bool(agreed_elsewhere.strip())
        serving = Serving.objects.create(
            case_document=item,
            audience=DocumentAudience(audience),
            copy=copy,
            proposed_by=by,
            proposed_at=now,
            serves_at=now if at_once else now + wait,
            answer=agreed_elsewhere.strip(),
            answered_by=by if agreed_elsewhere.strip() else None,
            answered_at=now if agreed_elsewhere.strip() else None,
        )
        record_event(
            row,
            EventKind.DOCUMENT_SHARED,
            by=by,
            side=item.side,
            document=item.pk,
            audience=audience,
            copy=copy.pk,
        )
        if at_once:
            _serve(serving, item, by=by)
    return item


def _keep_back(item: CaseDocument, audience: str, *, by: User) -> CaseDocument:
    now = timezone.now()
    drop_open(item, at=now)
    item.servings.filter(state=ServingState.SERVED).update(
        state=ServingState.TAKEN_BACK, ended_at=now
    )
    item.audience = DocumentAudience(audience)
    item.served_copy, item.served_at = None, None
    item.audience_decided_by, item.audience_decided_at = by, now
    item.save()
    record_event(
        item.case,
        EventKind.DOCUMENT_SHARED,
        by=by,
        side=item.side,
        document=item.pk,
        audience=audience,
    )
    return item


def _copy_to_show(item: CaseDocument, copy: Document | None) -> Document:
    if copy is None or copy.pk == item.document_id:
        return item.document
    require(item.redactions.filter(document=copy).exists())
    return Document.objects.get(pk=copy.pk)


def _require_presentable(item: CaseDocument, audience: str, copy: Document) -> None:
    require_not_pulled(item)
    if not copy.is_clean:
        raise Incomplete(_("The file must pass its check before others may see it."))
    if not item.case.is_served:
        raise Incomplete(_("The enterprise was not told of the case yet."))
    if item.waits_for_withholding:
        raise Incomplete(_("First decide on the request to withhold this document."))
    is_whole = copy.pk == item.document_id
    if item.withholding_granted and is_whole and audience != DocumentAudience.COUNSEL:
        raise Incomplete(
            _(
                "It was decided to withhold this document. Show a redacted version, or show it to "
                "counsel only."
            )
        )
    if audience == DocumentAudience.COUNSEL and not has_counsel(item.case, other_than=item.side):
        raise Incomplete(_("The other side has no counsel whom an officer confirmed yet."))


def note_seen(serving: Serving, *, by: User) -> None:
    """Note that its provider opened the exact copy that would be shown."""
    item = serving.case_document
    if permissions.is_party_member(item.case, by, side=item.side):
        Serving.objects.filter(pk=serving.pk, seen_at=None).update(seen_at=timezone.now())


def _answerable(row: Case, serving: Serving, by: User) -> tuple[Serving, CaseDocument]:
    serving = Serving.objects.select_related("copy").get(pk=serving.pk)
    item = held_item(row, serving.case_document_id)
    serving.case_document = item
    require(bool(item.side) and permissions.is_party_member(row, by, side=item.side))
    require_state(row, *OPEN_STATES)
    if serving.state not in OPEN:
        raise Incomplete(_("This copy does not wait for an answer any more."))
    return serving, item


def agree(serving: Serving, *, by: User) -> Serving:
    """Its provider agrees to the exact copy: it is served at once.

    Raises:
        Incomplete: the copy was not opened yet, or waits no longer.
    """
    with locked(serving.case_document.case, by=by) as row:
        serving, item = _answerable(row, serving, by)
        if serving.seen_at is None:
            raise Incomplete(_("Open the copy first, so that you know what will be shown."))
        _require_presentable(item, serving.audience, serving.copy)
        _note_answer(serving, item, "agreed", by=by)
        _serve(serving, item, by=by)
    return serving


def ask_redaction(serving: Serving, *, text: str, by: User) -> Serving:
    """Its provider says what must be blacked out; the copy is not shown as it is.

    Raises:
        ValidationError: nothing is named.
    """
    if not text.strip():
        raise ValidationError(_("Say what must be blacked out."))
    with locked(serving.case_document.case, by=by) as row:
        serving, item = _answerable(row, serving, by)
        serving.state, serving.answer = ServingState.REDACTION_ASKED, text.strip()
        _note_answer(serving, item, "redact", by=by)
        serving.save()
    return serving


def _note_answer(serving: Serving, item: CaseDocument, said: str, *, by: User) -> None:
    serving.answered_by, serving.answered_at = by, timezone.now()
    record_event(
        item.case,
        EventKind.DOCUMENT_ANSWERED,
        by=by,
        side=item.side,
        document=item.pk,
        answer=said,
    )


def pull(item: CaseDocument, *, by: User) -> CaseDocument:
    """Its provider takes a document out before others got it: it never reaches them, and stays on
    the NCP's record as pulled.

    Raises:
        Incomplete: others have it already, or it was pulled before.
    """
    with locked(item.case, by=by) as row:
        item = held_item(row, item.pk)
        require(bool(item.side) and permissions.is_party_member(row, by, side=item.side))
        require_state(row, *OPEN_STATES)
        require_not_pulled(item)
        if item.served_at or item.servings.filter(served_at__isnull=False).exists():
            raise Incomplete(_("The other side has this document already."))
        now = timezone.now()
        drop_open(item, at=now)
        item.audience = DocumentAudience.PARTY_AND_NCP
        item.pulled_by, item.pulled_at = by, now
        item.save()
        record_event(row, EventKind.DOCUMENT_PULLED, by=by, side=item.side, document=item.pk)
    return item


def _serve(serving: Serving, item: CaseDocument, *, by: User | None) -> None:
    now = timezone.now()
    item.servings.filter(state=ServingState.SERVED).update(
        state=ServingState.TAKEN_BACK, ended_at=now
    )
    serving.state, serving.served_at = ServingState.SERVED, now
    serving.save()
    item.audience = DocumentAudience(serving.audience)
    item.served_copy, item.served_at = serving.copy, now
    item.save()
    record_event(
        item.case,
        EventKind.DOCUMENT_SERVED,
        by=by,
        at=now,
        document=item.pk,
        audience=serving.audience,
        copy=serving.copy_id,
    )


def serve_due(*, at: datetime | None = None) -> int:
    """Serve the copies whose time to be looked at passed without an answer; return how many.

    One that cannot be served as the case stands waits, and is found again. Silence after a
    withdrawal is no consent.
    """
    at = at or timezone.now()
    due = (
        Serving.objects.filter(
            case_document__case__state__in=OPEN_STATES,
            state=ServingState.WAITING,
            serves_at__lte=at,
        )
        .exclude(case_document__case__outcome=Outcome.WITHDRAWN)
        .select_related("case_document__case")
    )
    served = 0
    for waiting in due.order_by("serves_at", "id")[:500]:
        with locked(waiting.case_document.case) as row:
            serving = Serving.objects.select_related("copy").get(pk=waiting.pk)
            item = held_item(row, serving.case_document_id)
            serving.case_document = item
            if not serving.is_waiting or row.state not in OPEN_STATES:
                continue
            if row.outcome == Outcome.WITHDRAWN:
                continue
            try:
                _require_presentable(item, serving.audience, serving.copy)
            except Incomplete:
                continue
            _serve(serving, item, by=None)
            served += 1
    return served
