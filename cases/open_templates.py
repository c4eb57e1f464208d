"""The files that an office fills in to load its running cases: what stands in them, and why."""

from __future__ import annotations

import csv
import io
from datetime import date
from typing import Any

import xlsxwriter
from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.models.party import PartyKind
from cases.open_records import COLUMNS, NEEDED, STAGES
from cases.workflow import Outcome

TOLD: dict[str, Any] = {
    "id": gettext_lazy("Tells the case apart when the file is loaded again. Always needed."),
    "reference": gettext_lazy("Its number in your register. Needed once it is registered."),
    "state": gettext_lazy("Where it stands. Always needed."),
    "outcome": gettext_lazy("How it came out, once that is known."),
    "rule_set": gettext_lazy("The rules under which it began; empty: those in force."),
    "language": gettext_lazy("The language of its complainants."),
    "officer": gettext_lazy("E-mail address of its officer, who must be known here."),
    "received_on": gettext_lazy("The day on which the complaint came. Always needed."),
    "acknowledged_on": gettext_lazy("The day on which receipt was confirmed."),
    "registered_on": gettext_lazy("The day of its registration."),
    "served_on": gettext_lazy("The day on which the enterprise was told."),
    "responded_on": gettext_lazy("The day on which the enterprise answered."),
    "assessment_concluded_on": gettext_lazy("The day on which the initial assessment was decided."),
    "good_offices_concluded_on": gettext_lazy("The day on which good offices ended."),
    "ended_on": gettext_lazy("The day from which nothing but the statement was left to do."),
    "closed_on": gettext_lazy("The day on which the statement was published."),
    "follow_up_on": gettext_lazy("The day on which the office looks again; it may lie ahead."),
    "reprisal_risk": gettext_lazy("Yes, where people may be put under pressure."),
    "complainant_name": gettext_lazy("Who complains. One line for each complainant."),
    "complainant_kind": gettext_lazy("What the complainant is."),
    "complainant_country": gettext_lazy("Code of two letters, like KZ."),
    "complainant_email": gettext_lazy("Where the complainant is written to."),
    "complainant_withheld": gettext_lazy("Yes, where nobody but the office may know the name."),
    "respondent_name": gettext_lazy("The enterprise. One line for each."),
    "respondent_kind": gettext_lazy("What the respondent is; empty: a business."),
    "respondent_country": gettext_lazy("Code of two letters, like KZ."),
    "issue_title": gettext_lazy("An issue in a few words. One line for each issue."),
    "issue_description": gettext_lazy("What happened; empty: the title."),
    "issue_country": gettext_lazy("Code of two letters, like KZ."),
    "issue_provisions": gettext_lazy("Provisions of the Guidelines, like VI.1; IV.3."),
    "issue_accepted": gettext_lazy("Yes or no; needed in good offices."),
}
"""What a column holds, for whoever fills it in."""

TEMPLATE_ROWS: tuple[dict[str, str], ...] = (
    {
        "id": "old-register-17", "reference": "OLD-2026-17", "state": "initial_assessment",
        "rule_set": "kz", "language": "ru", "officer": "officer@example.org",
        "received_on": "2026-03-02", "acknowledged_on": "2026-03-05",
        "registered_on": "2026-03-20", "served_on": "2026-03-27", "complainant_name": "Jane Doe",
        "complainant_kind": "individual", "complainant_country": "KZ",
        "complainant_withheld": "yes", "respondent_name": "Example Mining",
        "respondent_country": "KZ", "issue_title": "The river is polluted",
        "issue_description": "Since spring the water smells of chemicals.",
        "issue_country": "KZ", "issue_provisions": "VI.1; IV.3",
    },
    {"id": "old-register-17", "complainant_name": "Village council",
     "complainant_kind": "community", "issue_title": "Wages were not paid",
     "issue_provisions": "V.1.a"},
)  # fmt: skip


def as_csv() -> str:
    """Return a CSV file to fill in: the columns, and one case with two complainants and issues."""
    out = io.StringIO()
    writer = csv.DictWriter(out, COLUMNS, restval="")
    writer.writeheader()
    writer.writerows(TEMPLATE_ROWS)
    return out.getvalue()


def choices() -> dict[str, list[str]]:
    """Return the words that a column takes, where it takes no others."""
    yes = ["yes", "no"]
    return {
        "state": [str(state) for state in NEEDED],
        "outcome": [str(item) for item in Outcome.values],
        "language": [code for code, _name in settings.LANGUAGES],
        "complainant_kind": [str(item) for item in PartyKind.values],
        "respondent_kind": [str(item) for item in PartyKind.values],
        "reprisal_risk": yes,
        "complainant_withheld": yes,
        "issue_accepted": yes,
    }


def as_workbook() -> bytes:
    """Return the same as a workbook, with lists to choose from and a sheet that tells what each
    column holds, in the language of the reader."""
    out = io.BytesIO()
    days = {*STAGES, "closed_on", "follow_up_on"}
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(out, options) as book:
        book.set_properties({"title": "", "author": ""})
        bold = book.add_format({"bold": True})
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        text = book.add_format({"num_format": "@"})
        wrapped = book.add_format({"text_wrap": True, "valign": "top"})
        sheet = book.add_worksheet(_("Cases"))
        sheet.freeze_panes(1, 1)
        for place, name in enumerate(COLUMNS):
            sheet.set_column(place, place, 20, day if name in days else text)
            sheet.write_string(0, place, name, bold)
            if allowed := choices().get(name):
                sheet.data_validation(
                    1, place, 2000, place, {"validate": "list", "source": allowed}
                )
        for number, row in enumerate(TEMPLATE_ROWS, start=1):
            for name, value in row.items():
                place = COLUMNS.index(name)
                if name in days:
                    sheet.write_datetime(number, place, date.fromisoformat(value), day)
                else:
                    sheet.write_string(number, place, value, text)
        told = book.add_worksheet(_("Explanations"))
        told.set_column(0, 0, 28)
        told.set_column(1, 1, 70)
        told.set_column(2, 2, 60)
        for place, head in enumerate((_("Column"), _("What it holds"), _("What it takes"))):
            told.write_string(0, place, head, bold)
        for number, name in enumerate(COLUMNS, start=1):
            told.write_string(number, 0, name, bold)
            told.write_string(number, 1, str(TOLD[name]), wrapped)
            takes = ", ".join(choices().get(name, ()))
            if name in days:
                takes = _("A day, like 2026-03-15")
            told.write_string(number, 2, takes, wrapped)
    return out.getvalue()
