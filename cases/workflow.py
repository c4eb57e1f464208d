"""The states of a case, which move leads where, and how each state is explained to people."""

from dataclasses import dataclass

from django.db import models
from django.utils.translation import gettext_lazy as _


class State(models.TextChoices):
    RECEIVED = "received", _("Received")
    NOT_REGISTERED = "not_registered", _("Not registered")
    INITIAL_ASSESSMENT = "initial_assessment", _("Initial assessment")
    MEDIATION = "mediation", _("Good offices")
    EXAMINATION = "examination", _("Examination")
    FINAL_STATEMENT = "final_statement", _("Final statement")
    HELD_FOR_REVIEW = "held_for_review", _("Held for review")
    CLOSED = "closed", _("Closed")
    FOLLOW_UP = "follow_up", _("Follow-up")
    WITHDRAWN = "withdrawn", _("Withdrawn")


OPEN_STATES = frozenset(State) - {State.NOT_REGISTERED, State.CLOSED, State.WITHDRAWN}
"""States in which somebody owes a next step."""

AFTER_ACCEPTANCE = frozenset({State.MEDIATION, State.EXAMINATION})


class Outcome(models.TextChoices):
    AGREEMENT = "agreement", _("Agreement")
    PARTIAL_AGREEMENT = "partial_agreement", _("Partial agreement")
    NO_AGREEMENT = "no_agreement", _("No agreement")
    REFUSED_BY_RESPONDENT = "refused_by_respondent", _("Refused by the enterprise")
    REFUSED_BY_COMPLAINANT = "refused_by_complainant", _("Refused by the complainant")
    NOT_ACCEPTED = "not_accepted", _("Not accepted")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    LAPSED = "lapsed", _("Lapsed")
    SETTLED_OUTSIDE = "settled_outside", _("Settled outside the procedure")
    TRANSFERRED = "transferred", _("Transferred to another NCP")
    RESPONDENT_CEASED = "respondent_ceased", _("The enterprise ceased to exist")


GOOD_OFFICES_OUTCOMES = (
    Outcome.AGREEMENT,
    Outcome.PARTIAL_AGREEMENT,
    Outcome.NO_AGREEMENT,
    Outcome.REFUSED_BY_RESPONDENT,
    Outcome.REFUSED_BY_COMPLAINANT,
)
EARLY_OUTCOMES = (
    Outcome.WITHDRAWN,
    Outcome.LAPSED,
    Outcome.SETTLED_OUTSIDE,
    Outcome.TRANSFERRED,
    Outcome.RESPONDENT_CEASED,
)


class NotRegisteredReason(models.TextChoices):
    ENQUIRY = "enquiry", _("It is an enquiry, not a complaint")
    INCOMPLETE = "incomplete", _("It stayed incomplete after we asked")
    DUPLICATE = "duplicate", _("We already have this complaint")
    SPAM = "spam", _("It is spam")
    WRONG_ADDRESS = "wrong_address", _("Another authority is responsible")


@dataclass(frozen=True)
class Move:
    """One named transition: its method on `Case`, its sources and its targets."""

    name: str
    sources: tuple[State, ...]
    target: State


MOVES = (
    Move("register", (State.RECEIVED,), State.INITIAL_ASSESSMENT),
    Move("decline_registration", (State.RECEIVED,), State.NOT_REGISTERED),
    Move("withdraw_before_service", (State.RECEIVED, State.INITIAL_ASSESSMENT), State.WITHDRAWN),
    Move("offer_good_offices", (State.INITIAL_ASSESSMENT,), State.MEDIATION),
    Move("decline_all_issues", (State.INITIAL_ASSESSMENT,), State.FINAL_STATEMENT),
    Move("conclude_good_offices", (State.MEDIATION,), State.FINAL_STATEMENT),
    Move("begin_examination", (State.MEDIATION,), State.EXAMINATION),
    Move("resume_good_offices", (State.EXAMINATION,), State.MEDIATION),
    Move("conclude_examination", (State.EXAMINATION,), State.FINAL_STATEMENT),
    Move(
        "end_early",
        (State.INITIAL_ASSESSMENT, State.MEDIATION, State.EXAMINATION),
        State.FINAL_STATEMENT,
    ),
    Move("hold_for_review", (State.FINAL_STATEMENT,), State.HELD_FOR_REVIEW),
    Move("reject_review", (State.HELD_FOR_REVIEW,), State.FINAL_STATEMENT),
    Move("remit_to_examination", (State.HELD_FOR_REVIEW,), State.EXAMINATION),
    Move("remit_to_assessment", (State.HELD_FOR_REVIEW,), State.INITIAL_ASSESSMENT),
    Move("close", (State.FINAL_STATEMENT,), State.CLOSED),
    Move("begin_follow_up", (State.CLOSED,), State.FOLLOW_UP),
    Move("conclude_follow_up", (State.FOLLOW_UP,), State.FINAL_STATEMENT),
)


def allowed_pairs() -> list[tuple[str, str]]:
    """Return every (from, to) pair of the table, for the trigger in the database."""
    return sorted({(str(s), str(m.target)) for m in MOVES for s in m.sources})


NEXT_STEP = {
    State.RECEIVED: _(
        "The office reads your submission, confirms that it has it, and tells you whether it is "
        "registered as a specific instance."
    ),
    State.NOT_REGISTERED: _("Nothing more happens here. You may write to us again at any time."),
    State.INITIAL_ASSESSMENT: _(
        "The office hears the enterprise, then decides for each issue whether it merits further "
        "examination, and gives its reasons."
    ),
    State.MEDIATION: _(
        "The office offers its help to talk. Each side says whether it agrees; then a mediator "
        "who takes no side meets the parties."
    ),
    State.EXAMINATION: _("The office examines the issues itself and hears both sides."),
    State.FINAL_STATEMENT: _(
        "The office writes its statement. Both sides may comment on the draft before it is "
        "published."
    ),
    State.HELD_FOR_REVIEW: _("The procedure is being reviewed before the statement is published."),
    State.CLOSED: _("The statement is published. The office follows up on the date that it names."),
    State.FOLLOW_UP: _("The office asks both sides what came of the statement, and reports on it."),
    State.WITHDRAWN: _("Nothing more happens here, and nothing is published."),
}
"""One sentence for each state: what happens next. By when is said by the open deadline."""

NOTHING_FOLLOWS = _("The case is closed. No follow-up is planned.")
"""Of a closed case of which nobody looks again at what came: the last follow-up named no further
day, or its content was erased."""
