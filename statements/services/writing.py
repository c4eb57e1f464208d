"""Begin a statement and write its text; a save never overwrites what somebody else saved."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from cases.errors import Incomplete, Stale
from cases.events import record_event
from cases.kinds import EventKind
from cases.models import Case, Principal
from cases.services.acting import locked, require
from cases.workflow import State
from office.current import current
from register.markdown import clean_text, normalise_headings
from sealing.index import blind_index
from statements import leaks, permissions
from statements.draft import first_draft
from statements.models import LeakFinding, Statement, StatementKind, Version
from statements.services.acting import at_work_on, require_open

if TYPE_CHECKING:
    from accounts.models import User


class TextChanged(Stale):
    """Somebody saved a newer text meanwhile; `latest` is theirs."""

    def __init__(self, latest: Version) -> None:
        self.latest = latest
        super().__init__(
            _("%(who)s saved a newer text while you wrote. Yours is kept below.")
            % {"who": latest.by.name}
        )


def kinds_now(case: Case) -> list[StatementKind]:
    """Return the kinds of statement that can be begun for a case as it stands."""
    held = list(case.statements.filter(set_aside_at=None))
    at_work = {item.kind for item in held if item.published_at is None}
    published = {item.kind for item in held if item.published_at is not None}
    kinds = []
    if case.state == State.FINAL_STATEMENT:
        kinds = [StatementKind.FOLLOW_UP if _was_closed(case) else StatementKind.FINAL]
    elif case.state in (State.MEDIATION, State.EXAMINATION):
        if StatementKind.INITIAL_ASSESSMENT not in published:
            kinds.append(StatementKind.INITIAL_ASSESSMENT)
        kinds.append(StatementKind.PROGRESS)
    return [kind for kind in kinds if kind not in at_work]


def _was_closed(case: Case) -> bool:
    """Tell whether a statement ended the case before: here, or in the case that it was part of."""
    if case.events.filter(kind__in=[EventKind.CLOSED, EventKind.ARCHIVED]).exists():
        return True
    return case.closed_at is not None and case.events.filter(kind=EventKind.SPLIT_OFF).exists()


def begin(case: Case, *, kind: str, language: str, by: User) -> Statement:
    """Begin a statement with a first draft that is put together from the case.

    Raises:
        Incomplete: such a statement cannot be begun now, or the enterprise was not told.
        ValidationError: the language is none of the site's.
    """
    if language not in dict(settings.LANGUAGES):
        raise ValidationError(_("Choose one of the languages."))
    with locked(case) as row:
        require(permissions.may_write(row, by))
        if not row.is_served and not row.is_archived:
            raise Incomplete(_("The enterprise was not told of the case yet."))
        if kind not in kinds_now(row):
            raise Incomplete(_("This kind of statement cannot be begun now."))
        number = row.statements.filter(kind=kind, set_aside_at=None).count() + 1
        statement = Statement.objects.create(
            case=row, kind=StatementKind(kind), number=number, language=language, begun_by=by
        )
        title, text = first_draft(row, kind, language)
        _save(statement, language=language, title=title, summary="", text=text, by=by)
        record_event(
            row,
            EventKind.STATEMENT_BEGUN if statement.ends_the_case else EventKind.UPDATE_BEGUN,
            by=by,
            statement=statement.pk,
        )
    return statement


def save_draft(
    statement: Statement,
    *,
    language: str,
    title: str,
    text: str,
    by: User,
    based_on: int,
    summary: str = "",
) -> Version:
    """Save the text of one language as its next version; headings are put in order.

    Args:
        based_on: number of the version that was edited; 0 where this language had none.

    Raises:
        TextChanged: somebody saved a newer version meanwhile.
        Incomplete: both sides are reading the draft, or the statement is published.
        ValidationError: title or text is empty, or the language is none of the site's.
    """
    if language not in dict(settings.LANGUAGES):
        raise ValidationError(_("Choose one of the languages."))
    if not title.strip() or not text.strip():
        raise ValidationError(_("Write the title and the text."))
    with at_work_on(statement) as row:
        require(permissions.may_write(row.case, by))
        require_open(row)
        if row.rounds.filter(closed_at=None).exists():
            raise Incomplete(
                _("Both sides are reading this draft. Change it when the comment round is closed.")
            )
        latest = _latest(row, language)
        if latest and latest.number != based_on:
            raise TextChanged(latest)
        if latest and _says(latest) == (title.strip(), summary.strip(), _tidy(text)):
            return latest
        return _save(row, language=language, title=title, summary=summary, text=text, by=by)


def _latest(statement: Statement, language: str) -> Version | None:
    return (
        statement.versions.filter(language=language)
        .select_related("by")
        .order_by("-number")
        .first()
    )


def _says(version: Version) -> tuple[str, str, str]:
    return version.title, version.summary, version.text


def _tidy(text: str) -> str:
    return normalise_headings(text).strip()


def _save(
    statement: Statement, *, language: str, title: str, summary: str, text: str, by: User
) -> Version:
    latest = _latest(statement, language)
    version = Version(
        statement=statement,
        language=language,
        number=latest.number + 1 if latest else 1,
        title=clean_text(title).strip(),
        summary=clean_text(summary).strip(),
        text=_tidy(text),
        by=by,
    )
    version.save(force_insert=True)
    check(version)
    return version


def set_details(
    statement: Statement,
    *,
    follow_up_on: date | None,
    lessons: str,
    by: User,
    version: int | None = None,
) -> Statement:
    """Set the day of the follow-up that the statement names, and what the office learnt.

    Raises:
        ValidationError: the day is not in the future.
    """
    if follow_up_on and follow_up_on <= timezone.localdate():
        raise ValidationError(_("The follow-up must lie in the future."))
    with at_work_on(statement, version=version) as row:
        require(permissions.may_write(row.case, by))
        require_open(row)
        row.follow_up_on, row.lessons = follow_up_on, lessons.strip()
    return row


def set_aside(statement: Statement, *, by: User, version: int | None = None) -> Statement:
    """Put a statement aside that was not published and will not be; a correction is dropped."""
    with at_work_on(statement, version=version) as row:
        require(permissions.may_write(row.case, by))
        require_open(row)
        if row.rounds.filter(closed_at=None).exists():
            raise Incomplete(_("Close the comment round first."))
        if row.is_published:
            row.correcting_since, row.correction_note = None, ""
        else:
            row.set_aside_at = timezone.now()
    return row


# The leak check


def secrets_of(case: Case) -> Iterator[leaks.Secret]:
    """Yield what must not be read in a public text of this case."""
    for party in case.parties.all():
        if not (party.shown_to_public and party.shown_to_respondent):
            yield leaks.Secret("name", party.name, is_organisation=party.kind != "individual")
        yield from _contacts(party.email, party.phone)
        if party.side == "complainant":
            yield leaks.Secret("address", party.address)
    for row in case.representations.all():
        if not (row.shown_to_public and row.shown_to_respondent):
            yield leaks.Secret("name", row.name, is_organisation=row.kind != "individual")
        yield from _contacts(row.email, row.phone)
    for principal in Principal.objects.filter(representation__case=case):
        yield leaks.Secret("principal", principal.name)


def _contacts(email: str, phone: str) -> Iterator[leaks.Secret]:
    yield leaks.Secret("email", email)
    yield leaks.Secret("phone", phone)


def check(version: Version) -> list[LeakFinding]:
    """Look for what gives somebody away and write down what is found.

    Whoever may be named in the case stays unmarked. A reason that was given for the same words
    in an earlier version, of any language, holds on.
    """
    statement = version.statement
    text = "\n".join((version.title, version.summary, version.text))
    hits = leaks.find(
        text,
        list(secrets_of(statement.case)),
        allowed=current().own_words,
    )
    settled = {
        item.fingerprint: item
        for item in LeakFinding.objects.filter(
            version__statement=statement, overridden_at__isnull=False
        )
    }
    held = {item.fingerprint: item for item in version.findings.all()}
    for hit in hits:
        fingerprint = blind_index(hit.key, "leak")
        if fingerprint in held:
            continue
        finding = LeakFinding(
            version=version,
            kind=hit.kind,
            fingerprint=fingerprint,
            found=hit.found,
            context=hit.context,
        )
        if before := settled.get(fingerprint):
            finding.overridden_by = before.overridden_by
            finding.overridden_at, finding.reason = before.overridden_at, before.reason
        finding.save(force_insert=True)
        held[fingerprint] = finding
    return list(held.values())


def require_names_nobody(case: Case, text: str) -> None:
    """Refuse words that are published beside a text, where they may tell who somebody is.

    Raises:
        ValidationError: says which words.
    """
    hits = leaks.find(text, list(secrets_of(case)), allowed=current().own_words)
    if hits:
        raise ValidationError(
            _("This is published and may tell who somebody is. Take out: %(words)s")
            % {"words": ", ".join(hit.found for hit in hits)}
        )


def keep_finding(finding: LeakFinding, *, reason: str, by: User) -> LeakFinding:
    """Leave words in the text that the check marked, with the reason why nobody is harmed by it.

    Raises:
        ValidationError: no reason is given.
    """
    if not reason.strip():
        raise ValidationError(_("Say why these words may stay."))
    with at_work_on(finding.version.statement) as row:
        require(permissions.may_write(row.case, by) or permissions.may_sign_off(row, by))
        require_open(row)
        finding = LeakFinding.objects.select_related("version").get(pk=finding.pk)
        finding.version.statement = row
        finding.overridden_by, finding.overridden_at = by, timezone.now()
        finding.reason = reason.strip()
        finding.save()
    return finding
