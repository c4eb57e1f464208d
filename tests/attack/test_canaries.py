"""Canary strings through the whole way of a case: what a copy of the database, the logs, the mails
and the task arguments may hold of them, without any key."""

import json
import logging
from dataclasses import replace
from datetime import timedelta

import pytest
from django.core import mail
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from accounts import services as people
from cases.models.party import Side
from cases.payload import ComplainantData, IssueData
from cases.services import clock, correspondence, good_offices
from portal import links
from portal.services import Contact, change_contact
from statements.services import writing
from tests import factories
from tests.portal.conftest import page, signed_in
from tests.portal.test_actions import fill
from tests.statements.conftest import published

CANARY = "Kanareika"


def _data():
    data = factories.represented(factories.withheld())
    complainants = (
        ComplainantData(
            f"{CANARY}Name",
            "individual",
            "KZ",
            f"{CANARY}mail@example.org",
            "+7701" + CANARY,
            address=f"{CANARY}street 5",
            shown=factories.WITHHELD,
        ),
    )
    representative = replace(
        data.representative,
        name=f"{CANARY}Rep",
        email=f"{CANARY}rep@example.org",
        mandate=f"{CANARY}mandate",
        principals=(f"{CANARY}Principal",),
        shown=factories.WITHHELD,
    )
    return replace(
        data,
        complainants=complainants,
        representative=representative,
        issues=(IssueData(f"{CANARY}title", f"{CANARY}text", place=f"{CANARY}place"),),
        tried_before=f"{CANARY}tried",
        wanted=f"{CANARY}wanted",
        safe_contact=f"{CANARY}safe",
    )


def _columns():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name, column_name FROM information_schema.columns "
            "WHERE table_schema = 'public' AND data_type IN "
            "('text', 'character varying', 'json', 'jsonb', 'ARRAY', 'bytea', 'tsvector')"
        )
        return cursor.fetchall()


def found_in_database(*words):
    """Return table, column and word of everything that stands readable in a row."""
    hits = []
    with connection.cursor() as cursor:
        for table, column in _columns():
            kind = f'"{column}"::text'
            cursor.execute(f'SELECT {kind} FROM "{table}" WHERE "{column}" IS NOT NULL')
            text = "\n".join(row[0] for row in cursor.fetchall()).casefold()
            hits += [(table, column, word) for word in words if word.casefold() in text]
            hits += [(table, column, word) for word in words if word.encode().hex() in text]
    return hits


@pytest.fixture
def walked(db, caplog, django_capture_on_commit_callbacks, monkeypatch):
    """A case from the form to the statement, with canaries wherever people write."""
    sent = []
    from celery import Task

    monkeypatch.setattr(
        Task, "apply_async", lambda self, args=None, kwargs=None, **o: sent.append((args, kwargs))
    )
    for name in ("accounts", "cases", "portal", "notifications", "documents", "celery", "intake"):
        caplog.set_level(logging.DEBUG, logger=name)
    with django_capture_on_commit_callbacks(execute=True):
        scene = factories.case_in("initial_assessment", data=_data())
        code = people.issue_access_code(scene.complainant, label="x")
        own, other = signed_in(scene.complainant), signed_in(scene.enterprise)
        fill(own, "message", scene.case, text=f"{CANARY}message")
        fill(own, "reprisal", scene.case, text=f"{CANARY}reprisal")
        asked = other.get(page("more_time", scene.case)).context["form"].fields["deadline"].choices
        more = {"deadline": asked[0][0], "until": timezone.localdate() + timedelta(days=90)}
        fill(other, "more_time", scene.case, text=f"{CANARY}why", **more)
        own.post(
            page("contact", scene.case),
            {"email": f"{CANARY}new@example.org", "phone": CANARY, "safe_contact": f"{CANARY}s"},
        )
        change_contact(scene.case, Contact(f"{CANARY}e@example.org"), by=scene.enterprise)
        fill(other, "answer", scene.case, text=f"{CANARY}answer")
        correspondence.add_document(
            scene.case,
            factories.document(
                scene.case, name=f"{CANARY}file.txt", content=f"{CANARY}body".encode()
            ),
            title=f"{CANARY}doc",
            side=Side.COMPLAINANT,
            by=scene.complainant,
            asked_to_withhold=True,
            reason=f"{CANARY}reason",
        )
        clock.pause(scene.case, reason="other", note=f"{CANARY}note", by=scene.officer)
        links.ask(f"{CANARY}rep@example.org", network="192.0.2.1")
        scene.members = [factories.person("decision_maker") for _ in range(2)]
        factories.decide(scene)
        good_offices.reply(
            scene.case, side="complainant", accepts=True, note=CANARY, by=scene.complainant
        )
        own.post(reverse("portal:sign_in"), {"code": code[:-1] + "0"})
    return scene, code, sent, caplog


