"""The shape of a submission: what the form collects, what is sealed, what a package carries.

The payload is plain JSON, so that what was sent can be sealed and read in twenty years. `digest`
is taken over its canonical spelling. Missing optional keys mean "not answered".
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any, Self

VERSION = 1


def _known(cls: type, data: Mapping[str, Any]) -> dict[str, Any]:
    names = {f.name for f in fields(cls)}
    unknown = set(data) - names
    if unknown:
        raise ValueError(f"{cls.__name__}: unknown {', '.join(sorted(unknown))}")
    return dict(data)


@dataclass(frozen=True)
class Shown:
    """To whom an identity is shown. The named officers of the NCP always know it."""

    mediator: bool = True
    respondent: bool = True
    public: bool = True
    reason: str = ""


@dataclass(frozen=True)
class ComplainantData:
    """One complainant; everything but the name is optional."""

    name: str
    kind: str = "individual"
    country: str = ""
    email: str = ""
    phone: str = ""
    address: str = ""
    shown: Shown = field(default_factory=Shown)


@dataclass(frozen=True)
class RepresentativeData:
    """Who files for the complainants, and by which mandate; `principals` are those represented
    by name."""

    name: str
    kind: str = "ngo"
    email: str = ""
    phone: str = ""
    mandate: str = ""
    principals: tuple[str, ...] = ()
    shown: Shown = field(default_factory=Shown)


@dataclass(frozen=True)
class RespondentData:
    """One enterprise; `role`: caused, contributed, linked or unknown."""

    name: str
    kind: str = "business"
    country: str = ""
    address: str = ""
    website: str = ""
    structure: str = ""
    role: str = "unknown"
    email: str = ""


@dataclass(frozen=True)
class IssueData:
    """One thing complained of. Days are YYYY, YYYY-MM or YYYY-MM-DD; citations read "IV.3"."""

    title: str
    description: str
    place: str = ""
    country: str = ""
    started: str = ""
    ended: str = ""
    is_ongoing: bool = False
    is_approximate: bool = False
    citations: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()
    """What is kept from whom, as "respondent.place"; see `cases.models.issue.KeptField`."""
    kept_reason: str = ""
    for_office: str = ""
    """What only the officers of the case read; it stands in the sealed submission alone."""


@dataclass(frozen=True)
class ProceedingData:
    forum: str
    reference: str = ""
    status: str = ""


@dataclass(frozen=True)
class DocumentData:
    """A file that was uploaded with the draft; `id` is that of `documents.Document`.

    The office is asked to keep it from these audiences, and decides; officers always see it.
    """

    id: str
    title: str
    withhold_from_respondent: bool = False
    reason: str = ""
    withhold_from_mediator: bool = False
    withhold_from_public: bool = False
    is_original: bool = False
    """The scan of what came on paper: a document of the office, not of a side."""

    @property
    def kept_from(self) -> tuple[bool, bool, bool]:
        """Return whether it shall be kept from the enterprise, the mediator, the public."""
        return (
            self.withhold_from_respondent,
            self.withhold_from_mediator,
            self.withhold_from_public,
        )

    @property
    def is_kept_from_anybody(self) -> bool:
        return any(self.kept_from)


@dataclass(frozen=True)
class SubmissionData:
    """Everything that a submission says."""

    complainants: tuple[ComplainantData, ...]
    respondents: tuple[RespondentData, ...]
    issues: tuple[IssueData, ...]
    representative: RepresentativeData | None = None
    proceedings: tuple[ProceedingData, ...] = ()
    documents: tuple[DocumentData, ...] = ()
    tried_before: str = ""
    others_to_ask: str = ""
    wanted: str = ""
    asked_of_office: tuple[str, ...] = ()
    """What the office shall do: see `AskedOfOffice`."""
    why_here: str = ""
    reprisal_risk: bool = False
    reprisal_details: str = ""
    safe_contact: str = ""
    ask_before_telling: bool = False
    """Whoever files wants to be asked once more before the enterprise is told."""
    interpreter: str = ""
    language: str = "en"
    channel: str = "web"
    arrived_on: str = ""
    edition: str = "2023"
    privacy_notice_version: str = ""
    told_by_recording: bool = False
    version: int = VERSION

    def as_json(self) -> dict[str, Any]:
        """Return the payload as plain JSON."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        """Read a payload.

        Raises:
            ValueError: a key is unknown.
            TypeError: something required is missing.
        """
        known = _known(cls, data)

        def many(name: str, kind: type) -> tuple[Any, ...]:
            return tuple(_part(kind, item) for item in known.get(name) or ())

        known["complainants"] = many("complainants", ComplainantData)
        known["respondents"] = many("respondents", RespondentData)
        known["issues"] = many("issues", IssueData)
        known["proceedings"] = many("proceedings", ProceedingData)
        known["documents"] = many("documents", DocumentData)
        known["asked_of_office"] = tuple(known.get("asked_of_office") or ())
        if known.get("representative"):
            known["representative"] = _part(RepresentativeData, known["representative"])
        return cls(**known)


def _part(cls: type, data: Mapping[str, Any]) -> Any:
    known = _known(cls, data)
    if "shown" in known:
        known["shown"] = Shown(**_known(Shown, known["shown"]))
    for name in ("principals", "citations", "kept"):
        if name in known:
            known[name] = tuple(known[name])
    return cls(**known)
