"""Each action's page: who may, in which state, twice, stale, and with something missing."""

import re
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts import codes
from accounts.models import AccessCode
from cases.models import Case, CaseDocument, Message, ReferenceCounter
from cases.services import clock, conflicts, correspondence, deadlines, registration, requests
from tests import factories
from tests.desk.conftest import act, browser, page

pytestmark = pytest.mark.django_db
LONG = "We heard both sides and the labour inspectorate before we wrote this."


def state_of(case):
    return Case.objects.values_list("state", flat=True).get(pk=case.pk)


# Taking in


def test_submission_is_acknowledged_then_registered(received, officer, desk):
    assert act(desk, received, "acknowledge").status_code == 302
    response = desk.post(
        page("register", received),
        {"row_version": Case.objects.get(pk=received.pk).row_version},
        follow=True,
    )
    case = Case.objects.get(pk=received.pk)
    assert f"Registered as {case.reference}." in response.text
    assert case.officer == officer


def test_double_click_on_register_gives_one_number(received, desk):
    form = {"row_version": received.row_version}
    first, second = (desk.post(page("register", received), form) for _ in range(2))
    assert (first.status_code, second.status_code) == (302, 409)
    assert "Registered as a specific instance" in second.text
    assert ReferenceCounter.objects.get().last == 1


def test_register_is_refused_to_those_who_may_not(received, member, client, administrator):
    assert browser(member).get(page("register", received)).status_code == 403
    assert browser(member).post(page("register", received)).status_code == 403
    assert browser(administrator).get(page("register", received)).status_code == 404
    assert client.get(page("register", received)).status_code == 302
    assert state_of(received) == "received"


def test_page_of_an_action_in_another_state_says_how_the_case_stands(in_assessment, desk):
    response = desk.get(page("register", in_assessment.case))
    assert response.status_code == 409
    assert "Initial assessment" in response.text


def test_not_registering_needs_a_reply(received, desk):
    response = act(desk, received, "decline_registration", reason="enquiry", reply=" ")
    assert response.status_code == 200
    assert "the person who wrote to us must know why" in response.text
    assert (
        act(desk, received, "decline_registration", reason="enquiry", reply=LONG).status_code == 302
    )
    assert state_of(received) == "not_registered"
    assert Message.objects.get(case=received).text == LONG


def test_codes_of_enterprises_are_shown_once_in_a_letter(officer, desk, caplog):
    scene = factories.case_in("initial_assessment", officer=officer, served=False)
    data = factories.withheld()
    assert "Have a printer ready" in desk.get(page("notify", scene.case)).text
    response = act(desk, scene.case, "notify")
    (code,) = re.findall(r'class="access-code">([0-9A-Z-]+)<', response.text)
    assert response.status_code == 200
    assert response["Cache-Control"] == "no-store"
    assert AccessCode.objects.filter(digest=codes.digest(code), revoked_at=None).count() == 1
    assert data.complainants[0].name not in response.text, "a letter names no complainant"
    again = act(desk, scene.case, "notify")
    assert again.status_code == 409
    for text in (again.text, desk.get(page("case", scene.case)).text, caplog.text):
        assert code not in text
    assert code not in str(dict(desk.session))


def test_each_enterprise_is_written_to_in_the_language_that_the_officer_chooses(officer, desk):
    """A holding in London got its letter and its pages in Russian, because the complaint was: the
    complainant's language is not the enterprise's."""
    scene = factories.case_in("initial_assessment", officer=officer, served=False)
    party = scene.case.parties.get(side="respondent")
    party.language, party.country = "ru", "GB"
    party.save()
    form = desk.get(page("notify", scene.case)).text
    assert f"Language of the letter and pages: {party.name}" in form
    assert '<option value="en" selected>English</option>' in form, "a foreign one is written to so"

    response = act(desk, scene.case, "notify", **{f"language-{party.pk.hex}": "kk"})

    letter = response.text.split('<article class="letter"')[1].split("</article>")[0]
    assert 'lang="kk"' in letter
    assert "Бұл хаттың шынайы екенін" in letter
    assert letter.index("</ol>") < letter.index("ешкімге зиян"), "it checks nothing"
    party.refresh_from_db()
    assert party.language == "kk"
    assert scene.case.participations.get(party=party).user.language == "kk"


