"""Whatever changes a referral: one use case, one transaction, the case locked first."""

from mediation.services.bodies import add_member, end_membership, save_body, save_mediator
from mediation.services.consents import ConsentState, consent_state, give_consent, record_consent
from mediation.services.mediators import (
    appoint_internal,
    appoint_mediator,
    declare,
    release_mediator,
)
from mediation.services.referrals import (
    accept_referral,
    decline_referral,
    propose_referral,
    revoke_referral,
)
from mediation.services.sessions import SessionData, record_outcome, record_session, start

__all__ = [
    "ConsentState",
    "SessionData",
    "accept_referral",
    "add_member",
    "appoint_internal",
    "appoint_mediator",
    "consent_state",
    "declare",
    "decline_referral",
    "end_membership",
    "give_consent",
    "propose_referral",
    "record_consent",
    "record_outcome",
    "record_session",
    "release_mediator",
    "revoke_referral",
    "save_body",
    "save_mediator",
    "start",
]
