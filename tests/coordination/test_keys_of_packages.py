"""Keys of other NCPs: trusted once, remembered, shown, taken back; another key is a warning."""

import base64
import io
import json
import zipfile

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.urls import reverse

from cases import ncps, packages
from cases.models import Incoming, NcpContact, TakenIn
from cases.packages import Package
from cases.services import coordination, package_keys, taking_in
from cases.services.package_keys import Known
from tests import factories
from tests.coordination.test_packages import bytes_of, transfer
from tests.desk.conftest import browser

pytestmark = pytest.mark.django_db


class Other:
    """The German NCP with a key of its own."""

    def __init__(self):
        self.renew()

    def renew(self):
        self._key = Ed25519PrivateKey.generate()
        raw = self._key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        self.public_key = base64.b64encode(raw).decode()
        self.fingerprint = packages.fingerprint(self.public_key)

    def signed(self, data, number):
        """Return a package as this NCP signs it, under a number of its own."""
        source = zipfile.ZipFile(io.BytesIO(data))
        parts = {name: source.read(name) for name in source.namelist()}
        manifest = json.loads(parts["manifest.json"])
        manifest["id"] = f"00000000-0000-4000-8000-{number:012}"
        raw = parts["manifest.json"] = json.dumps(manifest).encode()
        signature = self._key.sign(packages.CONTEXT + raw)
        parts["signature.json"] = json.dumps(
            {
                "algorithm": "Ed25519",
                "public_key": self.public_key,
                "signature": base64.b64encode(signature).decode(),
            }
        ).encode()
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, content in parts.items():
                archive.writestr(name, content)
        return out.getvalue()


@pytest.fixture
def germany():
    return Other()


@pytest.fixture
def plain(settings, officer):
    """A package of the German NCP for this one, before it is signed anew."""
    scene = factories.case_in("initial_assessment", officer=officer)
    settings.NCP_COUNTRY = "DE"
    data = bytes_of(transfer(scene.case, officer, country="KZ"), officer)
    settings.NCP_COUNTRY = "KZ"
    return data


def look(data):
    return taking_in.look(Package(io.BytesIO(data)))


def take(data, officer, **arguments):
    return taking_in.take_in(look(data), by=officer, **arguments)


def upload(desk, data):
    """Bring a package to the desk; return the page and its address."""
    file = SimpleUploadedFile("case.zip", data)
    text = desk.post(reverse("desk:packages"), {"file": file}, follow=True).text
    row = Incoming.objects.filter(settled_at=None).latest("brought_at")
    return text, reverse("desk:package_in", args=[row.pk])


def test_key_that_was_compared_once_is_known_the_next_time(plain, germany, officer):
    """An officer compared the fingerprint by telephone, and with the next package of the same NCP
    the page asked for the same call again: a question that is always asked is soon ticked
    unread."""
    assert look(germany.signed(plain, 1)).key.standing == Known.NEVER
    assert take(germany.signed(plain, 1), officer, trust_key=True)[1]
    assert ncps.of("DE").public_key == germany.public_key
    assert look(germany.signed(plain, 2)).key.standing == Known.TRUSTED
    assert take(germany.signed(plain, 2), officer)[1]
    first, second = TakenIn.objects.order_by("taken_at")
    assert (first.is_key_known, second.is_key_known) == (False, True)


def test_remembering_a_key_leaves_what_is_known_of_the_ncp(plain, germany, officer):
    website = ncps.of("DE").website
    take(germany.signed(plain, 1), officer, trust_key=True)
    assert ncps.of("DE").website == website, "the list that comes along is not blotted out"
    NcpContact.objects.all().delete()
    coordination.save_contact("DE", by=officer, phone="+49 1")
    take(germany.signed(plain, 2), officer, trust_key=True)
    known = ncps.of("DE")
    assert (known.phone, known.website) == ("+49 1", website)


def test_looking_remembers_nothing(plain, germany, officer, tmp_path):
    upload(browser(officer), germany.signed(plain, 1))
    file = tmp_path / "case.zip"
    file.write_bytes(germany.signed(plain, 1))
    call_command("import_package", file, "--look", "--trust-key")
    assert not NcpContact.objects.exists()


