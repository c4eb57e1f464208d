"""The draft of a decision: several people write on it, and nobody's text is overwritten unseen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils import timezone
from django.utils.translation import gettext as _

from cases import permissions
from cases.errors import Incomplete, Stale
from cases.events import record_event
from cases.kinds import EventKind
from cases.models import DraftEditor, DraftReasons, Issue
from cases.models.assessment import DecisionState
from cases.services.acting import locked, require, require_state
from cases.workflow import State

if TYPE_CHECKING:
    from accounts.models import User


class DraftChanged(Stale):
    """Somebody saved a newer draft of an issue meanwhile; `latest` is theirs."""

    def __init__(self, latest: DraftReasons) -> None:
        self.latest = latest
        super().__init__(
            _("%(who)s saved a newer draft while you wrote. Theirs is shown beside yours.")
            % {"who": latest.edited_by.name}
        )


def draft_of(issue: Issue) -> DraftReasons | None:
    """Return what the draft says of an issue."""
    return DraftReasons.objects.filter(issue=issue).select_related("edited_by").first()


def save_draft(
    issue: Issue,
    *,
    accepted: bool | None,
    reasons: str,
    by: User,
    based_on: int,
    scope: str = "",
) -> DraftReasons:
    """Save what the draft says of one issue; half a draft is welcome.

    Args:
        based_on: the version that was edited; 0 where there was none.

    Raises:
        DraftChanged: somebody saved a newer one meanwhile.
        Incomplete: a proposal is with the members.
    """
    with locked(issue.case, by=by) as row:
        require_state(row, State.INITIAL_ASSESSMENT)
        require(permissions.may_run_procedure(row, by))
        if row.decisions.filter(state=DecisionState.OPEN).exists():
            raise Incomplete(_("A proposal is waiting for the members already."))
        issue.case = row
        held = draft_of(issue)
        says = (accepted, scope.strip() if accepted else "", reasons.strip())
        if held is not None:
            held.issue = issue
            if says == (held.accepted, held.scope, held.reasons):
                return held
            if held.row_version != based_on:
                raise DraftChanged(held)
        elif says == (None, "", ""):
            return DraftReasons(issue=issue, edited_by=by, row_version=0)
        draft = held or DraftReasons(issue=issue, row_version=0)
        draft.accepted, draft.scope, draft.reasons = says
        draft.row_version += 1
        draft.edited_by, draft.edited_at = by, timezone.now()
        draft.save()
        DraftEditor.objects.get_or_create(draft=draft, user=by)
        record_event(row, EventKind.DECISION_DRAFTED, by=by, issue=issue.pk)
    return draft
