"""What reaches the other side, when, and who said so."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from accounts import services as people
from cases import ledger
from cases.disclosure import Audience
from cases.errors import Incomplete
from cases.models import CaseDocument, Participation
from cases.services import correspondence, disclosing, ending, members, withholding
from cases.workflow import State
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def scene():
    return factories.case_in(State.INITIAL_ASSESSMENT)


def give(scene, side="complainant", **more):
    by = scene.complainant if side == "complainant" else scene.enterprise
    file = factories.document(scene.case)
    return correspondence.add_document(
        scene.case, file, title="CANARY title", side=side, by=by, **more
    )


def propose(scene, item, audience="parties", **more):
    disclosing.decide_audience(item, audience=audience, by=scene.officer, **more)
    return item.servings.filter(state="waiting").select_related("case_document__case").first()


def reads(user, item):
    user = type(user).objects.get(pk=user.pk)
    return CaseDocument.objects.visible_to(user).filter(pk=item.pk).exists()


def counsel_of(scene, side, *, is_counsel=True, is_confirmed=True):
    user = people.party_user(language="en")
    row = Participation.objects.create(
        case=scene.case, user=user, role="representative", side=side, is_counsel=is_counsel
    )
    if is_counsel and is_confirmed:
        members.confirm_counsel(row, check="Card seen.", by=scene.officer)
    return user


@pytest.mark.parametrize(
    ("side", "other"), [("complainant", "enterprise"), ("respondent", "complainant")]
)
def test_nothing_is_served_before_its_provider_opened_the_exact_copy_and_agreed(scene, side, other):
    item, other = give(scene, side), getattr(scene, other)
    provider = item.provided_by
    serving = propose(scene, item)
    assert not reads(other, item)
    with pytest.raises(Incomplete, match="Open the copy first"):
        disclosing.agree(serving, by=provider)
    disclosing.note_seen(serving, by=other)
    with pytest.raises(Incomplete):
        disclosing.agree(serving, by=provider)
    disclosing.note_seen(serving, by=provider)
    with pytest.raises(PermissionDenied):
        disclosing.agree(serving, by=other)
    disclosing.agree(serving, by=provider)
    assert reads(other, item)
    item.refresh_from_db()
    serving.refresh_from_db()
    assert item.served_copy_id == item.document_id
    assert item.served_at == serving.served_at, "one moment for both sides"


def test_a_copy_without_an_answer_is_served_when_the_time_has_passed_and_not_before(scene):
    item = give(scene)
    serving = propose(scene, item, days=14)
    assert serving.serves_at > timezone.now() + timedelta(days=13)
    assert disclosing.serve_due(at=timezone.now() + timedelta(days=13)) == 0
    assert not reads(scene.enterprise, item)
    assert disclosing.serve_due(at=timezone.now() + timedelta(days=15)) == 1
    assert disclosing.serve_due(at=timezone.now() + timedelta(days=15)) == 0, "once"
    assert reads(scene.enterprise, item)


def test_an_officer_cannot_shorten_the_time_to_look(scene, settings):
    serving = propose(scene, give(scene), days=1)
    wait = timedelta(days=settings.DISCLOSURE_DAYS)
    assert serving.serves_at - serving.proposed_at == wait


def test_a_copy_that_must_be_blacked_out_is_not_served_by_time(scene):
    item = give(scene)
    serving = propose(scene, item)
    with pytest.raises(ValidationError):
        disclosing.ask_redaction(serving, text=" ", by=scene.complainant)
    disclosing.ask_redaction(serving, text="The name on page 2", by=scene.complainant)
    assert disclosing.serve_due(at=timezone.now() + timedelta(days=99)) == 0
    assert not reads(scene.enterprise, item)


def test_a_redacted_version_goes_through_the_same_check_and_replaces_the_original(scene):
    item = give(scene)
    black = factories.document(scene.case, content=b"Plain [blacked out].")
    disclosing.add_redaction(item, black, by=scene.officer)
    serving = propose(scene, item, copy=black)
    assert serving.is_redacted
    assert not reads(scene.enterprise, item)
    disclosing.note_seen(serving, by=scene.complainant)
    disclosing.agree(serving, by=scene.complainant)
    item.refresh_from_db()
    assert item.copy_for("respondent") == black
    assert item.copy_for("complainant") == item.document, "its provider keeps the original"
    with pytest.raises(PermissionDenied):
        other = factories.document(scene.case)
        disclosing.decide_audience(item, audience="parties", copy=other, by=scene.officer)


def test_a_file_that_is_not_checked_is_not_proposed(scene):
    from django.core.files.uploadedfile import SimpleUploadedFile

    from documents.services import store

    file = store(SimpleUploadedFile("a.txt", b"Words"), by=None, data_key=scene.case.data_key)
    item = correspondence.add_document(
        scene.case, file, title="A", side="complainant", by=scene.complainant
    )
    with pytest.raises(Incomplete, match="pass its check"):
        propose(scene, item)


def test_a_request_to_withhold_is_decided_before_anything_is_shown(scene):
    item = give(scene, asked_to_withhold=True, reason="It shows who spoke.")
    with pytest.raises(Incomplete, match="First decide"):
        propose(scene, item)
    with pytest.raises(PermissionDenied):
        withholding.decide_withholding(
            item, granted=True, ground="safety", reason="x", by=scene.enterprise
        )
    with pytest.raises(ValidationError):
        withholding.decide_withholding(
            item, granted=True, ground="safety", reason=" ", by=scene.officer
        )
    with pytest.raises(ValidationError):
        withholding.decide_withholding(item, granted=True, reason="x", by=scene.officer)


def test_what_is_withheld_is_not_shown_whole_and_the_other_side_learns_only_the_ground(scene):
    item = give(scene, asked_to_withhold=True, reason="CANARY shows who spoke.")
    withholding.decide_withholding(
        item, granted=True, ground="safety", reason="CANARY agreed.", by=scene.officer
    )
    with pytest.raises(Incomplete, match="decided to withhold"):
        propose(scene, item)
    told = ledger.read(scene.reload(), scene.enterprise, to=Audience.RESPONDENT)
    assert [row.reason for row in told.withheld] == ["The safety of a person"]
    assert "CANARY" not in repr(told)
    assert not told.served
    assert not ledger.read(scene.case, scene.complainant, to=Audience.COMPLAINANT).withheld


def test_where_withholding_is_refused_the_provider_may_pull_it_and_it_never_reaches_others(scene):
    item = give(scene, asked_to_withhold=True, reason="Our prices.")
    withholding.decide_withholding(item, granted=False, reason="They are public.", by=scene.officer)
    serving = propose(scene, item)
    with pytest.raises(PermissionDenied):
        disclosing.pull(item, by=scene.enterprise)
    with pytest.raises(PermissionDenied):
        disclosing.pull(item, by=scene.officer)
    disclosing.pull(item, by=scene.complainant)
    assert disclosing.serve_due(at=timezone.now() + timedelta(days=99)) == 0
    with pytest.raises(Incomplete):
        disclosing.agree(serving, by=scene.complainant)
    with pytest.raises(Incomplete, match="pulled"):
        propose(scene, item)
    assert not reads(scene.enterprise, item)
    assert reads(scene.officer, item), "it stays on the record of the NCP"
    assert not ledger.read(scene.reload(), scene.enterprise, to=Audience.RESPONDENT).withheld


def test_what_the_other_side_has_cannot_be_pulled_or_withheld(scene):
    item = factories.share(give(scene), by=scene.officer)
    with pytest.raises(Incomplete):
        disclosing.pull(item, by=scene.complainant)
    with pytest.raises(Incomplete):
        withholding.ask_to_withhold(item, reason="Too late", by=scene.complainant)
    disclosing.decide_audience(item, audience="party_and_ncp", by=scene.officer)
    assert not reads(scene.enterprise, item)
    with pytest.raises(Incomplete):
        disclosing.pull(item, by=scene.complainant)


def test_a_late_request_to_withhold_stops_a_copy_that_is_being_looked_at(scene):
    item = give(scene)
    propose(scene, item)
    withholding.ask_to_withhold(item, reason="I saw a face", by=scene.complainant)
    assert disclosing.serve_due(at=timezone.now() + timedelta(days=99)) == 0
    withholding.decide_withholding(item, granted=False, reason="No face", by=scene.officer)
    with pytest.raises(Incomplete, match="pull"):
        withholding.ask_to_withhold(item, reason="Again", by=scene.complainant)


def test_trade_secrets_go_to_counsel_and_to_nobody_else(scene):
    item = give(scene, side="respondent", asked_to_withhold=True, reason="Recipe")
    withholding.decide_withholding(
        item, granted=True, ground="business", reason="Recipe", by=scene.officer
    )
    with pytest.raises(Incomplete, match="no counsel"):
        propose(scene, item, audience="counsel")
    plain = counsel_of(scene, "complainant", is_counsel=False)
    lawyer = counsel_of(scene, "complainant")
    serving = propose(scene, item, audience="counsel")
    assert not reads(lawyer, item)
    disclosing.note_seen(serving, by=scene.enterprise)
    disclosing.agree(serving, by=scene.enterprise)
    assert reads(lawyer, item)
    assert not reads(plain, item)
    assert not reads(scene.complainant, item)
    Participation.objects.filter(user=lawyer).update(until=timezone.now())
    assert not reads(lawyer, item), "it ends with the mandate"


def test_before_the_enterprise_was_told_nothing_is_proposed():
    scene = factories.case_in(State.INITIAL_ASSESSMENT, served=False)
    item = give(scene)
    for audience in ("parties", "counsel", "mediation", "public"):
        with pytest.raises(Incomplete, match="not told"):
            propose(scene, item, audience=audience)


def test_who_is_reached_on_paper_agrees_on_paper_and_that_is_on_record(scene):
    item = give(scene)
    disclosing.decide_audience(
        item, audience="parties", agreed_elsewhere="Read it here on 3 May.", by=scene.officer
    )
    assert reads(scene.enterprise, item)
    assert item.servings.get().answer == "Read it here on 3 May."


def test_a_document_of_the_ncp_is_shown_at_once_to_both_sides(scene):
    file = factories.document(scene.case)
    item = correspondence.add_document(scene.case, file, title="Rules", side="", by=scene.officer)
    assert not reads(scene.enterprise, item)
    disclosing.decide_audience(item, audience="parties", by=scene.officer)
    assert reads(scene.enterprise, item) and reads(scene.complainant, item)


def test_the_ledger_shows_each_side_its_own_part(scene):
    item = factories.share(give(scene), by=scene.officer)
    hidden = give(scene)
    correspondence.record_download(item, by=scene.enterprise)
    correspondence.record_download(item, by=scene.enterprise)
    correspondence.record_download(item, by=scene.officer)
    scene.reload()
    own = ledger.read(scene.case, scene.complainant, to=Audience.COMPLAINANT)
    assert [row.item.pk for row in own.own] == [item.pk, hidden.pk]
    assert [read.who for read in own.own[0].reads] == ["The other side"]
    assert own.own[0].services[0].at == item.served_at
    theirs = ledger.read(scene.case, scene.enterprise, to=Audience.RESPONDENT)
    assert [row.item.pk for row in theirs.served] == [item.pk]
    assert theirs.served[0].title == "Document 1 from the other side"
    assert theirs.served[0].services[0].at == item.served_at
    assert [read.who for read in theirs.served[0].reads] == ["Your side"]
    whole = ledger.read(scene.case, scene.officer, to=Audience.NAMED_OFFICER)
    assert len(whole.own) == 2
    assert {read.who for read in whole.own[0].reads} == {"Enterprise", scene.officer.name}


def test_silence_after_a_withdrawal_is_no_consent(scene):
    item = give(scene)
    propose(scene, item)
    ending.withdraw(scene.case, by=scene.complainant)
    assert disclosing.serve_due(at=timezone.now() + timedelta(days=99)) == 0
    assert not reads(scene.enterprise, item)
