"""The wall of the room: who reads what, for every role there is."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from accounts.models import User
from accounts.roles import Role
from cases.errors import Conflict, Incomplete
from cases.models import CaseEvent, Participation
from mediation import room as the_room
from mediation import services
from mediation.models import RoomNote
from mediation.workflow import ReferralState as S
from tests import factories
from tests.mediation.conftest import make_body, room_in, session_data

pytestmark = pytest.mark.django_db

WORDS = (
    "said-joint",
    "said-by-complainant",
    "said-by-enterprise",
    "mediators-own",
    "to-complainant",
)


@pytest.fixture
def spoken(active):
    """A room in which everybody has said something."""
    add = the_room.add_note
    scene, referral = active.scene, active.referral
    add(referral, text="said-joint", audience="joint", by=scene.complainant)
    add(referral, text="said-by-complainant", audience="caucus", by=scene.complainant)
    add(referral, text="said-by-enterprise", audience="caucus", by=scene.enterprise)
    add(referral, text="mediators-own", audience="mediator", by=active.mediator)
    add(referral, text="to-complainant", audience="caucus", side="complainant", by=active.mediator)
    return active


def read(user, case) -> set[str]:
    fresh = User.objects.get(pk=user.pk)
    return {note.text for note in the_room.notes_visible_to(fresh, case)}


def test_the_mediator_reads_everything(spoken):
    assert read(spoken.mediator, spoken.case) == set(WORDS)


def test_each_side_reads_what_is_joint_and_its_own(spoken):
    assert read(spoken.scene.complainant, spoken.case) == {
        "said-joint", "said-by-complainant", "to-complainant",
    }  # fmt: skip
    assert read(spoken.scene.enterprise, spoken.case) == {"said-joint", "said-by-enterprise"}


@pytest.mark.parametrize("role", list(Role))
def test_no_role_opens_the_room(spoken, role):
    person = factories.person(role, name="Stranger") if role != Role.AUDITOR else _auditor()
    assert read(person, spoken.case) == set()
    assert not the_room.documents_visible_to(person, spoken.case).exists()
    assert not the_room.sessions_visible_to(person, spoken.case).exists()


def _auditor():
    from datetime import timedelta

    from django.utils import timezone

    from accounts.models import RoleAssignment

    person = factories.person()
    RoleAssignment.objects.create(
        user=person, role=Role.AUDITOR, until=timezone.now() + timedelta(days=7)
    )
    return person


@pytest.mark.parametrize("who", ["officer", "coordinator", "member"])
def test_those_around_the_case_read_nothing(spoken, who):
    people = {
        "officer": spoken.scene.officer,
        "coordinator": spoken.coordinator,
        "member": spoken.scene.members[0],
    }
    assert read(people[who], spoken.case) == set()
    with pytest.raises(PermissionDenied):
        the_room.add_note(spoken.referral, text="x", audience="joint", by=people[who])


def test_an_officer_who_is_put_on_a_side_still_reads_nothing(spoken):
    """Somebody with both hats would carry what was said from the room to the desk."""
    Participation.objects.create(
        case=spoken.case, user=spoken.scene.officer, role="party_member", side="complainant"
    )
    assert read(spoken.scene.officer, spoken.case) == set()


def test_a_mediator_before_the_declaration_and_one_of_another_case_read_nothing(spoken):
    other = room_in(S.ACTIVE, members=spoken.scene.members)
    assert read(other.mediator, spoken.case) == set()
    _body, _coordinator, (second,) = make_body()
    services.appoint_mediator(spoken.referral, second, by=spoken.coordinator)
    assert read(second, spoken.case) == set()


def test_a_mediator_who_is_out_reads_nothing_any_more(spoken):
    services.release_mediator(spoken.appointment, by=spoken.coordinator)
    assert read(spoken.mediator, spoken.case) == set()


def test_a_party_that_left_reads_nothing_any_more(spoken):
    from django.utils import timezone

    spoken.case.participations.filter(user=spoken.scene.complainant).update(until=timezone.now())
    assert read(spoken.scene.complainant, spoken.case) == set()


def test_the_parties_keep_their_room_after_the_outcome(spoken):
    services.record_outcome(
        spoken.referral,
        {issue.pk: "no_agreement" for issue in spoken.referral.issues.all()},
        by=spoken.mediator,
    )
    assert "said-joint" in read(spoken.scene.complainant, spoken.case)
    with pytest.raises(Conflict):
        the_room.add_note(spoken.referral, text="x", audience="joint", by=spoken.scene.complainant)


def test_what_is_said_leaves_no_trace_in_the_history(active):
    before = CaseEvent.objects.count()
    the_room.add_note(active.referral, text="x", audience="joint", by=active.mediator)
    assert CaseEvent.objects.count() == before


def test_the_room_opens_with_the_mediators_declaration(appointed):
    with pytest.raises(Incomplete):
        the_room.add_note(
            appointed.referral, text="x", audience="joint", by=appointed.scene.complainant
        )


@pytest.mark.parametrize("audience, side", [("mediator", ""), ("caucus", "respondent")])
def test_a_party_writes_for_itself_alone(active, audience, side):
    with pytest.raises(PermissionDenied):
        the_room.add_note(
            active.referral, text="x", audience=audience, side=side, by=active.scene.complainant
        )


def test_an_empty_note_and_a_note_for_no_side_are_refused(active):
    with pytest.raises(ValidationError):
        the_room.add_note(active.referral, text=" ", audience="joint", by=active.mediator)
    with pytest.raises(ValidationError):
        the_room.add_note(active.referral, text="x", audience="caucus", by=active.mediator)


def test_separate_sessions_are_known_to_their_side_alone(active):
    services.record_session(
        active.referral,
        session_data(kind="caucus", side="complainant", for_respondent="", note="Her limits.",
                     note_audience="caucus"),
        by=active.mediator,
    )  # fmt: skip
    services.record_session(active.referral, session_data(), by=active.mediator)
    known = the_room.sessions_visible_to
    assert known(active.scene.complainant, active.case).count() == 2
    assert known(active.scene.enterprise, active.case).count() == 1
    assert known(active.scene.officer, active.case).count() == 0
    assert known(active.mediator, active.case).count() == 2
    assert read(active.scene.complainant, active.case) == {"Her limits."}


def test_notes_are_sealed_in_the_database(active):
    from django.db import connection

    note = the_room.add_note(
        active.referral, text="said-joint", audience="joint", by=active.mediator
    )
    with connection.cursor() as cursor:
        cursor.execute("SELECT text FROM mediation_roomnote WHERE id = %s", [note.pk])
        assert cursor.fetchone()[0].startswith("s1:")


def test_files_of_the_room_are_no_documents_of_the_case(active, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    item = the_room.add_document(
        active.referral,
        SimpleUploadedFile("draft.txt", b"Draft of an agreement"),
        title="Draft",
        audience="caucus",
        by=active.scene.enterprise,
    )
    assert not active.case.documents.exists()
    assert the_room.documents_visible_to(active.scene.enterprise, active.case).get() == item
    assert the_room.documents_visible_to(active.mediator, active.case).get() == item
    for person in (active.scene.complainant, active.scene.officer, active.coordinator):
        assert not the_room.documents_visible_to(person, active.case).exists()


def test_no_page_of_the_desk_shows_a_word_of_the_room(spoken, client):
    """Whatever the desk shows of the case to its officer, the room is not in it."""
    client.force_login(spoken.scene.officer, backend="accounts.backends.PasswordBackend")
    for name in ("desk:case", "desk:history"):
        page = client.get(reverse(name, args=[spoken.case.pk]))
        if page.status_code == 200:
            assert not any(word in page.content.decode() for word in WORDS)
    assert RoomNote.objects.count() == len(WORDS)
