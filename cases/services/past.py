"""The rows of a case as they stood at a moment.

Rows as they are now are taken back through the recorded changes, the newest first; rows that came
later are left out, rows that were removed since are put back.
"""

from __future__ import annotations

import json
from collections import defaultdict
from datetime import datetime
from typing import Any

from django.apps import apps
from django.db import models
from django.utils import timezone

from cases.changes import REMOVED
from cases.models import Case, Change
from cases.tracking import path_to_case

BORN = {
    "cases.Party": "joined_at",
    "cases.Participation": "since",
    "cases.Representation": "since",
    "cases.ConflictDeclaration": "declared_at",
    "cases.Assessment": "answered_at",
    "cases.Decision": "proposed_at",
    "cases.Vote": "cast_at",
    "cases.GoodOfficesReply": "at",
    "cases.CaseDocument": "provided_at",
    "cases.Message": "sent_at",
    "cases.Request": "asked_at",
    "cases.Pause": "created_at",
    "cases.Extension": "created_at",
    "cases.Deadline": "opened_on",
    "statements.Version": "at",
    "statements.Comment": "at",
    "statements.Statement": "begun_at",
}
"""By which column a row of a model came into being; the others came with the case."""


class Past:
    """The rows of a case as they stood at a moment."""

    def __init__(self, case: Case, at: datetime) -> None:
        self.at = at
        self._later: dict[str, list[Change]] = defaultdict(list)
        rows = (
            Change.objects.filter(case=case, event__at__gt=at)
            .select_related("event")
            .order_by("-event__sequence", "-place")
        )
        for row in rows:
            row.case = case
            self._later[row.model].append(row)
        self.case = Case.objects.get(pk=case.pk)
        (self.case,) = self._back("cases.Case", [self.case])

    def rows(self, label: str, *, order: str = "pk") -> list[Any]:
        """Return the rows of a model that existed, each with the values that it had."""
        model = apps.get_model(label)
        path = "__".join(path_to_case(model) or ())
        now = list(model._base_manager.filter(**{path: self.case.pk}))
        rows = [row for row in self._back(label, now) if self._was_there(row)]
        return sorted(rows, key=lambda row: (getattr(row, order) is None, getattr(row, order)))

    def _was_there(self, row: Any) -> bool:
        born = BORN.get(row._meta.label)
        if born is None:
            return True
        moment = getattr(row, born)
        if isinstance(moment, datetime):
            return moment <= self.at
        return moment is None or moment <= timezone.localtime(self.at).date()

    def _back(self, label: str, rows: list[Any]) -> list[Any]:
        by_pk = {str(row.pk): row for row in rows}
        for change in self._later.get(label, ()):
            if change.field == REMOVED:
                model = apps.get_model(label)
                row = model()
                for name, value in json.loads(change.before or "{}").items():
                    _put(row, name, value)
                by_pk[change.row] = row
            elif change.row in by_pk:
                _put(by_pk[change.row], change.field, json.loads(change.before or "null"))
        return list(by_pk.values())


def _put(row: Any, name: str, value: Any) -> None:
    try:
        held = row._meta.get_field(name)
    except Exception:
        return  # a column that is no more
    target = held.target_field if held.remote_field else held
    if value is not None and not isinstance(held, models.JSONField):
        value = target.to_python(value)
    # Past the guard of states: nothing of this is ever saved.
    row.__dict__[held.attname] = value
