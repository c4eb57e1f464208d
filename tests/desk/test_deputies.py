"""A deputy has tasks, alerts and sight for the days of the absence, and not an hour longer."""

from datetime import UTC, date, datetime

import pytest
import time_machine
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client

from accounts.models import User
from cases.disclosure import Audience, audience_of
from cases.errors import Conflict
from cases.kinds import EventKind
from cases.models import Case, Deputy, Message
from cases.permissions import may_see_identity
from cases.services import conflicts, correspondence, deputies
from notifications.audience import recipients
from notifications.models import OutboxMessage
from tests import factories
from tests.desk.conftest import browser

pytestmark = pytest.mark.django_db

SINCE, UNTIL = date(2026, 12, 1), date(2026, 12, 5)
# The NCP's calendar is five hours before UTC: its first of December begins on the evening before.
EDGES = [
    (datetime(2026, 11, 30, 18, 59, tzinfo=UTC), False),
    (datetime(2026, 11, 30, 19, 1, tzinfo=UTC), True),
    (datetime(2026, 12, 5, 18, 59, tzinfo=UTC), True),
    (datetime(2026, 12, 5, 19, 1, tzinfo=UTC), False),
]
DURING = datetime(2026, 12, 2, 8, 0, tzinfo=UTC)


@pytest.fixture
def scene(officer):
    with time_machine.travel(datetime(2026, 11, 24, 8, 0, tzinfo=UTC)):
        return factories.case_in("initial_assessment", officer=officer, data=factories.withheld())


@pytest.fixture
def named(scene, officer, other_officer):
    with time_machine.travel(datetime(2026, 11, 24, 9, 0, tzinfo=UTC)):
        return deputies.name(officer, deputy=other_officer, since=SINCE, until=UNTIL, by=officer)


def again(person):
    """Return somebody as the next request finds them."""
    return User.objects.get(pk=person.pk)


@pytest.mark.parametrize(("moment", "stands"), EDGES)
def test_deputy_knows_identities_on_these_days_alone(moment, stands, named, scene, other_officer):
    with time_machine.travel(moment):
        case, deputy = Case.objects.get(pk=scene.case.pk), again(other_officer)
        assert may_see_identity(case, deputy) is stands
        assert (audience_of(case, deputy) == Audience.NAMED_OFFICER) is stands


@pytest.mark.parametrize(("moment", "stands"), EDGES)
def test_deputy_reads_reports_of_pressure_and_is_told_of_them(
    moment, stands, named, scene, other_officer
):
    with time_machine.travel(moment):
        report = correspondence.report_reprisal(scene.case, text="Threatened", by=scene.complainant)
        seen = Message.objects.visible_to(again(other_officer)).filter(pk=report.pk)
        assert seen.exists() is stands


@pytest.mark.parametrize(("moment", "stands"), EDGES)
def test_alerts_of_the_absent_reach_the_deputy(
    moment, stands, named, scene, officer, other_officer
):
    with time_machine.travel(moment):
        correspondence.send_message(
            scene.case, side="complainant", text="When?", by=scene.complainant
        )
        message = OutboxMessage.objects.filter(event__kind=EventKind.MESSAGE_SENT).latest(
            "created_at"
        )
        told = {person for person, _room in recipients(message).values()}
    assert officer in told
    assert (other_officer in told) is stands


@pytest.mark.parametrize(("moment", "stands"), EDGES)
def test_tasks_of_the_absent_wait_for_the_deputy(moment, stands, named, scene, other_officer):
    with time_machine.travel(datetime(2026, 11, 25, 8, 0, tzinfo=UTC)):
        correspondence.send_message(
            scene.case, side="complainant", text="When?", by=scene.complainant
        )
    with time_machine.travel(moment):
        response = browser(other_officer).get("/desk/")
        assert ([row.case for row in response.context["waiting"]] == [scene.case]) is stands
        assert ("You are the deputy of" in response.text) is stands


