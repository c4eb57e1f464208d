"""Cases split, joined and tied: what goes where, who is told, who sees what."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from cases.errors import Incomplete
from cases.events import verify
from cases.models import Case, CaseLink, Message
from cases.services import clock, conflicts, correspondence, deadlines, relations, splitting
from cases.services.passing_consents import record_consent
from tests import factories
from tests.coordination.conftest import canary_submission
from tests.desk.conftest import act, browser, page

pytestmark = pytest.mark.django_db


def split(case, officer, **changes):
    issues = list(case.issues.all())
    values = {
        "respondents": list(case.parties.filter(name_index__gt="", side="respondent", position=2)),
        "issues": {issues[0].pk: "both", issues[1].pk: "goes"},
        "why": "The buyer answers for other things.",
        "told": "Two cases from now on.",
    } | changes
    return splitting.split(case, by=officer, **values)


def test_split_gives_each_case_its_enterprise_issues_documents_and_time_frames(canary, officer):
    own = correspondence.add_document(
        canary.case,
        factories.document(canary.case),
        title="Photographs",
        side="complainant",
        by=canary.complainant,
    )
    clock.pause(canary.case, reason="translation", by=officer)
    old = canary.reload()
    new = split(old, officer)
    old = canary.reload()
    assert [p.name for p in new.parties.standing().filter(side="respondent")] == ["Buyer GmbH"]
    assert [p.name for p in old.parties.standing().filter(side="respondent")] == [
        "AltynTau Holding"
    ]
    assert new.parties.filter(side="complainant").count() == 2
    assert not new.parties.get(side="complainant", position=1).shown_to_respondent
    assert (old.issues.count(), new.issues.count()) == (1, 2)
    assert [row.number for row in new.issues.all()] == [1, 2]
    assert {row.kind: row.due_on for row in new.deadlines.open()} == {
        row.kind: row.due_on for row in old.deadlines.open()
    }
    assert new.pauses.filter(until=None).count() == 1
    copy = new.documents.get()
    assert copy.document.data_key_id == new.data_key_id != own.document.data_key_id
    assert copy.title == "Photographs"
    assert new.state == old.state
    assert new.reference
    assert new.reference != old.reference
    assert (new.title, old.title) == ("Buyer GmbH", "AltynTau Holding")
    for case in (old, Case.objects.get(pk=new.pk)):
        assert list(verify(case)) == []
    assert CaseLink.objects.get(case=new, other=old).kind == "split_from"


def test_each_party_keeps_its_own_case_alone(canary, officer):
    second = canary.case.parties.get(side="respondent", position=2)
    buyer = canary.case.participations.get(party=second).user
    new = split(canary.case, officer)
    assert list(Case.objects.visible_to(buyer)) == [new]
    assert set(Case.objects.visible_to(canary.complainant)) == {canary.case, new}
    assert list(Case.objects.visible_to(canary.enterprise)) == [canary.case]
    told = [row for row in Message.objects.all() if row.text == "Two cases from now on."]
    assert {(row.case_id, row.side) for row in told} == {
        (case.pk, side) for case in (canary.case, new) for side in ("complainant", "respondent")
    }


def test_conflict_declared_before_holds_in_both(canary, officer, other_officer):
    conflicts.declare(canary.case, by=other_officer, has_conflict=True)
    new = split(canary.reload(), officer)
    assert not Case.objects.visible_to(other_officer).filter(pk=new.pk).exists()


@pytest.mark.parametrize(
    "changes",
    [{"respondents": []}, {"why": " "}, {"told": " "}, {"issues": {}}],
)
def test_split_needs_everything(canary, officer, changes):
    with pytest.raises(ValidationError):
        split(canary.case, officer, **changes)
    assert Case.objects.count() == 1


def test_an_enterprise_and_an_issue_stay(canary, officer):
    everybody = list(canary.case.parties.filter(side="respondent"))
    with pytest.raises(ValidationError):
        split(canary.case, officer, respondents=everybody)
    goes = {issue.pk: "goes" for issue in canary.case.issues.all()}
    with pytest.raises(ValidationError):
        split(canary.case, officer, issues=goes)


def test_issue_with_answers_does_not_leave(canary, officer):
    factories.answer_everything(canary.case, by=officer)
    with pytest.raises(Incomplete, match="issue 2"):
        split(canary.reload(), officer)


def test_split_is_for_those_who_run_the_procedure_and_for_its_states(canary, officer, member):
    with pytest.raises(PermissionDenied):
        split(canary.case, member)
    over = factories.case_in("not_registered", officer=officer, data=canary_submission())
    with pytest.raises(Incomplete.__base__):
        split(over.case, officer)


def test_officer_splits_by_the_page(canary, officer):
    desk = browser(officer)
    text = desk.get(page("split", canary.case)).text
    assert "Buyer GmbH" in text
    second = canary.case.parties.get(side="respondent", position=2)
    first, other = canary.case.issues.all()
    form = {f"issue_{first.pk}": "both", f"issue_{other.pk}": "stays", "why": "W", "told": "T"}
    missing = act(desk, canary.case, "split", **form)
    assert "Choose the enterprises" in missing.text
    done = act(desk, canary.case, "split", respondents=[str(second.pk)], **form)
    assert done.status_code == 302
    assert Case.objects.count() == 2


def test_cases_are_joined_told_and_go_apart_again(canary, officer):
    leading = factories.case_in("initial_assessment", officer=officer).case
    made = relations.join(canary.case, leading, why="Same mine", told="Together now.", by=officer)
    assert [row.text for row in Message.objects.all()] == ["Together now."] * 4
    third = factories.case_in("initial_assessment", officer=officer).case
    with pytest.raises(Incomplete, match="follows"):
        relations.join(third, canary.case, why="w", told="t", by=officer)
    with pytest.raises(Incomplete, match="already"):
        relations.join(canary.case, third, why="w", told="t", by=officer)
    text = browser(officer).get(page("coordination", canary.case)).text
    assert leading.reference in text
    relations.untie(made, case=canary.case, by=officer)
    assert relations.standing_links(canary.case) == []
    for case in (canary.reload(), Case.objects.get(pk=leading.pk)):
        assert list(verify(case)) == []


def test_case_under_a_conflict_is_not_tied_and_not_named(canary, officer):
    other = factories.case_in("initial_assessment").case
    link = relations.link(canary.case, other, why="Same mine", by=officer)
    conflicts.declare(other, by=officer, has_conflict=True)
    text = browser(officer).get(page("coordination", canary.case)).text
    assert other.reference not in text
    assert "a case that you do not see" in text
    with pytest.raises(PermissionDenied):
        relations.untie(link, case=canary.case, by=officer)
    refused = act(browser(officer), canary.case, "link", reference=other.reference, why="W")
    assert "You see no case with this number." in refused.text


def test_the_same_case_is_not_tied_to_itself_nor_twice(canary, officer):
    with pytest.raises(Incomplete):
        relations.link(canary.case, canary.case, why="w", by=officer)
    other = factories.case_in("initial_assessment", officer=officer).case
    relations.link(canary.case, other, why="w", by=officer)
    with pytest.raises(Incomplete):
        relations.link(other, canary.case, why="w", by=officer)


def test_case_at_another_ncp_is_noted_with_its_address(canary, officer):
    with pytest.raises(ValidationError):
        relations.add_foreign_case(
            canary.case, country="FR", title="T", url="javascript:alert(1)", by=officer
        )
    item = relations.add_foreign_case(
        canary.case, country="FR", title="Same buyer", url="https://pcn.example/1", by=officer
    )
    desk = browser(officer)
    assert "https://pcn.example/1" in desk.get(page("coordination", canary.case)).text
    relations.remove_foreign_case(item, by=officer)
    assert "https://pcn.example/1" not in desk.get(page("coordination", canary.case)).text


def test_page_of_coordination_asks_the_same_whatever_it_holds(
    canary, officer, django_assert_max_num_queries
):
    desk = browser(officer)
    url = page("coordination", canary.case)
    for number in range(12):
        relations.add_foreign_case(canary.case, country="FR", title=f"C{number}", by=officer)
    with django_assert_max_num_queries(45):
        desk.get(url)


def test_undeclared_member_and_others_do_not_read_the_page(canary, member, administrator, client):
    url = page("coordination", canary.case)
    assert browser(member).get(url).status_code == 403
    assert browser(administrator).get(url).status_code == 404
    assert client.get(url).status_code == 302
    conflicts.declare(canary.case, by=member, has_conflict=False)
    text = browser(member).get(url).text
    assert "Canaryeva" not in text
    conflicts.declare(canary.reload(), by=member, has_conflict=True)
    assert browser(member).get(url).status_code == 404


def test_consents_are_recorded_by_named_officers_alone(canary, officer, other_officer):
    values = {"country": "DE", "scope": "material", "side": "complainant", "how": "By letter",
              "given_on": deadlines.today()}  # fmt: skip
    with pytest.raises(PermissionDenied):
        record_consent(canary.case, by=other_officer, **values)
    record_consent(canary.case, by=officer, **values)
    with pytest.raises(Incomplete):
        record_consent(canary.case, by=officer, **values)