def test_new_code_needs_a_check_and_ends_the_old_one(in_assessment, desk, other_officer):
    case = in_assessment.case
    party = case.parties.get(side="respondent")
    refused = act(desk, case, "renew_access", party.pk, check="", sure="")
    assert refused.status_code == 200
    assert "Give no code to somebody whom you do not know" in refused.text
    response = act(desk, case, "renew_access", party.pk, check="Passport seen", sure="on")
    assert 'class="access-code"' in response.text
    held = AccessCode.objects.filter(user=in_assessment.enterprise)
    assert held.filter(revoked_at=None).count() == 1
    assert held.count() == 2
    assert browser(other_officer).get(page("renew_access", case, party.pk)).status_code == 403
    assert desk.get(page("renew_access", case, case.pk)).status_code == 404


def test_officer_is_named_and_one_with_a_conflict_cannot_be(in_assessment, desk, other_officer):
    third = factories.person("officer", name="Third")
    conflicts.declare(in_assessment.case, by=third, has_conflict=True)
    form = desk.get(page("assign", in_assessment.case))
    assert other_officer.name in form.text
    assert "Third" not in form.text
    assert act(desk, in_assessment.case, "assign", officer=str(third.pk)).status_code == 200
    assert act(desk, in_assessment.case, "assign", officer=str(other_officer.pk)).status_code == 302
    assert Case.objects.get(pk=in_assessment.case.pk).officer == other_officer


# Assessment


def _answers(finding="met"):
    codes = [c.code for c in factories.rules.load("kz").criteria]
    return {f"finding_{code}": finding for code in codes} | {
        f"reasoning_{code}": LONG for code in codes
    }


def test_criteria_are_saved_issue_by_issue_also_in_part(in_assessment, desk):
    case = in_assessment.case
    code = factories.rules.load(case.rule_set).criteria[0].code
    part = {f"finding_{code}": "met", f"reasoning_{code}": LONG}
    assert act(desk, case, "assess_issue", 1, **part)["Location"] == page("assess", case)
    assert "1 of" in desk.get(page("assess", case)).text
    assert LONG in desk.get(page("assess_issue", case, 1)).text
    following = act(desk, case, "assess_issue", 1, **_answers(), and_next="1")
    assert following["Location"] == page("assess_issue", case, 2)
    assert desk.get(page("assess_issue", case, 3)).status_code == 404


def test_finding_without_reasons_keeps_what_was_typed(in_assessment, desk):
    data = _answers()
    first = next(name for name in data if name.startswith("reasoning"))
    data[first] = ""
    response = act(desk, in_assessment.case, "assess_issue", 1, **data)
    assert response.status_code == 200
    assert "Give the reasons" in response.text
    assert LONG in response.text
    assert not in_assessment.case.issues.first().assessments.exists()


def test_stale_form_keeps_the_text_and_a_second_click_works(in_assessment, desk, other_officer):
    case = in_assessment.case
    seen = Case.objects.get(pk=case.pk).row_version
    clock.pause(case, reason="translation", by=other_officer)
    form = {"row_version": seen, **_answers()}
    response = desk.post(page("assess_issue", case, 1), form)
    assert response.status_code == 409
    assert other_officer.name in response.text
    assert "The clock was paused" in response.text
    assert response.text.count(LONG) >= 5
    now = re.search(r'name="row_version" value="(\d+)"', response.text).group(1)
    assert int(now) == Case.objects.get(pk=case.pk).row_version
    assert desk.post(page("assess_issue", case, 1), {**form, "row_version": now}).status_code == 302


def test_stale_form_of_an_action_that_is_over_gives_the_text_back(received, desk, other_officer):
    form = {"row_version": received.row_version, "reason": "enquiry", "reply": LONG}
    registration.register(received, by=other_officer)
    response = desk.post(page("decline_registration", received), form)
    assert response.status_code == 409
    assert LONG in response.text
    assert other_officer.name in response.text


def test_form_without_a_version_is_not_taken(received, desk):
    response = desk.post(page("register", received), {})
    assert response.status_code == 200
    assert "Open the page again" in response.text
    assert state_of(received) == "received"


