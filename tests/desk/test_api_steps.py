"""Programs take the steps of the procedure: the page's own checks, once, and never past them."""

import json
import threading
from datetime import timedelta

import pytest
import time_machine
from django.core.cache.backends import locmem
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import KeptAnswer, PersonalToken, RoleAssignment
from accounts.roles import Scope
from accounts.services import create_token, revoke_token
from accounts.tasks import forget_answers
from cases.models import Case, CaseEvent, Erasure, Message, Reading
from cases.services import conflicts, correspondence, destruction
from desk import api_actions
from desk.api_doors import WritingThrottle
from tests import factories
from tests.desk.test_case_page import NAME

ALL = Scope.values


@pytest.fixture(autouse=True)
def _no_second_factor(settings):
    settings.REQUIRE_SECOND_FACTOR = False


def program(user, scopes=ALL, days=1):
    """Return a client that presents a personal token of somebody."""
    _token, secret = create_token(
        user,
        name="Test",
        scopes=list(scopes),
        expires_at=timezone.now() + timedelta(days=days),
    )
    return Client(headers={"Authorization": f"Bearer {secret}"})


def address(case, step=""):
    return f"/api/v1/cases/{case.pk}/{step + '/' if step else ''}"


def send(client, case, step, data=None, **headers):
    if not headers:
        case.refresh_from_db(fields=["row_version"])
        headers = {"If-Match": f'"{case.row_version}"'}
    return client.post(
        address(case, step), data or {}, content_type="application/json", headers=headers
    )


@pytest.fixture
def api(officer):
    return program(officer)


# What is done


@pytest.mark.django_db
def test_case_is_taken_in_by_a_program(api, received, officer):
    done = send(api, received, "acknowledge")
    assert done.status_code == 200
    assert done.json()["case"]["row_version"] > received.row_version
    registered = send(api, received, "register").json()
    assert registered["case"]["state"] == "initial_assessment"
    assert registered["case"]["reference"] in registered["message"]
    event = CaseEvent.objects.get(case=received, kind="case.registered")
    assert event.by == officer


@pytest.mark.django_db
def test_answers_carry_the_row_version_as_their_tag(api, received):
    """Writes take the row version as If-Match, and no answer carried it as its ETag: a program
    that knows HTTP and not our field had nothing to send back."""
    for step in ("", "actions", "acknowledge"):
        read = api.get(address(received, step))
        assert read["ETag"] == f'"{received.row_version}"', step
        assert read["Cache-Control"] == "no-store"
    done = send(api, received, "acknowledge", **{"If-Match": read["ETag"]})
    assert done["ETag"] == f'"{done.json()["case"]["row_version"]}"'
    assert send(api, received, "register", **{"If-Match": read["ETag"]}).status_code == 412
    assert send(api, received, "register", **{"If-Match": done["ETag"]}).status_code == 200


@pytest.mark.django_db
def test_actions_say_where_and_with_what(api, in_assessment):
    listed = {row["name"]: row for row in api.get(address(in_assessment.case, "actions")).json()}
    message = listed["message"]
    assert message["href"] == address(in_assessment.case, "message")
    assert message["scope"] == "messages:write"
    fields = {field["name"]: field for field in message["fields"]}
    assert fields["side"]["choices"].keys() == {"complainant", "respondent"}
    assert fields["text"]["required"]
    assert fields["file"]["type"] == "file"
    whole = api.get(address(in_assessment.case)).json()
    assert [row["name"] for row in whole["actions"]] == list(listed)


@pytest.mark.django_db
def test_every_listed_address_answers(api, in_assessment):
    for row in api.get(address(in_assessment.case, "actions")).json():
        if row["href"]:
            assert api.get(row["href"]).json() == row["fields"]


