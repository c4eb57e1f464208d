"""How every use case here begins: the case locked, the statement fresh, nobody ahead of us."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.utils.translation import gettext as _

from cases import search
from cases.errors import Incomplete, Stale
from cases.services.acting import locked
from statements.models import Statement


@contextmanager
def at_work_on(statement: Statement, *, version: int | None = None) -> Iterator[Statement]:
    """Yield the statement with its case locked; it counts one version on when the block ends well.

    Args:
        version: the row version that the form was opened with; None where no form was open.

    Raises:
        Stale: somebody changed the statement since.
    """
    with locked(statement.case) as case:
        row = Statement.objects.get(pk=statement.pk)
        row.case = case
        if version is not None and row.row_version != version:
            raise Stale(_("Somebody else changed this statement since you opened the page."))
        yield row
        row.row_version += 1
        row.save()
        search.renew(case.pk)


def require_open(statement: Statement) -> None:
    """Refuse what needs a text that may still change."""
    if not statement.is_at_work:
        raise Incomplete(_("This statement is not at work any more."))
