"""What can happen to a case. Kinds read `subject.past_verb`; rule sets name them too."""

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from cases.workflow import Outcome


class EventKind(models.TextChoices):
    RECEIVED = "case.received", _("Submission received")
    ACKNOWLEDGED = "case.acknowledged", _("Receipt confirmed")
    REGISTERED = (
        "case.registered",
        _("Registered as a specific instance; initial assessment begins"),
    )
    NOT_REGISTERED = "case.not_registered", _("Not registered")
    WITHDRAWN = "case.withdrawn", _("Withdrawn by the complainant")
    ENDED_EARLY = "case.ended_early", _("Ended before its conclusion")
    CLOSED = "case.closed", _("Case closed")
    OFFICER_ASSIGNED = "officer.assigned", _("Officer named")
    COORDINATION_CONCLUDED = "case.coordination_concluded", _("Coordination of NCPs concluded")
    ARCHIVED = "case.archived", _("Imported from an older record")

    RESPONDENT_NOTIFIED = "respondent.notified", _("The enterprise was told")
    RESPONDENT_RESPONDED = "respondent.responded", _("The enterprise answered")
    DOCUMENT_ADDED = "document.added", _("Document added")
    DOCUMENT_SHARED = "document.audience_decided", _("Decided who may see a document")
    DOCUMENT_ANSWERED = "document.copy_answered", _("Provider answered on the copy to be shown")
    DOCUMENT_SERVED = "document.served", _("Document shown to its audience")
    DOCUMENT_PULLED = "document.pulled", _("Document pulled by its provider")
    DOCUMENT_REDACTED = "document.redacted", _("Redacted version added")
    WITHHOLDING_ASKED = "document.withholding_asked", _("Asked to withhold a document")
    WITHHOLDING_DECIDED = (
        "document.withholding_decided",
        _("Decided on the request to withhold a document"),
    )
    DOCUMENT_READ = "document.read", _("Document downloaded")
    MESSAGE_SENT = "message.sent", _("Message sent")
    ISSUE_CHANGED = "issue.changed", _("Issue put into words by the office")
    CONFLICT_DECLARED = "conflict.declared", _("Declared on conflicts of interest")
    INTEREST_TAKEN_BACK = (
        "interest.taken_back",
        _("Words taken out of a declaration on conflicts of interest"),
    )
    REPRISAL_REPORTED = "reprisal.reported", _("Pressure or reprisal reported")
    REPRISAL_ANSWERED = "reprisal.answered", _("Report of pressure answered")
    OFFICER_STANDS_IN = "officer.stands_in", _("Another officer stands in")
    REQUEST_MADE = "request.made", _("The office asked for something")
    REQUEST_ANSWERED = "request.answered", _("Answer to the office given")
    REQUEST_CLOSED = "request.closed", _("Request of the office taken back")
    MORE_TIME_ASKED = "time.asked", _("Asked for more time")
    MORE_TIME_REFUSED = "time.refused", _("More time was not given")
    PERSON_ADDED = "person.added", _("A person of a side was added")
    COUNSEL_CONFIRMED = "counsel.confirmed", _("Counsel of a side confirmed")
    PERSON_WITHDRAWN = "person.withdrawn", _("Access of a person of a side ended")
    MANDATE_CHANGED = "mandate.changed", _("Representation changed")
    NAMES_DECIDED = "names.decided", _("Decided anew who may know a name")
    AUTHORITY_STATED = "authority.stated", _("Said for whom they act")
    AUTHORITY_CONFIRMED = "authority.confirmed", _("Proof of authority confirmed")
    AUTHORITY_REFUSED = "authority.refused", _("Asked again for proof of authority")
    LETTER_SENT = "letter.sent", _("Formal letter sent")

    ASSESSMENT_ANSWERED = "assessment.answered", _("Criteria answered")
    DECISION_PROPOSED = "decision.proposed", _("Decision proposed")
    VOTE_CAST = "vote.cast", _("Vote cast")
    VOTES_COUNTED = "votes.counted", _("Votes counted")
    DECISION_REJECTED = "decision.rejected", _("Proposal not adopted")
    ASSESSMENT_CONCLUDED = "assessment.concluded", _("Initial assessment concluded")
    POSITION_NOTED = "position.noted", _("Words of a side put beside the issue")
    GIST_GIVEN = "gist.given", _("A side was told the substance of what it cannot read")
    DECISION_DRAFTED = "decision.drafted", _("Draft decision changed")
    DECISION_DROPPED = "decision.dropped", _("Proposal taken back")
    BALLOTS_EXTENDED = "ballots.extended", _("More time for the ballots")
    ABSENCE_RECORDED = "absence.recorded", _("A member cannot vote on the proposal")
    VOTE_SET_ASIDE = "vote.set_aside", _("A vote was set aside")
    DISSENT_RECORDED = "dissent.recorded", _("Dissenting opinion recorded")
    MEETING_CALLED = "meeting.called", _("Put on the agenda of a meeting")
    PROTOCOL_SIGNED = "protocol.signed", _("Protocol of the meeting signed")
    CHALLENGE_MADE = "challenge.made", _("Impartiality of somebody challenged")
    CHALLENGE_REPLIED = "challenge.replied", _("Reply to a challenge of impartiality")
    CHALLENGE_DECIDED = "challenge.decided", _("Challenge of impartiality decided")

    GOOD_OFFICES_OFFERED = "good_offices.offered", _("Good offices offered")
    GOOD_OFFICES_REPLY = "good_offices.reply_received", _("One side replied to the offer")
    GOOD_OFFICES_REPLIED = "good_offices.replied", _("Both sides have replied to the offer")
    REFERRAL_PROPOSED = "referral.proposed", _("Referred to a mediation body")
    REFERRAL_ACCEPTED = "referral.accepted", _("The mediation body accepted the referral")
    REFERRAL_DECLINED = "referral.declined", _("The mediation body declined the referral")
    REFERRAL_REVOKED = "referral.revoked", _("Referral taken back")
    MEDIATOR_APPOINTED = "mediator.appointed", _("Mediator appointed")
    MEDIATOR_RELEASED = "mediator.released", _("The mediator stepped down")
    CONSENT_RECORDED = "consent.recorded", _("Consent to the mediator recorded")
    MEDIATION_STARTED = "mediation.started", _("Mediation started")
    SESSION_HELD = "session.held", _("Mediation session recorded")
    MEDIATION_CONCLUDED = "mediation.concluded", _("The mediator reported the outcome")
    GOOD_OFFICES_CONCLUDED = "good_offices.concluded", _("Good offices concluded")
    EXAMINATION_BEGUN = "examination.begun", _("Examination began")
    EXAMINATION_CONCLUDED = "examination.concluded", _("Examination concluded")
    GOOD_OFFICES_RESUMED = "good_offices.resumed", _("Good offices resumed")

    STATEMENT_BEGUN = "statement.begun", _("Statement begun")
    COMMENTS_OPENED = "comments.opened", _("Draft statement sent to both sides for comments")
    COMMENT_RECEIVED = "comment.received", _("Comment on the draft received")
    COMMENTS_CLOSED = "comments.closed", _("Comment round closed")
    STATEMENT_SIGNED_OFF = "statement.signed_off", _("Statement signed off")
    STATEMENT_PUBLISHED = "statement.published", _("Statement published")
    STATEMENT_CORRECTED = "statement.corrected", _("Corrected statement published")
    STATEMENT_UNPUBLISHED = "statement.unpublished", _("Statement taken off the public register")
    UPDATE_BEGUN = "update.begun", _("Report on the case begun")
    UPDATE_PUBLISHED = "update.published", _("Report on the case published")
    HELD_FOR_REVIEW = "review.held", _("Held for procedural review")
    REVIEW_CONCLUDED = "review.concluded", _("Procedural review concluded")
    FOLLOW_UP_BEGUN = "follow_up.begun", _("Follow-up began")
    FOLLOW_UP_CONCLUDED = "follow_up.concluded", _("Follow-up concluded")

    DEADLINE_PAUSED = "deadline.paused", _("The clock was paused")
    DEADLINE_RESUMED = "deadline.resumed", _("The clock runs again")
    DEADLINE_EXTENDED = "deadline.extended", _("More time was given")
    DEADLINE_EXPLAINED = "deadline.explained", _("Reason for the delay given")
    DEADLINE_REMINDED = "deadline.reminded", _("Reminder sent")
    SECTOR_NAMED = "case.sector_named", _("Sector named")
    CORRECTION_PROPOSED = "correction.proposed", _("Correction of a step proposed")
    CORRECTION_CONFIRMED = "correction.confirmed", _("A wrong step was taken back")
    CORRECTION_REJECTED = "correction.rejected", _("Correction not confirmed")
    NOTE_WRITTEN = "note.written", _("Internal note written")
    NOTE_CHANGED = "note.changed", _("Internal note changed")
    TASK_GIVEN = "task.given", _("Task given")
    TASK_DONE = "task.done", _("Task done")
    TASK_REOPENED = "task.reopened", _("Task taken up again")
    DOSSIER_MADE = "dossier.made", _("File of the case made")
    DOSSIER_READ = "dossier.read", _("File of the case downloaded")
    DOSSIER_SERVED = "dossier.served", _("File of the case given to a side")
    CODE_RENEWED = "access.renewed", _("New access code given")

    COORDINATION_BEGUN = "case.coordination_begun", _("Coordination of NCPs began")
    NCP_INVITED = "ncp.invited", _("Another NCP was asked to take part")
    NCP_REPLIED = "ncp.replied", _("Another NCP replied")
    NCP_SHARED = "ncp.share_begun", _("Shared with a supporting NCP")
    NCP_SHARE_ENDED = "ncp.share_ended", _("No longer shared with a supporting NCP")
    NCP_COMMENTED = "ncp.commented", _("A supporting NCP commented")
    NCP_ANSWERED = "ncp.answered", _("The office wrote to a supporting NCP")
    NCP_RELEASED = "ncp.document_released", _("Document released to a supporting NCP")
    NCP_RELEASE_ENDED = "ncp.release_ended", _("Document no longer released to a supporting NCP")
    PASSING_AGREED = "passing.agreed", _("Consent to pass something on recorded")
    PASSING_TAKEN_BACK = "passing.taken_back", _("Consent to pass something on taken back")
    PACKAGE_MADE = "package.made", _("Package for another NCP made")
    PACKAGE_READ = "package.read", _("Package for another NCP downloaded")
    PACKAGE_TAKEN_IN = "package.taken_in", _("Taken over from another NCP")
    CASE_SPLIT = "case.split", _("A part of the case became a case of its own")
    SPLIT_OFF = "case.split_off", _("Made from a part of another case")
    JOINED = "case.joined", _("Handled together with another case from now on")
    PARTED = "case.parted", _("No longer handled together with another case")
    LINKED = "case.linked", _("Tied to a related case")
    UNLINKED = "case.unlinked", _("Tie to a related case taken back")
    MAIL_FILED = "mail.filed", _("E-mail filed")
    LOADED_OPEN = "case.loaded_open", _("Loaded as a running case from an older record")

    CONSULTATION_ASKED = "consultation.asked", _("Another body was asked for advice")
    CONSULTATION_REMINDED = "consultation.reminded", _("The body that was asked was reminded")
    CONSULTATION_REPLIED = "consultation.replied", _("Advice received")
    CONSULTATION_SHARED = "consultation.shared", _("Advice shared with both sides")
    CONSULTATION_SETTLED = "consultation.settled", _("Decided that nothing will rest on an advice")
    CONSULTATION_CLOSED = "consultation.closed", _("Question to another body closed")
    PROCEEDING_RECORDED = "proceeding.recorded", _("Parallel proceeding recorded")
    PROCEEDING_CHECKED = "proceeding.checked", _("Parallel proceeding checked")
    LAPSE_WARNED = "lapse.warned", _("Last notice before the case lapses")
    LAPSE_ANSWERED = "lapse.answered", _("The last notice was answered")
    SETTLEMENT_REPORTED = "settlement.reported", _("Reported as settled outside the procedure")
    SETTLEMENT_ANSWERED = "settlement.answered", _("A side answered on the settlement")
    SETTLEMENT_DROPPED = "settlement.dropped", _("Report of a settlement set aside")
    REVIEW_WINDOW_OPENED = (
        "review.window_opened",
        _("The final text was shown to both sides; a review of the procedure may be asked for"),
    )
    REVIEW_ASKED = "review.asked", _("A side asked for a review of the procedure")
    COMMITMENT_RECORDED = "commitment.recorded", _("Commitments to follow up put on record")
    COMMITMENT_REPORTED = "commitment.reported", _("A side reported on a commitment")
    COMMITMENT_ASSESSED = "commitment.assessed", _("The office assessed a commitment")
    RECALL_BEGUN = "recall.begun", _("Material at the wrong side stopped")
    RECALL_CONFIRMED = "recall.confirmed", _("Material recalled from the wrong side")
    RECALL_REJECTED = "recall.rejected", _("Recall not confirmed; access given back")
    RECALL_TOLD = "recall.authority_told", _("Notice to the data protection authority recorded")
    DELETION_PROMISED = "recall.deletion_promised", _("Deletion of recalled material promised")

    DETAILS_CHANGED = "record.changed", _("Details of the record changed")
    EXTRACT_MADE = "extract.made", _("Extract of the history given")
    AUDIT_ASKED = "audit.asked", _("An auditor asked to read the texts")
    AUDIT_DECIDED = "audit.decided", _("Decided on the auditor's request")
    HOLD_PLACED = "hold.placed", _("Legal hold placed: nothing may be erased")
    HOLD_LIFTED = "hold.lifted", _("Legal hold lifted")
    ERASURE_PROPOSED = "erasure.proposed", _("Erasure proposed")
    ERASURE_DECLINED = "erasure.declined", _("Erasure not confirmed")
    ERASED = "case.erased", _("The content of the case was erased")
    PERSON_ERASED = "person.erased", _("What was kept of one represented person was erased")


