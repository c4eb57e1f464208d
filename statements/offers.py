"""What a person may do with a statement now: the buttons and the pages behind them ask here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from cases.errors import Incomplete
from cases.workflow import State
from statements import permissions
from statements.services.hearing import may_close

if TYPE_CHECKING:
    from accounts.models import User
    from statements.standing import Standing

WRITING = frozenset(
    {"edit", "details", "open_comments", "close_comments", "record_comment", "set_aside"}
)
OF_OFFICERS = WRITING | {"publish", "correct", "unpublish", "keep"}


def offers(stands: Standing, user: User) -> set[str]:
    """Return the names of the steps that are open to a person now."""
    statement = stands.statement
    found: set[str] = set()
    if permissions.may_write(statement.case, user):
        found |= _of_officer(stands)
    if (
        statement.is_at_work
        and stands.is_heard
        and not stands.findings
        and not stands.is_signed
        and permissions.may_sign_off(statement, user)
    ):
        found.add("sign_off")
    return found


def _of_officer(stands: Standing) -> set[str]:
    statement = stands.statement
    if not statement.is_at_work:
        found = {"correct"} if statement.is_published else set()
        return found | ({"unpublish"} if _is_on_register(stands) else set())
    found = {"details"}
    if stands.findings:
        found.add("keep")
    if stands.is_waiting_for_comments:
        found.add("record_comment")
        if stands.round and may_close(stands.round):
            found.add("close_comments")
        return found
    found |= {"edit", "set_aside"}
    if stands.has_text and not stands.findings:
        found.add("open_comments")
        if stands.is_heard and stands.is_signed and _may_be_published_now(stands):
            found.add("publish")
    if _is_on_register(stands):
        found.add("unpublish")
    return found


def _is_on_register(stands: Standing) -> bool:
    return stands.statement.is_published and stands.statement.unpublished_at is None


def _may_be_published_now(stands: Standing) -> bool:
    statement = stands.statement
    if statement.is_published:
        return True
    if statement.ends_the_case:
        return statement.case.state == State.FINAL_STATEMENT
    return statement.case.state in (State.MEDIATION, State.EXAMINATION, State.FINAL_STATEMENT)


def require(name: str, stands: Standing, user: User) -> None:
    """Refuse a step that is not open to the person now.

    Raises:
        PermissionDenied: the person may never do this with this statement.
        Incomplete: something must come first, or it is over.
    """
    if name in offers(stands, user):
        return
    if name in OF_OFFICERS and not permissions.may_write(stands.statement.case, user):
        raise PermissionDenied
    if name == "sign_off" and not permissions.may_sign_off(stands.statement, user):
        raise PermissionDenied(
            _("A member of the NCP signs off who declared no conflict and wrote none of the text.")
        )
    raise Incomplete(_("This cannot be done as the statement stands now."))
