"""The pages of coordinators, mediators and administrators, without scripts."""

import threading

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.urls import reverse

from cases.services import correspondence
from cases.services.deadlines import today
from mediation import room as the_room
from mediation import services
from mediation.models import MediationBody, Referral
from mediation.workflow import ReferralState as S
from tests import factories
from tests.mediation.conftest import Room, make_body, room_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def as_(client):
    """Sign somebody in and return their browser."""

    def sign_in(person):
        client.force_login(person, backend="accounts.backends.PasswordBackend")
        return client

    return sign_in


def url(name, *args):
    return reverse(f"mediation:{name}", args=args)


def pages(room: Room) -> dict[str, str]:
    referral, case = room.referral.pk, room.case.pk
    return {
        **{n: url(n, referral) for n in ("referral", "accept", "decline", "appoint")},
        **{
            n: url(n, case)
            for n in (
                "case",
                "declare",
                "step_down",
                "consent",
                "start",
                "session",
                "note",
                "file",
                "outcome",
            )
        },
    }


def test_strangers_find_nothing_and_nobody_signed_in_is_asked_to_sign_in(active, client, as_):
    for address in pages(active).values():
        assert client.get(address).status_code == 302
    _body, coordinator, (mediator,) = make_body("Another body")
    for person in (
        coordinator, mediator, active.scene.officer, active.scene.complainant,
        active.scene.enterprise, factories.person("administrator"),
    ):  # fmt: skip
        browser = as_(person)
        for address in pages(active).values():
            assert browser.get(address).status_code == 404, (person, address)
            assert browser.post(address, {}).status_code in (404, 405), (person, address)


def test_the_coordinator_has_no_way_into_the_room(active, as_):
    browser = as_(active.coordinator)
    all_pages = pages(active)
    for name in ("declare", "consent", "session", "note", "file", "outcome"):
        assert browser.get(all_pages[name]).status_code == 404
    assert browser.get(all_pages["case"]).status_code == 302


def test_the_coordinator_reads_disclosed_names_and_no_issue(db, as_):
    room = room_in(S.PROPOSED, data=factories.withheld())
    page = as_(room.coordinator).get(url("referral", room.referral.pk)).content.decode()
    assert "AltynTau Holding" in page
    assert "Айгүл" not in page and "Complainant 1" in page
    assert "river" not in page and "cattle" not in page


def test_names_are_gone_once_the_body_declined(db, as_):
    room = room_in(S.DECLINED)
    page = as_(room.coordinator).get(url("referral", room.referral.pk)).content.decode()
    assert "AltynTau" not in page and "Айгүл" not in page


def test_the_mediator_reads_names_alone_before_declaring(appointed, as_):
    page = as_(appointed.mediator).get(url("case", appointed.case.pk)).content.decode()
    assert "AltynTau Holding" in page
    assert "river" not in page and "cattle" not in page
    for name in ("consent", "note", "session", "outcome"):
        assert as_(appointed.mediator).get(url(name, appointed.case.pk)).status_code == 404


def test_a_withheld_name_stays_withheld_from_the_mediator(db, as_):
    room = room_in(S.ACTIVE, data=factories.withheld())
    page = as_(room.mediator).get(url("case", room.case.pk)).content.decode()
    assert "Айгүл" not in page and "Complainant 1" in page
    assert "river" in page


