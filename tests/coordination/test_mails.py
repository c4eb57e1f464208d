"""A forwarded e-mail is filed: suggested by number and address, confirmed by one click."""

from email.message import EmailMessage

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from cases.errors import Incomplete
from cases.events import verify
from cases.models import Case, FiledMail, Incoming, Message
from cases.services import conflicts, mails
from documents.mails import NoMail, read
from tests import factories
from tests.coordination import outlook
from tests.coordination.conftest import WITHHELD_EMAIL
from tests.desk.conftest import browser, page

pytestmark = pytest.mark.django_db


def source(**changes):
    values = {"sender": f"Somebody <{WITHHELD_EMAIL}>", "subject": "News", "text": "They came."}
    values |= changes
    message = EmailMessage()
    message["From"], message["Subject"] = values["sender"], values["subject"]
    message["To"] = "ncp@example.org"
    message["Date"] = "Mon, 16 Nov 2026 10:00:00 +0500"
    message.set_content(values["text"])
    message.add_attachment(b"Plain words.", maintype="text", subtype="plain", filename="note.txt")
    message.add_attachment(b"MZ\x90", maintype="application", subtype="exe", filename="bad.exe")
    return message.as_bytes()


def test_mail_is_read_with_what_it_says_of_itself():
    mail = read(source())
    assert (mail.address, mail.subject) == (WITHHELD_EMAIL, "News")
    assert mail.text == "They came."
    assert [row.name for row in mail.attachments] == ["note.txt", "bad.exe"]
    assert mail.written_at.isoformat() == "2026-11-16T10:00:00+05:00"


def test_forwarded_sender_counts_too():
    text = "See below\n\n---- Forwarded ----\nFrom: Jane <jane@example.org>\nSubject: x\n\nHello"
    mail = read(source(sender="Officer <officer@example.org>", text=text))
    assert mail.addresses == ("officer@example.org", "jane@example.org")


