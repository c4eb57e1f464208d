"""What a step left behind besides the state: what a correction undoes, and what it cannot."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cases.held import held
from cases.kinds import EventKind
from cases.models import Case, CaseEvent, Correction, Undone
from cases.models.assessment import DecisionState
from cases.workflow import State

if TYPE_CHECKING:
    from collections.abc import Iterable

LABELS = {
    "decision": _("The adopted decision was taken back; the issues are open again"),
    "replies": _("Replies to the offer of good offices no longer count"),
    "referral": _("Referral to the mediation body revoked; its people see nothing more"),
    "comments": _("Comment round on the draft closed"),
    "statement": _("Statement begun was set aside"),
    "window": _("Time to ask for a review ended"),
    "review": _("The decision on the review was taken back"),
    "round": _("Follow-up round ended"),
    "lapse": _("The last notice stands again as it stood"),
    "deadlines": _("Deadlines run again as before"),
}


def undo(case: Case, correction: Correction, *, since: int | None) -> None:
    """Undo, within a locked case, what hung on the step: the decision, replies, windows, rounds.

    What stands in the tables of other apps (referrals, statements) they undo themselves before.
    """
    if since is None:
        return
    now = timezone.now()
    leaving, to = State(correction.from_state), State(correction.to_state)
    began = case.events.get(sequence=since).at
    if to == State.INITIAL_ASSESSMENT and leaving in (State.MEDIATION, State.FINAL_STATEMENT):
        _undo_decision(case, correction)
    if leaving == State.MEDIATION:
        _undo_replies(case, correction)
    closed = case.review_windows.filter(closed_at=None).update(closed_at=now)
    if closed:
        note(correction, "window", closed)
    if leaving == State.HELD_FOR_REVIEW:
        case.reviews.filter(decided_at=None).update(held_at=None)
    if to == State.HELD_FOR_REVIEW:
        _undo_review(case, correction, began)
    if leaving == State.FOLLOW_UP:
        ended = case.follow_up_rounds.filter(concluded_at=None).update(concluded_at=now)
        note(correction, "round", ended)
    if to == State.FOLLOW_UP:
        last = case.follow_up_rounds.order_by("number").last()
        if last:
            last.concluded_at = None
            last.save(update_fields=["concluded_at"])
    lapsed = case.lapse_notices.filter(lapsed_at__gte=began).update(lapsed_at=None)
    note(correction, "lapse", lapsed)


def note(correction: Correction, kind: str, number: int = 1, copy: Any = None) -> None:
    """Put on record that something was undone, with a sealed copy of what stood there."""
    if number:
        Undone.objects.create(
            correction=correction,
            kind=kind,
            number=number,
            copy=json.dumps(copy, ensure_ascii=False) if copy else "",
        )


def _undo_decision(case: Case, correction: Correction) -> None:
    decision = case.decisions.filter(state=DecisionState.ADOPTED).order_by("settled_at").last()
    if decision is None:
        return
    decision.state = DecisionState.UNDONE
    decision.save(update_fields=["state"])
    was = list(case.issues.values("number", "accepted", "outcome"))
    case.issues.update(accepted=None, outcome="")
    note(correction, "decision", copy=was)


def _undo_replies(case: Case, correction: Correction) -> None:
    """Replies answer an offer; a later offer is answered anew. They stay on record, sealed."""
    rows = list(case.replies.all())
    said = [
        {"side": r.side, "accepts": r.accepts, "note": r.note, "at": r.at.isoformat()} for r in rows
    ]
    note(correction, "replies", len(rows), copy=said)
    case.replies.all().delete()


def _undo_review(case: Case, correction: Correction, began: Any) -> None:
    rows = list(case.reviews.filter(decided_at__gte=began))
    note(correction, "review", len(rows), copy=[[str(r.pk), r.result, r.reasons] for r in rows])
    for row in rows:
        row.case = case
        row.result, row.reasons, row.decided_by, row.decided_at = "", "", None, None
        row.save()


REMAINS: dict[str, Any] = {
    EventKind.LETTER_SENT: _(
        "A letter on paper went out. Write to the same people that it does not hold; a code in it "
        "can be ended by a new one."
    ),
    EventKind.RESPONDENT_NOTIFIED: _(
        "The enterprise was told of the case. It cannot forget it: the case still ends with a "
        "published statement."
    ),
    EventKind.MESSAGE_SENT: _("Messages were sent and may have been read. Write that they err."),
    EventKind.DOCUMENT_SERVED: _(
        "Documents were shown. Who should not have had them: recall them, so that access ends and "
        "copies are asked back."
    ),
    EventKind.DOCUMENT_READ: _("Documents were opened; the disclosure ledger says by whom."),
    EventKind.ASSESSMENT_CONCLUDED: _("Both sides were told of the decision. Tell them anew."),
    EventKind.ENDED_EARLY: _(
        "Both sides were told that the case ended. Tell them that it goes on."
    ),
    EventKind.WITHDRAWN: _("The complainant was told that the complaint is withdrawn."),
    EventKind.NOT_REGISTERED: _("The complainant has the reply that nothing was registered."),
    EventKind.REFERRAL_PROPOSED: _(
        "The mediation body read the names that are disclosed to it. It is told that the referral "
        "is taken back and asked to delete what it kept."
    ),
    EventKind.MEDIATOR_APPOINTED: _("A mediator was named to both sides."),
    EventKind.SESSION_HELD: _("Sessions were held. What was said there stays in the room."),
    EventKind.COMMENTS_OPENED: _("Both sides read the draft statement."),
    EventKind.REVIEW_WINDOW_OPENED: _("Both sides read the final text."),
    EventKind.GOOD_OFFICES_CONCLUDED: _("Both sides were told how the good offices ended."),
    EventKind.FOLLOW_UP_BEGUN: _("Both sides were asked what came of the case."),
    EventKind.REVIEW_CONCLUDED: _("Both sides were told how the review ended."),
    EventKind.CONSULTATION_ASKED: _("Another body was asked; its answer may still come."),
}
"""What happened with a step and cannot be undone, with what follows from that."""


def remains(case: Case, *, since: int | None) -> list[Any]:
    """Return in sentences what a correction of the last step cannot undo."""
    if since is None:
        return []
    events = held(case, "events")
    if events is None:
        events = list(case.events.filter(sequence__gte=since).order_by("sequence"))
    return list(_sentences(event for event in events if event.sequence >= since))


def _sentences(events: Iterable[CaseEvent]) -> Iterator[Any]:
    kinds = dict.fromkeys(event.kind for event in events)
    for kind in kinds:
        if kind in REMAINS:
            yield REMAINS[kind]
