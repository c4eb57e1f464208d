"""Who may write, sign and publish. The check, the button and the page use the same predicates."""

from __future__ import annotations

from typing import TYPE_CHECKING

from accounts.roles import Role
from cases import permissions

if TYPE_CHECKING:
    from accounts.models import User
    from cases.models import Case
    from statements.models import Statement


def may_write(case: Case, user: User) -> bool:
    """Officers write; who has a conflict of interest or mediated the case does not."""
    return permissions.may_run_procedure(case, user)


def may_read(case: Case, user: User) -> bool:
    """Members read drafts and comments once they declared that they have no conflict."""
    return user.has_role(Role.OFFICER, Role.AUDITOR) or permissions.may_decide(case, user)


def has_written(statement: Statement, user: User) -> bool:
    """Tell whether any word of the text, in any language, was saved by this person."""
    return statement.versions.filter(by=user).exists()


def may_sign_off(statement: Statement, user: User) -> bool:
    """A person with the right to decide who did not write any of it."""
    return permissions.may_decide(statement.case, user) and not has_written(statement, user)


def may_publish(statement: Statement, user: User) -> bool:
    return permissions.may_publish(statement.case, user)
