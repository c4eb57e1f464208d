"""Two NCPs and what passes between them."""

from dataclasses import replace

import pytest

from cases.models import NcpGuest
from cases.payload import ComplainantData, RespondentData
from cases.services import sharing
from tests import factories

WITHHELD_NAME = "Kanarienvogel Canaryeva"
WITHHELD_EMAIL = "canary@example.org"


def canary_submission():
    """A complaint whose complainant is withheld from everybody, and stands in its texts too."""
    data = factories.submission()
    return replace(
        data,
        complainants=(
            ComplainantData(
                WITHHELD_NAME, "individual", "KZ", WITHHELD_EMAIL, "+77015550199",
                "Canary street 1", factories.WITHHELD,
            ),
            ComplainantData("Open Village Council", "community", "KZ", "open@example.org"),
        ),
        respondents=(
            RespondentData("AltynTau Holding", country="KZ", role="caused"),
            RespondentData("Buyer GmbH", country="DE", role="linked"),
        ),
        issues=tuple(
            replace(item, description=f"{item.description} Ask Canaryeva, {WITHHELD_EMAIL}.")
            for item in data.issues
        ),
        wanted="Clean water for Canaryeva.",
    )  # fmt: skip


@pytest.fixture
def canary(officer):
    """A served case in its initial assessment with a withheld complainant and two enterprises."""
    return factories.case_in("initial_assessment", officer=officer, data=canary_submission())


@pytest.fixture
def guest(db, administrator):
    """Somebody of the German NCP."""
    person = factories.person("partner_ncp", name="Guest of Germany")
    sharing.add_guest("DE", person, by=administrator)
    assert NcpGuest.objects.filter(user=person, until=None).exists()
    return person