def test_package_under_another_key_is_a_warning_and_needs_a_word_of_its_own(
    plain, germany, officer
):
    """Whoever had once ticked the box for an NCP would have ticked it for a package that somebody
    else had made in its name: nothing on the page told one from the other."""
    take(germany.signed(plain, 1), officer, trust_key=True)
    before = germany.fingerprint
    germany.renew()
    data = germany.signed(plain, 2)
    desk = browser(officer)
    text, url = upload(desk, data)
    assert "is not the key that this NCP used before" in text
    assert before in text
    assert germany.fingerprint in text
    assert 'name="replace_key"' in text
    assert 'name="trust_key"' not in text
    refused = desk.post(url, {"trust_key": "on"})
    assert "somebody else may have made the package" in refused.text
    assert TakenIn.objects.count() == 1
    with pytest.raises(package_keys.ChangedKey):
        take(data, officer, trust_key=True)
    assert packages.fingerprint(ncps.of("DE").public_key) == before
    assert desk.post(url, {"replace_key": "on"}).status_code == 302
    assert ncps.of("DE").public_key == germany.public_key


def test_trust_is_shown_and_taken_back_by_officer_or_administrator(
    plain, germany, officer, administrator
):
    take(germany.signed(plain, 1), officer, trust_key=True)
    url = reverse("desk:ncp", args=["de"])
    for person in (officer, administrator):
        text = browser(person).get(url).text
        assert germany.fingerprint in text
        assert f"{officer.name} compared it" in text
        assert germany.fingerprint in browser(person).get(reverse("desk:ncps")).text
    stale = browser(officer).post(url, {"forget_key": "x" * 44}, follow=True)
    assert "changed meanwhile" in stale.text
    assert ncps.of("DE").public_key == germany.public_key
    done = browser(administrator).post(url, {"forget_key": germany.public_key}, follow=True)
    assert "not trusted any more" in done.text
    assert ncps.of("DE").public_key == ""
    data = germany.signed(plain, 2)
    assert look(data).key.standing == Known.SEEN
    with pytest.raises(package_keys.UnknownKey):
        take(data, officer)
    text, _url = upload(browser(officer), data)
    assert "is not trusted now" in text


def test_page_that_is_older_than_the_end_of_the_trust_brings_no_key_back(plain, germany, officer):
    """The page of an NCP holds its key in a field: somebody who had it open since before the trust
    was taken back would have trusted the key anew by saving a telephone number."""
    take(germany.signed(plain, 1), officer, trust_key=True)
    desk = browser(officer)
    url = reverse("desk:ncp", args=["de"])
    form = desk.get(url).context["form"]
    data = {name: form.get_initial_for_field(item, name) for name, item in form.fields.items()}
    data = {name: value for name, value in data.items() if value} | {"phone": "+49 1"}
    package_keys.forget("DE", germany.public_key, by=officer)
    refused = desk.post(url, data)
    assert "changed meanwhile" in refused.text
    assert "+49 1" in refused.text, "what was typed is still there"
    assert ncps.of("DE").public_key == ""
    assert desk.post(url, data | {"key_before": "", "public_key": ""}).status_code == 302
    assert ncps.of("DE").phone == "+49 1"


def test_another_key_is_a_warning_after_trust_was_taken_back_too(plain, germany, officer):
    """Packages that were taken in before keys were remembered, or whose key is trusted no more,
    still tell under which key that NCP wrote."""
    take(germany.signed(plain, 1), officer, trust_key=True)
    package_keys.forget("DE", germany.public_key, by=officer)
    germany.renew()
    assert look(germany.signed(plain, 2)).key.standing == Known.OTHER


def test_trust_that_somebody_changed_meanwhile_is_asked_for_again(plain, germany, officer):
    looked = look(germany.signed(plain, 1))
    coordination.save_contact("DE", by=officer, public_key="A" * 43 + "=")
    with pytest.raises(package_keys.ChangedKey):
        taking_in.take_in(looked, by=officer, trust_key=True)
    assert not TakenIn.objects.exists()
    assert ncps.of("DE").public_key == "A" * 43 + "="


def test_command_warns_of_another_key(plain, germany, officer, tmp_path, capsys):
    file = tmp_path / "case.zip"
    file.write_bytes(germany.signed(plain, 1))
    call_command("import_package", file, "--trust-key")
    assert "the command line" in browser(officer).get(reverse("desk:ncp", args=["de"])).text
    before = germany.fingerprint
    germany.renew()
    file.write_bytes(germany.signed(plain, 2))
    with pytest.raises(CommandError, match="--replace-key"):
        call_command("import_package", file, "--trust-key")
    out = capsys.readouterr().out
    assert "WARNING" in out
    assert before in out
    assert germany.fingerprint in out
    call_command("import_package", file, "--replace-key")
    assert ncps.of("DE").public_key == germany.public_key
