"""A case goes to another NCP and comes from one: what goes, what is refused, nothing half made."""

import hashlib
import io
import json
import zipfile
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.urls import reverse

from cases import packages
from cases.errors import Incomplete
from cases.events import verify
from cases.models import Case, Incoming, Message, TakenIn, Transfer
from cases.packages import BadPackage, Package
from cases.services import (
    coordination,
    correspondence,
    deadlines,
    destruction,
    members,
    package_keys,
    passing,
    passing_consents,
    relations,
    taking_in,
)
from desk.forms.coordination import ConsentForm
from documents.models import Document
from notifications.models import OutboxMessage
from sealing import signing
from tests import factories
from tests.coordination.conftest import WITHHELD_EMAIL, WITHHELD_NAME, canary_submission
from tests.desk.conftest import act, browser, page

pytestmark = pytest.mark.django_db

CANARIES = (WITHHELD_NAME, "Canaryeva", "Kanarienvogel", WITHHELD_EMAIL, "77015550199", "Canary")


def transfer(case, officer, **changes):
    values = {"country": "DE", "why": "The buyer sits there.", "told": "It goes to Germany.",
              "ends_case": False} | changes  # fmt: skip
    return passing.transfer(case, by=officer, **values)


def bytes_of(item, officer):
    with passing.open_package(item, by=officer) as reader:
        return b"".join(reader.chunks())


