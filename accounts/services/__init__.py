"""What changes people, their roles and their ways in."""

from accounts.services.arrival import (
    accept_link,
    ask_for_address,
    change_address,
    invite,
    send_invitation,
)
from accounts.services.parties import (
    change_access_code,
    issue_access_code,
    issue_login_link,
    party_user,
    redeem_login_link,
    revoke_access_code,
    revoke_access_codes,
    store_access_code,
)
from accounts.services.proposals import (
    confirm_factor_reset,
    confirm_role_change,
    deactivate,
    decline,
    grant_role,
    propose_factor_reset,
    propose_role_change,
    reactivate,
    withdraw,
)
from accounts.services.sessions import (
    end_sessions,
)
from accounts.services.tokens import (
    answers_kept_since,
    create_token,
    revoke_token,
    token_digest,
)

__all__ = [
    "accept_link",
    "answers_kept_since",
    "ask_for_address",
    "change_access_code",
    "change_address",
    "confirm_factor_reset",
    "confirm_role_change",
    "create_token",
    "deactivate",
    "decline",
    "end_sessions",
    "grant_role",
    "invite",
    "issue_access_code",
    "issue_login_link",
    "party_user",
    "propose_factor_reset",
    "propose_role_change",
    "reactivate",
    "redeem_login_link",
    "revoke_access_code",
    "revoke_access_codes",
    "revoke_token",
    "send_invitation",
    "store_access_code",
    "token_digest",
    "withdraw",
]