@pytest.mark.django_db
def test_waiting_report_of_pressure_alone_is_next(api, officer, other_officer):
    """On the desk the answer to a report of pressure was the one thing proposed; a program was
    told to conclude the good offices, and nowhere that somebody waited for protection."""
    scene = factories.case_in("mediation", officer=officer)
    correspondence.report_reprisal(scene.case, text="CANARY-THREAT", by=scene.complainant)
    report = scene.case.messages.get(is_reprisal_report=True)
    for step in ("", "actions"):
        answer = api.get(address(scene.case, step)).json()
        first, *others = answer["actions"] if step == "" else answer
        assert first["name"] == "answer-report"
        assert first["is_next"]
        assert not any(row["is_next"] for row in others)
        assert "conclude" in {row["name"] for row in others}
    assert first["href"] == address(scene.case, f"reports/{report.pk}")
    assert first["fields"] == api.get(first["href"]).json()
    assert [field["name"] for field in first["fields"]] == ["text"]
    # Whoever may not read such a report learns nothing of it here either.
    other = program(other_officer)
    for step in ("", "actions", "events", "deadlines", "documents"):
        told = other.get(address(scene.case, step)).content.decode()
        assert not [word for word in ("/reports/", "reprisal", "CANARY") if word in told], step
    named = {row["name"]: row for row in other.get(address(scene.case)).json()["actions"]}
    assert named["conclude"]["is_next"]
    assert other.get(first["href"]).status_code == 403
    assert first["scope"] == "messages:write"
    sent = send(api, scene.case, f"reports/{report.pk}", {"text": "We see to it."})
    assert sent.status_code == 200, sent.content
    assert next(row for row in sent.json()["case"]["actions"])["is_next"]
    assert "answer-report" not in {row["name"] for row in sent.json()["case"]["actions"]}


@pytest.mark.django_db
def test_step_whose_answer_holds_a_code_is_left_to_its_page(api, officer):
    case = factories.case_in("initial_assessment", officer=officer, served=False).case
    listed = {row["name"]: row for row in api.get(address(case)).json()["actions"]}
    assert listed["notify"]["href"] is None
    assert send(api, case, "notify").status_code == 404
    offered = {name for _route, name, _page in api_actions.steps()}
    left = {"notify", "renew_access", "confirm_counsel", "settle_erasure", "propose_erasure"}
    assert not left & offered


@pytest.mark.django_db
def test_message_and_document_with_a_file(api, in_assessment):
    case = in_assessment.case
    case.refresh_from_db(fields=["row_version"])
    answer = api.post(
        address(case, "add-document"),
        {
            "title": "Report",
            "side": "ncp",
            "row_version": case.row_version,
            "file": SimpleUploadedFile("report.txt", b"Plain words."),
        },
    )
    assert answer.status_code == 200, answer.content
    (document,) = [row for row in answer.json()["case"]["documents"] if row["title"] == "Report"]
    content = address(case, f"documents/{document['id']}/content")
    assert api.get(content).status_code == 409  # still being checked
    assert send(api, case, "message", {"side": "complainant", "text": "Hello"}).status_code == 200
    assert Message.objects.filter(case=case, text__isnull=False).exists()


@pytest.mark.django_db
def test_checked_document_is_downloaded_and_goes_on_record(api, in_assessment, other_officer):
    item = correspondence.add_document(
        in_assessment.case,
        factories.document(in_assessment.case),
        title="Note",
        side="",
        by=other_officer,
    )
    answer = api.get(address(in_assessment.case, f"documents/{item.pk}/content"))
    assert b"".join(answer.streaming_content).strip() == b"Plain words."
    assert answer["Content-Disposition"].startswith("attachment")
    kinds = in_assessment.case.events.values_list("kind", flat=True)
    assert "document.read" in kinds


@pytest.mark.django_db
def test_declaring_a_conflict_ends_with_nothing(officer, in_assessment):
    api = program(officer)
    done = send(api, in_assessment.case, "declare", {"has_conflict": True})
    assert done.status_code == 200
    assert done.json()["case"] is None
    for path in ("", "parties", "events", "documents", "actions", "message"):
        assert api.get(address(in_assessment.case, path)).status_code == 404
    assert send(api, in_assessment.case, "pause").status_code == 404


# Wrong things sent


