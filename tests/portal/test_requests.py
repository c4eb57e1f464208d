"""What the office asks with a day, time that a side asks for, and reports of pressure."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse

from cases import disclosure
from cases.disclosure import Audience
from cases.errors import Conflict, Incomplete
from cases.models import Deadline, Message, Request, TimeRequest
from cases.services import clock, correspondence, deadlines, ending, requests
from notifications import audience
from notifications.models import OutboxMessage
from tests import factories
from tests.factories import working_day_in
from tests.portal.conftest import page, signed_in, token_of

SOON = timedelta(days=14)


def asked_of(scene, *sides, text="Please send us the water tests."):
    rows = requests.ask(
        scene.case, sides=sides, text=text, due_on=working_day_in(14), by=scene.officer
    )
    scene.reload()
    return rows


def told(case, kind):
    message = OutboxMessage.objects.filter(case=case, event__kind=kind).latest("created_at")
    return set(audience.recipients(message))


class TestRequest:
    def test_both_sides_are_asked_in_the_same_second_with_the_same_window(self, scene):
        one, other = asked_of(scene, "complainant", "respondent")
        assert (one.asked_at, one.batch) == (other.asked_at, other.batch)
        assert one.deadline.due_on == other.deadline.due_on == working_day_in(14)
        assert {one.side, other.side} == {"complainant", "respondent"}

    def test_each_side_reads_its_own_alone(self, scene):
        (row,) = asked_of(scene, "complainant", text="CANARY-REQUEST")
        mine, theirs = signed_in(scene.complainant), signed_in(scene.enterprise)
        assert "CANARY-REQUEST" in mine.get(page("case", scene.case)).text
        assert "CANARY-REQUEST" not in theirs.get(page("case", scene.case)).text
        assert theirs.get(page("request", scene.case, row.pk)).status_code == 404
        kinds = {
            item.kind for item in disclosure.disclosed(scene.case, to=Audience.RESPONDENT).deadlines
        }
        assert "request" not in kinds
        assert told(scene.case, "request.made") == {scene.complainant.pk}

    def test_it_is_answered_with_text_and_meets_its_deadline(self, scene):
        one, other = asked_of(scene, "complainant", "respondent")
        client = signed_in(scene.enterprise)
        row = next(item for item in (one, other) if item.side == "respondent")
        address = page("request", scene.case, row.pk)
        form = client.get(address)
        sent = {"token": token_of(form), "text": "Here they are."}
        assert client.post(address, sent).status_code == 302
        assert client.post(address, sent).status_code == 409  # answered: nothing is sent twice
        row.refresh_from_db()
        assert row.answer.text == "Here they are." and row.deadline.met_on
        twin = next(item for item in (one, other) if item.side == "complainant")
        twin.deadline.refresh_from_db()
        assert twin.deadline.is_open
        assert (
            "Here they are."
            not in signed_in(scene.complainant).get(page("message", scene.case)).text
        )

    def test_it_counts_in_the_next_due_date_of_the_case(self, scene):
        before = scene.case.next_due_on
        requests.ask(
            scene.case,
            sides=["complainant"],
            text="Now",
            due_on=working_day_in(1),
            by=scene.officer,
        )
        case = scene.reload()
        assert (case.next_due_on, case.next_due_kind) == (working_day_in(1), "request")
        requests.close(Request.objects.get(), by=scene.officer)
        assert scene.reload().next_due_on == before

    def test_another_side_and_another_person_cannot_answer(self, scene):
        (row,) = asked_of(scene, "complainant")
        for person in (scene.enterprise, scene.officer):
            with pytest.raises(PermissionDenied):
                requests.answer(row, text="x", by=person)
        with pytest.raises(PermissionDenied):
            requests.close(row, by=scene.complainant)
        with pytest.raises(PermissionDenied):
            requests.ask(
                scene.case,
                sides=["respondent"],
                text="x",
                due_on=working_day_in(14),
                by=scene.complainant,
            )

    def test_what_makes_no_sense_is_refused(self, scene):
        for change in ({"text": " "}, {"sides": []}, {"due_on": deadlines.today()}):
            asked = {"sides": ["complainant"], "text": "x", "due_on": working_day_in(14), **change}
            with pytest.raises(ValidationError):
                requests.ask(scene.case, by=scene.officer, **asked)

    def test_the_enterprise_is_asked_nothing_before_it_was_told(self, db):
        scene = factories.case_in("initial_assessment", served=False)
        with pytest.raises(Incomplete):
            asked_of(scene, "respondent")

    def test_what_is_closed_or_lapsed_takes_no_answer(self, scene):
        (row,) = asked_of(scene, "complainant")
        ending.withdraw(scene.case, by=scene.complainant)
        row.deadline.refresh_from_db()
        assert row.deadline.cancelled_on
        with pytest.raises(Conflict):
            requests.answer(row, text="x", by=scene.complainant)

    def test_the_desk_asks_and_takes_back(self, scene, client):
        client.force_login(scene.officer)
        address = reverse("desk:request", args=[scene.case.pk])
        form = client.get(address)
        assert form.status_code == 200
        sent = {
            "row_version": scene.case.row_version, "whom": "both", "text": "Your comments?",
            "due_on": working_day_in(14).isoformat(),
        }  # fmt: skip
        assert client.post(address, sent).status_code == 302
        assert Request.objects.count() == 2
        text = client.get(reverse("desk:case", args=[scene.case.pk])).text
        assert text.count("Your comments?") == 2
        row = Request.objects.filter(side="respondent").get()
        address = reverse("desk:close_request", args=[scene.case.pk, row.pk])
        assert client.get(address).status_code == 200
        assert client.post(address, {"row_version": scene.reload().row_version}).status_code == 302
        row.refresh_from_db()
        assert not row.is_open
        assert Request.objects.filter(side="complainant").open().exists()


class TestMoreTime:
    def test_granted_time_goes_to_both_sides_of_a_shared_window(self, scene):
        one, other = asked_of(scene, "complainant", "respondent")
        wanted = working_day_in(30)
        asked = requests.ask_for_more_time(
            one.deadline, side=one.side, wanted_on=wanted, reason="Ill", by=scene.complainant
        )
        requests.grant(asked, until=wanted, reason="Illness", by=scene.officer)
        for row in (one, other):
            row.deadline.refresh_from_db()
            assert row.deadline.due_on == wanted
        for to in (Audience.COMPLAINANT, Audience.RESPONDENT):
            kinds = [event.kind for event in disclosure.disclosed(scene.reload(), to=to).events]
            assert "deadline.extended" in kinds

    def test_time_for_one_side_alone_is_not_told_to_the_other(self, scene):
        (row,) = asked_of(scene, "complainant")
        asked = requests.ask_for_more_time(
            row.deadline,
            side="complainant",
            wanted_on=working_day_in(30),
            reason="x",
            by=scene.complainant,
        )
        requests.grant(asked, until=working_day_in(30), reason="Yes", by=scene.officer)
        shown = disclosure.disclosed(scene.reload(), to=Audience.RESPONDENT)
        assert "deadline.extended" not in [event.kind for event in shown.events]
        assert scene.enterprise.pk not in told(scene.case, "deadline.extended")

    def test_working_days_reach_the_day_that_was_given(self, scene):
        item = scene.case.deadlines.get(kind="response")
        wanted = deadlines.calendar().working_day_from(item.due_on + timedelta(days=9))
        asked = requests.ask_for_more_time(
            item, side="respondent", wanted_on=wanted, reason="x", by=scene.enterprise
        )
        requests.grant(asked, until=wanted, reason="Yes", by=scene.officer)
        item.refresh_from_db()
        assert item.due_on == wanted

    def test_a_refusal_needs_a_reason_and_is_read_by_the_side_that_asked(self, scene):
        item = scene.case.deadlines.get(kind="response")
        asked = requests.ask_for_more_time(
            item, side="respondent", wanted_on=working_day_in(90), reason="x", by=scene.enterprise
        )
        with pytest.raises(ValidationError):
            requests.refuse(asked, reason=" ", by=scene.officer)
        requests.refuse(asked, reason="The other side waits.", by=scene.officer)
        text = signed_in(scene.enterprise).get(page("more_time", scene.case)).text
        assert "The other side waits." in text
        with pytest.raises(Conflict):
            requests.grant(asked, until=working_day_in(90), reason="x", by=scene.officer)

    def test_nobody_asks_for_what_the_other_side_or_the_office_owes(self, scene):
        for kind, side, person in (
            ("response", "complainant", scene.complainant),
            ("initial_assessment", "respondent", scene.enterprise),
        ):
            item = scene.case.deadlines.get(kind=kind)
            with pytest.raises(Incomplete):
                requests.ask_for_more_time(
                    item, side=side, wanted_on=working_day_in(200), reason="x", by=person
                )

    def test_the_pages_ask_and_decide(self, scene, client):
        mine = signed_in(scene.enterprise)
        address = page("more_time", scene.case)
        item = scene.case.deadlines.get(kind="response")
        wanted = working_day_in(60)
        sent = {
            "token": token_of(mine.get(address)), "deadline": item.pk,
            "until": wanted.isoformat(), "text": "Our lawyer is ill.",
        }  # fmt: skip
        assert mine.post(address, sent).status_code == 302
        row = TimeRequest.objects.get()
        client.force_login(scene.officer)
        assert "Our lawyer is ill." in client.get(reverse("desk:case", args=[scene.case.pk])).text
        address = reverse("desk:decide_time", args=[scene.case.pk, row.pk])
        assert client.get(address).status_code == 200
        sent = {
            "row_version": scene.reload().row_version, "decision": "yes",
            "until": wanted.isoformat(), "reason": "Illness",
        }  # fmt: skip
        assert client.post(address, sent).status_code == 302
        item.refresh_from_db()
        assert item.due_on == wanted


class TestReprisal:
    def report(self, scene):
        correspondence.report_reprisal(scene.case, text="CANARY-THREAT", by=scene.complainant)
        scene.reload()
        return Message.objects.get(is_reprisal_report=True)

    def test_an_answer_is_due_within_one_working_day(self, scene):
        report = self.report(scene)
        days = deadlines.calendar()
        assert report.deadline.due_on == days.add_working_days(deadlines.today(), 1)
        assert report.deadline.owed_by == "ncp"

    def test_all_officers_are_alerted_at_once_and_nobody_else(self, scene, other_officer, member):
        self.report(scene)
        assert told(scene.case, "reprisal.reported") == {scene.officer.pk, other_officer.pk}

    def test_nobody_but_its_side_and_the_named_officers_learns_of_it(
        self, scene, other_officer, member
    ):
        self.report(scene)
        case = scene.case
        for to in (Audience.RESPONDENT, Audience.NCP, Audience.MEDIATOR):
            shown = disclosure.disclosed(case, to=to)
            assert "reprisal_answer" not in [item.kind for item in shown.deadlines]
            assert "reprisal.reported" not in [event.kind for event in shown.events]
        assert case.next_due_kind != "reprisal_answer"
        own = disclosure.disclosed(case, to=Audience.COMPLAINANT)
        assert "reprisal_answer" in [item.kind for item in own.deadlines]
        other = signed_in(scene.enterprise).get(page("case", case)).text
        assert "pressure</strong>" not in other and "report of pressure" not in other

    def test_another_officer_stands_in_and_answers(self, scene, other_officer, client):
        report = self.report(scene)
        with pytest.raises(PermissionDenied):
            correspondence.answer_reprisal(report, text="We act.", by=other_officer)
        client.force_login(other_officer)
        case_page = reverse("desk:case", args=[scene.case.pk])
        assert "CANARY-THREAT" not in client.get(case_page).text
        assert "Answer the report of pressure" not in client.get(case_page).text
        address = reverse("desk:answer_report", args=[scene.case.pk, report.pk])
        assert client.get(address).status_code == 403
        sent = {"row_version": scene.case.row_version}
        assert client.post(reverse("desk:stand_in", args=[scene.case.pk]), sent).status_code == 302
        assert "CANARY-THREAT" in client.get(case_page).text
        assert client.get(address).status_code == 200
        sent = {"row_version": scene.reload().row_version, "text": "CANARY-ANSWER"}
        assert client.post(address, sent).status_code == 302
        report.deadline.refresh_from_db()
        assert report.deadline.met_on
        assert "CANARY-ANSWER" in signed_in(scene.complainant).get(page("message", scene.case)).text
        assert not Message.objects.visible_to(scene.enterprise).exists()
        with pytest.raises(Conflict):
            correspondence.answer_reprisal(report, text="Again", by=scene.officer)

    def test_two_reports_are_owed_two_answers(self, scene):
        self.report(scene)
        correspondence.report_reprisal(scene.case, text="Again", by=scene.complainant)
        assert Deadline.objects.filter(kind="reprisal_answer").open().count() == 2

    def test_a_pause_does_not_stop_this_clock_and_it_gets_no_more_time(self, scene):
        report = self.report(scene)
        due = report.deadline.due_on
        clock.pause(scene.case, reason="translation", by=scene.officer)
        report.deadline.refresh_from_db()
        assert report.deadline.due_on == due
        with pytest.raises(Incomplete):
            clock.extend(report.deadline, length=1, unit="days", reason="x", by=scene.officer)
