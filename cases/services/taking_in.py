"""A package of another NCP becomes a case here: once, whole or not at all."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, fields, is_dataclass, replace
from datetime import date
from typing import IO, TYPE_CHECKING, Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.base import File
from django.core.files.storage import default_storage
from django.db import IntegrityError, transaction
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _

from cases import ncps
from cases.events import record_event
from cases.kinds import EventKind
from cases.models import Case, ForeignCase, TakenIn
from cases.models.correspondence import Correspondent
from cases.models.party import PartyKind, RespondentRole
from cases.packages import BadPackage, Listed, Package
from cases.payload import DocumentData, SubmissionData
from cases.services import filing, package_keys
from cases.services.acting import locked, require
from cases.services.incoming import may_take_in
from cases.services.package_keys import KeyOfPackage
from cases.workflow import State
from documents import services as files
from sealing.models import DataKey

if TYPE_CHECKING:
    from accounts.models import User

LONGEST = 100_000
SHORT = {"name": 300, "title": 500, "country": 2, "kind": 12, "role": 12, "language": 8,
         "started": 10, "ended": 10, "website": 300, "edition": 4, "email": 254,
         "privacy_notice_version": 20}  # fmt: skip
LETTER = ("at", "from", "sender", "subject", "text")
MOST = {"complainants": 500, "respondents": 100, "issues": 100, "proceedings": 100}


@dataclass(frozen=True)
class Looked:
    """What taking a package in would make, for the officer to look at first."""

    package: Package
    data: SubmissionData
    origin: dict[str, Any]
    documents: list[dict[str, Any]]
    links: list[dict[str, Any]]
    history: list[dict[str, Any]]
    messages: list[dict[str, Any]]
    key: KeyOfPackage
    is_for_us: bool
    already: Case | None

    @property
    def received_on(self) -> date | None:
        """The day on which it was received there; None where the package says none."""
        return _day(self.origin.get("received_at"))

    @property
    def state_there(self) -> str:
        """Its state there, in words where this system knows the state."""
        return _label(State, self.origin.get("state"))

    @property
    def related(self) -> list[dict[str, str]]:
        """The related cases at other NCPs that it names, with what people here call each NCP."""
        return [{**link, "ncp": ncps.label_of(link["country"])} for link in self.links]

    @property
    def sender(self) -> str:
        return ncps.label_of(self.package.manifest.sender)


def look(package: Package) -> Looked:
    """Read a package without writing anything.

    Raises:
        BadPackage: what it says of the case cannot be taken in; the text says why.
    """
    manifest, case = package.manifest, package.case
    if manifest.sender not in ncps.listed():
        raise BadPackage(_("The package comes from no NCP that is known here."))
    try:
        data = _submission(case)
        documents = [_document(row, package) for row in _rows(case, "documents")]
        links = _links(case)
        history = [_texts(row, "at", "code", "what") for row in _rows(case, "history")]
        messages = [_texts(row, *LETTER) for row in _rows(case, "messages")]
        origin = _origin(case)
    except BadPackage:
        raise
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise BadPackage(_("case.json does not hold a case in the way that it should.")) from error
    if {row["path"] for row in documents} != {row.path for row in package.documents}:
        raise BadPackage(_("The documents of the package are not those that it lists."))
    held = TakenIn.objects.filter(pk=manifest.id).select_related("case").first()
    return Looked(
        package=package,
        data=data,
        origin=origin,
        documents=documents,
        links=links,
        history=history,
        messages=messages,
        key=package_keys.judged(manifest.sender, manifest.public_key),
        is_for_us=manifest.recipient == settings.NCP_COUNTRY,
        already=held.case if held else None,
    )


def take_in(
    looked: Looked, *, by: User | None, trust_key: bool = False, replace_key: bool = False
) -> tuple[Case, bool]:
    """Open a case of a package: received today, with its origin, its dates there and its links.
    A second time gives the same case again and makes nothing.

    Args:
        by: the officer; None for the command line.
        trust_key: the officer compared the fingerprint of the key with the NCP by another way;
            it is remembered.
        replace_key: the same for a key that is not the one of before.

    Returns:
        The case and whether it is new.

    Raises:
        UnknownKey: nobody knows the key and nobody compared it; `ChangedKey` where it is not the
            one of before.
        BadPackage: the package is for another NCP, or a document in it cannot be taken.
        PermissionDenied: the person is no officer.
    """
    require(by is None or may_take_in(by))
    manifest = looked.package.manifest
    if not looked.is_for_us:
        raise BadPackage(
            _("The package is for another NCP: %(name)s.")
            % {"name": ncps.label_of(manifest.recipient)}
        )
    package_keys.check(looked.key, trust=trust_key, replace=replace_key)
    written: list[str] = []
    try:
        with transaction.atomic():
            data_key = DataKey.generate()
            earlier = TakenIn.objects.filter(pk=manifest.id).select_related("case").first()
            if earlier:
                transaction.set_rollback(True)
                return earlier.case, False
            if not looked.key.is_trusted:
                package_keys.remember(manifest.sender, manifest.public_key, key=looked.key, by=by)
            documents = _store(looked, data_key, by, written)
            return _open_case(looked, data_key, documents, by), True
    except BaseException as error:
        for name in written:
            default_storage.delete(name)
        held = TakenIn.objects.filter(pk=manifest.id).select_related("case").first()
        if isinstance(error, IntegrityError) and held:
            return held.case, False  # somebody else was faster by a moment
        raise


def _open_case(
    looked: Looked, data_key: DataKey, documents: tuple[DocumentData, ...], by: User | None
) -> Case:
    manifest = looked.package.manifest
    case = filing.file_submission(
        replace(looked.data, documents=documents),
        filed_by=None,
        data_key=data_key,
        idempotency_key=manifest.id,
        entered_by=by,
    ).case
    with locked(case, by=by) as row:
        TakenIn.objects.create(
            package_id=manifest.id,
            case=row,
            country=manifest.sender,
            manifest_digest=manifest.digest,
            public_key=manifest.public_key,
            is_key_known=looked.key.is_trusted,
            content=json.dumps(
                {
                    "origin": looked.origin,
                    "history": looked.history,
                    "messages": looked.messages,
                    "links": looked.links,
                    "made_at": manifest.made_at.isoformat(),
                    "reference": manifest.reference,
                },
                ensure_ascii=False,
            ),
            taken_by=by,
        )
        for link in looked.links:
            ForeignCase.objects.create(case=row, **link, added_by=by)
        record_event(
            row,
            EventKind.PACKAGE_TAKEN_IN,
            by=by,
            country=manifest.sender,
            package=manifest.id,
            digest=manifest.digest,
        )
    return row


def _store(
    looked: Looked, data_key: DataKey, by: User | None, written: list[str]
) -> tuple[DocumentData, ...]:
    listed = {row.path: row for row in looked.package.documents}
    rows = []
    for item in looked.documents:
        with _plain(looked.package, listed[item["path"]]) as plain:
            upload = File(plain, name=item["path"].rpartition("/")[2])
            upload.size = listed[item["path"]].size
            try:
                document = files.store(upload, by=by, data_key=data_key)
            except ValidationError as error:
                raise BadPackage(
                    _("%(path)s cannot be taken: %(why)s")
                    % {"path": item["path"], "why": " ".join(error.messages)}
                ) from error
        written.append(files.original_path(document))
        rows.append(DocumentData(id=str(document.pk), title=item["title"]))
    return tuple(rows)


@contextmanager
def _plain(package: Package, item: Listed) -> Iterator[IO[bytes]]:
    with tempfile.TemporaryFile() as plain:
        for piece in package.pieces(item):
            plain.write(piece)
        plain.seek(0)
        yield plain


def origin_of(case: Case) -> tuple[TakenIn, dict[str, Any]] | None:
    """Return from where a case was taken over and what the package said of it; None for others.

    What this system knows by a code is said in the reader's language, days are days.
    """
    row = TakenIn.objects.filter(case=case).select_related("taken_by").first()
    if row is None:
        return None
    row.case = case
    content = json.loads(row.content)
    origin = content["origin"]
    origin["received_on"] = _day(origin.get("received_at"))
    origin["state_label"] = _label(State, origin.get("state"))
    for event in content["history"]:
        event["on"] = _day(event["at"])
        event["label"] = _label(EventKind, event.get("code")) or event["what"]
    for message in content["messages"]:
        message["on"] = _day(message["at"])
        message["label"] = _label(Correspondent, message.get("sender")) or message["from"]
        if message.get("sender") == Correspondent.NCP:
            message["label"] = ncps.label_of(row.country)
    return row, content


def _day(value: Any) -> date | None:
    try:
        return parse_date(str(value)[:10])
    except ValueError:
        return None


def _label(codes: Any, code: Any) -> str:
    """Return a code in words, in the reader's language, where this system knows it."""
    return str(codes(code).label) if code in codes.values else str(code or "")