def test_nothing_that_people_wrote_stands_readable_in_the_database(walked):
    scene, code, _sent, _log = walked
    plain = code.replace("-", "")
    hits = found_in_database(CANARY, code, plain, scene.enterprise_code)
    assert hits == []
    declared = {hit[:2] for hit in found_in_database(scene.case.title)}
    assert ("cases_case", "title") in declared, "enterprises stand there, and the search finds them"


def test_logs_and_task_arguments_hold_nothing_of_it(walked):
    scene, code, sent, log = walked
    texts = log.text + json.dumps(sent, default=str)
    for word in (CANARY, code, scene.enterprise_code, scene.case.title, scene.case.reference):
        assert word.casefold() not in texts.casefold()


def test_mails_hold_nothing_of_it_but_their_address(walked):
    from notifications.tasks import drain_outbox
    from portal.tasks import send_sign_in_links

    drain_outbox()
    send_sign_in_links()
    assert mail.outbox
    for message in mail.outbox:
        text = message.subject + message.body + str(message.extra_headers)
        for word in (CANARY, walked[0].case.title, walked[0].case.reference):
            assert word.casefold() not in text.casefold()


def test_the_enterprise_reads_nothing_of_the_withheld_but_the_words_of_the_issues(walked):
    scene = walked[0]
    client = signed_in(scene.enterprise)
    names = (
        "Name",
        "Rep",
        "Principal",
        "mail",
        "street",
        "safe",
        "message",
        "reprisal",
        "new@",
        "file",
        "body",
        "doc",
        "reason",
        "note",
        "wanted",
        "tried",
        "mandate",
    )
    addresses = [
        page(name, scene.case)
        for name in (
            "case",
            "message",
            "documents",
            "contact",
            "good_offices",
            "language",
            "code",
            "reprisal",
            "more_time",
            "add_document",
            "answer",
            "draft",
            "mediator",
            "complaint",
            "receipt",
            "withdraw",
            "mediation",
        )
    ]
    addresses += [reverse("notifications:inbox"), reverse("portal:home"), "/api/v1/cases/"]
    for address in addresses:
        text = client.get(address, follow=True).text.casefold()
        assert not [name for name in names if f"{CANARY}{name}".casefold() in text], address
    for reader in ("auditor", "decision_maker", "officer"):
        html = (
            signed_in(factories.person(reader))
            .get(reverse("desk:case", args=[scene.case.pk]))
            .text.casefold()
        )
        for name in ("Name", "Rep", "Principal", "mail@", "new@", "street", "safe", "reprisal"):
            assert f"{CANARY}{name}".casefold() not in html, (reader, name)


def test_the_register_takes_no_withheld_name(db):
    data = factories.withheld(factories.represented())
    scene = factories.case_in("final_statement", data=data)
    statement = writing.begin(scene.case, kind="final", language="en", by=scene.officer)
    published(scene, statement)
    assert not found_in_database("Серікқызы", "Айгүл", "aigul@example.org")
