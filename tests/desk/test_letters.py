"""The letters' pages: drafted, changed, looked at, sent to both sides at once."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cases.models import CaseEvent, Message, PortalLetter
from cases.services import clock
from tests import factories
from tests.desk.conftest import act, browser, page

pytestmark = pytest.mark.django_db
NAME = "Айгүл Серікқызы"


@pytest.fixture
def case(in_assessment):
    return in_assessment.case


def write(case, kind, **query):
    return reverse("desk:write_letter", args=[case.pk, kind], query=query or None)


def typed(client, address, **changes):
    """Return what a form would send back."""
    form = client.get(address).context["form"]
    values = {name: field.initial or "" for name, field in form.fields.items()}
    values = {
        name: str(value).replace("[[", "").replace("]]", "") for name, value in values.items()
    }
    return values | changes


def test_a_pair_is_drafted_previewed_and_sent(case, desk, in_assessment):
    address = write(case, "delay")
    data = typed(desk, address)
    preview = desk.post(address, data | {"preview": "yes"})
    assert preview.status_code == 200 and len(preview.context["previews"]) == 2
    assert not PortalLetter.objects.exists()
    pdf = desk.post(address, data | {"pdf": "respondent"})
    assert pdf["Content-Type"] == "application/pdf" and pdf.content.startswith(b"%PDF")
    assert desk.post(address, data | {"send": "yes"}).status_code == 302
    rows = list(PortalLetter.objects.order_by("side"))
    assert [row.side for row in rows] == ["complainant", "respondent"]
    assert rows[0].sent_at == rows[1].sent_at and rows[0].pair == rows[1].pair
    mine = browser(in_assessment.enterprise).get(reverse("portal:case", args=[case.pk]))
    assert mine.status_code == 200
    theirs = browser(in_assessment.enterprise).get(reverse("portal:documents", args=[case.pk])).text
    own, received = theirs.split("From the office, to your side alone")
    assert rows[1].message.subject in received.split("Shown to you")[0]
    assert rows[1].message.subject not in own, "a letter of the office is not of their side"
    assert rows[1].message.subject in desk.get(page("letters", case)).text
    offered = desk.get(page("add_position", case, 1, "complainant")).text
    assert "<option" in offered, "the submission can be cited"
    assert rows[0].message.subject not in offered, "our own letter is not what a side says"


def test_a_gap_comes_back_with_all_that_was_typed(case, desk):
    address = write(case, "lapse")
    data = typed(desk, address, complainant_text="Once more [[when]]")
    answer = desk.post(address, data | {"send": "yes"})
    assert answer.status_code == 200
    assert "Once more [[when]]" in answer.text and "double brackets" in answer.text
    assert not Message.objects.exists()


def test_a_withheld_name_typed_by_hand_is_refused(case, desk):
    address = write(case, "lapse")
    data = typed(desk, address, respondent_text=f"{NAME} did not answer.")
    answer = desk.post(address, data | {"send": "yes", "sure": "on"})
    assert answer.status_code == 200 and "withheld from it" in answer.text
    assert not PortalLetter.objects.exists()


def test_an_inflected_name_is_shown_and_sent_only_by_somebody_who_is_sure(case, desk):
    address = write(case, "lapse")
    data = typed(desk, address, respondent_text="Письмо Серікқызыға не дошло.") | {"send": "yes"}
    answer = desk.post(address, data)
    assert answer.status_code == 200 and "may tell who somebody is" in answer.text
    assert "Серікқызыға" in answer.text and not PortalLetter.objects.exists()
    assert desk.post(address, data | {"sure": "on"}).status_code == 302
    assert PortalLetter.objects.count() == 2


def test_a_stale_page_keeps_the_text_and_sends_on_the_second_click(case, desk, officer):
    address = write(case, "lapse")
    data = typed(desk, address, complainant_text="We asked three times.") | {"send": "yes"}
    clock.pause(case, reason="translation", by=officer)
    answer = desk.post(address, data)
    assert answer.status_code == 409 and "We asked three times." in answer.text
    version = answer.context["form"].data["row_version"]
    assert desk.post(address, data | {"row_version": version}).status_code == 302
    assert PortalLetter.objects.count() == 2


def test_a_draft_speaks_the_language_that_is_asked_for(case, desk):
    text = desk.get(write(case, "delay", language="kk")).text
    assert "Құрметті өтініш беруші!" in text
    assert "Құрметті кәсіпорын өкілдері!" in text


def test_a_reminder_goes_to_one_side(case, desk):
    address = write(case, "reminder", to="respondent")
    data = typed(desk, address)
    assert "complainant_text" not in data
    assert desk.post(address, data | {"send": "yes"}).status_code == 302
    assert PortalLetter.objects.get().side == "respondent"


def test_a_letter_outside_is_printed_and_not_sent(case, desk):
    address = write(case, "consultation")
    data = typed(desk, address)
    assert NAME not in data["outside_text"]
    assert desk.post(address, data | {"pdf": "outside"}).content.startswith(b"%PDF")
    assert desk.post(address, data | {"send": "yes"}).status_code == 404


def test_paper_letters_and_unknown_ones_have_no_page(case, desk):
    for kind in ("notice", "new_code", "nothing"):
        assert desk.get(write(case, kind)).status_code == 404


def test_who_reaches_the_letters(case, client, member, in_assessment, other_officer):
    addresses = (page("letters", case), write(case, "delay"))
    for address in addresses:
        assert client.get(address).status_code == 302
        assert browser(in_assessment.complainant).get(address).status_code == 404
        assert browser(factories.person("mediator")).get(address).status_code == 404
        assert browser(member).get(address).status_code == 403
        assert browser(other_officer).get(address).status_code == 200
    auditor = browser(factories.person("auditor"))
    assert auditor.get(addresses[0]).status_code == 404
    assert auditor.get(addresses[1]).status_code == 404


def test_receipt_is_confirmed_with_its_letter(officer, desk):
    scene = factories.case_in("received", officer=officer)
    shown = desk.get(page("acknowledge", scene.case))
    assert scene.case.receipt_id in shown.context["form"].fields["complainant_text"].initial
    data = {"complainant_subject": "Получено", "complainant_text": "Спасибо."}
    assert act(desk, scene.case, "acknowledge", **data).status_code == 302
    letter = PortalLetter.objects.get()
    assert letter.message.text == "Спасибо." and letter.document.document.is_clean
    kinds = list(scene.case.events.order_by("sequence").values_list("kind", flat=True))
    assert kinds[-2:] == ["case.acknowledged", "message.sent"]
    # One mail tells of both: the act's.
    assert scene.case.events.get(kind="message.sent").data["without_mail"] is True


def test_receipt_is_not_confirmed_with_a_letter_that_cannot_go(officer, desk):
    scene = factories.case_in("received", officer=officer)
    data = {"complainant_subject": "Получено", "complainant_text": "[[впишите]]"}
    assert act(desk, scene.case, "acknowledge", **data).status_code == 200
    assert not CaseEvent.objects.filter(case=scene.case, kind="case.acknowledged").exists()


def test_the_reply_to_what_is_not_registered_is_drafted(officer, desk):
    scene = factories.case_in("received", officer=officer)
    shown = desk.get(page("decline_registration", scene.case)).context["form"]
    assert "[[" in shown.fields["reply"].initial
    data = {"reason": "enquiry", "reply": shown.fields["reply"].initial}
    assert act(desk, scene.case, "decline_registration", **data).status_code == 200
    scene.case.refresh_from_db()
    assert scene.case.state == "received"


def test_the_case_page_offers_the_letter_that_is_called_for_until_it_is_sent(officer, desk):
    scene = factories.case_in("mediation", officer=officer)
    urls = [item["url"] for item in desk.get(page("case", scene.case)).context["next_offers"]]
    address = write(scene.case, "assessment_outcome")
    assert address in urls
    data = typed(desk, address)
    assert "accepted" in data["respondent_text"] or "принят" in data["respondent_text"]
    assert desk.post(address, data | {"send": "yes"}).status_code == 302
    urls = [item["url"] for item in desk.get(page("case", scene.case)).context["next_offers"]]
    assert address not in urls


def test_the_list_costs_the_same_with_many(case, desk, officer):
    from cases.services import letters
    from cases.services.letters import Letter

    def cost():
        with CaptureQueriesContext(connection) as queries:
            desk.get(page("letters", case))
        return len(queries)

    def send(count):
        for _ in range(count):
            pair = [Letter(side, "en", "A", "B") for side in ("complainant", "respondent")]
            letters.send_letters(case, "delay", pair, by=officer)

    send(3)
    few = cost()
    send(30)
    assert cost() == few <= 12
