"""What publishing takes: plain data, checked field by field, nothing of a case but this.

The register accepts these classes and nothing else, so a field that is not listed here
cannot become public by accident.
"""

from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from .dates import PartialDate
from .vocabulary import DocumentKind, Outcome


@dataclass(frozen=True)
class PartyData:
    """A party as the public may know it. `withheld` parties have no name at all."""

    name: str = ""
    type: str = ""
    native_name: str = ""
    native_name_confidence: str = ""  # "to confirm", where nobody has confirmed it
    home_country: str = ""  # ISO 3166-1 alpha-2, empty when not known
    withheld: bool = False


@dataclass(frozen=True)
class ProvisionData:
    """A citation, as "IV.3", with the edition that it belongs to ("" when not recorded)."""

    code: str
    edition: str = ""
    edition_inferred: bool = False


@dataclass(frozen=True)
class TimelineEntry:
    """A public event: a key of `vocabulary.TIMELINE` or any words, and its date."""

    key: str
    on: PartialDate


@dataclass(frozen=True)
class TranslationData:
    title: str = ""
    summary: str = ""


@dataclass(frozen=True)
class RecordData:
    """One published specific instance.

    `source_key` identifies it for good ("case:…", "import:…"): publishing again with the same
    key changes the same record. `publisher` is the publishing NCP's name by language.
    """

    source_key: str
    title: str
    lead_ncp: str
    reference: str = ""
    language: str = "en"
    translations: dict[str, TranslationData] = field(default_factory=dict)
    supporting_ncps: tuple[str, ...] = ()
    stage: str = ""
    submitted_on: PartialDate | None = None
    concluded_on: PartialDate | None = None
    complainants: tuple[PartyData, ...] = ()
    respondents: tuple[PartyData, ...] = ()
    host_countries: tuple[str, ...] = ()
    sector: str = ""
    provisions: tuple[ProvisionData, ...] = ()
    outcome: str = Outcome.UNKNOWN
    determination: bool | None = None
    mediator: str = ""
    languages: tuple[str, ...] = ()
    summary: str = ""
    timeline: tuple[TimelineEntry, ...] = ()
    source: str = ""
    source_confidence: str = ""
    notes: str = ""
    publisher: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class DocumentData:
    """One finished text in Markdown, in one language.

    A second text of the same series supersedes the first, which stays public. The series is
    `kind` and `language`, and `number` where there are several (the second follow-up).
    """

    title: str
    markdown: str
    kind: str = DocumentKind.FINAL
    language: str = "en"
    number: int = 1
    finalised_on: date | None = None
    correction_note: str = ""
    id: UUID | None = None
