"""The statement of a case on its way to publication."""

from statements.models.comments import Comment, CommentRound
from statements.models.leaks import LeakFinding, LeakKind
from statements.models.statement import SignOff, Statement, StatementKind, Version

__all__ = [
    "Comment",
    "CommentRound",
    "LeakFinding",
    "LeakKind",
    "SignOff",
    "Statement",
    "StatementKind",
    "Version",
]