@pytest.mark.django_db
def test_what_is_missing_or_unknown_is_named(api, in_assessment):
    case = in_assessment.case
    answer = send(api, case, "message", {"side": "nobody", "text": "", "state": "closed"})
    assert answer.status_code == 400
    assert answer["Content-Type"] == "application/problem+json"
    assert list(answer.json()["errors"]) == ["state"]
    answer = send(api, case, "message", {"side": "nobody", "text": ""})
    assert set(answer.json()["errors"]) == {"side", "text"}
    for nonsense in ("[]", '"text"', "{", "null", "[1]"):
        answer = api.post(
            address(case, "message"),
            nonsense,
            content_type="application/json",
            headers={"If-Match": f'"{case.row_version}"'},
        )
        assert answer.status_code == 400, nonsense


@pytest.mark.parametrize("address_of", ["nonsense/", "cases/1/", "cases/1/pause/", "records/x/"])
@pytest.mark.django_db
def test_address_that_is_none_is_answered_as_a_program_reads(address_of):
    """Below the API's address a page of HTML said that there is no page: 15 KB of it, with the
    name of the office."""
    for method in ("get", "post"):
        answer = getattr(Client(), method)(
            f"/api/v1/{address_of}", headers={"Accept-Language": "ru"}
        )
        assert answer.status_code == 404
        assert answer["Content-Type"] == "application/problem+json"
        assert answer.json() == {
            "type": "about:blank",
            "title": "Not Found",
            "status": 404,
            "detail": "Страница не найдена.",
        }


@pytest.mark.django_db
def test_failure_is_told_to_a_program_without_a_page(api, in_assessment, monkeypatch):
    def fails(*_arguments):
        raise RuntimeError("CANARY")

    monkeypatch.setattr("desk.api_case.whole", fails)
    api.raise_request_exception = False
    answer = api.get(address(in_assessment.case))
    assert answer.status_code == 500
    assert answer["Content-Type"] == "application/problem+json"
    assert "CANARY" not in answer.content.decode()


@pytest.mark.django_db
def test_case_that_is_none_is_told_in_the_language_of_the_reader(api, officer, in_assessment):
    """ "No Case matches the given query." stood there in every language."""
    conflicts.declare(in_assessment.case, by=officer, has_conflict=True)
    answer = api.get(address(in_assessment.case), headers={"Accept-Language": "ru"})
    assert answer.json()["detail"] == "Страница не найдена."


@pytest.mark.django_db
def test_step_sent_without_its_slash_is_refused(api, in_assessment):
    """It was led on to the address with a slash; a program that follows asks there with GET, is
    answered 200 with the fields, and takes the clock for paused."""
    case = in_assessment.case
    answer = api.post(
        address(case, "pause")[:-1],
        {"reason": "translation"},
        content_type="application/json",
        headers={"If-Match": f'"{case.row_version}"'},
        follow=True,
    )
    assert answer.status_code == 404
    assert answer["Content-Type"] == "application/problem+json"
    assert api.get(address(case)[:-1]).status_code == 301


@pytest.mark.django_db
def test_texts_that_cannot_be_kept_are_a_clear_error(api, in_assessment):
    """Half a sign, or a zero sign in a filter, ended in "Something failed"."""
    case = in_assessment.case
    case.refresh_from_db(fields=["row_version"])
    for body in ('{"side": "complainant", "text": "\\ud800"}', '{"\\udfff": 1}'):
        answer = api.post(
            address(case, "message"),
            body,
            content_type="application/json",
            headers={"If-Match": f'"{case.row_version}"'},
        )
        assert answer.status_code == 400
        assert answer["Content-Type"] == "application/problem+json"
    assert api.get("/api/v1/cases/?reference=%00").json()["results"] == []


