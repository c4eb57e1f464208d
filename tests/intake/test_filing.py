"""From the first page to the receipt, and what must hold when something breaks on the way."""

import datetime as dt
import re

import pytest
from django.db import OperationalError, connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import AccessCode, User
from cases.models import Case, Organisation, ParallelProceeding, Submission
from intake.models import Draft
from sealing.models import PublishedKey
from sealing.signing import is_genuine
from tests.factories import person
from tests.intake.walk import STEP, Writer, errors, shown_code

pytestmark = pytest.mark.django_db


def test_a_complaint_goes_from_the_form_to_a_case():
    writer = Writer()
    writer.fill()
    issue = re.search(r'name="([0-9a-f]{8})-plain"', writer.html(STEP.format("provisions"))).group(
        1
    )
    writer.client.post(
        STEP.format("provisions"), {f"{issue}-plain": ["nature"], f"{issue}-citations": "IV.3"}
    )
    writer.upload("Aigul Sarsenova, letter.txt")
    writer.answer("tried", tried_before="A letter, no answer.")
    writer.answer("wanted", wanted="Water carts.")
    writer.add("proceedings", forum="District court", status="Waiting")
    code = writer.confirm_code()

    assert writer.send().url == "/submit/receipt/"

    case = Case.objects.get()
    assert case.title == "Steppe Mining LLP"
    assert (case.state, case.channel, case.language) == ("received", "web", "kk")
    assert case.reprisal_risk
    party = case.parties.get(side="complainant")
    assert party.name == "Айгүл Сәрсенова"
    assert not (party.shown_to_mediator or party.shown_to_respondent or party.shown_to_public)
    assert party.withholding_reason == "I work there."
    found = case.issues.get()
    assert (found.started, found.is_ongoing, found.is_approximate) == ("2024-03", True, True)
    assert [(p.chapter, p.paragraph) for p in found.provisions.order_by("chapter")] == [
        ("IV", "3"),
        ("VI", ""),
    ]
    document = case.documents.get()
    assert document.title == "File 1", "the name of a file may hold the name of a person"
    assert ParallelProceeding.objects.get(case=case).forum == "District court"
    assert case.submission.privacy_notice_version == "2026-11"
    assert AccessCode.objects.valid().count() == 1
    holder = Client(headers={"accept-language": "en"})
    assert holder.login(access_code=code)
    assert Case.objects.visible_to(User.objects.get(access_codes__isnull=False)).get() == case


def test_receipt_proves_what_was_sent_and_never_shows_the_code():
    writer = Writer()
    writer.fill()
    code = writer.confirm_code()
    writer.send()

    html = writer.html("/submit/receipt/")
    text = writer.html("/submit/receipt.txt")
    case = Case.objects.get()
    assert case.receipt_id in html
    assert code not in html + text
    assert "Steppe Mining" not in html + text
    assert case.submission.digest in text
    assert case.submission.signature in text
    message = f"good-offices-receipt-1\n{case.receipt_id}\n"
    at = re.search(r"time: (.+)", text).group(1)
    message += f"{at}\n{case.submission.digest}"
    assert is_genuine(message.encode(), case.submission.signature, case.submission.public_key)


def test_nothing_of_a_draft_can_be_read_in_the_database():
    writer = Writer()
    code = writer.fill()
    access_code = writer.confirm_code()

    with connection.cursor() as cursor:
        cursor.execute("SELECT intake_draft::text FROM intake_draft")
        row = cursor.fetchone()[0]
        cursor.execute("SELECT session_data FROM django_session")
        row += " ".join(found[0] for found in cursor.fetchall())
    for secret in ("Сәрсенова", "Steppe", "quarry", code, access_code, code.replace("-", "")):
        assert secret not in row


def test_sending_twice_files_once():
    writer = Writer()
    writer.fill()
    writer.confirm_code()
    second_window = Writer(writer.client)

    first, second = writer.send(), second_window.send()

    assert first.url == second.url == "/submit/receipt/"
    assert Case.objects.count() == 1
    assert User.objects.count() == 1
    assert AccessCode.objects.count() == 1


def test_a_repeated_request_of_the_service_gives_the_same_receipt():
    from intake.services import send

    writer = Writer()
    writer.fill()
    writer.confirm_code()
    draft = Draft.objects.get()

    first = send(draft, language="en")
    again = send(draft, language="en")

    assert first.is_new
    assert not again.is_new
    assert first.receipt == again.receipt


