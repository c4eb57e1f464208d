"""What can go wrong with a case. `config` turns these into pages and JSON, in one place."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


class Conflict(Exception):
    """What was asked for does not fit what the case is now (409).

    Args:
        message: a sentence for the person who asked, in their language.
    """

    def __init__(self, message: StrOrPromise | None = None) -> None:
        self.message = message or _("The case has changed since you opened this page.")
        super().__init__(str(self.message))


class WrongState(Conflict):
    """The case is in a state in which this cannot be done."""


class Stale(Conflict):
    """Somebody changed the case after the form was opened."""


class Gone(Conflict):
    """The content of the case was erased: only its history and the tombstone are left."""


class Incomplete(Conflict):
    """Something that must come first has not happened yet."""
