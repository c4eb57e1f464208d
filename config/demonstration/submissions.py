"""A case of the data file of the demonstration, read as a submission."""

from __future__ import annotations

from typing import Any

from cases.payload import (
    ComplainantData,
    IssueData,
    RepresentativeData,
    RespondentData,
    Shown,
    SubmissionData,
)
from config.demonstration.words import FAMILY, WITHHELD


def submission(row: dict[str, Any]) -> SubmissionData:
    """Read a case of the data file as a submission."""
    language = row["language"]
    shown = Shown(
        mediator=True,
        respondent=not row.get("withheld", False),
        public=not row.get("withheld", False),
        reason=WITHHELD[language] if row.get("withheld") else "",
    )
    representative = None
    if "representative" in row:
        held = dict(row["representative"])
        count = held.pop("principals", 0)
        representative = RepresentativeData(
            **held, principals=tuple(FAMILY[language] % number for number in range(1, count + 1))
        )
    return SubmissionData(
        complainants=tuple(ComplainantData(**item, shown=shown) for item in row["complainants"]),
        respondents=tuple(RespondentData(**item) for item in row["respondents"]),
        issues=tuple(
            IssueData(**{**item, "citations": tuple(item.get("citations", ()))})
            for item in row["issue"]
        ),
        representative=representative,
        tried_before=row["tried_before"],
        wanted=row["wanted"],
        reprisal_risk=row.get("reprisal_risk", False),
        language=language,
        privacy_notice_version="1",
    )
