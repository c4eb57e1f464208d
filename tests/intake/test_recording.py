"""Somebody tells it by voice or video; the office writes it down; she says whether it is right."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from cases.events import verify
from cases.models import Case, Message, WriteUp
from cases.services import registration
from intake.models import Draft
from tests.documents.samples import wav
from tests.factories import person
from tests.intake.walk import STEP, Writer, errors, shown_code

pytestmark = pytest.mark.django_db


def begin(writer):
    response = writer.post("/submit/privacy/?as=recording", accepted="on", **{"as": "recording"})
    assert response.url == "/submit/saved/"


def told(writer):
    """Send a recording; returns the access code."""
    begin(writer)
    upload = SimpleUploadedFile("aigul.wav", wav())
    assert writer.answer("recording", files=[upload], go="next").url == STEP.format("reach")
    response = writer.answer(
        "reach", contact="+77010000001", safe_contact="After 18:00.", language="en"
    )
    assert response.url == STEP.format("code")
    code = shown_code(writer.html(STEP.format("code")))
    assert writer.answer("code", code=code).url == STEP.format("send")
    assert writer.send().url == "/submit/receipt/"
    return code


def named(client, case):
    """Name the officer on the case: nobody else hears the recording."""
    officer = office_user(client)
    registration.assign_officer(case, officer=officer, by=officer)


def write_down(client, case, **issue):
    officer = Writer(client)
    response = officer.post(f"/submit/write-up/{case.pk}/")
    assert response.url == STEP.format("acting")
    officer.answer("acting", acting="self")
    officer.post(
        "/submit/step/complainants/00000001/",
        name="Айгүл Сәрсенова",
        kind="individual",
        phone="+77010000001",
    )
    officer.add("enterprises", name="Steppe Mining LLP", kind="business", role="caused")
    officer.add("issues", **{"title": "Dust", "description": "Dust on our tables.", **issue})
    officer.decide(mediator="yes", respondent="no", public="no")
    assert officer.answer("check", go="next").url == STEP.format("send")
    response = officer.post(STEP.format("send"))
    assert response.url == f"/desk/cases/{case.pk}/"


@pytest.fixture
def office(client, officer, settings):
    settings.REQUIRE_SECOND_FACTOR = False
    client.force_login(officer, backend="accounts.backends.PasswordBackend")
    return client


def test_a_recording_with_a_contact_is_a_submission():
    writer = Writer()
    told(writer)

    case = Case.objects.get()
    assert case.state == "received"
    assert case.title == "Told by voice or video"
    party = case.parties.get()
    assert party.phone == "+77010000001"
    assert party.safe_contact == "After 18:00."
    assert party.is_withheld
    document = case.documents.get()
    assert document.asked_to_withhold
    assert document.title == "Recording 1"


def test_a_recording_or_a_contact_that_is_missing_is_said():
    writer = Writer()
    begin(writer)

    assert "(optional)" not in writer.html(STEP.format("recording")).split('type="file"')[0]
    assert "Choose your recording first." in errors(writer.answer("recording", go="next"))
    assert "Write a telephone number" in errors(writer.answer("reach", contact="", go="next"))
    assert writer.get(STEP.format("code")).url == STEP.format("recording")
    assert writer.get(STEP.format("issues")).status_code == 404


def test_what_the_office_wrote_down_counts_when_she_confirms_it(office):
    code = told(Writer())
    case = Case.objects.get()
    assert office.post(f"/submit/write-up/{case.pk}/").status_code == 403
    named(office, case)
    home = office.get(f"/desk/cases/{case.pk}/").content.decode()
    assert "Nothing is written down yet." in home, "the case was empty, and led nowhere"
    assert home.count(f"/desk/cases/{case.pk}/submission/") == 2
    assert "Write it down" in office.get(f"/desk/cases/{case.pk}/submission/").content.decode()
    teller = Client(headers={"accept-language": "en"})
    assert teller.login(access_code=code)
    address = f"/submit/confirm/{case.pk}/"
    assert "not written it down yet" in teller.get(address).content.decode()

    write_down(office, case)

    assert Case.objects.get().state == "received"
    assert not case.issues.exists(), "nothing counts before she confirms"
    assert not Draft.objects.filter(state="open").exists()
    message = Message.objects.get(case=case)
    assert address in message.text
    html = teller.get(address).content.decode()
    assert "Dust on our tables." in html
    row = WriteUp.objects.get()
    asked = "Read what we wrote down"
    home = f"/portal/case/{case.pk}/"
    page = teller.get(home).content.decode()
    assert asked in page and f'href="{address}"' in page, "asked where everything is asked"

    assert teller.post(address, {"write_up": str(row.pk)}).status_code == 302

    case = Case.objects.get()
    assert case.title == "Steppe Mining LLP"
    assert case.issues.get().title == "Dust"
    party = case.parties.get(side="complainant")
    assert party.name == "Айгүл Сәрсенова"
    assert (party.shown_to_mediator, party.shown_to_respondent) == (True, False)
    assert party.safe_contact == "After 18:00."
    assert not list(verify(case))
    assert asked not in teller.get(home).content.decode()
    assert "You confirmed this" in teller.get(address).content.decode()
    assert teller.post(address, {"write_up": str(row.pk)}).status_code == 409
    assert case.issues.count() == 1
    registration.register(case, by=office_user(office))
    assert teller.get(f"/portal/case/{case.pk}/").status_code == 200
    assert office.get(f"/desk/cases/{case.pk}/").status_code == 200


def office_user(client):
    from accounts.models import User

    return User.objects.get(pk=client.session["_auth_user_id"])


def test_an_older_text_is_not_confirmed_in_place_of_a_newer_one(office):
    code = told(Writer())
    case = Case.objects.get()
    named(office, case)
    write_down(office, case)
    first = WriteUp.objects.get()
    write_down(office, case, title="Dust and noise")
    teller = Client()
    teller.login(access_code=code)

    response = teller.post(f"/submit/confirm/{case.pk}/", {"write_up": str(first.pk)})

    assert response.status_code == 409
    assert not case.issues.exists()


def test_others_neither_read_nor_write_down_a_recording(office, client):
    told(Writer())
    case = Case.objects.get()
    address = f"/submit/confirm/{case.pk}/"

    assert office.get(address).status_code == 404, "officers do not confirm"
    anonymous = Client()
    assert anonymous.get(address).status_code == 302
    assert anonymous.post(f"/submit/write-up/{case.pk}/").status_code == 302
    stranger = Writer()
    stranger.fill()
    code = stranger.confirm_code()
    stranger.send()
    other = Client()
    assert other.login(access_code=code)
    assert other.get(address).status_code == 404
    assert other.post(f"/submit/write-up/{case.pk}/").status_code == 404
    mediator = Client()
    mediator.force_login(person("mediator"), backend="accounts.backends.PasswordBackend")
    assert mediator.post(f"/submit/write-up/{case.pk}/").status_code == 404
    named(office, case)
    mine = Case.objects.exclude(pk=case.pk).get()
    named(office, mine)
    assert office.post(f"/submit/write-up/{mine.pk}/").status_code == 404, "it was no recording"
    assert other.get(f"/submit/confirm/{mine.pk}/").status_code == 404
