"""A row to be, before it is sealed and stored."""

from __future__ import annotations

from typing import Any

from django.db import models


class Row:
    """A row to be: columns by name; those that are not given get the model's default.

    No model instance: making seventy of them for each case would take most of the time.
    """

    def __init__(self, model: type[models.Model], values: dict[str, Any]) -> None:
        self.__dict__ = values
        self.model = model

    def __getattr__(self, name: str) -> Any:
        if name == "pk":
            return self.id
        return self.model._meta.get_field(name).get_default()