def test_one_case_goes_all_the_way_by_forms(proposed, as_):
    scene, referral = proposed.scene, proposed.referral

    def version():
        return Referral.objects.get(pk=referral.pk).row_version

    def send(person, name, pk, **data):
        answer = as_(person).post(url(name, pk), {"version": version(), **data})
        assert answer.status_code == 302, answer.content.decode()
        return answer

    send(proposed.coordinator, "accept", referral.pk)
    send(proposed.coordinator, "appoint", referral.pk, mediator=str(proposed.mediator.pk))
    case = proposed.case.pk
    assert send(proposed.mediator, "declare", case, answer="no").url == url("case", case)
    for side in ("complainant", "respondent"):
        send(proposed.mediator, "consent", case, side=side, answer="yes", given_on=today())
    send(proposed.mediator, "start", case)
    send(proposed.mediator, "note", case, text="Own thought", reader="mediator")
    send(
        proposed.mediator, "session", case, held_on=today(), kind="complainant",
        for_complainant="She herself", note="Her limits", reader="complainant",
    )  # fmt: skip
    send(
        proposed.mediator, "session", case, held_on=today(), kind="joint",
        for_complainant="She herself", for_respondent="The director", reader="mediator",
    )  # fmt: skip
    page = as_(proposed.mediator).get(url("case", case)).content.decode()
    assert "Own thought" in page and "Her limits" in page
    issues = {f"issue-{issue.pk}": "agreement" for issue in scene.case.issues.all()}
    send(proposed.mediator, "outcome", case, **issues)
    assert proposed.reload().state == S.CONCLUDED
    page = as_(proposed.mediator).get(url("case", case)).content.decode()
    assert "Own thought" in page
    assert "river" not in page, "the case is gone, the room is left"


def test_a_conflict_sends_the_mediator_home(appointed, as_):
    answer = as_(appointed.mediator).post(
        url("declare", appointed.case.pk),
        {"version": appointed.referral.row_version, "answer": "yes", "explanation": "My brother."},
    )
    assert answer.url == url("home")
    assert as_(appointed.mediator).get(url("case", appointed.case.pk)).status_code == 404


def test_a_stale_form_comes_back_with_what_was_typed(proposed, as_):
    old = proposed.referral.row_version
    services.accept_referral(proposed.referral, by=proposed.coordinator)
    answer = as_(proposed.coordinator).post(
        url("decline", proposed.referral.pk), {"version": old, "reason": "Nobody speaks Kazakh."}
    )
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "Nobody speaks Kazakh." in page
    assert f'value="{old + 1}"' in page


def test_what_cannot_be_is_said_on_the_form_and_nothing_is_lost(active, as_):
    answer = as_(active.mediator).post(
        url("session", active.case.pk),
        {
            "version": active.referral.row_version,
            "held_on": "2999-01-01",
            "kind": "joint",
            "for_complainant": "She herself",
            "note": "A long note",
            "reader": "mediator",
        },
    )
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "The date lies in the future." in page
    assert "A long note" in page and "She herself" in page


