"""The search page: where a hit stands, what its reader sees of it, what it costs."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from cases import search
from cases.models import Reading
from cases.payload import IssueData
from cases.services import conflicts, correspondence
from documents import services as files
from sealing import fields
from tests import factories
from tests.desk.conftest import browser

pytestmark = pytest.mark.django_db

SCRIPT = "<script>alert(1)</script><img src=x onerror=alert(2)>"


@pytest.fixture
def scene(officer):
    found = factories.case_in("initial_assessment", officer=officer, data=factories.withheld())
    search.index(found.case)
    return found


def test_hits_say_where_they_stand_and_lead_there(officer, desk, scene):
    message = correspondence.send_message(
        scene.case, side="complainant", text="Cadmium in our wells", by=scene.complainant
    )
    document = factories.document(scene.case, name="probe.txt", content=b"Cadmium, 5 mg")
    files.read_text(document)
    item = correspondence.add_document(
        scene.case, document, title="Probe", side="complainant", by=scene.complainant
    )
    search.index(scene.case)
    response = desk.get("/desk/search/?q=cadmium")
    assert "<mark>Cadmium</mark> in our wells" in response.text
    assert f"/desk/cases/{scene.case.pk}/documents/{item.pk}/" in response.text
    assert f"/desk/cases/{scene.case.pk}/#messages" in response.text
    assert "Document “Probe”" in response.text, "deep in a file, the words do not say which it is"
    assert message.case_id == scene.case.pk
    only = desk.get("/desk/search/?q=cadmium&place=document")
    assert [len(found.hits) for found in only.context["results"].cases] == [1]


def test_snippets_run_nothing(officer, desk):
    data = factories.submission(issues=(IssueData(f"Dust {SCRIPT}", f"Dust {SCRIPT}"),))
    search.index(factories.filed_case(data))
    response = desk.get("/desk/search/?q=dust+<script>alert(3)</script>")
    assert "<script>alert" not in response.text
    assert "<img src=x" not in response.text
    response = desk.get("/desk/search/?q=dust")
    assert "<mark>Dust</mark> &lt;script&gt;" in response.text


def test_conflict_removes_hits_counts_and_suggestions_at_once(officer, desk, scene):
    assert "AltynTau" in desk.get("/desk/search/?q=river").text
    conflicts.declare(scene.case, by=officer, has_conflict=True)
    for text in ("river", "altyntau", "altintau", "Айгүл"):
        response = desk.get(f"/desk/search/?q={text}")
        assert response.context["results"].total == 0
        assert response.context["results"].kinds == []
        assert "AltynTau" not in response.text


def test_page_with_and_without_a_secret_case_is_the_same(officer, other_officer):
    search.index(factories.filed_case())
    client = browser(other_officer)
    paths = [f"/desk/search/?q={text}" for text in ("river", "zzz", "altintau", "wages -river")]

    def pages():
        return [client.get(path).text.split("<main")[1] for path in paths]

    client.get(paths[0])
    before = pages()
    secret = factories.case_in("initial_assessment", officer=officer)
    conflicts.declare(secret.case, by=other_officer, has_conflict=True)
    search.index(secret.case)
    assert pages() == before


def test_member_reads_names_before_declaring_and_the_record_after(member, scene):
    client = browser(member)
    assert "AltynTau" in client.get("/desk/search/?q=altyntau").text
    assert client.get("/desk/search/?q=river").context["results"].total == 0
    conflicts.declare(scene.case, by=member, has_conflict=False)
    assert client.get("/desk/search/?q=river").context["results"].total == 1


def test_sight_of_sealed_texts_is_on_record(officer, other_officer, desk, scene):
    browser(other_officer).get("/desk/search/?q=Айгүл")
    assert not Reading.objects.exists()
    desk.get("/desk/search/?q=Айгүл")
    assert Reading.objects.get().user == officer
    assert Reading.objects.get().kind == "identities"


def test_slip_of_the_pen_is_answered_with_names_that_one_sees(desk, scene):
    response = desk.get("/desk/search/?q=altintau")
    assert "Did you mean" in response.text and "AltynTau Holding" in response.text


@pytest.mark.parametrize("query", ["", "q=", "q=the", "q=%00&page=x&place=nowhere", "q=a&page=99"])
def test_nothing_typed_breaks_the_page(desk, scene, query):
    assert desk.get(f"/desk/search/?{query}").status_code == 200


def test_room_of_mediation_is_never_searched():
    from cases.models.search import Place

    assert "room" not in Place.values


def test_search_costs_the_same_for_any_number(officer, desk):
    def queries():
        fields._opened.clear()  # a key is forgotten after half a minute
        desk.get("/desk/search/?q=river")
        with CaptureQueriesContext(connection) as counted:
            desk.get("/desk/search/?q=river")
        return len(counted)

    search.index(factories.filed_case())
    few = queries()
    for _ in range(25):
        search.index(factories.filed_case())
    assert queries() == few <= 12


def test_only_the_ncp_searches(scene):
    assert Client().get("/desk/search/?q=river").status_code == 302
    for role in ("administrator", "mediator", "coordinator", "interpreter"):
        client = browser(factories.person(role))
        assert client.get("/desk/search/?q=river").status_code == 404
    assert browser(scene.complainant).get("/desk/search/?q=river").status_code == 404


def test_places_of_the_course_lead_to_their_pages(officer, desk, scene):
    """A hit in a question, a commitment, a protocol or a draft used to be found nowhere."""
    from datetime import timedelta

    from django.utils import timezone

    from cases.services import consultations, consulted_bodies, deadlines, meetings

    body = consulted_bodies.save_body(None, kind="ministry", name="Ministry", by=officer)
    item = consultations.ask(
        scene.reload(), body=body, way="letter", question="Zircon?", by=officer,
        due_on=deadlines.today() + timedelta(days=20),
    )  # fmt: skip
    chair = factories.person("decision_maker")
    meeting = meetings.plan(
        begins_at=timezone.now(), place="", chair=chair, secretary=officer, by=officer
    )
    meetings.add_item(meeting, title="Zircon in general", by=officer)
    of_case = meetings.add_item(meeting, case=scene.reload(), by=officer)
    of_case.meeting, of_case.protocol = meeting, "Zircon of this mine"
    of_case.save()
    search.index(scene.reload())
    response = desk.get("/desk/search/?q=zircon")
    assert f"/desk/cases/{scene.case.pk}/consultations/{item.pk}/" in response.text
    assert f"/desk/meetings/{meeting.pk}/#case-{scene.case.pk}" in response.text
    assert f'/desk/meetings/{meeting.pk}/">' in response.text
    for hit in response.context["results"].cases[0].hits:
        assert desk.get(hit.url).status_code == 200
    conflicts.declare(scene.case, by=officer, has_conflict=True)
    response = desk.get("/desk/search/?q=zircon")
    assert response.context["results"].total == 0
    assert [hit.meeting.pk for hit in response.context["results"].meetings] == [meeting.pk]
    assert "this mine" not in response.text


def test_sight_of_a_message_is_on_record_as_opening_it_would_be(officer, other_officer, scene):
    """Words of messages were shown by the search and nobody knew."""
    correspondence.send_message(
        scene.case, side="complainant", text="Zircon in our wells", by=scene.complainant
    )
    search.index(scene.case)
    client = browser(other_officer)
    client.get("/desk/search/?q=altyntau")
    assert not Reading.objects.filter(kind="messages").exists()
    client.get("/desk/search/?q=zircon")
    client.get("/desk/search/?q=zircon")
    (row,) = Reading.objects.filter(kind="messages")
    assert (row.user, row.case) == (other_officer, scene.case)
