"""Rows that were loaded together with their owner, so that one rule serves a page and a service.

A service asks the database about the one row that it locked; a page loads a whole case once
(`cases.dossier`) and asks a dozen rules about it. Both call the same predicates, which come here.
"""

from __future__ import annotations

from typing import Any


def held(owner: Any, name: str) -> list[Any] | None:
    """Return the loaded rows of a relation, or None where only the database knows them."""
    rows = getattr(owner, "_prefetched_objects_cache", {}).get(name)
    return None if rows is None else list(rows)


def matching(owner: Any, name: str, **values: Any) -> list[Any]:
    """Return the rows of a relation with these values (columns by name, ids as `user_id`)."""
    rows = held(owner, name)
    if rows is None:
        return list(getattr(owner, name).filter(**values))
    return [row for row in rows if _fits(row, values)]


def has(owner: Any, name: str, **values: Any) -> bool:
    """Tell whether a relation has a row with these values."""
    rows = held(owner, name)
    if rows is None:
        return bool(getattr(owner, name).filter(**values).exists())
    return any(_fits(row, values) for row in rows)


def _fits(row: Any, values: dict[str, Any]) -> bool:
    return all(getattr(row, name) == value for name, value in values.items())