def test_answer_lost_on_the_way_back_locks_nobody_out():
    """The server filed the case, the person saw an error of the browser."""
    writer = Writer()
    draft_code = writer.fill()
    code = writer.confirm_code()
    writer.send()

    elsewhere = Writer()
    answer = elsewhere.post("/submit/continue/", code=draft_code).content.decode()
    assert "This was sent" in answer
    assert "Сәрсенова" not in answer
    assert elsewhere.client.login(access_code=code)


@pytest.mark.parametrize("table", ["cases_case", "cases_party", "cases_caseevent", "intake_draft"])
def test_a_broken_connection_leaves_no_receipt_and_nothing_half_written(table):
    writer = Writer(Client(raise_request_exception=False, headers={"accept-language": "en"}))
    writer.fill()
    writer.confirm_code()
    people = User.objects.count()

    def cut(execute, sql, params, many, context):
        writes = sql.startswith((f'INSERT INTO "{table}"', f'UPDATE "{table}"'))
        if writes and (table != "intake_draft" or "sent" in params):
            raise OperationalError("the connection was closed")
        return execute(sql, params, many, context)

    with connection.execute_wrapper(cut):
        response = writer.send()

    assert response.status_code == 500
    assert "Nothing was saved" in response.content.decode()
    assert Case.objects.count() == Submission.objects.count() == 0
    assert User.objects.count() == people
    assert AccessCode.objects.count() == 0
    assert writer.get("/submit/receipt/").status_code == 302

    assert writer.send().url == "/submit/receipt/", "pressing “Send” again works"
    assert Case.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_killed_connection_leaves_no_receipt_and_nothing_half_written():
    """As above, but PostgreSQL ends the session while the last page is being written."""
    writer = Writer(Client(raise_request_exception=False, headers={"accept-language": "en"}))
    writer.fill()
    writer.confirm_code()
    connection.ensure_connection()
    victim = connection.connection.info.backend_pid

    def kill(execute, sql, params, many, context):
        if sql.startswith('INSERT INTO "cases_caseevent"'):
            other = connection.copy()
            with other.cursor() as cursor:
                cursor.execute("SELECT pg_terminate_backend(%s)", [victim])
            other.close()
        return execute(sql, params, many, context)

    with connection.execute_wrapper(kill):
        response = writer.send()
    connection.close()

    assert response.status_code == 500
    assert Case.objects.count() == User.objects.count() == AccessCode.objects.count() == 0
    assert writer.get("/submit/receipt/").status_code == 302
    assert writer.send().url == "/submit/receipt/"
    assert Case.objects.count() == 1


def test_nothing_is_sent_before_the_code_was_typed_back():
    writer = Writer()
    writer.fill()

    assert writer.send().url == STEP.format("check")
    writer.answer("check", go="next")
    assert writer.send().url == STEP.format("code")
    response = writer.answer("code", code="0000-0000-0000-0000-0000-0000")
    assert "This is not the code above" in errors(response)
    assert writer.send().url == STEP.format("code")
    assert Case.objects.count() == 0


def test_code_typed_back_with_spaces_and_small_letters_counts():
    writer = Writer()
    writer.fill()
    writer.answer("check", go="next")
    code = shown_code(writer.html(STEP.format("code")))

    response = writer.answer("code", code=f" {code.lower().replace('-', ' ')} ")

    assert response.url == STEP.format("send")


def test_what_is_missing_is_said_with_a_way_to_it():
    writer = Writer()
    writer.begin()
    writer.answer("acting", acting="self")

    response = writer.answer("check", go="next")

    html = response.content.decode()
    assert response.status_code == 200
    for step in ("complainants", "enterprises", "issues"):
        assert f'<a href="{STEP.format(step)}">' in html
    assert writer.get(STEP.format("code")).url == STEP.format("check")


def test_advice_never_keeps_anybody_from_sending():
    writer = Writer()
    writer.fill()
    html = writer.html(STEP.format("check"))
    assert "This would help, but you can send without it" in html
    assert "Tell us what you want to happen." in html

    writer.confirm_code()
    writer.send()

    assert Case.objects.count() == 1


