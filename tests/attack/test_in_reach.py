"""Everything that a hostile party reaches: it follows every link, sends every form, looks into
every file and every header, and tries every id that exists. Nothing of it is listed by hand: a
page that is added is looked at without being named here."""

import io
import re
import uuid
import zipfile
from dataclasses import replace
from datetime import timedelta

import pikepdf
import pytest
from django.db import transaction
from django.test import Client
from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from accounts import services as people
from cases.models import (
    CaseDocument,
    Dossier,
    Participation,
    Redaction,
    Request,
    Serving,
)
from cases.payload import ComplainantData, IssueData, ProceedingData
from cases.services import correspondence, deadlines, dossiers, members, requests
from desk import dossiers as made
from documents import sandbox
from documents.models import Document
from mediation.models import Referral, RoomNote
from notifications.models import Delivery
from portal.services import Contact, change_contact
from statements.models import Statement
from statements.services import writing
from tests import factories
from tests.access.routes import all_routes
from tests.mediation.conftest import ORDER, Room, _drive, make_body, refer
from tests.portal.conftest import page, signed_in
from tests.portal.test_actions import fill
from tests.portal.test_document_canaries import rounds
from tests.statements.conftest import published

HERS, THEIRS = "KanarA", "KanarB"
STARTS = ("/portal/", "/notices/", "/account/", "/register/", "/", "/verify/keys/", "/submit/")
HREF = re.compile(r'(?:href|action|src)="(/[^"#]*)')
ENDS = re.compile(r"/(sign-out|logout|leave|language)/|/static/|/language/")
VARIES = r"[0-9a-f]{8}-[0-9a-f-]{27}|csrfmiddlewaretoken. value=.\w+"
OWN_SPACES = ("portal:", "notifications:", "intake:", "accounts:", "api", "register:")
NAMES_OF_IDS = {"pk", "item", "record", "document", "statement"}
RUBBISH = {"text": "x", "reason": "x", "sure": "on", "kind": "json", "until": "yesterday"}


def submission():
    data = factories.represented(factories.withheld())
    return replace(
        data,
        complainants=(
            ComplainantData(
                f"{HERS}name", "individual", "KZ", f"{HERS}@example.org", f"+7701{HERS}",
                address=f"{HERS}street", shown=replace(factories.WITHHELD, reason=f"{HERS}why"),
            ),
        ),
        representative=replace(
            data.representative, name=f"{HERS}rep", email=f"{HERS}rep@example.org",
            mandate=f"{HERS}mandate", principals=(f"{HERS}principal",),
            shown=replace(factories.WITHHELD, reason=f"{HERS}why"),
        ),
        issues=(IssueData("Dust", "Dust lies on the tables.", place="Ulytau"),),
        proceedings=(ProceedingData(f"{HERS}court", f"{HERS}number", f"{HERS}status"),),
        tried_before=f"{HERS}tried",
        wanted=f"{HERS}wanted",
        safe_contact=f"{HERS}safe",
        reprisal_risk=True,
        reprisal_details=f"{HERS}fear",
        interpreter=f"{HERS}interpreter",
    )  # fmt: skip


@pytest.fixture
def scene(db):
    """A case into which both sides wrote canaries wherever the other side may not read."""
    scene = factories.case_in("initial_assessment", data=submission())
    sides = (("complainant", HERS), ("respondent", THEIRS))
    clients = {
        "complainant": signed_in(scene.complainant), "respondent": signed_in(scene.enterprise)
    }  # fmt: skip
    day = deadlines.calendar().working_day_from(deadlines.today() + timedelta(days=20))
    asked = {
        row.side: row
        for row in requests.ask(
            scene.case, sides=["complainant", "respondent"], text="Tell us.", due_on=day,
            by=scene.officer,
        )
    }  # fmt: skip
    for side, _canary in sides:
        Participation.objects.create(
            case=scene.case, user=people.party_user(), role="representative", side=side,
            is_counsel=True, counsel_confirmed_at=timezone.now(),
        )  # fmt: skip
    for side, canary in sides:
        client = clients[side]
        fill(client, "more_time", scene.case, deadline=asked[side].deadline_id,
             until=day + timedelta(days=9), text=f"{canary}time")  # fmt: skip
        requests.answer(
            asked[side], text=f"{canary}answer", by=_person(scene, side),
            documents=[_file(scene, side, canary)],
        )  # fmt: skip
        fill(client, "message", scene.case, text=f"{canary}message")
        fill(client, "reprisal", scene.case, text=f"{canary}pressure")
        change_contact(
            scene.case, Contact(f"{canary}new@example.org", f"{canary}9"), by=_person(scene, side)
        )
        members.add(
            scene.case, name=f"{canary}helper", is_representative=True,
            mandate=f"{canary}paper", name_is_shown=False, by=_person(scene, side),
        )  # fmt: skip
        correspondence.send_message(scene.case, side=side, text=f"{canary}ncp", by=scene.officer)
        rounds(scene, side, canary)
    fill(clients["respondent"], "answer", scene.case, text="We measured it.")
    scene.members = [factories.person("decision_maker") for _ in range(2)]
    factories.decide(scene)
    for side, canary in sides:
        fill(clients[side], "good_offices", scene.case, accepts="yes", note=f"{canary}note")
    scene.reload()
    body, coordinator, (mediator,) = make_body()
    room = Room(scene, body, coordinator, mediator, refer(scene, body))
    _drive(room, ORDER.index("active"), declared=True)
    for side, canary in sides:
        fill(clients[side], "mediation", scene.case, audience="caucus", text=f"{canary}limit")
        dossier = dossiers.ask(scene.reload(), audience=side, language="en", by=scene.officer)
        dossiers.serve(made.make(dossier), by=scene.officer)
    statement = writing.begin(
        scene.case, kind="initial_assessment", language="en", by=scene.officer
    )
    published(scene, statement)
    scene.reload()
    return scene


