"""Sign off, publish, correct, take off the register."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied
from django.utils import timezone
from django.utils.translation import gettext as _

from cases import permissions as case_permissions
from cases.errors import Conflict, Incomplete
from cases.events import record_event
from cases.kinds import EventKind
from cases.services import ending, review
from cases.services.acting import require, require_state
from cases.workflow import State
from register import services as register
from statements import permissions, projection
from statements.models import SignOff, Statement, StatementKind, Version
from statements.services.acting import at_work_on, require_open
from statements.services.hearing import require_no_leak
from statements.services.writing import require_names_nobody
from statements.standing import Standing, latest_versions, standing_of

if TYPE_CHECKING:
    from uuid import UUID

    from accounts.models import User


def sign_off(
    statement: Statement, *, versions: set[UUID], by: User, version: int | None = None
) -> list[SignOff]:
    """Sign off the text, in every language, that the person has read.

    Args:
        versions: ids of the versions that were on the page; they must be the latest ones.

    Raises:
        Incomplete: no comment round was held and closed, or the text may give somebody away.
        Conflict: a newer text was saved meanwhile.
        PermissionDenied: the person wrote part of it, or may not decide in this case.
    """
    with at_work_on(statement, version=version) as row:
        if not case_permissions.may_decide(row.case, by):
            raise PermissionDenied
        if permissions.has_written(row, by):
            raise PermissionDenied(_("Whoever wrote part of a statement does not sign it off."))
        require_open(row)
        stands = standing_of(row)
        _require_heard(stands)
        if {item.pk for item in stands.versions.values()} != set(versions):
            raise Conflict(_("A newer text was saved. Read it before you sign."))
        require_no_leak(row)
        signed = [
            SignOff.objects.create(version=item, follow_up_on=row.follow_up_on, by=by)
            for item in stands.versions.values()
        ]
        record_event(row.case, EventKind.STATEMENT_SIGNED_OFF, by=by, statement=row.pk)
        if _may_be_reviewed(row):
            review.open_window(row.case, statement=row.pk, by=by)
    return signed


def _may_be_reviewed(statement: Statement) -> bool:
    """A review comes before the first publication of a final statement."""
    return statement.kind == StatementKind.FINAL and not statement.is_published


def _require_heard(stands: Standing) -> None:
    if stands.round is None:
        raise Incomplete(_("Both sides must be asked for comments first."))
    if not stands.is_heard:
        raise Incomplete(_("The comment round must be closed first."))


def publish(
    statement: Statement,
    *,
    by: User,
    versions: set[UUID] | None = None,
    version: int | None = None,
) -> Statement:
    """Publish the signed text in all its languages; a final or follow-up statement closes the case.

    The register's copy, the closing and the history are one transaction: all of it or nothing.

    Args:
        versions: ids of the versions that were on the page, where a page was open.

    Raises:
        Incomplete: no closed comment round, no sign-off of exactly this text, or it may give
            somebody away.
        ValidationError: what is said of the correction may, since somebody was withheld after it.
        WrongState: the case is not in a state that ends with this statement.
    """
    with at_work_on(statement, version=version) as row:
        case = row.case
        require(permissions.may_publish(row, by))
        require_open(row)
        is_first = not row.is_published
        closes = is_first and row.ends_the_case
        if closes:
            require_state(case, State.FINAL_STATEMENT)
        elif is_first:
            require_state(case, State.MEDIATION, State.EXAMINATION, State.FINAL_STATEMENT)
        stands = standing_of(row)
        if versions is not None and {item.pk for item in stands.versions.values()} != versions:
            raise Conflict(_("A newer text was saved. Look at it before you publish."))
        _require_heard(stands)
        if not stands.is_signed:
            raise Incomplete(_("The text must be signed off as it stands now."))
        if _may_be_reviewed(row):
            review.require_over(case)
        require_no_leak(row)
        _require_notes_name_nobody(row, row.correction_notes)
        _send_to_register(row, stands, closes=closes)
        _record(row, by=by, closes=closes, is_first=is_first)
        now = timezone.now()
        Version.objects.filter(pk__in=[item.pk for item in stands.versions.values()]).update(
            published_at=now
        )
        row.published_at, row.published_by = row.published_at or now, row.published_by or by
        row.correcting_since, row.correction_note = None, ""
        row.unpublished_at, row.unpublished_reason = None, ""
    return row


def _send_to_register(row: Statement, stands: Standing, *, closes: bool) -> None:
    record = projection.record(row, stands.versions.values(), closes=closes)
    for language, text in stands.versions.items():
        register.publish(
            record,
            projection.document(
                row,
                text,
                finalised_at=stands.sign_offs[language].at,
                note=row.correction_note_in(language),
            ),
        )


def _record(row: Statement, *, by: User, closes: bool, is_first: bool) -> None:
    if closes:
        closed = ending.close(row.case, by=by, statement=row.pk, follow_up_on=row.follow_up_on)
        row.case = closed
        return
    kind = EventKind.UPDATE_PUBLISHED if is_first else EventKind.STATEMENT_CORRECTED
    record_event(row.case, kind, by=by, statement=row.pk)


def begin_correction(
    statement: Statement, *, notes: Mapping[str, str], by: User, version: int | None = None
) -> Statement:
    """Open a published text again; the register keeps the old one until the new is published.

    Args:
        notes: what is corrected and why, in each language of the statement; published with the
            new version of that language.

    Raises:
        Incomplete: a language has no note, or a correction is under way.
        ValidationError: a note may tell who somebody is.
    """
    said = {language: note.strip() for language, note in notes.items()}
    with at_work_on(statement, version=version) as row:
        require(permissions.may_write(row.case, by))
        if not row.is_published or row.is_at_work:
            raise Incomplete(_("Only a published statement can be corrected, once at a time."))
        if set(said) != set(latest_versions(row)) or not all(said.values()):
            raise Incomplete(_("Say in every language what is corrected: readers will see it."))
        _require_notes_name_nobody(row, said)
        row.correcting_since = timezone.now()
        row.correction_note = json.dumps(said, ensure_ascii=False)
    return row


def _require_notes_name_nobody(row: Statement, notes: Mapping[str, str]) -> None:
    for note in notes.values():
        require_names_nobody(row.case, note)


def unpublish(
    statement: Statement, *, reason: str, by: User, version: int | None = None
) -> Statement:
    """Take the case off the register at once, with all its texts; the address answers "gone".

    One officer is enough, because somebody's safety may depend on it. A correction brings the
    case back.

    Raises:
        Incomplete: no reason is given, or it is not public.
    """
    if not reason.strip():
        raise Incomplete(_("Say why it is taken off the register."))
    with at_work_on(statement, version=version) as row:
        require(permissions.may_publish(row, by))
        if not row.is_published or row.unpublished_at:
            raise Incomplete(_("This statement is not on the register."))
        register.unpublish(projection.source_key(row.case))
        now = timezone.now()
        for other in row.case.statements.exclude(pk=row.pk).filter(
            published_at__isnull=False, unpublished_at=None
        ):
            other.case = row.case
            other.unpublished_at, other.unpublished_reason = now, reason.strip()
            other.row_version += 1
            other.save()
        row.unpublished_at, row.unpublished_reason = now, reason.strip()
        record_event(row.case, EventKind.STATEMENT_UNPUBLISHED, by=by, statement=row.pk)
    return row


def texts_of(statement: Statement) -> list[Version]:
    """Return the latest text of each language."""
    return list(latest_versions(statement).values())