def everything_in(data):
    """Return every name and every word of a package."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        texts = [archive.read(name).decode("utf-8", "replace") for name in archive.namelist()]
        return "\n".join([*archive.namelist(), *texts])


def with_private_letter(canary):
    return correspondence.add_document(
        canary.case,
        factories.document(
            canary.case, name=f"{WITHHELD_NAME}.txt", content=f"I, {WITHHELD_NAME}".encode()
        ),
        title=f"Letter of {WITHHELD_NAME}",
        side="complainant",
        by=canary.complainant,
    )


def test_withheld_name_is_nowhere_in_a_package_without_consent(canary, officer):
    with_private_letter(canary)
    correspondence.report_reprisal(canary.case, text="Canary pressure", by=canary.complainant)
    correspondence.send_message(
        canary.case, side="complainant", text="Canary letter", by=canary.complainant
    )
    correspondence.respond(canary.case, text="Canaryeva lies.", by=canary.enterprise)
    found = everything_in(bytes_of(transfer(canary.case, officer), officer))
    assert "Open Village Council" in found
    assert "open@example.org" not in found, "how to reach somebody needs their consent too"
    assert "lies" in found, "both sides read the answer"
    for secret in CANARIES:
        assert secret.casefold() not in found.casefold(), secret


def test_representative_whose_mandate_has_a_last_day_goes_with_consent(canary, officer):
    """Where a mandate had a last day, still ahead, nobody could record that its representative
    agreed, and the package said that nobody acted for the complainants."""
    until = deadlines.today() + timedelta(days=20)
    members.add(
        canary.case, name="Jane Doe", by=canary.complainant, is_representative=True,
        mandate="Power of attorney 5", until=until,
    )  # fmt: skip
    form = ConsentForm(case=canary.reload())
    acting = canary.case.representations.get()
    assert f"acting-{acting.pk}" in form.subjects
    passing_consents.record_consent(
        canary.case, country="DE", scope="identity", representation=acting,
        given_on=deadlines.today(), how="By letter", by=officer,
    )  # fmt: skip
    assert "Jane Doe" in everything_in(bytes_of(transfer(canary.reload(), officer), officer))


def test_name_and_material_go_with_consent_to_that_ncp_alone(canary, officer):
    with_private_letter(canary)
    party = canary.case.parties.get(position=1, side="complainant")
    consent = {"given_on": deadlines.today(), "how": "By letter", "by": officer}
    given = passing_consents.record_consent(
        canary.case, country="DE", scope="identity", party=party, **consent
    )
    passing_consents.record_consent(
        canary.case, country="DE", scope="material", side="complainant", **consent
    )
    found = everything_in(bytes_of(transfer(canary.case, officer), officer))
    assert WITHHELD_NAME in found
    assert WITHHELD_EMAIL in found
    assert "documents/001.txt" in found
    assert "Canaryeva" not in everything_in(
        bytes_of(transfer(canary.case, officer, country="FR"), officer)
    )
    passing_consents.withdraw_consent(given, by=officer)
    assert "Canary street" not in everything_in(bytes_of(transfer(canary.case, officer), officer))


def test_package_is_signed_and_every_file_stated(canary, officer):
    item = transfer(canary.case, officer)
    data = bytes_of(item, officer)
    package = Package(io.BytesIO(data))
    assert package.manifest.id == item.pk
    assert (package.manifest.sender, package.manifest.recipient) == ("KZ", "DE")
    assert package.manifest.digest == item.manifest_digest
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        raw = archive.read("manifest.json")
    assert signing.is_genuine(packages.CONTEXT + raw, item.signature, signing.public_key())


def test_parties_are_told_and_it_stands_in_the_ledger_of_the_history(canary, officer):
    transfer(canary.case, officer)
    told = Message.objects.filter(case=canary.case)
    assert {(row.side, row.text) for row in told} == {
        (side, "It goes to Germany.") for side in ("complainant", "respondent")
    }
    assert OutboxMessage.objects.filter(event__kind="package.made").exists()
    assert list(verify(canary.reload())) == []
    assert canary.case.state == "initial_assessment", "a copy ends nothing"


def test_case_that_goes_over_ends_as_transferred(canary, officer):
    transfer(canary.case, officer, ends_case=True)
    assert (canary.reload().state, canary.case.outcome) == ("final_statement", "transferred")


def test_case_that_was_not_registered_is_answered(received, officer):
    received.officer = officer
    received.save(update_fields=["officer"])
    transfer(received, officer, ends_case=True)
    received = Case.objects.get(pk=received.pk)
    assert (received.state, received.not_registered_reason) == ("not_registered", "wrong_address")


def test_case_ends_only_where_it_can(officer):
    scene = factories.case_in("initial_assessment", officer=officer, served=False)
    with pytest.raises(Incomplete, match="Tell the enterprise"):
        transfer(scene.case, officer, ends_case=True)
    assert not Transfer.objects.exists()


def test_only_an_officer_named_on_the_case_passes_it_on(canary, other_officer, member, officer):
    for person in (other_officer, member):
        with pytest.raises(PermissionDenied):
            transfer(canary.case, person)
        assert browser(person).get(page("transfer", canary.case)).status_code == 403
    item = transfer(canary.case, officer)
    with pytest.raises(PermissionDenied):
        bytes_of(item, other_officer)
    assert browser(other_officer).post(page("package", canary.case, item.pk)).status_code == 403


def test_officer_looks_at_what_goes_then_makes_and_downloads_it(canary, officer):
    desk = browser(officer)
    url = page("transfer", canary.case)
    assert "Show what would go" in desk.get(url).text
    preview = desk.get(url, {"country": "DE"}).text
    assert "What stays here" in preview
    assert "Complainant 1" in preview
    words = {
        f"{side}_{part}": "We gave a copy."
        for side in ("complainant", "respondent")
        for part in ("subject", "text")
    }
    refused = act(desk, canary.case, "transfer", country="DE", why="W", way="stays", **words)
    assert "Look at it first." in refused.text
    done = act(
        desk, canary.case, "transfer", country="DE", why="W", way="stays", looked="on", **words
    )
    assert done.status_code == 302
    item = Transfer.objects.get()
    response = desk.post(page("package", canary.case, item.pk))
    assert (
        response["Content-Disposition"] == f'attachment; filename="package-{item.pk.hex[:8]}.zip"'
    )
    Package(io.BytesIO(b"".join(response.streaming_content)))


# Taking in: the package that another NCP made for this one.


@pytest.fixture
def incoming_package(settings, officer):
    """A package of the German NCP for this one."""
    scene = factories.case_in("initial_assessment", officer=officer, data=canary_submission())
    relations.add_foreign_case(
        scene.case, country="FR", title="Same buyer", url="https://pcn.example/1", by=officer
    )
    own = correspondence.add_document(
        scene.case, factories.document(scene.case), title="Our note", side="", by=officer
    )
    assert own.document.is_clean
    settings.NCP_COUNTRY = "DE"
    item = transfer(scene.case, officer, country="KZ")
    data = bytes_of(item, officer)
    settings.NCP_COUNTRY = "KZ"
    return data


def take(data, officer, **arguments):
    return taking_in.take_in(taking_in.look(Package(io.BytesIO(data))), by=officer, **arguments)


def test_package_becomes_a_received_case_with_its_origin(incoming_package, officer):
    before = Case.objects.count()
    case, is_new = take(incoming_package, officer, trust_key=True)
    assert is_new
    assert (case.state, case.channel, case.reference) == ("received", "imported", None)
    assert Case.objects.count() == before + 1
    assert case.title == "AltynTau Holding; Buyer GmbH"
    hidden = case.parties.get(side="complainant", position=1)
    assert hidden.name == "Complainant 1"
    assert not hidden.shown_to_respondent
    assert case.documents.count() == 1
    assert case.foreign_cases.get().url == "https://pcn.example/1"
    row, origin = taking_in.origin_of(case)
    assert row.country == "DE"
    assert origin["origin"]["state"] == "initial_assessment"
    assert origin["history"]
    assert list(verify(case)) == []
    text = browser(officer).get(page("coordination", case)).text
    assert "NCP (Germany)" in text


def test_what_came_along_is_read_in_the_reader_s_language(incoming_package, officer):
    """A Russian page of a case that was taken over said “initial_assessment”, gave days as
    2026-09-22 and the whole history there in English."""
    case, _new = take(incoming_package, officer, trust_key=True)
    client = browser(officer)
    client.cookies["django_language"] = "ru"
    text = client.get(page("coordination", case), headers={"Accept-Language": "ru"}).text
    assert "Первоначальная оценка" in text
    assert "Предприятию сообщено" in text
    assert "initial_assessment" not in text
    assert "The enterprise was told" not in text


def test_sender_reads_the_fingerprint_that_the_other_ncp_compares(
    canary, officer, incoming_package
):
    """The NCP that takes a package in is asked to compare the key's fingerprint, and no page told
    the sender what it is."""
    transfer(canary.case, officer)
    own = packages.fingerprint(signing.public_key())
    assert own == Package(io.BytesIO(incoming_package)).manifest.fingerprint
    for address in (page("coordination", canary.case), reverse("desk:ncps")):
        assert own in browser(officer).get(address).text


def test_package_that_was_taken_in_leads_to_its_case(incoming_package, officer):
    case, _new = take(incoming_package, officer, trust_key=True)
    upload = SimpleUploadedFile("package.zip", incoming_package)
    text = browser(officer).post(reverse("desk:packages"), {"file": upload}, follow=True).text
    assert reverse("desk:case", args=[case.pk]) in text
    assert "Take the case over" not in text


def test_second_import_makes_nothing(incoming_package, officer):
    case, _new = take(incoming_package, officer, trust_key=True)
    counts = (Case.objects.count(), Document.objects.count())
    again, is_new = take(incoming_package, officer, trust_key=True)
    assert (again.pk, is_new) == (case.pk, False)
    assert (Case.objects.count(), Document.objects.count()) == counts


def test_unknown_key_needs_somebody_who_compared_it(incoming_package, officer):
    with pytest.raises(package_keys.UnknownKey):
        take(incoming_package, officer)
    assert not TakenIn.objects.exists()
    coordination.save_contact("DE", by=officer, public_key=signing.public_key())
    assert take(incoming_package, officer)[1]


def test_package_for_another_ncp_is_refused(canary, officer):
    data = bytes_of(transfer(canary.case, officer), officer)
    with pytest.raises(BadPackage, match="another NCP"):
        take(data, officer, trust_key=True)


def rebuilt(data, *, change=None, add=None, drop=None, sign=True):
    """Return a package with something changed; signed anew by somebody else unless told not."""
    source = zipfile.ZipFile(io.BytesIO(data))
    parts = {name: source.read(name) for name in source.namelist()}
    if change:
        change(parts)
    for name in drop or ():
        del parts[name]
    parts |= add or {}
    if sign:
        manifest = json.loads(parts["manifest.json"])
        for row in manifest["files"]:
            if row["path"] in parts:
                row["size"] = len(parts[row["path"]])
                row["sha256"] = hashlib.sha256(parts[row["path"]]).hexdigest()
        parts["manifest.json"] = json.dumps(manifest).encode()
        parts["signature.json"] = json.dumps(
            {
                "algorithm": "Ed25519",
                "public_key": signing.public_key(),
                "signature": signing.sign(packages.CONTEXT + parts["manifest.json"]),
            }
        ).encode()
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()


def changed(**values):
    def change(parts):
        case = json.loads(parts["case.json"])
        case["submission"] |= values
        parts["case.json"] = json.dumps(case).encode()

    return change


def _bomb(parts):
    parts["documents/001.txt"] = b"0" * 50_000_000


def _long_name(parts):
    changed(complainants=[{"name": "x" * 400}])(parts)


HOSTILE = {
    "no zip": lambda data: b"PK not really",
    "empty": lambda data: b"",
    "cut": lambda data: data[: len(data) // 2],
    "text changed": lambda data: rebuilt(data, change=changed(wanted="Other"), sign=False),
    "file added": lambda data: rebuilt(data, add={"documents/999.txt": b"x"}),
    "file missing": lambda data: rebuilt(data, drop=["index.html"]),
    "path outside": lambda data: rebuilt(data, add={"../../etc/passwd": b"x"}),
    "absolute path": lambda data: rebuilt(data, add={"/tmp/x.txt": b"x"}),  # noqa: S108
    "bomb": lambda data: rebuilt(data, change=_bomb),
    "unknown field": lambda data: rebuilt(data, change=changed(admin=True)),
    "wrong type": lambda data: rebuilt(data, change=changed(issues="none")),
    "nested list": lambda data: rebuilt(data, change=changed(tried_before=["a"])),
    "number for name": lambda data: rebuilt(data, change=changed(complainants=[{"name": 7}])),
    "long name": lambda data: rebuilt(data, change=_long_name),
    "nobody": lambda data: rebuilt(data, change=changed(complainants=[])),
    "unknown kind": lambda data: rebuilt(
        data, change=changed(complainants=[{"name": "A", "kind": "king"}])
    ),
    "null byte": lambda data: rebuilt(data, change=changed(wanted="a\x00b")),
    "deep json": lambda data: rebuilt(data, add={"case.json": b"[" * 100_000}),
    "harmful document": lambda data: rebuilt(
        data, add={"documents/001.txt": b"<html><script>alert(1)</script></html>"}
    ),
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_hostile_package_is_refused_and_leaves_nothing(kind, incoming_package, officer, settings):
    counts = [model.objects.count() for model in (Case, Document, TakenIn, OutboxMessage)]
    with pytest.raises(BadPackage) as refusal:
        take(HOSTILE[kind](incoming_package), officer, trust_key=True)
    assert str(refusal.value), "a plain reason"
    assert counts == [model.objects.count() for model in (Case, Document, TakenIn, OutboxMessage)]


def test_too_large_a_package_is_refused(incoming_package, settings):
    settings.MAX_PACKAGE_BYTES = 500
    with pytest.raises(BadPackage, match="too large"):
        Package(io.BytesIO(incoming_package))


def test_officer_uploads_looks_and_takes_over(incoming_package, officer):
    desk = browser(officer)
    upload = SimpleUploadedFile("case.zip", incoming_package)
    looked = desk.post(reverse("desk:packages"), {"file": upload}, follow=True)
    assert "the key is not known here" in looked.text
    assert "<dd>Initial assessment</dd>" in looked.text, "a code such as initial_assessment"
    row = Incoming.objects.get()
    url = reverse("desk:package_in", args=[row.pk])
    assert "Compare its fingerprint" in desk.post(url).text
    assert desk.post(url, {"trust_key": "on"}).status_code == 302
    assert TakenIn.objects.count() == 1
    row.refresh_from_db()
    assert row.settled_at
    assert row.data_key.wrapped is None, "the file cannot be read again"
    broken = SimpleUploadedFile("case.zip", incoming_package[:200])
    refused = desk.post(reverse("desk:packages"), {"file": broken})
    assert refused.status_code == 200
    assert "damaged" in refused.text
    assert not Incoming.objects.filter(settled_at=None).exists()


@pytest.mark.parametrize("role", ["decision_maker", "administrator", "auditor", "partner_ncp"])
def test_packages_are_for_officers(role, client):
    for name in ("packages", "import", "mails"):
        url = reverse(f"desk:{name}")
        assert browser(factories.person(role)).get(url).status_code == 404
        assert client.get(url).status_code == 302


def test_command_takes_in_once(incoming_package, tmp_path, capsys):
    file = tmp_path / "case.zip"
    file.write_bytes(incoming_package)
    with pytest.raises(CommandError, match="--trust-key"):
        call_command("import_package", file)
    call_command("import_package", file, "--look", "--trust-key")
    assert not TakenIn.objects.exists()
    call_command("import_package", file, "--trust-key")
    call_command("import_package", file, "--trust-key")
    out = capsys.readouterr().out
    assert "1 related case at other NCPs" in out
    assert "The case was received." in out
    assert "is here already" in out
    assert "Canary" not in out
    assert TakenIn.objects.count() == 1
    file.write_bytes(b"nonsense")
    with pytest.raises(CommandError, match="no package"):
        call_command("import_package", file)


def test_command_keeps_the_related_cases_of_the_package(incoming_package, officer, tmp_path):
    """The page kept the related cases at other NCPs that a package names; the command dropped
    them, because no officer stood behind it who could have added them."""
    file = tmp_path / "case.zip"
    file.write_bytes(incoming_package)
    call_command("import_package", file, "--trust-key")
    case = TakenIn.objects.get().case
    kept = case.foreign_cases.get()
    assert (kept.country, kept.url, kept.added_by) == ("FR", "https://pcn.example/1", None)
    assert "https://pcn.example/1" in browser(officer).get(page("coordination", case)).text
    relations.remove_foreign_case(kept, by=officer)


def test_every_related_case_of_a_package_is_kept_and_no_address_that_is_none(
    incoming_package, officer
):
    """A related case at an NCP that this office does not list yet was dropped without a word, and
    a long address was cut off in the middle, so that it led nowhere."""

    def change(parts):
        case = json.loads(parts["case.json"])
        case["links"] += [
            {"country": "XX", "title": "New adherent", "url": "https://ncp.example/2"},
            {"country": "FR", "title": "Long", "url": "https://ncp.example/" + "a" * 600},
            {"country": "FR", "title": "Script", "url": "javascript:alert(1)"},
            {"country": "FR", "title": "", "url": ""},
        ]
        parts["case.json"] = json.dumps(case).encode()

    data = rebuilt(incoming_package, change=change)
    upload = SimpleUploadedFile("package.zip", data)
    looked = browser(officer).post(reverse("desk:packages"), {"file": upload}, follow=True).text
    assert "New adherent" in looked
    assert "https://pcn.example/1" in looked, "it is shown before anything is taken in"
    assert "javascript:" not in looked
    case, _new = take(data, officer, trust_key=True)
    assert {(row.country, row.title): row.url for row in case.foreign_cases.all()} == {
        ("FR", "Same buyer"): "https://pcn.example/1",
        ("XX", "New adherent"): "https://ncp.example/2",
        ("FR", "Long"): "",
        ("FR", "Script"): "",
    }, "a row that says nothing is no related case"


def test_waiting_files_are_forgotten_after_a_month(officer):
    from cases.services import incoming

    row = incoming.keep(iter([b"x"]), kind="mail", name="a.eml", by=officer, limit=100)
    assert incoming.forget_old() == 0
    Incoming.objects.update(brought_at=row.brought_at - timedelta(days=31))
    assert incoming.forget_old() == 1


def test_packages_go_with_the_erased_case(canary, officer):
    item = transfer(canary.case, officer)
    name = passing.path_of(item)
    assert default_storage.exists(name)
    destruction._erase_files(canary.case)
    assert not default_storage.exists(name)