K = EventKind

ENDED_EARLY_AS = {
    Outcome.WITHDRAWN: K.WITHDRAWN.label,
    Outcome.LAPSED: _("Ended: the last notice to the complainant stayed without an answer"),
    Outcome.SETTLED_OUTSIDE: _("Ended: the parties settled outside the procedure"),
    Outcome.TRANSFERRED: _("Ended here: handed over to another NCP"),
    Outcome.RESPONDENT_CEASED: _("Ended: the enterprise ceased to exist"),
}


def label_of(kind: str, data: dict[str, Any]) -> str:
    """Return what an event is called in the reader's language.

    The end of a served case before its conclusion is called by what ended it.
    """
    early = ENDED_EARLY_AS.get(data.get("outcome", "")) if kind == K.ENDED_EARLY else None
    return str(early or EventKind(kind).label)


FROM_THE_START = frozenset(
    {
        K.RECEIVED, K.ACKNOWLEDGED, K.REGISTERED, K.NOT_REGISTERED, K.WITHDRAWN, K.ENDED_EARLY,
        K.CLOSED, K.RESPONDENT_NOTIFIED,
    }
)  # fmt: skip
TO_BOTH_SIDES = frozenset(
    {
        K.REGISTERED, K.WITHDRAWN, K.ENDED_EARLY, K.CLOSED, K.RESPONDENT_NOTIFIED,
        K.RESPONDENT_RESPONDED, K.ASSESSMENT_CONCLUDED, K.GOOD_OFFICES_OFFERED,
        K.GOOD_OFFICES_REPLY, K.GOOD_OFFICES_REPLIED, K.REFERRAL_PROPOSED, K.REFERRAL_ACCEPTED,
        K.REFERRAL_DECLINED, K.REFERRAL_REVOKED, K.MEDIATOR_APPOINTED, K.MEDIATOR_RELEASED,
        K.MEDIATION_STARTED, K.MEDIATION_CONCLUDED, K.GOOD_OFFICES_CONCLUDED, K.EXAMINATION_BEGUN,
        K.EXAMINATION_CONCLUDED, K.GOOD_OFFICES_RESUMED, K.COMMENTS_OPENED, K.COMMENTS_CLOSED,
        K.STATEMENT_PUBLISHED, K.STATEMENT_CORRECTED, K.STATEMENT_UNPUBLISHED, K.UPDATE_PUBLISHED,
        K.HELD_FOR_REVIEW, K.REVIEW_CONCLUDED, K.FOLLOW_UP_BEGUN,
        K.FOLLOW_UP_CONCLUDED, K.DEADLINE_PAUSED, K.DEADLINE_RESUMED, K.DEADLINE_EXTENDED,
        K.DEADLINE_EXPLAINED, K.CORRECTION_CONFIRMED, K.DOCUMENT_SERVED,
        K.CONSULTATION_SHARED, K.SETTLEMENT_REPORTED, K.SETTLEMENT_ANSWERED,
        K.SETTLEMENT_DROPPED, K.REVIEW_WINDOW_OPENED, K.REVIEW_ASKED, K.COMMITMENT_RECORDED,
        K.COMMITMENT_ASSESSED, K.RECALL_CONFIRMED,
    }
)  # fmt: skip
OF_COORDINATION = frozenset(
    {
        K.COORDINATION_BEGUN, K.COORDINATION_CONCLUDED, K.NCP_SHARED, K.NCP_SHARE_ENDED,
        K.PACKAGE_MADE, K.PACKAGE_TAKEN_IN, K.CASE_SPLIT, K.SPLIT_OFF, K.JOINED, K.PARTED,
    }
)  # fmt: skip
TO_BOTH_SIDES |= OF_COORDINATION
"""What both sides read, in the same words and from the same second."""

