"""Withheld names by other doors: file names, notes of corrections, codes, sessions, votes."""

import re

import pytest
from django.contrib.sessions.models import Session
from django.core import mail
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from accounts.models import LinkKind
from cases import permissions
from cases.models import Participation
from cases.services import conflicts, correspondence, registration
from documents import sandbox
from statements.services import publishing, writing
from tests import factories
from tests.mediation.conftest import room_in
from tests.portal.conftest import page, signed_in
from tests.portal.test_actions import fill
from tests.portal.test_sign_in import ask_link
from tests.statements.conftest import published


def test_a_file_name_in_the_room_is_read_by_its_own_side_alone(db):
    active = room_in("active")
    file = SimpleUploadedFile("CANARY Serikkyzy.txt", b"our limit")
    own, other = signed_in(active.scene.complainant), signed_in(active.scene.enterprise)
    fill(own, "mediation", active.case, audience="joint", file=file)
    address = page("mediation", active.case)
    assert "CANARY" in own.get(address).text
    assert "CANARY" not in other.get(address).text
    mediators = signed_in(active.mediator)
    assert "CANARY" not in mediators.get(reverse("mediation:case", args=[active.case.pk])).text


def test_a_mediator_reads_no_file_name_of_a_party(db):
    active = room_in("active")
    item = correspondence.add_document(
        active.case,
        factories.document(active.case),
        title="CANARY Serikkyzy passport",
        side="complainant",
        by=active.scene.complainant,
    )
    factories.share(item, audience="parties", by=active.scene.officer)
    html = signed_in(active.mediator).get(reverse("mediation:case", args=[active.case.pk])).text
    assert str(item.pk) in html
    assert "CANARY" not in html


def test_the_note_of_a_correction_names_nobody(db):
    scene = factories.case_in("final_statement", data=factories.withheld())
    statement = writing.begin(scene.case, kind="final", language="en", by=scene.officer)
    published(scene, statement)
    with pytest.raises(ValidationError, match="Serikkyzy"):
        publishing.begin_correction(
            statement, notes={"en": "Aigul Serikkyzy asked for another word."}, by=scene.officer
        )
    publishing.begin_correction(statement, notes={"en": "The year was wrong."}, by=scene.officer)


def test_a_new_code_comes_from_an_officer_named_on_the_case_alone(db, other_officer):
    scene = factories.case_in("initial_assessment", data=factories.withheld())
    party = scene.case.parties.get(side="complainant")
    with pytest.raises(PermissionDenied):
        registration.renew_access(scene.case, party, by=other_officer, check="I say so")
    assert registration.renew_access(scene.case, party, by=scene.officer, check="Passport")


def test_who_stands_on_a_side_neither_votes_nor_is_named(db, member, other_officer):
    scene = factories.case_in("initial_assessment")
    for person in (member, other_officer):
        Participation.objects.create(
            case=scene.case, user=person, role="party_member", side="respondent"
        )
    conflicts.declare(scene.case, by=member, has_conflict=False)
    assert not permissions.may_decide(scene.reload(), member)
    with pytest.raises(PermissionDenied):
        registration.assign_officer(scene.case, officer=other_officer, by=scene.officer)


def test_a_session_holds_no_link_that_a_copy_of_the_database_could_use(db, officer):
    factories.case_in("initial_assessment")
    ask_link("aigul@example.org")
    path = re.search(r"/portal/link/open/(\S+)/", mail.outbox[0].body)
    Client().get(path.group())
    secret = path.group(1)
    stored = [str(row.get_decoded()) for row in Session.objects.all()]
    assert len(stored) == 1
    assert secret not in stored[0]

    from accounts import links

    secret = links.issue(officer, LinkKind.PASSWORD_RESET)
    client = Client()
    client.get(reverse("accounts:open_link", args=[LinkKind.PASSWORD_RESET, secret]))
    assert (
        client.get(reverse("accounts:use_link", args=[LinkKind.PASSWORD_RESET])).status_code == 200
    )
    assert secret not in "".join(str(row.get_decoded()) for row in Session.objects.all())


@pytest.mark.parametrize("kind", ["pdf", "json"])
def test_an_extract_calls_documents_of_the_other_side_by_a_number(db, kind):
    """The extract of the enterprise listed a document by the title that the complainant had given
    it, with her name in it; the ledger beside it said "Document 1 from the other side"."""
    scene = factories.case_in("initial_assessment", data=factories.withheld())
    item = correspondence.add_document(
        scene.case,
        factories.document(scene.case),
        title="CANARY Serikkyzy passport",
        side="complainant",
        by=scene.complainant,
    )
    factories.share(item, audience="parties", by=scene.officer)
    own, other = signed_in(scene.complainant), signed_in(scene.enterprise)
    read = {}
    for name, client in (("own", own), ("other", other)):
        answer = client.post(page("extract", scene.case), {"kind": kind})
        body = answer.content
        read[name] = sandbox.text_of(body, mime="application/pdf") if kind == "pdf" else answer.text
    assert "CANARY" in read["own"]
    assert "CANARY" not in read["other"]
    assert "Document 1 from the other side" in " ".join(read["other"].split())