def test_proposal_is_voted_on_and_adopted(in_assessment, officer, desk, member, other_member):
    case = in_assessment.case
    assert desk.get(page("propose", case)).status_code == 409, "criteria come first"
    factories.answer_everything(case, by=officer)
    missing = act(desk, case, "propose", accepted_1="yes", reasons_1=LONG)
    assert missing.status_code == 200
    assert LONG in missing.text
    both = {
        "accepted_1": "yes",
        "reasons_1": LONG,
        "accepted_2": "no",
        "reasons_2": "Out of scope.",
    }
    assert act(desk, case, "propose", **both).status_code == 302
    one, two = browser(member), browser(other_member)
    assert one.get(page("vote", case)).status_code == 403, "declare first"
    for client in (one, two):
        assert act(client, case, "declare", has_conflict="no").status_code == 302
    assert desk.get(page("vote", case)).status_code == 403, "nobody votes on their own proposal"
    assert "Out of scope." in one.get(page("vote", case)).text
    against = act(one, case, "vote", ballot="against")
    assert "Say why you vote against it" in against.text
    assert act(one, case, "vote", ballot="for").status_code == 302
    assert act(one, case, "vote", ballot="for").status_code == 409, "a vote is cast once"
    assert act(two, case, "vote", ballot="for", explanation="Agreed.").status_code == 302
    assert state_of(case) == "mediation"
    text = desk.get(page("case", case)).text
    assert "Agreed." in text
    assert "Not accepted" in text


def test_member_who_declares_a_conflict_is_out_at_once(in_assessment, member):
    client = browser(member)
    form = client.get(page("declare", in_assessment.case))
    assert "AltynTau Holding" in form.text
    assert "Complainant 1" in form.text, "the withheld name is not shown to decide on"
    response = act(client, in_assessment.case, "declare", has_conflict="yes", explanation=LONG)
    assert response["Location"] == "/desk/"
    assert client.get(page("case", in_assessment.case)).status_code == 404
    assert client.get(page("declare", in_assessment.case)).status_code == 404


def test_enterprises_answer_on_paper_is_recorded(in_assessment, desk):
    assert act(desk, in_assessment.case, "record_answer", text=LONG).status_code == 302
    message = Message.objects.get(case=in_assessment.case, is_response=True)
    assert message.sender == "respondent"
    assert LONG in desk.get(page("assess_issue", in_assessment.case, 1)).text


# Good offices and ends


@pytest.fixture
def in_mediation(officer):
    return factories.case_in("mediation", officer=officer)


def test_replies_on_paper_are_recorded_once_per_side(in_mediation, desk):
    case = in_mediation.case
    for side in ("complainant", "respondent"):
        data = {"side": side, "accepts": "yes", "note": "By letter."}
        assert act(desk, case, "record_reply", **data).status_code == 302
    assert desk.get(page("record_reply", case)).status_code == 409
    assert "By letter." in desk.get(page("case", case)).text


def test_case_is_referred_and_the_referral_taken_back(in_mediation, desk, member):
    from mediation import services as mediation
    from mediation.models import MediationBody

    case, officer = in_mediation.case, in_mediation.officer
    body = MediationBody.objects.create(name="International Bureau of Mediation")
    coordinator = factories.person("coordinator")
    mediation.add_member(
        body, coordinator, role="coordinator", by=factories.person("administrator")
    )
    form = desk.get(page("refer", case))
    assert body.name in form.text
    assert member.name in form.text
    issues = [str(issue.pk) for issue in case.issues.all()]
    nothing = act(desk, case, "refer", to=f"body-{body.pk}")
    assert "Choose at least one issue" in nothing.text
    sent = act(desk, case, "refer", to=f"body-{body.pk}", issues=issues, note=LONG)
    assert sent.status_code == 302, sent.text
    text = desk.get(page("case", case)).text
    assert body.name in text
    assert desk.get(page("refer", case)).status_code == 409, "one referral at a time"
    referral = case.referrals.get()
    version = {"referral_version": referral.row_version}
    assert "Say why" in act(desk, case, "revoke_referral", **version, reason="").text
    assert act(desk, case, "revoke_referral", **version, reason=LONG).status_code == 302
    assert desk.get(page("revoke_referral", case)).status_code == 409
    assert desk.get(page("refer", case)).status_code == 200
    assert officer == case.officer