def _person(scene, side):
    return scene.complainant if side == "complainant" else scene.enterprise


def _file(scene, side, canary):
    return correspondence.add_document(
        scene.case,
        factories.document(scene.case, name=f"{canary}file.txt", content=f"{canary}body".encode()),
        title=f"{canary}title",
        side=side,
        by=_person(scene, side),
    )


def inside(answer):
    """Return all that an answer says: headers, page, the words and metadata of files."""
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    said = str(answer.headers) + body.decode("utf-8", "replace")
    if answer.status_code != 200:  # a part of a file says what its bytes say
        return said
    if body.startswith(b"%PDF"):
        said += sandbox.text_of(body, mime="application/pdf")
        with pikepdf.open(io.BytesIO(body)) as pdf:
            said += str(dict(pdf.docinfo)) + str(pdf.open_metadata())
    if body.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            said += archive.comment.decode() + str(archive.infolist())
            for item in archive.infolist():
                said += archive.read(item).decode("utf-8", "replace")
    return said


class Reader:
    """A party that wants to know; what its requests change is undone."""

    def __init__(self, user, canary):
        self.client = Client(raise_request_exception=False)
        self.client.force_login(user, backend="accounts.backends.AccessCodeBackend")
        self.canary, self.found, self.seen = canary, [], {}

    def ask(self, method, address, **options):
        with transaction.atomic():
            answer = getattr(self.client, method)(address, **options)
            said = inside(answer)
            transaction.set_rollback(True)
        self.seen[method, address] = answer.status_code
        if self.canary.casefold() in said.casefold():
            around = said.casefold().index(self.canary.casefold())
            self.found.append(
                (method, address, answer.status_code, said[around - 60 : around + 40])
            )
        return answer, said

    def crawl(self):
        waiting = list(STARTS)
        while waiting:
            address = waiting.pop()
            if ("get", address) in self.seen or ENDS.search(address):
                continue
            answer, said = self.ask("get", address)
            if answer.status_code in (301, 302):
                waiting.append(answer["Location"])
            if not answer.headers["Content-Type"].startswith("text/html"):
                self.ask("get", address, headers={"range": "bytes=0-50", "if-none-match": '"x"'})
                self.ask("head", address)
                continue
            # Searches of the register go on without end; they read its tables alone.
            waiting += [link for link in HREF.findall(said) if "/register/?" not in link]
            if 'method="post"' in said:
                for data in ({}, RUBBISH):
                    self.ask("post", address, data=data)

    def guess(self, ids):
        """Try every id that exists, on every address that takes one."""
        for route in all_routes():
            if not route.name.startswith(OWN_SPACES):  # others answer as the table of access says
                continue
            if not route.parameters or not set(route.parameters) <= NAMES_OF_IDS:
                continue
            for one in ids:
                values = dict.fromkeys(route.parameters, one)
                if len(values) > 1 and "pk" in values:
                    values["pk"] = ids[0]
                try:
                    self.ask("get", reverse(route.name, kwargs=values))
                except NoReverseMatch:
                    break


def ids_of(case):
    """Return the case and one id of everything of hers that has one."""
    hers = {"case": case, "side": "complainant"}
    return [
        case.pk,
        *(
            rows.values_list("pk", flat=True).first()
            for rows in (
                CaseDocument.objects.filter(**hers, served_at=None),
                Document.objects.filter(uploaded_by__participations__side="complainant"),
                Serving.objects.filter(case_document__case=case),
                Redaction.objects.filter(case_document__case=case),
                Request.objects.filter(**hers),
                Dossier.objects.filter(case=case),
                RoomNote.objects.all(),
                Referral.objects.all(),
                Statement.objects.all(),
                Delivery.objects.exclude(user__participations__side="respondent"),
            )
        ),
    ]


@pytest.mark.parametrize(
    ("role", "others", "own"), [("enterprise", HERS, THEIRS), ("complainant", THEIRS, HERS)]
)
def test_a_party_reaches_nothing_of_the_other_side(scene, role, others, own):
    reader = Reader(getattr(scene, role), others)
    reader.crawl()
    assert reader.found == []
    portal = [address for method, address in reader.seen if address.startswith("/portal/case/")]
    assert len(set(portal)) > 25, sorted(set(portal))
    mirror = Reader(getattr(scene, role), own)
    mirror.crawl()
    assert len(mirror.found) > 10, "the crawl reads pages and files at all"


def test_an_id_of_the_other_side_answers_as_one_that_does_not_exist(scene):
    """Documents, servings, messages, rooms: whatever id the enterprise learns, it opens nothing."""
    reader = Reader(scene.enterprise, HERS)
    hers = CaseDocument.objects.filter(case=scene.case, side="complainant", served_at=None)
    assert hers
    for name in ("document", "check_copy", "copy_file", "withhold", "pull", "add_redacted"):
        said = {}
        for pk in (uuid.uuid4(), *(row.pk for row in hers)):
            answer, text = reader.ask("get", page(name, scene.case, pk))
            said[answer.status_code, re.sub(VARIES, "", text)] = pk
        assert [status for status, _text in said] == [404], name
    reader.guess(ids_of(scene.case))
    assert reader.found == []
    assert len(reader.seen) > 200