@pytest.mark.django_db
def test_no_step_writes_a_column_that_its_form_does_not_have(api, in_assessment):
    case = in_assessment.case
    names = {field.name for field in Case._meta.get_fields()}
    before = Case.objects.filter(pk=case.pk).values().get()
    for _route, name, page in api_actions.steps():
        if api_actions.href(case.pk, name) is None:
            continue
        own = set(page.form_class.base_fields)
        answer = send(api, case, name.replace("_", "-"), dict.fromkeys(names - own, "x"))
        assert answer.status_code in (400, 403, 404, 409), (name, answer.status_code)
    assert Case.objects.filter(pk=case.pk).values().get() == before


@pytest.mark.django_db
def test_row_version_is_asked_for_and_must_be_the_present_one(api, in_assessment):
    case = in_assessment.case
    path = address(case, "pause")
    body = {"reason": "translation"}
    assert api.post(path, body, content_type="application/json").status_code == 428
    for stale in ('"0"', "0", "W/", "*", "nonsense"):
        assert send(api, case, "pause", body, **{"If-Match": stale}).status_code == 412
    old = api.post(path, {**body, "row_version": 0}, content_type="application/json")
    assert old.status_code == 409
    assert not case.pauses.exists()


@pytest.mark.django_db
def test_what_does_not_fit_the_state_is_a_conflict(api, in_assessment):
    answer = send(api, in_assessment.case, "acknowledge")
    assert answer.status_code == 409
    assert answer.json()["detail"]


@pytest.mark.django_db
def test_who_may_not_is_refused_as_on_the_page(member, in_assessment, other_member):
    conflicts.declare(in_assessment.case, by=member, has_conflict=False)
    for person in (member, other_member):
        assert send(program(person), in_assessment.case, "register").status_code == 403
    auditor = factories.person("auditor")
    assert send(program(auditor), in_assessment.case, "message").status_code == 404


@pytest.mark.django_db
def test_reads_of_programs_go_on_record(api, officer, other_officer, in_assessment):
    case = in_assessment.case
    Reading.objects.all().delete()
    api.get(address(case))
    program(other_officer).get(address(case, "issues"))
    kinds = dict(Reading.objects.filter(case=case).values_list("user", "kind"))
    assert kinds == {officer.pk: "identities", other_officer.pk: "case"}


@pytest.mark.django_db
def test_old_answer_names_nobody_whom_its_reader_may_know_no_more(
    officer, other_officer, in_assessment
):
    case = in_assessment.case
    api = program(officer)
    headers = {"If-Match": f'"{case.row_version}"', "Idempotency-Key": "one"}
    body = {"side": "complainant", "text": "Hello"}
    assert NAME in send(api, case, "message", body, **headers).content.decode()
    case.refresh_from_db()
    send(program(other_officer), case, "assign", {"officer": str(other_officer.pk)})
    case.participations.filter(user=officer).update(until=timezone.now())
    again = send(api, case, "message", body, **headers)
    assert again["Idempotent-Replayed"] == "true"
    assert again.json()["case"]["read_as"] == "ncp"
    assert NAME not in again.content.decode()


# Tokens


@pytest.mark.django_db
def test_token_does_what_it_was_made_for(officer, in_assessment):
    case = in_assessment.case
    reader = program(officer, [Scope.CASES_READ])
    assert reader.get(address(case)).status_code == 200
    for step in ("pause", "message", "add-document", "declare"):
        assert send(reader, case, step).status_code == 403
        assert reader.get(address(case, step)).status_code == 403
    assert reader.get(address(case, f"documents/{case.pk}/content")).status_code == 403
    writer = program(officer, [Scope.MESSAGES_WRITE])
    assert send(writer, case, "message", {"side": "complainant", "text": "x"}).status_code == 200
    assert send(writer, case, "pause").status_code == 403
    assert writer.get(address(case)).status_code == 403


@pytest.mark.django_db
def test_revoked_expired_and_roleless_tokens_do_nothing(officer, in_assessment):
    case = in_assessment.case
    revoked, expired, left = program(officer), program(officer, days=-1), program(officer)
    revoke_token(PersonalToken.objects.order_by("created_at")[0])
    for client in (revoked, expired, Client()):
        assert client.get(address(case)).status_code == 401
        assert send(client, case, "pause").status_code == 401
    RoleAssignment.objects.filter(user=officer).update(until=timezone.now())
    assert send(left, case, "pause").status_code == 401


