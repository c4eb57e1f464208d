"""Historical cases from JSON: one object becomes a `RecordData`, or a list of what is wrong.

Pure: no database, no clock, no settings. The shape is that of `data/specific_instances.json`.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from .countries import code_of
from .dates import PartialDate
from .markdown import clean_text
from .payload import PartyData, ProvisionData, RecordData, TimelineEntry
from .vocabulary import SECTORS, Edition, Outcome, PartyType

MAX_ID = 150
MAX_TITLE = 1000
MAX_NAME = 300
MAX_TEXT = 50_000
MAX_PARTIES = 5000
UPDATED_2011 = date(2011, 5, 25)  # the day on which the 2011 edition was adopted
UPDATED_2023 = date(2023, 6, 8)
_ID = re.compile(r"[a-z0-9][a-z0-9._-]*")
_PROVISION = re.compile(r"(?:I{1,3}|IV|VI{0,3}|IX|XI?)(?:$|[.\s(:,].*)")
_LANGUAGE = re.compile(r"[a-z]{2,3}")

KNOWN = {
    "id", "title", "lead_ncp", "supporting_ncps", "submitted", "concluded", "complainants",
    "enterprises", "host_countries", "sector_isic", "chapters", "edition", "timeline", "outcome",
    "determination", "mediator", "languages", "summary", "source", "notes", "source_confidence",
    "reference", "language",
}  # fmt: skip


KNOWN_OF_PARTY = {"name", "type", "native_name", "native_name_confidence", "home_country"}


@dataclass(frozen=True)
class Problem:
    """What is wrong: the record's place in the file (from 1), the field, a sentence."""

    position: int
    field: str
    sentence: str

    def __str__(self) -> str:
        return _("Record %(position)s, field %(field)s: %(sentence)s") % {
            "position": self.position,
            "field": self.field or "-",
            "sentence": self.sentence,
        }


class _Reader:
    """Reads fields of one object and collects what is wrong, so that all of it is told at once."""

    def __init__(self, raw: dict[str, Any], position: int) -> None:
        self.raw = raw
        self.position = position
        self.problems: list[Problem] = []

    def wrong(self, field: str, sentence: str) -> None:
        self.problems.append(Problem(self.position, field, sentence))

    def check_text(self, field: str, value: Any, limit: int = MAX_TEXT) -> str:
        if value is None:
            return ""
        if not isinstance(value, str):
            self.wrong(field, _("This must be text."))
            return ""
        text = clean_text(value).strip()
        if len(text) > limit:
            self.wrong(field, _("This is longer than %(limit)s characters.") % {"limit": limit})
        return text

    def text(self, field: str, *, limit: int = MAX_TEXT, required: bool = False) -> str:
        text = self.check_text(field, self.raw.get(field), limit)
        if required and not text and not any(p.field == field for p in self.problems):
            self.wrong(field, _("This is missing."))
        return text

    def items(self, field: str) -> Iterator[tuple[str, Any]]:
        value = self.raw.get(field)
        if value is None:
            return
        if not isinstance(value, list):
            self.wrong(field, _("This must be a list."))
            return
        if len(value) > MAX_PARTIES:
            self.wrong(field, _("This list is longer than %(limit)s.") % {"limit": MAX_PARTIES})
            return
        for place, item in enumerate(value):
            yield f"{field}[{place}]", item

    def date(self, field: str, value: Any) -> PartialDate | None:
        if value is None:
            return None
        try:
            return PartialDate.parse(value)
        except (ValueError, TypeError):
            self.wrong(field, _("This must be a date as 2017, 2017-11 or 2017-11-30, or null."))
            return None

    def country(self, field: str, value: Any) -> str:
        text = self.check_text(field, value, 100)
        if not text:
            if value == "":
                self.wrong(field, _("This is missing."))
            return ""
        code = code_of(text)
        if code is None:
            self.wrong(field, _("No country has the name “%(name)s”.") % {"name": text[:60]})
        return code or ""

    def countries(self, field: str) -> tuple[str, ...]:
        codes = [self.country(place, item) for place, item in self.items(field)]
        return tuple(dict.fromkeys(code for code in codes if code))

    def parties(self, field: str) -> tuple[PartyData, ...]:
        return tuple(self._party(place, item) for place, item in self.items(field))

    def _party(self, place: str, item: Any) -> PartyData:
        if not isinstance(item, dict):
            self.wrong(place, _("This must be an object with a name."))
            return PartyData()
        for key in item:
            if key not in KNOWN_OF_PARTY:
                self.wrong(f"{place}.{clean_text(str(key))[:60]}", _("No such field is known."))
        name = self.check_text(f"{place}.name", item.get("name"), MAX_NAME)
        if not name and isinstance(item.get("name"), str | None):
            self.wrong(f"{place}.name", _("This is missing."))
        kind = self.check_text(f"{place}.type", item.get("type"), 40).lower()
        if kind and kind not in PartyType.values:
            self.wrong(
                f"{place}.type",
                _("This must be one of: %(choices)s.") % {"choices": ", ".join(PartyType.values)},
            )
        home = item.get("home_country")
        is_known = not (isinstance(home, str) and home.strip().lower() in ("", "unknown"))
        return PartyData(
            name=name,
            type=kind,
            native_name=self.check_text(f"{place}.native_name", item.get("native_name"), MAX_NAME),
            native_name_confidence=self.check_text(
                f"{place}.native_name_confidence", item.get("native_name_confidence"), 60
            ),
            home_country=self.country(f"{place}.home_country", home) if is_known else "",
        )

    def outcome(self) -> str:
        text = self.text("outcome", limit=60).lower()
        if not text:
            return Outcome.UNKNOWN
        if text not in Outcome.values:
            self.wrong(
                "outcome",
                _("This must be one of: %(choices)s.") % {"choices": ", ".join(Outcome.values)},
            )
        return text

    def provisions(self, submitted: PartialDate | None) -> tuple[ProvisionData, ...]:
        edition = self.text("edition", limit=10)
        if edition and edition not in Edition.values:
            self.wrong(
                "edition",
                _("This must be one of: %(choices)s.") % {"choices": ", ".join(Edition.values)},
            )
        inferred = "" if edition else _edition_at(submitted)
        found = []
        for place, item in self.items("chapters"):
            code = self.check_text(place, item, 60)
            if code and not _PROVISION.fullmatch(code):
                self.wrong(place, _("This must be a chapter with an optional paragraph, as IV.3."))
            elif code:
                found.append(ProvisionData(code, edition or inferred, bool(inferred)))
        return tuple(found)

    def timeline(self) -> tuple[TimelineEntry, ...]:
        value = self.raw.get("timeline")
        if value is None:
            return ()
        if not isinstance(value, dict):
            self.wrong("timeline", _("This must be an object with a date for each event."))
            return ()
        entries = []
        for key, day in value.items():
            name = clean_text(str(key)).strip()
            if not name or len(name) > 100:
                self.wrong("timeline", _("An event needs a name of at most 100 characters."))
                continue
            on = self.date(f"timeline.{name}", day)
            if on:
                entries.append(TimelineEntry(name, on))
        return tuple(sorted(entries, key=lambda entry: entry.on.isoformat()))

    def languages(self) -> tuple[str, ...]:
        codes = []
        for place, item in self.items("languages"):
            code = self.check_text(place, item, 10).lower()
            if not _LANGUAGE.fullmatch(code):
                self.wrong(place, _("This must be a language code, as en, ru or kk."))
            else:
                codes.append(code)
        return tuple(dict.fromkeys(codes))

    def sector(self) -> str:
        code = self.text("sector_isic", limit=20).upper()
        if code and code not in SECTORS:
            self.wrong("sector_isic", _("This must be a section of ISIC, a letter from A to U."))
        return code