def test_conflict_of_interest_goes_before(named, scene, other_officer):
    with time_machine.travel(DURING):
        conflicts.declare(scene.case, by=other_officer, has_conflict=True)
        report = correspondence.report_reprisal(scene.case, text="At night", by=scene.complainant)
        deputy = again(other_officer)
        assert not may_see_identity(Case.objects.get(pk=scene.case.pk), deputy)
        assert not Message.objects.visible_to(deputy).filter(pk=report.pk).exists()
        assert browser(deputy).get(f"/desk/cases/{scene.case.pk}/").status_code == 404
        assert not browser(deputy).get("/desk/").context["waiting"]
        for message in OutboxMessage.objects.filter(event__isnull=False):
            assert other_officer.pk not in recipients(message)


def test_deputy_of_a_deputy_inherits_nothing(named, scene, officer, other_officer):
    third = factories.person("officer")
    with time_machine.travel(DURING):
        deputies.name(other_officer, deputy=third, since=SINCE, until=UNTIL, by=other_officer)
        assert not may_see_identity(Case.objects.get(pk=scene.case.pk), again(third))


def test_ending_works_at_once(named, scene, officer, other_officer):
    with time_machine.travel(DURING):
        assert may_see_identity(scene.case, again(other_officer))
        deputies.end(named, by=officer)
        assert not may_see_identity(scene.case, again(other_officer))
        with pytest.raises(Conflict):
            deputies.end(named, by=officer)


def test_who_may_name_whom(officer, other_officer, administrator, member):
    days = {"since": date(2030, 1, 1), "until": date(2030, 1, 5)}
    third = factories.person("officer")
    with pytest.raises(PermissionDenied):
        deputies.name(officer, deputy=other_officer, by=other_officer, **days)
    with pytest.raises(PermissionDenied):
        deputies.name(officer, deputy=third, by=other_officer, **days)
    both = factories.person("administrator", "officer")
    with pytest.raises(PermissionDenied):
        deputies.name(officer, deputy=both, by=both, **days)
    with pytest.raises(ValidationError):
        deputies.name(officer, deputy=member, by=officer, **days)
    with pytest.raises(ValidationError):
        deputies.name(officer, deputy=officer, by=officer, **days)
    row = deputies.name(officer, deputy=other_officer, by=administrator, **days)
    assert row.named_by == administrator
    with pytest.raises(Conflict):
        deputies.name(
            officer, deputy=third, since=date(2030, 1, 5), until=date(2030, 1, 9), by=officer
        )
    with pytest.raises(PermissionDenied):
        deputies.end(row, by=third)


@pytest.mark.parametrize(
    ("since", "until"),
    [("2026-12-05", "2026-12-01"), ("2020-01-01", "2020-01-02"), ("2027-01-01", "2029-01-01")],
)
def test_wrong_days_are_refused_and_nothing_typed_is_lost(since, until, desk, other_officer):
    data = {"deputy": str(other_officer.pk), "since": since, "until": until}
    response = desk.post("/desk/deputies/", data)
    assert "There is a problem" in response.text
    assert f'value="{until}"' in response.text
    assert not Deputy.objects.exists()


def test_page_names_and_ends(desk, officer, other_officer, administrator):
    data = {"deputy": str(other_officer.pk), "since": "2030-01-01", "until": "2030-01-05"}
    assert desk.post("/desk/deputies/", data).status_code == 302
    row = Deputy.objects.get()
    assert other_officer.name in desk.get("/desk/deputies/").text
    stranger = browser(factories.person("officer"))
    assert stranger.post(f"/desk/deputies/{row.pk}/end/").status_code == 404
    office = browser(administrator)
    assert officer.name in office.get("/desk/deputies/").text
    data = {"absent": str(other_officer.pk), "deputy": str(officer.pk), "since": "2031-01-01"}
    assert office.post("/desk/deputies/", {**data, "until": "2031-01-02"}).status_code == 302
    assert office.post(f"/desk/deputies/{row.pk}/end/").status_code == 302
    row.refresh_from_db()
    assert row.ended_by == administrator


def test_only_officers_and_administrators_reach_the_page(member):
    assert Client().get("/desk/deputies/").status_code == 302
    for person in (member, factories.person("auditor"), factories.person("mediator")):
        assert browser(person).get("/desk/deputies/").status_code == 404