@pytest.mark.parametrize(
    "role",
    ["administrator", "auditor", "mediator", "coordinator", "interpreter", "expert", "partner_ncp"],
)
@pytest.mark.django_db
def test_outsiders_find_no_case(role, in_assessment):
    client = program(factories.person(role))
    assert client.get("/api/v1/cases/").json()["results"] == []
    for path in ("", "parties", "issues", "deadlines", "events", "documents", "actions", "pause"):
        assert client.get(address(in_assessment.case, path)).status_code == 404
    assert send(client, in_assessment.case, "message").status_code == 404


@pytest.mark.django_db
def test_party_with_a_role_does_not_read_its_case_here(in_assessment, officer):
    complainant = in_assessment.complainant
    complainant.email = "party@example.org"
    complainant.save()
    RoleAssignment.objects.create(user=complainant, role="officer")
    client = program(complainant)
    assert client.get(address(in_assessment.case)).status_code == 404


@pytest.mark.django_db
def test_member_reads_no_part_but_names_before_declaring(member, in_assessment):
    client = program(member)
    for path in ("issues", "deadlines", "documents"):
        assert client.get(address(in_assessment.case, path)).json() == []
    assert client.get(address(in_assessment.case, "events")).json()["results"] == []
    assert client.get(address(in_assessment.case, "parties")).json()


# Done once


@pytest.mark.django_db
def test_same_key_same_request_same_answer(api, in_assessment):
    case = in_assessment.case
    headers = {"If-Match": f'"{case.row_version}"', "Idempotency-Key": "one"}
    body = {"side": "complainant", "text": "Once"}
    first = send(api, case, "message", body, **headers)
    again = send(api, case, "message", body, **headers)
    assert first.status_code == again.status_code == 200
    assert json.loads(first.content) == json.loads(again.content)
    assert again["Idempotent-Replayed"] == "true"
    assert Message.objects.filter(case=case).count() == 1
    other = send(api, case, "message", {**body, "text": "Other"}, **headers)
    assert other.status_code == 422
    assert send(api, case, "pause", {}, **headers).status_code == 422


@pytest.mark.django_db
def test_declared_conflict_sent_again_is_answered_the_same(api, in_assessment):
    """The answer was lost on the way, the program asked again under its key, and was told that
    there is no such case: it could not know whether the conflict stood on record."""
    case = in_assessment.case
    headers = {"If-Match": f'"{case.row_version}"', "Idempotency-Key": "one"}
    first = send(api, case, "declare", {"has_conflict": True}, **headers)
    again = send(api, case, "declare", {"has_conflict": True}, **headers)
    assert first.status_code == again.status_code == 200
    assert again.json() == first.json()
    assert again.json()["case"] is None
    # Under the key nothing else is learned of a case that is gone, nor of one that never was.
    other = {**headers, "Idempotency-Key": "two"}
    assert send(api, case, "declare", {"has_conflict": False}, **other).status_code == 404
    body = {"side": "complainant", "text": "x"}
    assert send(api, case, "message", body, **other).status_code == 404
    assert KeptAnswer.objects.count() == 1


@pytest.mark.django_db
def test_old_answer_of_a_case_that_is_gone_is_told_no_more(api, officer, in_assessment):
    case = in_assessment.case
    headers = {"If-Match": f'"{case.row_version}"', "Idempotency-Key": "one"}
    body = {"side": "complainant", "text": "x"}
    assert send(api, case, "message", body, **headers).status_code == 200
    conflicts.declare(case, by=officer, has_conflict=True)
    again = send(api, case, "message", body, **headers)
    assert again.status_code == 404
    assert NAME not in again.content.decode()


