"""Material at the wrong side: access ends at once, two people, who read it, who was told."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from accounts.models import AccessCode
from cases import ledger
from cases.disclosure import Audience
from cases.errors import Conflict, Incomplete
from cases.models import CaseDocument, Message
from cases.services import authority, correspondence, deadlines, recall
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def scene(officer):
    return factories.case_in("initial_assessment", officer=officer)


@pytest.fixture
def shown(scene):
    """A document of the complainant that the enterprise was shown by mistake, and opened."""
    item = correspondence.add_document(
        scene.case, factories.document(scene.case), title="Names of witnesses",
        side="complainant", by=scene.complainant,
    )  # fmt: skip
    factories.share(item, by=scene.officer)
    correspondence.record_download(item, by=scene.enterprise)
    correspondence.record_download(item, by=scene.enterprise)
    item.refresh_from_db()
    return item


def begin(scene, item, **changes):
    values = {"wrong_side": "respondent", "owner": "complainant", "reason": "Wrong tick."}
    return recall.begin(scene.reload(), item, by=scene.officer, **{**values, **changes})


def confirm(found, *, by):
    return recall.confirm(found, to_wrong_side="Please delete it.", to_other_side="Sorry.", by=by)


def test_access_ends_the_moment_one_officer_says_so(scene, shown):
    assert CaseDocument.objects.visible_to(scene.enterprise).filter(pk=shown.pk).exists()
    begin(scene, shown)
    assert not CaseDocument.objects.visible_to(scene.enterprise).filter(pk=shown.pk).exists()
    assert CaseDocument.objects.visible_to(scene.complainant).filter(pk=shown.pk).exists()
    case = scene.reload()
    assert not ledger.read(case, scene.enterprise, to=Audience.RESPONDENT).served


def test_who_read_it_is_on_record_with_the_times(scene, shown):
    found = begin(scene, shown)
    reader = found.readers.get()
    assert (reader.user, reader.times) == (scene.enterprise, 2)
    assert reader.first_read_at <= reader.last_read_at
    assert found.reached_at == shown.served_at


def test_a_second_person_confirms_and_then_both_sides_are_told(scene, shown, other_officer):
    found = begin(scene, shown)
    assert not Message.objects.filter(case=scene.case, sender="ncp").exists()
    with pytest.raises(PermissionDenied):
        confirm(found, by=scene.officer)
    confirm(found, by=other_officer)
    told = Message.objects.filter(case=scene.case, sender="ncp")
    assert {row.side: row.text for row in told} == {
        "respondent": "Please delete it.",
        "complainant": "Sorry.",
    }
    with pytest.raises(Conflict):
        confirm(found, by=other_officer)


def test_parties_and_undeclared_members_settle_nothing(scene, shown, member):
    found = begin(scene, shown)
    for user in (member, scene.complainant, scene.enterprise):
        with pytest.raises(PermissionDenied):
            confirm(found, by=user)


def test_what_was_stopped_by_mistake_is_given_back_as_it_was(scene, shown, other_officer):
    found = begin(scene, shown)
    recall.reject(found, by=other_officer)
    again = CaseDocument.objects.visible_to(scene.enterprise).get(pk=shown.pk)
    assert (again.audience, again.served_copy_id, again.served_at) == (
        shown.audience, shown.served_copy_id, shown.served_at,
    )  # fmt: skip
    assert found.deadline.__class__.objects.get(pk=found.deadline_id).cancelled_on
    assert not Message.objects.filter(case=scene.case, sender="ncp").exists()


def test_a_document_filed_under_the_wrong_side_goes_to_its_owner(scene, other_officer):
    item = correspondence.add_document(
        scene.case, factories.document(scene.case), title="Plan", side="respondent",
        by=scene.officer,
    )  # fmt: skip
    found = begin(scene, item)
    assert not CaseDocument.objects.visible_to(scene.enterprise).filter(pk=item.pk).exists()
    assert CaseDocument.objects.visible_to(scene.complainant).filter(pk=item.pk).exists()
    recall.reject(found, by=other_officer)
    assert CaseDocument.objects.visible_to(scene.enterprise).filter(pk=item.pk).exists()


def test_a_message_to_the_wrong_side_is_read_by_no_party_any_more(scene):
    message = correspondence.send_message(
        scene.case, side="respondent", text="Dear Aigul", by=scene.officer
    )
    correspondence.note_shown([message], by=scene.enterprise)
    found = begin(scene, message)
    assert not Message.objects.visible_to(scene.enterprise).filter(pk=message.pk).exists()
    assert Message.objects.visible_to(scene.officer).filter(pk=message.pk).exists()
    assert found.readers.get().first_read_at


def test_a_letter_cannot_be_called_back_but_its_codes_end(scene):
    party = scene.case.parties.get(side="respondent")
    letter = authority.record_letter(
        scene.case, party, way="post", sent_on=deadlines.today(), note="", by=scene.officer
    )
    assert AccessCode.objects.filter(user=scene.enterprise, revoked_at=None).exists()
    begin(scene, letter or scene.case.letters.get(), owner="")
    assert not AccessCode.objects.filter(user=scene.enterprise, revoked_at=None).exists()


def test_nothing_is_recalled_from_a_side_that_never_had_it(scene):
    item = correspondence.add_document(
        scene.case, factories.document(scene.case), title="Plan", side="complainant",
        by=scene.complainant,
    )  # fmt: skip
    with pytest.raises(Incomplete):
        begin(scene, item)
    with pytest.raises(ValidationError):
        begin(scene, item, wrong_side="complainant")


def test_the_authority_is_told_within_the_time_of_the_rules(scene, shown, other_officer):
    """72 hours by default; Kazakhstan counts one working day. Both are to be confirmed."""
    found_at = timezone.now() - timedelta(hours=5)
    found = begin(scene, shown, found_at=found_at)
    assert scene.case.rule_set.startswith("kz")
    assert recall.latest_moment(found) is None
    day = deadlines.calendar().add_working_days(timezone.localdate(found_at), 1)
    assert found.deadline.due_on == day
    confirm(found, by=other_officer)
    recall.tell_authority(found, told_on=deadlines.today(), note="No. 5", by=scene.officer)
    found.deadline.refresh_from_db()
    assert found.deadline.met_on
    with pytest.raises(Conflict):
        recall.tell_authority(found, told_on=None, note="None needed", by=scene.officer)


def test_seventy_two_hours_run_to_the_minute(scene, shown, settings):
    case = scene.reload()
    type(case).objects.filter(pk=case.pk).update(rule_set="oecd-2023@1")
    found = begin(scene, shown)
    found.case = scene.reload()
    assert recall.latest_moment(found) == found.found_at + timedelta(hours=72)


def test_whoever_kept_a_copy_promises_to_delete_it(scene, shown, other_officer):
    found = begin(scene, shown)
    assert recall.asked_of(scene.case, scene.enterprise) is None
    confirm(found, by=other_officer)
    reader = recall.asked_of(scene.case, scene.enterprise)
    with pytest.raises(PermissionDenied):
        recall.promise_deletion(reader, text="I did", by=scene.complainant)
    recall.promise_deletion(reader, text="I deleted one file.", by=scene.enterprise)
    assert recall.asked_of(scene.case, scene.enterprise) is None
    assert scene.reload().events.filter(kind="recall.deletion_promised").exists()


def test_the_other_side_reads_nothing_of_it_in_the_history_before_it_is_confirmed(scene, shown):
    from cases.disclosure import disclosed

    begin(scene, shown)
    for to in (Audience.COMPLAINANT, Audience.RESPONDENT):
        kinds = {event.kind for event in disclosed(scene.reload(), to=to).events}
        assert "recall.begun" not in kinds


def second_person(scene):
    """Somebody else of the enterprise, who can sign in."""
    from cases.models import Participation

    user = factories.person(name="Second")
    party = scene.case.parties.get(side="respondent")
    Participation.objects.create(
        case=scene.case, user=user, party=party, role="party_member", side="respondent",
        since=timezone.now(),
    )  # fmt: skip
    return user


def test_each_person_who_read_a_message_is_on_record_with_their_own_times(scene):
    """One mark for the whole side told the authority that somebody had read it, and not who."""
    second = second_person(scene)
    message = correspondence.send_message(
        scene.case, side="respondent", text="Dear Aigul", by=scene.officer
    )
    correspondence.note_shown([message], by=second)
    message.refresh_from_db()
    correspondence.note_shown([message], by=second)
    found = begin(scene, message)
    rows = {row.user: row for row in found.readers.all()}
    assert set(rows) == {scene.enterprise, second}
    assert rows[scene.enterprise].first_read_at is None
    assert rows[second].times == 2
    assert rows[second].last_read_at > rows[second].first_read_at


def test_who_opened_its_attachment_counts_as_a_reader(scene):
    paper = factories.document(scene.case)
    item = correspondence.add_document(
        scene.case, paper, title="Plan", side="respondent", by=scene.officer
    )
    message = correspondence.send_message(
        scene.reload(), side="respondent", text="See the plan.", by=scene.officer,
        documents=[item],
    )  # fmt: skip
    correspondence.record_download(item, by=scene.enterprise)
    found = begin(scene, message)
    assert found.readers.get().times == 1


def test_a_mark_of_the_side_from_before_is_kept_without_a_name(scene):
    second_person(scene)
    message = correspondence.send_message(
        scene.case, side="respondent", text="Dear Aigul", by=scene.officer
    )
    correspondence.mark_read([message], by=scene.enterprise)
    found = begin(scene, message)
    first = found.readers.first()
    assert first.user is None and first.first_read_at
    assert found.readers.count() == 3


def serve_file(scene):
    """Make the file of the case for the enterprise and give it to them."""
    from cases.models import Dossier
    from cases.services import dossiers

    row = dossiers.ask(scene.reload(), audience="respondent", language="en", by=scene.officer)
    dossiers.keep(row, b"%PDF-1.4 all of it", history_length=scene.reload().history_length)
    return dossiers.serve(Dossier.objects.get(pk=row.pk), by=scene.officer)


def test_files_of_the_case_that_may_hold_it_are_taken_back_too(scene, other_officer):
    """A message was recalled and stood on in the file of the case that the side had been given."""
    before = serve_file(scene)
    message = correspondence.send_message(
        scene.case, side="respondent", text="Dear Aigul", by=scene.officer
    )
    item = serve_file(scene)
    correspondence.record_download(item, by=scene.enterprise)
    found = begin(scene, message)
    visible = CaseDocument.objects.visible_to(scene.enterprise)
    assert not visible.filter(pk=item.pk).exists()
    assert visible.filter(pk=before.pk).exists(), "made before the message was sent"
    assert found.readers.get().times == 1
    recall.reject(found, by=other_officer)
    assert visible.filter(pk=item.pk).exists()


def test_a_recalled_message_stands_in_no_file_for_a_side(scene):
    from cases.disclosure import Audience
    from desk import dossiers

    message = correspondence.send_message(
        scene.case, side="respondent", text="Dear Aigul", by=scene.officer
    )
    begin(scene, message)
    case = scene.reload()
    assert message not in dossiers.messages(case, Audience.RESPONDENT)
    assert message in dossiers.messages(case, Audience.NCP)
