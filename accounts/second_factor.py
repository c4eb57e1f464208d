"""The second factor: one-time passwords that work once, and what a session has proved."""

import base64
import hashlib
import hmac
import struct
import time
from datetime import timedelta

from allauth.account.internal.flows.login import get_authentication_records, record_authentication
from allauth.mfa.models import Authenticator
from allauth.mfa.utils import decrypt
from django.http import HttpRequest

from accounts import throttle
from accounts.models import User

STEP_SECONDS = 30
DRIFT_STEPS = 1
WRONG_STRETCH = timedelta(minutes=15)
WRONG_LIMIT = 10


def one_time_password(secret: str, step: int) -> str:
    """Return the six digits of a step (RFC 6238 over RFC 4226, SHA-1 as every app expects)."""
    key = base64.b32decode(secret.encode("ascii"), casefold=True)
    mac = hmac.new(key, struct.pack(">Q", step), hashlib.sha1).digest()
    offset = mac[-1] & 0x0F
    value = struct.unpack(">I", mac[offset : offset + 4])[0] & 0x7FFFFFFF
    return f"{value % 1_000_000:06d}"


def matching_step(secret: str, typed: str) -> int | None:
    """Return the step that the typed digits belong to, half a minute early or late, or None."""
    digits = "".join(character for character in typed if not character.isspace())
    now = int(time.time()) // STEP_SECONDS
    found = None
    for step in range(now - DRIFT_STEPS, now + DRIFT_STEPS + 1):
        expected = one_time_password(secret, step)
        if hmac.compare_digest(expected.encode(), digits.encode()):
            found = step
    return found


def use_step(user: User, step: int) -> bool:
    """Take a step for this person; False when it or a later one was taken before.

    One UPDATE decides, so of two processes that saw the same digits one gets in.
    """
    taken = User.objects.filter(pk=user.pk, last_time_step__lt=step).update(last_time_step=step)
    return taken == 1


def is_right_code(authenticator: Authenticator, typed: str) -> bool:
    """Tell whether a typed code opens this authenticator, and use it up."""
    if authenticator.type == Authenticator.Type.TOTP:
        step = matching_step(decrypt(authenticator.data["secret"]), typed)
        return step is not None and use_step(authenticator.user, step)
    if authenticator.type == Authenticator.Type.RECOVERY_CODES:
        return bool(authenticator.wrap().validate_code(typed.replace(" ", "")))
    return False


def has_authenticator(user: User) -> bool:
    """Tell whether the person set up an app or a security key (recovery codes alone are none)."""
    return (
        Authenticator.objects.filter(user=user)
        .exclude(type=Authenticator.Type.RECOVERY_CODES)
        .exists()
    )


def is_proved(request: HttpRequest) -> bool:
    """Tell whether this session was opened or confirmed with a second factor."""
    return any(
        record.get("method") == "mfa"
        for record in get_authentication_records(request, request.user)
    )


def mark_proved(request: HttpRequest, authenticator: Authenticator) -> None:
    """Note that a second factor was just shown in this session, and rotate its id."""
    record_authentication(
        request, request.user, "mfa", id=authenticator.pk, type=authenticator.type
    )
    request.session.cycle_key()


def is_slowed(user: User) -> bool:
    """Tell whether too many wrong codes were tried for this person (after the password)."""
    return throttle.count("second-factor", str(user.pk), every=WRONG_STRETCH) >= WRONG_LIMIT


def count_wrong(user: User) -> None:
    throttle.add("second-factor", str(user.pk), every=WRONG_STRETCH)


def forget_wrong(user: User) -> None:
    throttle.clear("second-factor", str(user.pk))
