"""Who is told of what. A kind that is not listed is told to nobody."""

from __future__ import annotations

from enum import StrEnum

from cases.kinds import EventKind as K


class Group(StrEnum):
    """People of a case, found anew whenever something goes out."""

    OFFICER = "officer"  # the officer of the case; all officers where none is named
    OFFICERS = "officers"
    FORMER_OFFICER = "former_officer"  # who was named on the case until this event
    MEMBERS = "members"
    COMPLAINANT = "complainant"
    RESPONDENT = "respondent"
    SIDE = "side"  # the side that the event names
    MEDIATOR = "mediator"
    COORDINATOR = "coordinator"
    MENTIONED = "mentioned"  # the people whom an internal note names
    ASSIGNEE = "assignee"  # the person whom a task, or an event about one, names
    PARTNER = "partner"  # the guests of the NCP that the event names
    EXPERT = "expert"  # whom a consultation asks on a page of their own


G = Group
BOTH = (G.COMPLAINANT, G.RESPONDENT)
BOTH_AND_OFFICER = (*BOTH, G.OFFICER)

TOLD: dict[str, tuple[Group, ...]] = {
    K.RECEIVED: (G.OFFICER,),
    K.ACKNOWLEDGED: (G.COMPLAINANT,),
    K.REGISTERED: (G.COMPLAINANT,),
    K.NOT_REGISTERED: (G.COMPLAINANT,),
    K.WITHDRAWN: (G.COMPLAINANT, G.OFFICER),
    K.ENDED_EARLY: BOTH_AND_OFFICER,
    K.OFFICER_ASSIGNED: (G.OFFICER, G.FORMER_OFFICER),
    K.RESPONDENT_NOTIFIED: (G.COMPLAINANT,),  # the enterprise has a formal letter
    K.RESPONDENT_RESPONDED: (G.COMPLAINANT, G.OFFICER),
    K.DOCUMENT_ADDED: (G.SIDE, G.OFFICER),
    K.DOCUMENT_SHARED: (G.SIDE,),  # its provider looks at the copy first
    K.DOCUMENT_SERVED: (*BOTH, G.MEDIATOR),
    K.DOCUMENT_ANSWERED: (G.OFFICER,),
    K.DOCUMENT_PULLED: (G.OFFICER,),
    K.DOCUMENT_REDACTED: (G.SIDE, G.OFFICER),
    K.WITHHOLDING_ASKED: (G.OFFICER,),
    K.WITHHOLDING_DECIDED: (G.SIDE,),
    K.MESSAGE_SENT: (G.SIDE, G.OFFICER),
    K.CONFLICT_DECLARED: (G.OFFICER,),
    K.REPRISAL_REPORTED: (G.OFFICERS,),  # whoever is there can stand in at once
    K.REPRISAL_ANSWERED: (G.SIDE,),
    K.OFFICER_STANDS_IN: (G.OFFICER,),
    K.REQUEST_MADE: (G.SIDE,),
    K.REQUEST_ANSWERED: (G.OFFICER,),
    K.REQUEST_CLOSED: (G.SIDE,),
    K.MORE_TIME_ASKED: (G.OFFICER,),
    K.MORE_TIME_REFUSED: (G.SIDE,),
    K.PERSON_ADDED: (G.SIDE, G.OFFICER),
    K.COUNSEL_CONFIRMED: (G.SIDE,),
    K.PERSON_WITHDRAWN: (G.SIDE, G.OFFICER),
    K.MANDATE_CHANGED: (G.SIDE, G.OFFICER),
    K.NAMES_DECIDED: (G.SIDE, G.OFFICER),
    K.AUTHORITY_STATED: (G.OFFICER,),
    K.AUTHORITY_CONFIRMED: (G.SIDE,),
    K.DECISION_PROPOSED: (G.MEMBERS,),
    K.DECISION_REJECTED: (G.OFFICER,),
    K.DECISION_DROPPED: (G.MEMBERS,),
    K.BALLOTS_EXTENDED: (G.MEMBERS,),
    K.ABSENCE_RECORDED: (G.MEMBERS,),  # an alternate may vote now
    K.VOTE_SET_ASIDE: (G.OFFICER,),
    K.MEETING_CALLED: (G.MEMBERS, G.OFFICER),
    K.PROTOCOL_SIGNED: (G.MEMBERS, G.OFFICER),
    K.CHALLENGE_MADE: (G.OFFICER, G.MEMBERS),
    K.CHALLENGE_REPLIED: (G.MEMBERS, G.OFFICER),  # the others may decide now
    K.CHALLENGE_DECIDED: (G.SIDE, G.OFFICER),
    K.ASSESSMENT_CONCLUDED: BOTH_AND_OFFICER,
    K.GOOD_OFFICES_OFFERED: BOTH,
    K.GOOD_OFFICES_REPLY: BOTH_AND_OFFICER,
    K.GOOD_OFFICES_REPLIED: (G.OFFICER,),
    K.REFERRAL_PROPOSED: (*BOTH, G.COORDINATOR),
    K.REFERRAL_ACCEPTED: BOTH_AND_OFFICER,
    K.REFERRAL_DECLINED: BOTH_AND_OFFICER,
    K.REFERRAL_REVOKED: (*BOTH, G.COORDINATOR),
    K.MEDIATOR_APPOINTED: (*BOTH_AND_OFFICER, G.MEDIATOR),
    K.MEDIATOR_RELEASED: (*BOTH_AND_OFFICER, G.COORDINATOR),
    K.CONSENT_RECORDED: (G.OFFICER, G.MEDIATOR),
    K.MEDIATION_STARTED: BOTH_AND_OFFICER,
    K.SESSION_HELD: (G.OFFICER,),  # one side does not learn of the other's separate sessions
    K.MEDIATION_CONCLUDED: (*BOTH_AND_OFFICER, G.COORDINATOR),
    K.GOOD_OFFICES_CONCLUDED: BOTH_AND_OFFICER,
    K.EXAMINATION_BEGUN: BOTH_AND_OFFICER,
    K.EXAMINATION_CONCLUDED: BOTH_AND_OFFICER,
    K.GOOD_OFFICES_RESUMED: BOTH_AND_OFFICER,
    K.COMMENTS_OPENED: BOTH,
    K.COMMENT_RECEIVED: (G.OFFICER,),
    K.COMMENTS_CLOSED: (*BOTH_AND_OFFICER, G.MEMBERS),  # a member signs off
    K.STATEMENT_SIGNED_OFF: (G.OFFICER,),
    K.STATEMENT_PUBLISHED: (*BOTH_AND_OFFICER, G.MEMBERS),
    K.STATEMENT_CORRECTED: BOTH_AND_OFFICER,
    K.STATEMENT_UNPUBLISHED: BOTH_AND_OFFICER,
    K.UPDATE_PUBLISHED: BOTH_AND_OFFICER,
    K.HELD_FOR_REVIEW: (*BOTH, G.MEMBERS),
    K.REVIEW_CONCLUDED: BOTH_AND_OFFICER,
    K.FOLLOW_UP_BEGUN: BOTH_AND_OFFICER,
    K.FOLLOW_UP_CONCLUDED: BOTH_AND_OFFICER,
    K.DEADLINE_PAUSED: BOTH_AND_OFFICER,
    K.DEADLINE_RESUMED: BOTH_AND_OFFICER,
    K.DEADLINE_EXTENDED: BOTH_AND_OFFICER,
    K.DEADLINE_EXPLAINED: BOTH_AND_OFFICER,
    K.DEADLINE_REMINDED: (G.SIDE,),  # whoever owes what is due, see `audience.groups_of`
    K.CORRECTION_PROPOSED: (G.OFFICERS, G.MEMBERS),
    K.CORRECTION_CONFIRMED: BOTH_AND_OFFICER,
    K.CORRECTION_REJECTED: (G.OFFICER,),
    K.CODE_RENEWED: (G.SIDE,),
    K.NOTE_WRITTEN: (G.MENTIONED,),
    K.NOTE_CHANGED: (G.MENTIONED,),
    K.TASK_GIVEN: (G.ASSIGNEE,),
    K.TASK_DONE: (G.ASSIGNEE,),
    K.TASK_REOPENED: (G.ASSIGNEE,),
    K.DOSSIER_SERVED: (G.SIDE,),
    K.COORDINATION_BEGUN: BOTH_AND_OFFICER,
    K.COORDINATION_CONCLUDED: BOTH_AND_OFFICER,
    K.NCP_REPLIED: (G.OFFICER,),
    K.NCP_SHARED: (*BOTH_AND_OFFICER, G.PARTNER),
    K.NCP_SHARE_ENDED: BOTH_AND_OFFICER,
    K.NCP_COMMENTED: (G.OFFICER,),
    K.NCP_ANSWERED: (G.PARTNER,),
    K.NCP_RELEASED: (G.PARTNER,),
    K.PASSING_AGREED: (G.SIDE,),
    K.PASSING_TAKEN_BACK: (G.SIDE, G.OFFICER),
    K.PACKAGE_MADE: BOTH_AND_OFFICER,
    K.PACKAGE_TAKEN_IN: (G.OFFICER,),
    K.CASE_SPLIT: (*BOTH_AND_OFFICER, G.MEDIATOR, G.COORDINATOR),
    K.SPLIT_OFF: BOTH_AND_OFFICER,
    K.JOINED: BOTH_AND_OFFICER,
    K.PARTED: BOTH_AND_OFFICER,
    K.MAIL_FILED: (G.SIDE, G.OFFICER),
    K.CONSULTATION_ASKED: (G.EXPERT,),
    K.CONSULTATION_REMINDED: (G.EXPERT,),
    K.CONSULTATION_REPLIED: (G.OFFICER,),
    K.CONSULTATION_SHARED: BOTH,
    K.LAPSE_WARNED: (G.SIDE,),
    K.LAPSE_ANSWERED: (G.OFFICER,),
    K.SETTLEMENT_REPORTED: BOTH_AND_OFFICER,
    K.SETTLEMENT_ANSWERED: BOTH_AND_OFFICER,
    K.SETTLEMENT_DROPPED: BOTH_AND_OFFICER,
    K.REVIEW_WINDOW_OPENED: BOTH,
    K.REVIEW_ASKED: BOTH_AND_OFFICER,
    K.COMMITMENT_RECORDED: BOTH,
    K.COMMITMENT_REPORTED: (G.OFFICER,),  # and who may read it, see `audience.groups_of`
    K.COMMITMENT_ASSESSED: BOTH,
    K.RECALL_BEGUN: (G.OFFICERS, G.MEMBERS),  # a second person confirms
    K.RECALL_CONFIRMED: BOTH_AND_OFFICER,
    K.RECALL_REJECTED: (G.OFFICER,),
    K.DELETION_PROMISED: (G.OFFICER,),
    K.ERASURE_PROPOSED: (G.OFFICERS, G.MEMBERS),  # a second person confirms
    K.ERASURE_DECLINED: (G.OFFICER,),
    K.AUDIT_ASKED: (G.OFFICER,),
}

WITHOUT_MAIL = frozenset({K.GOOD_OFFICES_OFFERED, K.GOOD_OFFICES_REPLIED, K.EXAMINATION_BEGUN})
"""Recorded together with another kind that sends the mail: nobody gets two that say the same."""

OWING: dict[str, tuple[Group, ...]] = {
    "ncp": (),
    "complainant": (G.COMPLAINANT,),
    "respondent": (G.RESPONDENT,),
    "both": BOTH,
    "mediator": (G.MEDIATOR,),
    "body": (G.COORDINATOR,),
    "consulted": (G.EXPERT,),
}
"""Who owes what a deadline waits for, beside the officer, who is always told."""


def told_of_rung(*, owed_by: str, rung: int, is_public: bool) -> tuple[Group, ...]:
    """Return who is reminded before a due date, or told that it passed.

    Parties hear only of public deadlines, and the enterprise not of what the complainant owes.
    """
    groups = [G.OFFICER, *OWING.get(owed_by, ())]
    if rung > 0:
        groups += BOTH
    if not is_public:
        groups = [group for group in groups if group not in BOTH]
    elif owed_by == "complainant":
        groups = [group for group in groups if group != G.RESPONDENT]
    return tuple(dict.fromkeys(groups))
