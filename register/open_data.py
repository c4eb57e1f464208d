"""All published records as files: CSV for spreadsheets, JSON for programs. Both are streamed."""

import csv
import json
from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _

from .models import PublishedRecord
from .querysets import RecordQuerySet

BATCH = 500
# A cell that begins so is a formula to a spreadsheet, whatever stands before it in full width.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠", "|", "%")

COLUMNS = (
    "id",
    "reference",
    "title",
    "language",
    "lead_ncp",
    "supporting_ncps",
    "stage",
    "outcome",
    "determination",
    "submitted_on",
    "concluded_on",
    "months",
    "complainants",
    "respondents",
    "host_countries",
    "sector",
    "chapters",
    "provisions",
    "mediator",
    "languages",
    "summary",
    "timeline",
    "source",
    "source_confidence",
    "notes",
    "published_at",
    "changed_at",
)


def meanings() -> list[tuple[str, str]]:
    """What each column means, in the reader's language."""
    texts = {
        "id": _("Identifier of the record; it never changes"),
        "reference": _("Number that the NCP gave the case"),
        "title": _("Title"),
        "language": _("Language of title, summary and notes"),
        "lead_ncp": _("Country of the NCP that leads the case"),
        "supporting_ncps": _("Countries of the NCPs that support it"),
        "stage": _("Where an open case stands"),
        "outcome": _("How the case ended"),
        "determination": _("Whether the NCP stated if the Guidelines were observed"),
        "submitted_on": _("Date of the submission: YYYY, YYYY-MM or YYYY-MM-DD"),
        "concluded_on": _("Date of the conclusion: YYYY, YYYY-MM or YYYY-MM-DD"),
        "months": _("Whole months from submission to conclusion, where known"),
        "complainants": _("Who brought the case: name, name in its own script, type"),
        "respondents": _("The enterprises: name, name in its own script, home country"),
        "host_countries": _("Countries where the issues arose"),
        "sector": _("Section of ISIC Rev. 4"),
        "chapters": _("Chapters of the Guidelines, numbered as in 2011 and 2023"),
        "provisions": _("Provisions cited, with their edition where it is known"),
        "mediator": _("Who mediated"),
        "languages": _("Languages of the case"),
        "summary": _("Summary"),
        "timeline": _("Events and their dates"),
        "source": _("Where the record comes from"),
        "source_confidence": _("How well the record is confirmed"),
        "notes": _("Notes, for example where sources differ"),
        "published_at": _("When the record was first published here"),
        "changed_at": _("When it last changed here"),
    }
    return [(name, texts[name]) for name in COLUMNS]


def safe_cell(value: Any) -> str:
    """The value as text that no spreadsheet takes for a formula (OWASP, "CSV injection")."""
    text = "" if value is None else str(value)
    return f"'{text}" if text.lstrip(" \u00a0\u200b\ufeff").startswith(_FORMULA) else text


def _party(party: dict[str, Any]) -> str:
    if party["withheld"]:
        return f"[withheld] ({party['type']})" if party["type"] else "[withheld]"
    details = [party["native_name"], party["type"], party["home_country"]]
    shown = ", ".join(detail for detail in details if detail)
    return f"{party['name']} ({shown})" if shown else party["name"]


def as_row(record: PublishedRecord) -> list[str]:
    """The record as cells in the order of COLUMNS; lists are joined by semicolons."""
    values: dict[str, Any] = {name: getattr(record, name, "") for name in COLUMNS}
    for name in ("supporting_ncps", "host_countries", "chapters", "languages"):
        values[name] = "; ".join(values[name])
    values["complainants"] = "; ".join(map(_party, record.complainants))
    values["respondents"] = "; ".join(map(_party, record.respondents))
    values["provisions"] = "; ".join(
        f"{p['code']} ({p['edition']})" if p["edition"] else p["code"] for p in record.provisions
    )
    values["timeline"] = "; ".join(f"{entry['key']}: {entry['on']}" for entry in record.timeline)
    values["determination"] = {True: "true", False: "false", None: ""}[record.determination]
    values["published_at"] = record.first_published_at.isoformat()
    values["changed_at"] = record.changed_at.isoformat()
    return [safe_cell(values[name]) for name in COLUMNS]


class _Echo:
    def write(self, text: str) -> str:
        return text


def csv_lines(records: RecordQuerySet) -> Iterator[str]:
    """Lines of a CSV file in UTF-8 with a byte order mark, which spreadsheets need for Cyrillic."""
    writer = csv.writer(_Echo())
    yield "\ufeff" + writer.writerow(COLUMNS)
    for record in records.without_search().newest_first().iterator(BATCH):
        yield writer.writerow(as_row(record))


def as_data(record: PublishedRecord) -> dict[str, Any]:
    """The record as the API gives it, without its documents. The list of what is open."""
    return {
        "id": str(record.pk),
        "reference": record.reference,
        "title": record.title,
        "language": record.language,
        "translations": record.translations,
        "lead_ncp": record.lead_ncp,
        "supporting_ncps": record.supporting_ncps,
        "stage": record.stage,
        "outcome": record.outcome,
        "determination": record.determination,
        "submitted_on": record.submitted_on or None,
        "concluded_on": record.concluded_on or None,
        "months": record.months,
        "complainants": record.complainants,
        "respondents": record.respondents,
        "host_countries": record.host_countries,
        "sector": record.sector,
        "chapters": record.chapters,
        "provisions": record.provisions,
        "mediator": record.mediator,
        "languages": record.languages,
        "summary": record.summary,
        "timeline": record.timeline,
        "source": record.source,
        "source_confidence": record.source_confidence,
        "notes": record.notes,
        "publisher": record.publisher,
        "published_at": record.first_published_at.isoformat(),
        "changed_at": record.changed_at.isoformat(),
    }


def json_lines(records: RecordQuerySet) -> Iterator[str]:
    """One JSON array, a record on each line."""
    separator = "[\n"
    for record in records.without_search().newest_first().iterator(BATCH):
        yield separator + json.dumps(as_data(record), ensure_ascii=False)
        separator = ",\n"
    yield "[]\n" if separator == "[\n" else "\n]\n"