@pytest.mark.django_db
def test_kept_answer_is_encrypted_and_forgotten(api, in_assessment):
    case = in_assessment.case
    headers = {"If-Match": f'"{case.row_version}"', "Idempotency-Key": "one"}
    send(api, case, "message", {"side": "complainant", "text": "Once"}, **headers)
    with connection.cursor() as cursor:
        cursor.execute("SELECT body, asked FROM accounts_keptanswer")
        body, asked = cursor.fetchone()
    assert case.title not in body
    assert len(asked) == 64
    KeptAnswer.objects.update(created_at=timezone.now() - timedelta(hours=23))
    assert forget_answers() == 0
    KeptAnswer.objects.update(created_at=timezone.now() - timedelta(hours=25))
    assert forget_answers() == 1
    assert not KeptAnswer.objects.exists()


def test_answers_are_swept_every_hour(settings):
    """Swept once a night, an answer could lie for two days."""
    entry = settings.CELERY_BEAT_SCHEDULE["forget-answers"]
    assert entry["task"] == forget_answers.name
    assert len(entry["schedule"].hour) == 24


@pytest.mark.django_db
def test_erasing_a_case_takes_its_kept_answers_along(api, in_assessment, officer):
    """They are encrypted with the environment's key: the end of the case's key left them
    readable."""
    other = factories.case_in("initial_assessment", officer=officer).case
    for key, case in (("a", in_assessment.case), ("b", other)):
        headers = {"If-Match": f'"{case.row_version}"', "Idempotency-Key": key}
        sent = send(api, case, "message", {"side": "complainant", "text": "Once"}, **headers)
        assert sent.status_code == 200
    erasure = Erasure.objects.create(
        case=in_assessment.reload(), basis="retention", legal_basis="Art. 17",
        proposed_by=officer, confirmed_by=factories.person("officer"),
        confirmed_at=timezone.now(),
    )  # fmt: skip
    assert destruction.carry_out(erasure.pk)
    assert [row.about for row in KeptAnswer.objects.all()] == [other.pk]


@pytest.mark.django_db
def test_key_after_its_time_is_a_new_one(api, in_assessment):
    case = in_assessment.case
    headers = {"If-Match": f'"{case.row_version}"', "Idempotency-Key": "one"}
    send(api, case, "message", {"side": "complainant", "text": "Once"}, **headers)
    KeptAnswer.objects.update(created_at=timezone.now() - timedelta(hours=25))
    again = send(api, case, "message", {"side": "complainant", "text": "Once"}, **headers)
    assert again.status_code == 412


@pytest.mark.django_db
def test_refused_request_may_be_sent_again_under_its_key(api, in_assessment):
    case = in_assessment.case
    headers = {"If-Match": f'"{case.row_version}"', "Idempotency-Key": "one"}
    assert send(api, case, "message", {"side": "complainant"}, **headers).status_code == 400
    assert not KeptAnswer.objects.exists()
    good = {"side": "complainant", "text": "Now complete"}
    assert send(api, case, "message", good, **headers).status_code == 200


@pytest.mark.django_db
def test_key_of_another_token_is_another_key(officer, in_assessment):
    case = in_assessment.case
    for text in ("First", "Second"):
        case.refresh_from_db()
        headers = {"If-Match": f'"{case.row_version}"', "Idempotency-Key": "one"}
        body = {"side": "complainant", "text": text}
        assert send(program(officer), case, "message", body, **headers).status_code == 200
    assert Message.objects.filter(case=case).count() == 2


@pytest.mark.parametrize("key", ["with space", "x" * 201, "é"])
@pytest.mark.django_db
def test_wrong_key_is_a_clear_error(api, in_assessment, key):
    case = in_assessment.case
    headers = {"If-Match": f'"{case.row_version}"', "Idempotency-Key": key}
    answer = send(api, case, "message", {"side": "complainant", "text": "x"}, **headers)
    assert answer.status_code == 400
    assert "Idempotency-Key" in answer.json()["errors"]


