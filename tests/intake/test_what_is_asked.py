"""What the form asks besides names and files: what only the office should know, what is kept from
whom, what the office shall do; and that all of it is read again as it was sent."""

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from cases.disclosure import Audience, disclosed
from cases.models import Case, CaseDocument
from cases.payload import SubmissionData
from cases.services import registration
from tests import factories
from tests.intake.walk import STEP, Writer
from tests.portal.conftest import page, signed_in

KEPT = ["respondent.place", "respondent.days", "mediator.days"]
SECRETS = ("Upper Ulytau", "Kanar-witness", "Kanar-guess", "Kanar-other", "Kanar-here")


@pytest.fixture
def filed(db):
    """A complaint with an answer to everything; returns its writer and case."""
    writer = Writer()
    writer.fill()
    writer.add(
        "issues", title="Smell", description="It smells every night.", place="Upper Ulytau",
        started_2="2023", started_1="5", kept=KEPT, kept_reason="Kanar-guess",
        for_office="Kanar-witness saw it.",
    )  # fmt: skip
    writer.answer("tried", tried_before="We wrote.", others_to_ask="Kanar-other")
    writer.answer(
        "wanted", wanted="Clean air.", asked_of_office=["talks", "facts"], why_here="Kanar-here"
    )
    writer.answer(
        "safety", reprisal_risk="yes", reprisal_details="Dismissal.", ask_before_telling="on"
    )
    html = writer.html(STEP.format("enterprise-view"))
    for secret in (*SECRETS, "May 2023"):
        assert secret not in html, "the preview shows what the enterprise will see"
    assert "Ulytau" in html, "the place of the other issue is not kept"
    writer.code = writer.confirm_code()
    assert writer.send().url == "/submit/receipt/"
    return writer, Case.objects.get()


def issue_for(case, to):
    return next(item for item in disclosed(case, to=to).issues if item.title == "Smell")


def test_place_and_days_are_kept_from_whom_she_chose(filed):
    case = filed[1]
    to_enterprise = issue_for(case, Audience.RESPONDENT)
    assert (to_enterprise.place, to_enterprise.started, to_enterprise.kept) == ("", "", ())
    to_mediator = issue_for(case, Audience.MEDIATOR)
    assert (to_mediator.place, to_mediator.started) == ("Upper Ulytau", "")
    to_partner = issue_for(case, Audience.PARTNER)
    assert (to_partner.place, to_partner.started) == ("", "")
    for own in (Audience.COMPLAINANT, Audience.NCP, Audience.NAMED_OFFICER):
        shown = issue_for(case, own)
        assert (shown.place, shown.started) == ("Upper Ulytau", "2023-05")
        assert len(shown.kept) == 3


def test_the_enterprise_reads_none_of_it_on_its_pages(filed, officer):
    case = filed[1]
    registration.register(case, by=officer)
    case.refresh_from_db()
    registration.notify_respondents(case, by=officer)
    enterprise = case.participations.get(side="respondent").user
    client = signed_in(enterprise)
    text = "".join(
        client.get(page(name, case)).text for name in ("case", "documents", "message", "answer")
    )
    text += client.post(page("extract", case), {"kind": "json"}).text
    assert "It smells every night." in text
    for secret in (*SECRETS, "May 2023"):
        assert secret not in text


def test_she_reads_all_that_she_sent_in_her_own_words(filed):
    writer, case = filed
    client = Writer().client
    client.post("/portal/sign-in/", {"code": writer.code})
    client.cookies["django_language"] = "en"
    html = client.get(page("complaint", case)).text
    for words in (
        *SECRETS, "May 2023", "about", "The place, from the enterprise", "Clean air.",
        "Help us talk with the enterprise", "Find out what happened", "Ask once more first",
        "Айгүл Сәрсенова", "Steppe Mining LLP", "Kazakhstan", "I work there.", "Dismissal.",
    ):  # fmt: skip
        assert words in html, words
    assert 'lang="kk">Clean air.' in html, "her words are marked as what they are"


def test_the_officer_reads_it_and_is_told_to_ask_her_first(filed, officer, client):
    case = filed[1]
    registration.register(case, by=officer)
    client.force_login(officer)
    html = client.get(reverse("desk:submission", args=[case.pk])).text
    for secret in SECRETS:
        assert secret in html
    assert "asked once more" in client.get(reverse("desk:notify", args=[case.pk])).text
    assert "Kept back" in client.get(reverse("desk:case", args=[case.pk])).text


def test_a_submission_that_was_sealed_before_these_questions_is_read_as_it_was(db):
    case = factories.filed_case()
    data = json.loads(case.submission.content)
    for name in ("asked_of_office", "why_here", "others_to_ask", "ask_before_telling"):
        del data[name]
    for issue in data["issues"]:
        for name in ("kept", "kept_reason", "for_office"):
            del issue[name]
    assert SubmissionData.from_json(data) == SubmissionData.from_json(
        json.loads(case.submission.content)
    )


def test_staff_keep_the_original_as_it_came_with_the_office(client, officer):
    client.force_login(officer)
    writer = Writer(client)
    writer.post("/submit/for-others/")
    scan = SimpleUploadedFile("letter.txt", b"Dear office, the dust is everywhere.")
    arrival = {"channel": "post", "arrived_on": "2026-11-02", "originals": scan}
    response = writer.answer("arrival", **arrival, go="upload")
    assert response.url == STEP.format("arrival")
    html = writer.html(STEP.format("arrival"))
    assert "letter.txt" in html
    assert 'value="2026-11-02"' in html, "what was typed is kept"
    bad = SimpleUploadedFile("run.exe", b"MZ\x90\x00" + b"\x00" * 80)
    refused = writer.answer("arrival", **{**arrival, "originals": bad}, go="next")
    assert "run.exe" in refused.content.decode()
    writer.answer("acting", acting="self")
    writer.add("complainants", name="Айгүл Сәрсенова", kind="individual")
    writer.add("enterprises", name="Steppe Mining LLP", kind="business", role="caused")
    writer.add("issues", title="Dust", description="Dust everywhere.")
    writer.decide()
    writer.answer("safety", reprisal_risk="no")
    assert "letter.txt" in writer.html(STEP.format("check"))
    writer.answer("code", go="next")
    assert writer.send().url == "/submit/receipt/"
    item = CaseDocument.objects.get()
    assert (item.side, item.audience, item.asked_to_withhold) == ("", "ncp", False)
    assert item.title == "The original as it came"


@pytest.mark.django_db
def test_kazakh_is_called_as_its_speakers_call_it():
    """The choice of a language said "Қазақ", which is a person, and not "Қазақша"."""
    writer = Writer()
    writer.begin()
    html = writer.html(STEP.format("contact"))
    assert ">Қазақша</option>" in html