def test_a_representative_files_for_people_whose_names_stay_hidden():
    writer = Writer()
    writer.begin()
    writer.answer("acting", acting="others")
    writer.answer(
        "representative",
        name="Әділет Foundation",
        kind="ngo",
        mandate="A vote of the village.",
        principals="Person One\nPerson Two\n\nPerson One",
    )
    writer.add("enterprises", name="Steppe Mining LLP", kind="business", role="unknown")
    writer.add("issues", title="Dust", description="Dust on our tables.")
    writer.decide(mediator="yes", respondent="yes", public="yes")
    writer.confirm_code()
    writer.send()

    case = Case.objects.get()
    representation = case.representations.get()
    assert representation.name == "Әділет Foundation"
    assert representation.shown_to_public
    assert [p.name for p in representation.principals.order_by("id")] == [
        "Person One",
        "Person Two",
    ]
    hidden = case.parties.get(side="complainant")
    assert not (hidden.shown_to_mediator or hidden.shown_to_respondent or hidden.shown_to_public)


def test_an_officer_enters_a_letter_with_the_day_on_which_it_came(client, officer, settings):
    settings.REQUIRE_SECOND_FACTOR = False
    client.force_login(officer, backend="accounts.backends.PasswordBackend")
    writer = Writer(client)

    assert writer.post("/submit/for-others/").url == STEP.format("arrival")
    writer.answer("arrival", channel="post", arrived_on="2026-11-02")
    writer.answer("acting", acting="self")
    writer.add("complainants", name="Болат Ахметов", kind="individual")
    writer.add("enterprises", name="Steppe Mining LLP", kind="business", role="unknown")
    writer.add("issues", title="Dust", description="Dust on our tables.")
    writer.decide(mediator="yes", respondent="yes", public="no")
    assert writer.answer("check", go="next").url == STEP.format("code")
    assert writer.answer("code", go="make").url == STEP.format("code")
    code = shown_code(writer.html(STEP.format("code")))
    assert writer.answer("code", go="next").url == STEP.format("send")
    assert writer.send().url == "/submit/receipt/"

    case = Case.objects.get()
    assert case.channel == "post"
    assert case.received_at.date() == dt.date(2026, 11, 2)
    assert case.submission.entered_by == officer
    assert case.submission.filed_by is not None
    assert Client().login(access_code=code)
    assert f"/desk/cases/{case.pk}/" in writer.html("/submit/receipt/")


@pytest.mark.parametrize("roles", [["mediator"], ["administrator"], ["decision_maker"], []])
def test_only_officers_enter_what_came_on_paper(client, roles, settings):
    settings.REQUIRE_SECOND_FACTOR = False
    client.force_login(person(*roles), backend="accounts.backends.PasswordBackend")

    assert client.post("/submit/for-others/").status_code == 404
    assert Draft.objects.count() == 0


def test_draft_of_an_officer_opens_for_nobody_else(client, officer, settings):
    settings.REQUIRE_SECOND_FACTOR = False
    client.force_login(officer, backend="accounts.backends.PasswordBackend")
    client.post("/submit/for-others/")
    session = client.session
    stranger = Client()
    stranger.force_login(person("officer"), backend="accounts.backends.PasswordBackend")
    planted = stranger.session
    planted["draft"] = session["draft"]
    planted.save()

    assert stranger.get(STEP.format("acting")).url == "/submit/"


def test_sending_asks_the_database_few_things(monkeypatch):
    """Transaction control aside; with an enterprise and a key that are known, as is usual."""
    monkeypatch.setattr(PublishedKey, "_known_published", {PublishedKey.current().public})
    Organisation.objects.create(name="Steppe Mining LLP", country="KZ")
    writer = Writer()
    writer.fill()
    writer.confirm_code()

    with CaptureQueriesContext(connection) as captured:
        writer.send()

    asked = [q["sql"] for q in captured if not q["sql"].startswith(("SAVEPOINT", "RELEASE"))]
    assert Case.objects.count() == 1
    assert len(asked) <= 15, "\n".join(sql[:80] for sql in asked)


def test_numbers_go_on_in_their_chapter_and_what_cannot_be_read_is_said_before_sending():
    """ "II.2, 10" was read as II.2 and chapter X, and "XX.99" was left out without a word."""
    writer = Writer()
    writer.fill()
    html = writer.html(STEP.format("provisions"))
    issue = re.search(r'name="(\w+)-citations"', html).group(1)
    writer.client.post(STEP.format("provisions"), {f"{issue}-citations": "II.A.2, 10; XX.99"})

    assert "“XX.99” does not read like a provision" in writer.html(STEP.format("check"))
    writer.confirm_code()
    writer.send()

    provisions = Case.objects.get().issues.get().provisions.all()
    assert [str(item) for item in provisions] == ["II.A.2", "II.A.10"]
