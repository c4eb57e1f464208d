"""Before sending: what the enterprise and the public will see, and what may give somebody away."""

import pytest

from cases.models import Case, CaseEvent, Organisation, Party
from documents.models import Document
from notifications.models import OutboxMessage
from sealing.models import PublishedKey
from tests.intake.walk import STEP, Writer

pytestmark = pytest.mark.django_db
ENTERPRISE, PUBLIC = STEP.format("enterprise-view"), STEP.format("public-view")


@pytest.fixture
def writer():
    writer = Writer()
    writer.fill()
    return writer


def test_the_enterprise_reads_the_pseudonym_and_what_happened(writer):
    html = writer.html(ENTERPRISE)

    assert "Complainant 1" in html
    assert "Айгүл" not in html
    assert "the dust lies on our tables" in html
    assert "Dismissal." not in html
    assert "I work there." not in html


def test_the_public_reads_nothing_of_what_happened(writer):
    html = writer.html(PUBLIC)

    assert "Steppe Mining LLP" in html
    assert "Complainant 1" in html
    assert "Айгүл" not in html
    assert "the dust lies" not in html


def test_looking_leaves_nothing_and_tells_nobody(writer, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks() as callbacks:
        writer.html(ENTERPRISE)
        writer.html(PUBLIC)

    assert not callbacks
    for model in (Case, Party, Organisation, CaseEvent, OutboxMessage, PublishedKey):
        assert not model.objects.exists(), model


def test_a_name_in_another_case_and_alphabet_is_marked_with_a_way_to_change_it(writer):
    address = writer.html(STEP.format("check")).split("/submit/step/issues/")[1].split("/")[0]
    address = f"/submit/step/issues/{address}/"
    writer.post(
        address,
        title="Dust and Aigul",
        description="Они уволили Сарсеновой и сказали писать на aigul@example.org, +77010000001.",
        place="Ulytau",
    )

    html = writer.html(ENTERPRISE)
    assert "<mark>Сарсеновой</mark>" in html
    assert "<mark>Aigul</mark>" in html
    assert "aigul@example.org</mark>" in html
    assert "+77010000001</mark>" in html
    assert f'href="{address}?return=check#id_description"' in html
    assert writer.post(ENTERPRISE, go="next").url == PUBLIC, "it never blocks"


def test_names_of_people_represented_are_marked_even_where_the_group_may_be_named():
    writer = Writer()
    writer.begin()
    writer.answer("acting", acting="others")
    writer.answer(
        "representative",
        name="Әділет Foundation",
        kind="ngo",
        mandate="A vote.",
        principals="Нұрлан Бекенов",
    )
    writer.add("enterprises", name="Steppe Mining LLP", kind="business", role="unknown")
    writer.add("issues", title="Dust", description="Nurlan Bekenov was beaten.")
    writer.decide(mediator="yes", respondent="yes", public="yes")

    html = writer.html(ENTERPRISE)

    assert "Әділет Foundation" in html
    assert "<mark>Nurlan</mark>" in html
    assert "for 1 person" in html
    assert "Нұрлан" not in html


def test_an_empty_draft_has_a_preview_too():
    writer = Writer()
    writer.begin()

    assert "Nobody yet" in writer.html(ENTERPRISE) or "Complainant 1" in writer.html(ENTERPRISE)
    assert "Steps" in writer.html(PUBLIC)


def test_files_are_decided_one_by_one_for_each_audience(writer):
    writer.upload("a.txt", "b.txt")
    first, second = [str(d.pk) for d in Document.objects.order_by("created_at")]
    writer.client.post(
        STEP.format("evidence"),
        {
            f"{first}-title": "The letter",
            f"{first}-withhold": ["respondent", "mediator"],
            f"{first}-reason": "It names me.",
            f"{second}-title": "The photo",
            "go": "next",
        },
    )
    back = "You ask the office to keep these back"
    seen, kept = writer.html(ENTERPRISE).split(back)
    assert "The photo" in seen
    assert "The letter" in kept
    assert back not in writer.html(PUBLIC)

    # A box that is emptied later is empty.
    writer.client.post(
        STEP.format("evidence"),
        {f"{first}-title": "The letter", f"{first}-withhold": "mediator", f"{second}-title": "P"},
    )
    assert back not in writer.html(ENTERPRISE)
    writer.confirm_code()
    writer.send()

    letter, photo = sorted(Case.objects.get().documents.all(), key=lambda item: item.title)[::-1]
    assert letter.title == "The letter" or photo.title == "The letter"
    kept = next(i for i in Case.objects.get().documents.all() if i.title == "The letter")
    assert kept.asked_to_withhold
    assert "mediator" in kept.asked_from


def test_the_list_of_steps_says_that_it_was_looked_at_until_something_changes(writer):
    writer.post(ENTERPRISE, go="next")
    line = 'What the enterprise will see</a>\n        <span class="tag tag--ok">'
    assert line in writer.html(STEP.format("check"))

    writer.answer("wanted", wanted="Clean air.")

    assert line not in writer.html(STEP.format("check"))


def test_a_place_that_is_kept_back_is_marked_where_the_text_names_it(writer):
    """She kept the village from the enterprise and named it in what happened: nothing said so."""
    address = writer.html(STEP.format("check")).split("/submit/step/issues/")[1].split("/")[0]
    told = {"title": "Dust", "description": "В селе Аққайнарда пыль.", "place": "село Аққайнар"}
    writer.post(f"/submit/step/issues/{address}/", **told)
    assert "<mark>" not in writer.html(ENTERPRISE), "a place that is not kept back is no secret"

    writer.post(f"/submit/step/issues/{address}/", **told, kept="respondent.place")

    html = writer.html(ENTERPRISE)
    assert "<mark>Аққайнарда</mark>" in html
    assert "<mark>селе</mark>" not in html


def test_a_file_that_did_not_pass_its_check_is_said_before_sending(writer):
    """A virus is found in the worker, after the page with the files was left: the last page said
    nothing, and the previews promised the file to the enterprise."""
    writer.upload("letter.txt", "harm.txt")
    letter, harm = Document.objects.order_by("created_at")
    Document.objects.filter(pk=harm.pk).update(state="refused", refusal_code="virus")
    writer.client.post(
        STEP.format("evidence"), {f"{letter.pk}-title": "Letter", f"{harm.pk}-title": "The harm"}
    )

    assert "The virus scanner found something harmful" in writer.html(STEP.format("check"))
    for address in (ENTERPRISE, PUBLIC):
        html = writer.html(address)
        assert "Letter" in html
        assert "The harm" not in html
    writer.confirm_code()