OF_ONE_SIDE = frozenset(
    {
        K.MAIL_FILED, K.PASSING_AGREED, K.PASSING_TAKEN_BACK, K.MESSAGE_SENT, K.DOCUMENT_ADDED,
        K.COMMENT_RECEIVED, K.REPRISAL_REPORTED, K.CODE_RENEWED,
        K.DOCUMENT_SHARED, K.DOCUMENT_ANSWERED, K.DOCUMENT_PULLED, K.DOCUMENT_REDACTED,
        K.WITHHOLDING_ASKED,
        K.WITHHOLDING_DECIDED, K.REPRISAL_ANSWERED, K.REQUEST_MADE, K.REQUEST_ANSWERED,
        K.REQUEST_CLOSED, K.MORE_TIME_ASKED, K.MORE_TIME_REFUSED, K.PERSON_ADDED,
        K.COUNSEL_CONFIRMED,
        K.PERSON_WITHDRAWN, K.MANDATE_CHANGED, K.NAMES_DECIDED, K.AUTHORITY_STATED,
        K.AUTHORITY_CONFIRMED,
        K.AUTHORITY_REFUSED, K.LETTER_SENT, K.DOSSIER_SERVED, K.LAPSE_WARNED, K.LAPSE_ANSWERED,
        K.COMMITMENT_REPORTED, K.DELETION_PROMISED,
        K.CHALLENGE_MADE, K.CHALLENGE_DECIDED, K.EXTRACT_MADE, K.DEADLINE_REMINDED,
    }
)  # fmt: skip
"""What only the side that the event names in `data["side"]` reads."""

TO_A_PARTNER = frozenset({K.NCP_RELEASED, K.NCP_RELEASE_ENDED, K.NCP_ANSWERED, K.NCP_COMMENTED})
"""What, besides what both sides read, the supporting NCP of `data["country"]` reads."""

OF_REPRISALS = frozenset({K.REPRISAL_REPORTED, K.REPRISAL_ANSWERED})
"""What, besides that side, the officers alone may know."""

OF_ONE_SIDE_AT_TIMES = frozenset({K.DEADLINE_EXTENDED, K.DEADLINE_EXPLAINED})
"""What both sides read, unless the event names the only side that knows of the deadline."""