@pytest.mark.parametrize(
    ("then", "state"), [("statement", "final_statement"), ("examine", "examination")]
)
def test_good_offices_end_by_issue(in_mediation, desk, then, state):
    case = in_mediation.case
    data = {"outcome": "no_agreement", "issue_1": "agreement", "issue_2": "", "then": then}
    assert act(desk, case, "conclude", **data).status_code == 302
    assert state_of(case) == state
    assert [issue.outcome for issue in case.issues.all()] == ["agreement", "no_agreement"]
    if state == "examination":
        assert act(desk, case, "resume").status_code == 302
        assert state_of(case) == "mediation"
        act(desk, case, "conclude", **data)
        assert act(desk, case, "conclude_examination").status_code == 302
        assert state_of(case) == "final_statement"


def test_agreement_is_not_examined(in_mediation, desk):
    response = act(desk, in_mediation.case, "conclude", outcome="agreement", then="examine")
    assert "After an agreement there is nothing to examine" in response.text
    assert state_of(in_mediation.case) == "mediation"


def test_withdrawal_says_what_it_means(received, in_mediation, desk):
    assert "Nothing is published" in desk.get(page("withdraw", received)).text
    assert "public statement" in desk.get(page("withdraw", in_mediation.case)).text
    said = {"came_by": "letter", "freely": "yes", "reason": LONG}
    assert act(desk, received, "withdraw", **said).status_code == 302
    assert state_of(received) == "withdrawn"
    assert desk.get(page("end_early", in_mediation.case)).url == page("endings", in_mediation.case)
    assert act(desk, in_mediation.case, "lapse").status_code == 409
    assert state_of(in_mediation.case) == "mediation"
    assert act(desk, in_mediation.case, "withdraw", **said).status_code == 302
    assert desk.get(page("end_early", in_mediation.case)).status_code == 409


def test_review_is_not_offered_where_the_rules_have_none(officer, desk):
    scene = factories.case_in("final_statement", officer=officer)
    assert desk.get(page("hold_for_review", scene.case)).status_code == 409


def test_wrong_step_is_taken_back_by_two_people(officer, desk, other_officer):
    scene = factories.case_in("final_statement", officer=officer)
    assert "Good offices" in desk.get(page("take_back", scene.case)).text
    assert act(desk, scene.case, "take_back", reason=LONG).status_code == 302
    assert desk.get(page("settle_correction", scene.case)).status_code == 403
    second = browser(other_officer)
    assert LONG in second.get(page("settle_correction", scene.case)).text
    assert act(second, scene.case, "settle_correction", confirm="yes").status_code == 302
    assert state_of(scene.case) == "mediation"


# The clock


def test_clock_stands_and_runs(in_assessment, desk):
    case = in_assessment.case
    assert desk.get(page("run_clock", case)).status_code == 409
    assert act(desk, case, "pause", reason="safety", note=LONG).status_code == 302
    assert "The clock stands" in desk.get(page("case", case)).text
    assert act(desk, case, "pause", reason="safety").status_code == 409
    assert act(desk, case, "run_clock").status_code == 302


def test_nobody_decides_on_more_time_for_what_is_done(in_assessment, desk):
    """The enterprise asked for more time and answered before the officer looked: the case still
    asked for a decision, and giving the time was refused as too late."""
    scene = in_assessment
    item = scene.case.deadlines.get(kind="response")
    asked = requests.ask_for_more_time(
        item,
        side="respondent",
        wanted_on=item.due_on + timedelta(days=7),
        reason="The laboratory",
        by=scene.enterprise,
    )
    address = page("decide_time", scene.case, asked.pk)
    assert address in desk.get(page("case", scene.case)).text

    correspondence.respond(scene.case, text="We dismissed nobody.", by=scene.enterprise)

    html = desk.get(page("case", scene.case)).text
    assert address not in html
    assert "Nothing is left to decide" in html
    assert desk.get(address).status_code == 409


def test_more_time_and_the_reason_for_a_delay(in_assessment, desk, member):
    case = in_assessment.case
    item = case.deadlines.open().get(kind="initial_assessment")
    more = {"length": "1", "unit": "months", "reason": LONG}
    assert desk.get(page("explain_delay", case, item.pk)).status_code == 409
    assert browser(member).get(page("extend", case, item.pk)).status_code == 403
    assert act(desk, case, "extend", item.pk, **{**more, "length": "0"}).status_code == 200
    assert act(desk, case, "extend", item.pk, **more).status_code == 302
    assert "1 extension of 1 month" in desk.get(page("case", case)).text
    item.due_on = deadlines.today() - timedelta(days=3)
    item.save(update_fields=["due_on"])
    assert "Explain the delay" in desk.get(page("case", case)).text
    assert act(desk, case, "explain_delay", item.pk, reason=LONG).status_code == 302
    assert "Reason for the delay" in desk.get(page("case", case)).text
    other = factories.case_in("initial_assessment").case
    assert desk.get(page("extend", other, item.pk)).status_code == 404


