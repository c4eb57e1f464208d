"""Old cases of the own NCP, loaded as archived cases: nothing is sent, nothing is due."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from cases import rules
from cases.events import record_event
from cases.kinds import EventKind
from cases.models import Case, Organisation, Party
from cases.models.party import Side
from sealing.index import blind_index
from sealing.models import DataKey


@transaction.atomic
def import_archived(
    *,
    source_key: str,
    title: str,
    received_at: datetime,
    closed_at: datetime | None,
    outcome: str,
    complainants: list[tuple[str, str]],
    respondents: list[tuple[str, str]],
    rule_set: str = "oecd-2011",
) -> tuple[Case, bool]:
    """Load a case that was handled before this system. A second call with the same key changes
    nothing.

    Args:
        source_key: stable id of the record, never the title.
        complainants: pairs of name and kind.
        respondents: pairs of name and country (ISO 3166).

    Returns:
        The case and whether it is new.
    """
    held = Case.objects.filter(source_key=source_key).first()
    if held:
        return held, False
    case = Case(
        source_key=source_key,
        title=title[:300],
        rule_set=rules.load(rule_set).name,
        channel="imported",
        is_archived=True,
        data_key=DataKey.generate(),
        received_at=received_at,
        closed_at=closed_at,
        ended_at=closed_at,
        outcome=outcome,
        state="closed",
    )
    case.save(force_insert=True)
    for position, (name, kind) in enumerate(complainants, start=1):
        Party.objects.create(
            case=case, side=Side.COMPLAINANT, kind=kind, position=position, name=name,
            name_index=blind_index(name, "party.name"),
        )  # fmt: skip
    for position, (name, country) in enumerate(respondents, start=1):
        organisation, _made = Organisation.objects.get_or_create(name=name, country=country)
        Party.objects.create(
            case=case, side=Side.RESPONDENT, kind="business", position=position, name=name,
            country=country, organisation=organisation,
            name_index=blind_index(name, "party.name"),
        )  # fmt: skip
    record_event(case, EventKind.ARCHIVED, by=None)
    return case, True
