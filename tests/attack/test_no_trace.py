"""What the complainant and the office do among themselves leaves every page of the enterprise as
it was, to the byte; and no form of the portal is taken without its token."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from cases.services import correspondence
from notifications.models import Delivery
from notifications.tasks import drain_outbox
from tests import factories
from tests.portal.conftest import page, signed_in

NAMES = (
    "case", "message", "documents", "contact", "answer", "good_offices", "language", "code",
    "reprisal", "more_time", "add_document", "draft", "mediator", "mediation", "withdraw",
)  # fmt: skip
OF_ITS_OWN = re.compile(r'name="(csrfmiddlewaretoken|token)" value="[^"]*"')


def everything(client, case) -> dict[str, str]:
    shown = {}
    for address in [
        *(page(name, case) for name in NAMES),
        reverse("portal:home"),
        reverse("notifications:inbox"),
    ]:
        response = client.get(address)
        headers = {
            name: value for name, value in response.items() if name not in ("Date", "Set-Cookie")
        }
        text = OF_ITS_OWN.sub("", response.text)
        shown[address] = f"{response.status_code} {sorted(headers.items())} {text}"
    return shown


@pytest.mark.parametrize("state", ["initial_assessment", "mediation", "final_statement"])
def test_what_the_complainant_tells_the_office_leaves_no_trace(db, state):
    scene = factories.case_in(state, data=factories.withheld())
    drain_outbox()
    client = signed_in(scene.enterprise)
    everything(client, scene.case)
    before = everything(client, scene.case)
    told = set(Delivery.objects.filter(user=scene.enterprise).values_list("pk", flat=True))
    correspondence.report_reprisal(scene.case, text="They came", by=scene.complainant)
    for by in (scene.complainant, scene.officer):
        correspondence.send_message(scene.case, side="complainant", text="Careful", by=by)
    correspondence.add_document(
        scene.case,
        factories.document(scene.case),
        title="Photographs",
        side="complainant",
        by=scene.complainant,
    )
    drain_outbox()
    after = everything(client, scene.case)
    for address, text in before.items():
        assert after[address] == text, address
    assert not Delivery.objects.filter(user=scene.enterprise).exclude(pk__in=told).exists()


def test_no_form_of_the_portal_is_taken_without_its_token(db):
    scene = factories.case_in("initial_assessment")
    client = Client(enforce_csrf_checks=True)
    client.force_login(scene.complainant, backend="accounts.backends.AccessCodeBackend")
    version = factories.Case.objects.get(pk=scene.case.pk).row_version
    for name in NAMES:
        assert client.post(page(name, scene.case), {"text": "x"}).status_code == 403, name
    assert client.post(reverse("portal:sign_out")).status_code == 403
    assert factories.Case.objects.get(pk=scene.case.pk).row_version == version


@pytest.mark.parametrize(
    "target",
    ["//evil.example/portal/", "https://evil.example", "/portal/\\evil", "/portal/\r\nX: y",
     "javascript:alert(1)", "/\\evil.example"],
)  # fmt: skip
def test_nobody_is_led_off_the_site(db, target):
    scene = factories.case_in("initial_assessment")
    for answer in (
        Client().post(reverse("portal:sign_in"), {"code": scene.enterprise_code, "next": target}),
        Client().get(reverse("language", args=["ru"]), {"next": target}),
    ):
        assert answer.status_code == 302
        assert answer["Location"].startswith("/")
        assert not answer["Location"].startswith(("//", "/\\"))
        assert "\n" not in answer["Location"]