def _edition_at(submitted: PartialDate | None) -> str:
    """The edition in force when a case was submitted, where no doubt is left.

    Old records of public databases number chapters now by the 2000, now by the 2011 edition, so
    nothing is inferred for them.
    """
    if submitted is None or submitted.first_day < UPDATED_2011:
        return ""
    return Edition.E2011 if submitted.first_day < UPDATED_2023 else Edition.E2023


def read_record(raw: Any, position: int) -> tuple[RecordData | None, list[Problem]]:
    """One object of the file as a record, or nothing and every problem that it has.

    `position` counts from 1. Fields that nobody knows are a problem too: a misspelt name would
    lose data without a word.
    """
    if not isinstance(raw, dict):
        return None, [Problem(position, "", _("This must be an object."))]
    reader = _Reader(raw, position)
    for name in raw:
        if name not in KNOWN:
            reader.wrong(clean_text(str(name))[:60], _("No such field is known."))
    key = reader.text("id", limit=MAX_ID, required=True)
    if key and not _ID.fullmatch(key):
        reader.wrong("id", _("Only small letters, digits, dots and hyphens can stand here."))
    lead = reader.text("lead_ncp", limit=100, required=True)
    submitted = reader.date("submitted", raw.get("submitted"))
    concluded = reader.date("concluded", raw.get("concluded"))
    if (
        submitted
        and concluded
        and concluded.isoformat() < submitted.isoformat()[: len(concluded.isoformat())]
    ):
        reader.wrong("concluded", _("This is before the date of the submission."))
    determination = raw.get("determination")
    if determination is not None and not isinstance(determination, bool):
        reader.wrong("determination", _("This must be true, false or null."))
    language = reader.text("language", limit=10) or "en"
    if not _LANGUAGE.fullmatch(language):
        reader.wrong("language", _("This must be a language code, as en, ru or kk."))
    record = RecordData(
        source_key=f"import:{key}",
        title=reader.text("title", limit=MAX_TITLE, required=True),
        reference=reader.text("reference", limit=60),
        language=language,
        lead_ncp=reader.country("lead_ncp", lead) if lead else "",
        supporting_ncps=reader.countries("supporting_ncps"),
        submitted_on=submitted,
        concluded_on=concluded,
        complainants=reader.parties("complainants"),
        respondents=reader.parties("enterprises"),
        host_countries=reader.countries("host_countries"),
        sector=reader.sector(),
        provisions=reader.provisions(submitted),
        outcome=reader.outcome(),
        determination=determination if isinstance(determination, bool) else None,
        mediator=reader.text("mediator", limit=200),
        languages=reader.languages(),
        summary=reader.text("summary"),
        timeline=reader.timeline(),
        source=reader.text("source"),
        source_confidence=reader.text("source_confidence", limit=60),
        notes=reader.text("notes"),
    )
    return (None, reader.problems) if reader.problems else (record, [])