@pytest.mark.parametrize("data", [b"", b"hello", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 broken"])
def test_what_is_no_mail_is_said_to_be_none(data):
    with pytest.raises(NoMail):
        read(data)


def test_case_is_suggested_by_its_number_and_by_a_known_address(canary, officer):
    by_number = mails.suggestions(
        read(source(sender="a@b.example", subject=f"Re: [{canary.case.reference}]")), officer
    )
    assert [(row.case, row.side) for row in by_number] == [(canary.case, "")]
    by_address = mails.suggestions(read(source()), officer)
    assert [(row.case, row.side) for row in by_address] == [(canary.case, "complainant")]
    assert mails.suggestions(read(source(sender="a@b.example")), officer) == []


def test_case_under_a_conflict_is_not_suggested(canary, officer, other_officer):
    conflicts.declare(canary.case, by=other_officer, has_conflict=True)
    assert mails.suggestions(read(source()), other_officer) == []


def test_mail_becomes_a_message_of_its_side_with_its_attachments(canary, officer):
    data = source()
    filed = mails.file_mail(canary.case, read(data), side="complainant", by=officer, original=data)
    message = Message.objects.get(mail=filed)
    assert (message.side, message.sender, message.sent_by) == (
        "complainant", "complainant", officer,
    )  # fmt: skip
    assert "They came." in message.text
    assert "не проверено" in message.text, "that side reads Russian, whoever files it"
    assert "bad.exe" in message.text, "what was not taken is named"
    assert [row.case_document.title for row in message.attachments.all()] == ["note.txt"]
    assert list(verify(canary.reload())) == []
    with pytest.raises(Incomplete, match="already"):
        mails.file_mail(canary.case, read(data), side="complainant", by=officer, original=data)


def test_own_correspondence_is_no_message_of_a_side(canary, officer):
    data = source(sender="ministry@example.org")
    filed = mails.file_mail(canary.case, read(data), side="", by=officer, original=data)
    assert filed.message is None
    assert "They came." in filed.text
    assert canary.case.documents.get().audience == "ncp"
    assert not Message.objects.filter(case=canary.case).exists()


def test_only_who_runs_the_procedure_files(canary, member):
    with pytest.raises(PermissionDenied):
        mails.file_mail(canary.case, read(source()), side="", by=member, original=b"x")


def test_address_of_a_withheld_sender_is_for_the_named_officers(
    canary, officer, other_officer, member
):
    data = source()
    filed = mails.file_mail(canary.case, read(data), side="complainant", by=officer, original=data)
    assert WITHHELD_EMAIL in browser(officer).get(page("coordination", canary.case)).text
    conflicts.declare(canary.reload(), by=member, has_conflict=False)
    for person in (other_officer, member):
        assert WITHHELD_EMAIL not in browser(person).get(page("coordination", canary.case)).text
        url = page("mail_original", canary.case, filed.pk)
        assert browser(person).get(url).status_code == 403
    response = browser(officer).get(page("mail_original", canary.case, filed.pk))
    assert WITHHELD_EMAIL.encode() in b"".join(response.streaming_content)
    assert "attachment" in response["Content-Disposition"]


def test_officer_uploads_and_confirms_with_one_click(canary, officer):
    desk = browser(officer)
    upload = SimpleUploadedFile("mail.eml", source())
    looked = desk.post(reverse("desk:mails"), {"file": upload}, follow=True)
    assert "somebody of the case has this address" in looked.text
    row = Incoming.objects.get()
    url = reverse("desk:mail_in", args=[row.pk])
    done = desk.post(url, {"reference": canary.case.reference, "side": "complainant"})
    assert done.status_code == 302
    assert FiledMail.objects.count() == 1
    again = desk.post(url, {"reference": canary.case.reference, "side": "complainant"})
    assert again["Location"] == reverse("desk:mails")
    assert FiledMail.objects.count() == 1


def test_pasted_source_is_taken_and_nonsense_is_not(canary, officer):
    desk = browser(officer)
    url = reverse("desk:mails")
    assert "Choose a file" in desk.post(url, {}).text
    assert "no e-mail" in desk.post(url, {"source": "hello"}).text
    taken = desk.post(url, {"source": source().decode()})
    assert taken.status_code == 302
    thrown = desk.post(taken["Location"], {"discard": "on"})
    assert thrown.status_code == 302
    assert not FiledMail.objects.exists()


def test_number_of_a_case_that_is_hidden_is_refused_as_a_missing_one(canary, officer):
    other = factories.case_in("initial_assessment").case
    conflicts.declare(other, by=officer, has_conflict=True)
    desk = browser(officer)
    taken = desk.post(reverse("desk:mails"), {"source": source().decode()})
    for number in (other.reference, "KZ-1999-001"):
        form = {"reference": number, "side": "ncp"}
        assert "You see no case with this number." in desk.post(taken["Location"], form).text
    assert Case.objects.count() == 2


def test_mail_saved_by_outlook_is_read_and_filed(canary, officer):
    def wide(text):
        return text.encode("utf-16-le")

    data = outlook.msg(
        {
            "__substg1.0_0037001F": wide(f"Re: {canary.case.reference}"),
            "__substg1.0_1000001F": wide("Они пришли ночью."),
            "__substg1.0_0C1A001F": wide("Somebody"),
            "__substg1.0_5D01001F": wide(WITHHELD_EMAIL),
        },
        {
            "__substg1.0_3707001F": wide("note.txt"),
            "__substg1.0_37010102": b"Plain words. " * 400,
        },
    )
    mail = read(data)
    assert (mail.address, mail.text) == (WITHHELD_EMAIL, "Они пришли ночью.")
    assert [(row.name, row.content[:12]) for row in mail.attachments] == [
        ("note.txt", b"Plain words.")
    ]
    assert mails.suggestions(mail, officer)[0].case == canary.case
    filed = mails.file_mail(canary.case, mail, side="complainant", by=officer, original=data)
    assert filed.original is not None, "what did not come as .eml is kept as one"
    assert canary.case.documents.get().title == "note.txt"