# Messages and documents


def test_message_goes_to_one_side_and_a_second_click_sends_no_twin(in_assessment, desk):
    case = in_assessment.case
    form = {
        "row_version": Case.objects.get(pk=case.pk).row_version,
        "side": "respondent",
        "text": LONG,
    }
    assert desk.post(page("message", case), form).status_code == 302
    again = desk.post(page("message", case), form)
    assert again.status_code == 409
    assert LONG in again.text
    assert Message.objects.filter(case=case, side="respondent").count() == 1


def test_message_to_an_enterprise_that_knows_nothing_is_not_offered(received, desk):
    assert "Enterprise" not in desk.get(page("message", received)).text.split("To whom?")[1][:600]
    assert act(desk, received, "message", side="respondent", text=LONG).status_code == 200
    assert not Message.objects.exists()


def upload(name="letter.txt", content=b"Salem, alem. This is a letter."):
    return SimpleUploadedFile(name, content)


def test_file_comes_with_a_message_to_its_side(in_assessment, desk):
    case = in_assessment.case
    assert (
        act(desk, case, "message", side="complainant", text=LONG, file=upload()).status_code == 302
    )
    item = CaseDocument.objects.get(case=case)
    assert (item.side, item.title) == ("complainant", "letter.txt")
    assert "letter.txt" in desk.get(page("case", case)).text


def test_refused_file_keeps_the_text(in_assessment, desk):
    response = act(
        desk, in_assessment.case, "message", side="complainant", text=LONG,
        file=upload("run.exe", b"MZ\x90\x00" + b"\x00" * 80),
    )  # fmt: skip
    assert response.status_code == 200
    assert LONG in response.text
    assert not CaseDocument.objects.exists()


def test_document_is_checked_shared_and_downloaded(in_assessment, desk, member, other_officer):
    from documents.services import check

    case = in_assessment.case
    data = {"title": "Water test", "side": "complainant", "file": upload()}
    assert act(desk, case, "add_document", **data).status_code == 302
    item = CaseDocument.objects.select_related("document").get(case=case)
    assert desk.get(page("document", case, item.pk)).status_code == 409, "not checked yet"
    sealed = desk.get(page("document_original", case, item.pk))
    assert b"".join(sealed.streaming_content).startswith(b"Salem")
    assert "not scanned for viruses" in desk.get(page("case", case)).text
    check(item.document)
    copy = desk.get(page("document", case, item.pk))
    assert b"".join(copy.streaming_content)
    assert copy["Content-Disposition"].startswith("attachment")
    assert "Water" not in copy["Content-Disposition"]
    share = {"audience": "parties", "copy": item.document_id, "days": 10}
    assert act(desk, case, "document_audience", item.pk, **share).status_code == 302
    item.refresh_from_db()
    assert item.audience == "party_and_ncp", "its provider looks at the copy first"
    share["agreed_elsewhere"] = "She read it at the office on 3 May and signed."
    assert act(desk, case, "document_audience", item.pk, **share).status_code == 302
    item.refresh_from_db()
    assert item.audience == "parties"
    assert browser(member).get(page("document", case, item.pk)).status_code == 404
    conflicts.declare(case, by=member, has_conflict=False)
    assert b"".join(browser(member).get(page("document", case, item.pk)).streaming_content)
    assert browser(member).get(page("document_original", case, item.pk)).status_code == 403
    assert case.events.filter(kind="document.read", by=member).count() == 1
    other = factories.case_in("initial_assessment").case
    assert desk.get(page("document", other, item.pk)).status_code == 404


def test_messages_are_marked_as_read_by_those_who_run_the_procedure(in_assessment, desk, member):
    case = in_assessment.case
    correspondence.send_message(case, side="complainant", text=LONG, by=in_assessment.complainant)
    address = page("mark_read", case, "complainant")
    assert browser(member).post(address).status_code == 403
    assert desk.post(page("mark_read", case, "nobody")).status_code == 404
    assert desk.get(address).status_code == 405
    assert desk.post(address).status_code == 302
    assert Message.objects.get(case=case).read_at is not None
