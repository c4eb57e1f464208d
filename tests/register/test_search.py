"""What people type finds the forms of a word, and nothing that they type breaks a page."""

import pytest
from django.db import connection

from register.folding import fold, kazakh_stem, words
from register.models import PublishedRecord
from register.search import mark, ranked, snippet, understand
from tests.register import samples

pytestmark = pytest.mark.django_db


def hits(text: str) -> int:
    query = understand(text)
    return len(ranked(PublishedRecord.objects.public(), query)) if query else 0


@pytest.fixture
def texts(published):
    published(title="A", language="kk", summary=samples.KAZAKH)
    published(title="B", language="ru", summary=samples.RUSSIAN)
    published(title="C", summary=samples.ENGLISH)


def test_trigrams_work_for_cyrillic_letters():
    """A database with LC_CTYPE=C gives 0 for all Cyrillic words, and no Kazakh form is found."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT similarity('жұмысшы', 'жұмысшылар'), lower('ҚАЗАҚ')")
        likeness, lower = cursor.fetchone()
    assert likeness > 0.5
    assert lower == "қазақ"


@pytest.mark.parametrize(
    "typed",
    [
        "мұнайшы", "мұнайшылар", "мұнайшылардың", "Мұнайшыларымыздың", "мунайшы", "тұрғын",
        "тұрғындар", "жұмысшы", "жұмысшыларға", "құқық", "құқықтар", "су", "судың", "кәсіпорындар",
        "МҰНАЙШЫ", "ауылда",
    ],
)  # fmt: skip
def test_kazakh_words_are_found_in_other_forms_and_with_russian_letters(texts, typed):
    assert hits(typed) == 1


@pytest.mark.parametrize("typed", ["работник", "работниками", "предприятий", "река", "реками"])
def test_russian_words_are_found_in_other_forms(texts, typed):
    assert hits(typed) == 1


@pytest.mark.parametrize("typed", ["village", "mine", "resettlement", "companies", "negotiate"])
def test_english_words_are_found_in_other_forms(texts, typed):
    assert hits(typed) == 1


def test_all_words_must_occur_and_a_minus_leaves_out(texts):
    assert hits("mining company") == 1
    assert hits("mining предприятие") == 0
    assert hits("steppe") == 3
    assert hits("steppe -mining") == 2
    assert hits("-mining") == 0


def test_a_phrase_is_found_only_in_its_order(texts):
    assert hits('"refused negotiations"') == 1
    assert hits('"negotiations refused"') == 0


def test_a_misspelt_word_finds_what_it_resembles_and_says_so(texts):
    query = understand("vilagers")
    assert query.similar == {"vilagers": ["villagers"]}
    assert hits("vilagers") == 1


def test_statements_and_names_in_their_own_script_are_searched(published):
    from register.payload import PartyData

    published(
        samples.statement(),
        complainants=(PartyData("KTNC Watch", native_name="기업인권네트워크"),),
    )
    assert hits("ластанған") == 1
    assert hits("기업인권네트워크") == 1


def test_the_title_ranks_above_the_text(published):
    published(title="Other", summary="about lithium")
    best = published(title="Lithium", summary="x")
    assert ranked(PublishedRecord.objects.public(), understand("lithium"))[0] == best.pk


STRANGE = [
    "\x00", "a\x00b", "&", "|", "!", "& | ! ( ) : * <->", "'", "''", "\\", "foo:*", "'); DROP",
    "a" * 5000, "ә" * 5000, "word " * 500, '"', '"""', "-", "--", '-"', "%", "_", "%s %d %(x)s",
    "\u202e", "\ud800", "😀", "ﷺ", "İıſß", "{{ 7|add:1 }}", "<script>", "１２３", "٣", "\n\r\t",
]  # fmt: skip


@pytest.mark.parametrize("typed", STRANGE)
def test_nothing_typed_breaks_the_page_or_the_api(texts, client, typed):
    safe = typed.encode("utf-8", "surrogatepass")
    from urllib.parse import quote

    for path in ("/register/?q=", "/api/v1/records/?q="):
        assert client.get(path + quote(safe)).status_code == 200


def test_what_was_typed_is_shown_escaped(client, texts):
    body = client.get("/register/", {"q": '"><script>alert(1)</script>'}).content.decode()
    assert "<script>alert" not in body
    assert "&lt;script&gt;" in body


def test_the_place_of_the_hit_is_marked(client, texts):
    body = client.get("/register/", {"q": "мұнайшы"}).content.decode()
    assert "<mark>Мұнайшылардың</mark>" in body


def test_marks_stand_at_the_letters_of_the_original_text():
    pieces = mark("Ёлка İstanbul ЁЛКА ßß ﬁn елка", frozenset({"елка"}))
    assert [p.text for p in pieces if p.is_hit] == ["Ёлка", "ЁЛКА", "елка"]
    assert "".join(p.text for p in pieces) == "Ёлка İstanbul ЁЛКА ßß ﬁn елка"


def test_folding_keeps_the_length_of_every_text():
    text = "".join(map(chr, range(0x20, 0x3000)))
    assert len(fold(text)) == len(text)


def test_a_snippet_shows_the_place_and_is_short():
    text = "x " * 5000 + "needle and thread " + "y " * 5000
    pieces = snippet(text, frozenset({"needle"}))
    assert [p.text for p in pieces if p.is_hit] == ["needle"]
    assert sum(len(p.text) for p in pieces) < 300


def test_kazakh_stems_of_common_forms_meet():
    forms = ["жұмысшы", "жұмысшылар", "жұмысшылардың", "жұмысшыға", "жұмысшылардан"]
    assert len({kazakh_stem(words(form)[0]) for form in forms}) == 1


def test_an_empty_result_says_what_to_try(client, texts):
    body = client.get("/register/?q=zzzzzzz&country=KZ").content.decode()
    assert "No published case found" in body
    assert "See all cases" in body
    assert 'href="/register/?q=zzzzzzz"' in body