def test_a_file_goes_into_the_room_by_the_form(active, as_, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    answer = as_(active.mediator).post(
        url("file", active.case.pk),
        {
            "version": active.referral.row_version,
            "file": SimpleUploadedFile("a.txt", b"Terms"),
            "title": "Terms of reference",
            "reader": "joint",
        },
    )
    assert answer.status_code == 302
    item = the_room.documents_visible_to(active.mediator, active.case).get()
    address = url("room_file", active.case.pk, item.pk)
    assert as_(active.mediator).get(address).status_code == 409, "not checked yet"
    from documents.tasks import check_pending

    check_pending()
    served = as_(active.mediator).get(address)
    assert b"".join(served.streaming_content).strip() == b"Terms"
    assert served["Content-Disposition"].startswith("attachment")
    assert as_(active.coordinator).get(address).status_code == 404


def test_the_mediator_opens_shared_documents_and_no_others(active, as_, settings, tmp_path):
    from documents.services import store
    from documents.tasks import check_pending

    settings.MEDIA_ROOT = tmp_path
    file = store(SimpleUploadedFile("m.txt", b"Map"), by=None, data_key=active.case.data_key)
    check_pending()
    file.refresh_from_db()
    officer = active.scene.officer
    item = correspondence.add_document(
        active.case, file, title="Map of the river", side="complainant", by=active.scene.complainant
    )
    address = url("document", active.case.pk, item.pk)
    assert as_(active.mediator).get(address).status_code == 404
    factories.share(item, audience="mediation", by=officer)
    served = as_(active.mediator).get(address)
    assert b"".join(served.streaming_content).strip() == b"Map"
    listed = as_(active.mediator).get(url("case", active.case.pk)).content.decode()
    assert address in listed
    assert "Map of the river" not in listed, "the name of a party's file may name its author"
    assert active.case.events.filter(kind="document.read", by=active.mediator).exists()


def test_somebody_of_the_ncp_mediates_on_the_same_pages(db, as_):
    from cases.workflow import State

    scene = factories.case_in(State.MEDIATION)
    member = factories.person("decision_maker")
    assert as_(member).get(url("home")).status_code == 404
    services.appoint_internal(scene.case, member, by=scene.officer, issues=scene.case.issues.all())
    assert as_(member).get(url("home")).status_code == 200
    assert as_(member).get(url("case", scene.case.pk)).status_code == 200


def test_administrators_keep_bodies_by_forms_and_see_no_case(proposed, as_, administrator):
    browser = as_(administrator)
    answer = browser.post(
        url("add_body"), {"name": "Ural mediators", "country": "kz", "is_active": "on"}
    )
    body = MediationBody.objects.get(name="Ural mediators")
    assert answer.status_code == 302 and body.country == "KZ"
    person = factories.person("mediator", name="M. Mediator")
    assert browser.post(
        url("add_member", body.pk), {"role": "mediator", "person": str(person.pk)}
    ).status_code == 302  # fmt: skip
    member = body.members.get()
    browser.post(
        url("member_profile", body.pk, member.pk),
        {"languages": "Kazakh", "expertise": "Labour", "countries": "KZ"},
    )
    page = browser.get(url("body", body.pk)).content.decode()
    assert "M. Mediator" in page and "Labour" in page
    taken = browser.post(url("add_body"), {"name": "Ural mediators"})
    assert taken.status_code == 200 and "already exists" in taken.content.decode()
    stale = browser.post(
        url("change_body", body.pk), {"name": "Ural", "version": 99, "is_active": "on"}
    )
    assert stale.status_code == 409
    assert (
        browser.post(url("end_membership", body.pk, member.pk), {"version": 0}).status_code == 302
    )
    listed = browser.get(url("bodies")).content.decode()
    assert proposed.case.reference not in listed
    for someone in (proposed.coordinator, proposed.mediator, proposed.scene.officer):
        assert as_(someone).get(url("bodies")).status_code == 404


def test_a_mediator_describes_themselves(active, as_):
    answer = as_(active.mediator).post(url("profile"), {"languages": "Kazakh, Russian"})
    assert answer.status_code == 302
    _body, _coordinator, _people = make_body()
    services.release_mediator(active.appointment, by=active.mediator)
    page = as_(active.coordinator).get(url("appoint", active.referral.pk)).content.decode()
    assert "Kazakh, Russian" in page


@pytest.mark.parametrize("count", [3, 60])
def test_pages_ask_a_constant_number_of_questions(
    active, as_, count, django_assert_max_num_queries
):
    for number in range(count):
        the_room.add_note(
            active.referral, text=f"Note {number}", audience="joint", by=active.mediator
        )
        services.record_session(
            active.referral,
            services.SessionData(
                held_on=today(), kind="joint", for_complainant="A", for_respondent="B"
            ),
            by=active.mediator,
        )
    browser = as_(active.mediator)
    with django_assert_max_num_queries(15):
        assert browser.get(url("case", active.case.pk)).status_code == 200
    with django_assert_max_num_queries(9):
        assert browser.get(url("home")).status_code == 200
    browser = as_(active.coordinator)
    with django_assert_max_num_queries(14):
        assert browser.get(url("referral", active.referral.pk)).status_code == 200


@pytest.mark.django_db(transaction=True)
def test_two_coordinators_at_once_one_wins():
    room = room_in(S.PROPOSED)
    _body, second, _people = make_body()
    version = room.referral.row_version
    barrier = threading.Barrier(2)
    results = []

    def act(call):
        from cases.errors import Conflict

        try:
            barrier.wait()
            call()
            results.append("done")
        except Conflict:
            results.append("conflict")
        finally:
            connection.close()

    threads = [
        threading.Thread(target=act, args=[call])
        for call in (
            lambda: services.accept_referral(room.referral, by=room.coordinator, version=version),
            lambda: services.decline_referral(
                room.referral, by=second, reason="No.", version=version
            ),
        )
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(results) == ["conflict", "done"]
    answers = room.case.events.filter(kind__in=["referral.accepted", "referral.declined"])
    assert answers.count() == 1
