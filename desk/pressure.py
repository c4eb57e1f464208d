"""A report of pressure that waits: whoever may answer it does that before anything else."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from accounts.models import User
from cases import permissions
from cases.held import matching
from cases.models import Case

LABEL = _("Answer the report of pressure")
HINT = _("Somebody is put under pressure. Only their side and you read the answer.")


def unanswered(case: Case, user: User) -> str:
    """Return the id of the oldest report that waits for this person's answer, or "".

    "" too for whoever may not know that there is one. A list of cases costs no query each: load
    them with the parts `participations`, `conflicts`, `deadlines` and `events`.
    """
    open_ones = matching(case, "deadlines", kind="reprisal_answer", met_on=None, cancelled_on=None)
    if not open_ones or not permissions.may_run_procedure(case, user):
        return ""
    if not permissions.may_see_identity(case, user):
        return ""
    first = min(open_ones, key=lambda item: item.opened_by_event)
    events = matching(case, "events", sequence=first.opened_by_event)
    return str(events[0].data.get("message", "")) if events else ""