# What a package says, read without trust


def _rows(case: Mapping[str, Any], name: str) -> list[dict[str, Any]]:
    rows = case.get(name, [])
    if not isinstance(rows, list) or len(rows) > 5000:
        raise ValueError(name)
    if not all(isinstance(row, dict) for row in rows):
        raise ValueError(name)
    return rows


def _texts(row: Mapping[str, Any], *names: str) -> dict[str, Any]:
    return {name: _text(row.get(name, ""), name) for name in names}


def _text(value: Any, name: str) -> str:
    if not isinstance(value, str):
        raise ValueError(name)
    value = value.replace("\x00", "")
    if len(value) > SHORT.get(name, LONGEST):
        raise BadPackage(_("A text in the package is too long: %(name)s.") % {"name": name})
    return value


def _links(case: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the related cases at other NCPs, also at one that this office does not list yet."""
    found = []
    for row in _rows(case, "links"):
        link = _texts(row, "country", "title", "url")
        is_address = link["url"].startswith(("https://", "http://")) and len(link["url"]) <= 500
        link["url"] = link["url"] if is_address else ""
        if link["title"] or link["url"]:
            link["title"] = link["title"] or "–"
            found.append(link)
    return found


def _document(row: Mapping[str, Any], package: Package) -> dict[str, Any]:
    title = _text(row.get("title", ""), "title")[:200]
    return {"path": _text(row["path"], "path"), "title": title or _("Document")}


def _origin(case: Mapping[str, Any]) -> dict[str, Any]:
    origin = case.get("origin", {})
    if not isinstance(origin, dict):
        raise ValueError("origin")
    return {
        name: _text(value, name)
        for name, value in origin.items()
        if isinstance(name, str) and len(name) <= 40 and isinstance(value, str)
    }


def _submission(case: Mapping[str, Any]) -> SubmissionData:
    raw = case["submission"]
    if not isinstance(raw, dict):
        raise ValueError("submission")
    data = SubmissionData.from_json({**raw, "documents": [], "channel": "imported"})
    _check(data)
    for name, most in MOST.items():
        if len(getattr(data, name)) > most:
            raise BadPackage(_("The package names too many: %(name)s.") % {"name": name})
    if not data.complainants or not data.respondents or not data.issues:
        raise BadPackage(_("The package names no complainant, no enterprise or no issue."))
    kinds = [row.kind for row in data.complainants] + [row.kind for row in data.respondents]
    if not set(kinds) <= set(PartyKind.values):
        raise ValueError("kind")
    if data.representative and data.representative.kind not in PartyKind.values:
        raise ValueError(data.representative.kind)
    for row in data.respondents:
        if row.role not in RespondentRole.values:
            raise ValueError(row.role)
    if data.language not in dict(settings.LANGUAGES):
        # People read pages in a language of this office; the texts stay as they are.
        return replace(data, language=settings.LANGUAGE_CODE)
    return data


def _check(value: Any, name: str = "") -> None:
    """Check every value of a payload: texts of the right length, no other kinds."""
    if is_dataclass(value):
        for item in fields(value):
            held = getattr(value, item.name)
            wanted = item.default
            if isinstance(wanted, bool) != isinstance(held, bool):
                raise ValueError(item.name)
            _check(held, item.name)
    elif isinstance(value, tuple):
        if len(value) > 5000:
            raise ValueError(name)
        for part in value:
            _check(part, name)
    elif isinstance(value, str):
        if "\x00" in value:
            raise ValueError(name)
        _text(value, name)
    elif isinstance(value, bool):
        pass  # compared with its default above
    elif not (name == "representative" and value is None) and not (
        name == "version" and isinstance(value, int)
    ):
        raise ValueError(name)
