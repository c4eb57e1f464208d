"""What other rooms ask of published texts, so that only this app knows the register."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from register.models import PublishedRecord
from statements.projection import source_key

if TYPE_CHECKING:
    from cases.models import Case


def record_id(case: Case) -> UUID | None:
    """Return the id of the case's page on the public register, or None where it has none."""
    rows = PublishedRecord.objects.public().filter(source_key=source_key(case))
    return rows.values_list("pk", flat=True).first()
