"""The rooms of a case: one line each on the case page, and no query of their own."""

from datetime import date

import pytest
from django.db import connection
from django.db.models import Count, Max, Min, Q
from django.test.utils import CaptureQueriesContext

from cases.models import Deadline, Message
from desk import rooms
from desk.rooms import Line, Room
from tests import factories
from tests.desk.conftest import browser, page

pytestmark = pytest.mark.django_db


def _room(name="letters_in", **values):
    return Room(
        name=name,
        label="Letters in",
        url="desk:history",
        rows=lambda user: Message.objects.visible_to(user),
        figures={
            "all": Count("pk"),
            "unread": Count("pk", filter=Q(read_at=None)),
            "last": Max("sent_at"),
        },
        line=lambda page, figures: Line(f"{figures['all']} in, {figures['unread']} unread"),
        **values,
    )


@pytest.fixture
def registered(monkeypatch):
    def register(*found):
        monkeypatch.setattr(rooms, "rooms", lambda: found)

    return register


@pytest.fixture
def case(officer):
    return factories.case_in("initial_assessment", officer=officer).case


def test_a_line_tells_what_stands_in_the_room(registered, case, desk, officer):
    registered(_room())
    assert "0 in, 0 unread" in desk.get(page("case", case)).text
    Message.objects.create(case=case, side="complainant", sender="ncp", sent_by=officer, text="x")
    text = desk.get(page("case", case)).text
    assert "1 in, 1 unread" in text
    assert page("history", case) in text


def test_days_arrive_as_days(registered, case, desk, officer):
    seen = []
    figures = {"next": Min("due_on", filter=Q(met_on=None)), "all": Count("pk")}
    registered(
        Room(
            name="days",
            label="Days",
            url="desk:history",
            rows=lambda user: Deadline.objects.visible_to(user),
            figures=figures,
            line=lambda page, found: seen.append(found) or Line("days", on=found["next"]),
        )
    )
    desk.get(page("case", case))
    assert isinstance(seen[0]["next"], date)
    assert seen[0]["all"] > 0


def test_no_line_for_those_who_may_not_enter(registered, case, desk, member):
    registered(_room(), _room("second", may=lambda page: False))
    assert [door.name for door in desk.get(page("case", case)).context["rooms"]] == ["letters_in"]
    undeclared = browser(member).get(page("case", case))
    assert undeclared.context["rooms"] == []


def test_a_room_costs_no_query(registered, case, desk):
    registered()
    with CaptureQueriesContext(
        connection,
    ) as without:
        desk.get(page("case", case))
    registered(*[_room(f"room{n}") for n in range(12)])
    with CaptureQueriesContext(connection) as with_rooms:
        desk.get(page("case", case))
    assert len(with_rooms) == len(without)


def test_every_room_that_is_registered_can_be_read():
    names = [room.name for room in rooms.rooms()]
    assert len(names) == len(set(names))
