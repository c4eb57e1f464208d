"""The states of a referral and which move leads where."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class ReferralState(models.TextChoices):
    PROPOSED = "proposed", _("Sent to the body")
    ACCEPTED = "accepted", _("Accepted")
    DECLINED = "declined", _("Declined")
    CONSENTED = "consented", _("Both sides agree to the mediator")
    ACTIVE = "active", _("Mediation runs")
    CONCLUDED = "concluded", _("Concluded")
    REVOKED = "revoked", _("Taken back")


LIVE_STATES = (
    ReferralState.PROPOSED,
    ReferralState.ACCEPTED,
    ReferralState.CONSENTED,
    ReferralState.ACTIVE,
)
"""States in which somebody still works on it: a case has one such referral at most."""

STAFFED_STATES = (ReferralState.ACCEPTED, ReferralState.CONSENTED, ReferralState.ACTIVE)
"""States in which a mediator may be appointed or at work."""