@pytest.mark.django_db(transaction=True)
def test_two_at_once_under_one_key_are_done_once():
    officer = factories.person("officer")
    case = factories.case_in("initial_assessment", officer=officer).case
    api = program(officer)
    headers = {
        "If-Match": f'"{case.row_version}"',
        "Idempotency-Key": "twice",
        "Authorization": api.defaults["HTTP_AUTHORIZATION"],
    }
    answers, ready = [], threading.Barrier(2)

    def ask():
        ready.wait()
        try:
            body = {"side": "complainant", "text": "Once"}
            answer = Client().post(
                address(case, "message"), body, content_type="application/json", headers=headers
            )
            answers.append((answer.status_code, answer.content))
        finally:
            connection.close()

    threads = [threading.Thread(target=ask) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [code for code, _body in answers] == [200, 200]
    assert json.loads(answers[0][1]) == json.loads(answers[1][1])
    assert Message.objects.filter(case=case).count() == 1
    assert CaseEvent.objects.filter(case=case, kind="message.sent").count() == 1


# Pages


@pytest.mark.django_db
def test_history_goes_on_after_the_last_event_known(api, in_assessment):
    whole = api.get(address(in_assessment.case, "events")).json()
    assert whole["next"] is None
    third = whole["results"][2]["id"]
    rest = api.get(address(in_assessment.case, "events") + f"?after={third}").json()["results"]
    assert rest == whole["results"][3:]
    for query in ("after=nonsense", "kind=nonsense"):
        assert api.get(address(in_assessment.case, "events") + f"?{query}").status_code == 400


@pytest.mark.django_db
def test_filters_of_the_list(api, received):
    today = timezone.localdate()
    found = {
        f"received_from={today}": 1,
        f"received_until={today - timedelta(days=1)}": 0,
        "reference=KZ-2026-9999": 0,
        "state=received": 1,
    }
    for query, count in found.items():
        assert len(api.get(f"/api/v1/cases/?{query}").json()["results"]) == count, query
    for query in ("received_from=yesterday", "received_until=2026-02-31", "state=x"):
        assert api.get(f"/api/v1/cases/?{query}").status_code == 400


@pytest.mark.django_db
def test_a_case_takes_the_same_queries_whatever_it_holds(api, in_assessment):
    case = in_assessment.case

    def queries(path):
        api.get(address(case, path))
        with CaptureQueriesContext(connection) as counted:
            assert api.get(address(case, path)).status_code == 200
        return len(counted)

    paths = ("", "actions", "events", "documents")
    few = {path: queries(path) for path in paths}
    for number in range(12):
        send(api, case, "message", {"side": "complainant", "text": f"Letter {number}"})
    assert {path: queries(path) for path in paths} == few
    assert few[""] <= 15


def next_quarter():
    """A quarter of a minute that is still to come: a token is not valid before it was made."""
    return timezone.now().replace(second=15, microsecond=0) + timedelta(minutes=10)


@pytest.mark.django_db
def test_too_many_writes_are_slowed_down(api, in_assessment, monkeypatch):
    monkeypatch.setattr(WritingThrottle, "THROTTLE_RATES", {"person-write": "2/min"})
    at = next_quarter()
    with time_machine.travel(at, tick=False):
        codes = [send(api, in_assessment.case, "pause").status_code for _ in range(2)]
        slowed = send(api, in_assessment.case, "pause")
    assert [*codes, slowed.status_code] == [400, 400, 429]
    assert slowed["Retry-After"] == "45"
    with time_machine.travel(at + timedelta(seconds=45), tick=False):
        assert send(api, in_assessment.case, "pause").status_code == 400


@pytest.mark.django_db
def test_requests_are_counted_once_for_all_processes(api, in_assessment, monkeypatch):
    """Each process counted for itself: six of them let somebody through six times as often, and
    each forgot its count whenever it began anew."""
    monkeypatch.setattr(WritingThrottle, "THROTTLE_RATES", {"person-write": "2/min"})
    with time_machine.travel(next_quarter(), tick=False):
        codes = []
        for _ in range(3):
            locmem._caches.clear()  # what a process remembers
            codes.append(send(api, in_assessment.case, "pause").status_code)
    assert codes == [400, 400, 429]
