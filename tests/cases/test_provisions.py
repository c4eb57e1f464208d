import pytest
from django.utils.translation import override
from hypothesis import given, settings
from hypothesis import strategies as st

from cases import provisions
from cases.provisions import Citation, chapters, choices, find, parse, parse_list, sentences

LANGUAGES = ("en", "ru", "kk")


@pytest.mark.parametrize("edition", provisions.EDITIONS)
def test_every_edition_reads_and_every_title_is_in_every_language(edition):
    numbers = [chapter.number for chapter in chapters(edition)]
    assert numbers == list(provisions.ROMAN[: len(numbers)])
    assert len(numbers) == (10 if edition == "2000" else 11)
    for chapter in chapters(edition):
        texts = [chapter.title, *(p.title for p in chapter.paragraphs if p.title)]
        for text in texts:
            assert all(text.in_language(language) for language in LANGUAGES)


def test_numbers_shift_between_editions():
    titles = {edition: chapters(edition)[3].title.en for edition in provisions.EDITIONS}
    assert titles["2023"] == titles["2011"] == "Human rights"
    assert titles["2000"] == "Employment and industrial relations"


def test_an_unknown_edition_is_said():
    with pytest.raises(KeyError):
        chapters("1976")


def test_numbers_that_are_not_beyond_doubt_are_marked():
    general = {p.number: p.to_confirm for p in chapters("2023")[1].paragraphs}
    assert not general["A.2"]
    assert general["A.12"]
    assert not any(p.to_confirm for p in chapters("2011")[1].paragraphs)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("IV.3", ("IV", "", "3", "")),
        ("iv 3", ("IV", "", "3", "")),
        ("IV", ("IV", "", "", "")),
        ("II.A.12", ("II", "A", "12", "")),
        ("II A12", ("II", "A", "12", "")),
        ("IIA12", ("II", "A", "12", "")),
        ("II.B.1", ("II", "B", "1", "")),
        ("II.12", ("II", "", "12", "")),
        ("V.1.a", ("V", "", "1", "a")),
        ("V.1(a)", ("V", "", "1", "a")),
        ("V1a", ("V", "", "1", "a")),
        ("V.1.A", ("V", "", "1", "a")),
        ("VI.2.b", ("VI", "", "2", "b")),
        ("4.3", ("IV", "", "3", "")),
        ("11.2", ("XI", "", "2", "")),
        ("Chapter IV, para. 3", ("IV", "", "3", "")),
        ("chapter IV paragraph 3", ("IV", "", "3", "")),
        ("глава IV, пункт 3", ("IV", "", "3", "")),
        ("IV тарау, 3-тармақ", ("IV", "", "3", "")),
        ("ІV.3", ("IV", "", "3", "")),  # a Cyrillic І
        ("ХI.1", ("XI", "", "1", "")),  # a Cyrillic Х
        ("II.А.2", ("II", "A", "2", "")),  # a Cyrillic А
        ("human rights", ("IV", "", "", "")),
        ("Права человека", ("IV", "", "", "")),
        ("IV.03", ("IV", "", "3", "")),
    ],
)
def test_citations_are_read_as_people_write_them(text, expected):
    cited = parse(text, edition="2011")
    assert (cited.chapter, cited.section, cited.paragraph, cited.letter) == expected
    assert cited.edition == "2011"


@pytest.mark.parametrize("text", ["", "the company lied", "IIII.3", "13.1", "0", "IV.3.a.b", "V.a"])
def test_what_cannot_be_read_is_kept_and_warned_of(text):
    cited = parse(text)
    assert not cited.is_read
    assert str(cited) == text.strip()
    assert len(cited.warnings) == 1


def test_an_edition_that_is_written_goes_first():
    assert parse("2011: II.A.10").edition == "2011"
    assert parse("II.10 (2000)").edition == "2000"
    assert parse("II.A.10", edition="2011").edition == "2011"


def test_a_citation_in_its_edition_gives_no_warning():
    for edition in provisions.EDITIONS:
        for value, _label in choices(edition):
            cited = parse(value, edition=edition)
            assert str(cited) == value
            assert cited.warnings == ()


@pytest.mark.parametrize(
    ("text", "edition", "warning"),
    [
        ("XI.1", "2000", "The edition of 2000 has no chapter XI."),
        ("IV.9", "2011", "We do not know IV.9 in the edition of 2011."),
        ("V.1.f", "2011", "We do not know V.1.f in the edition of 2011."),
        ("II.2", "2011", "Chapter II of 2011 has sections: write II.A.2 or II.B.2."),
        ("X", "1999", "The edition of 1999 has no chapter X."),
    ],
)
def test_what_does_not_fit_the_edition_is_warned_of_and_kept(text, edition, warning):
    cited = parse(text, edition=edition)
    assert [str(item) for item in cited.warnings] == [warning]
    assert cited.is_read


def test_a_list_goes_on_in_the_chapter_before():
    listed = parse_list("II.2, 10, 13; IV.1, 4 and 6, IV.1", edition="2000")
    assert [str(item) for item in listed] == ["II.2", "II.10", "II.13", "IV.1", "IV.4", "IV.6"]
    assert [str(item) for item in parse_list("II.A.2, 10")] == ["II.A.2", "II.A.10"]


def test_a_citation_tells_its_title_in_the_language_of_the_page():
    cited = parse("V.1.a", edition="2011")
    assert cited.title.en == "Join a trade union"
    assert parse("V.1.z", edition="2011").title.en == "Rights at work"
    assert parse("IX.2", edition="2023").title.en == "Science, technology and innovation"
    with override("ru"):
        assert str(cited.title) == "Вступать в профсоюз"


@pytest.mark.parametrize("edition", provisions.EDITIONS)
def test_every_sentence_leads_somewhere_in_every_edition(edition):
    found = sentences(edition)
    assert len({item.code for item in found}) == len(found) >= 25
    for item in found:
        assert item.citations, item.code
        assert all(cited.warnings == () for cited in item.citations)
        assert all(item.text.in_language(language) for language in LANGUAGES)


def test_the_finder_names_the_provisions_of_the_edition_asked_for():
    assert Citation("2011", "VI", paragraph="1") in find(["pollution"], "2011")
    assert find(["pollution"], "2023") == (Citation("2023", "VI"),)
    assert find(["unions"], "2000") == (Citation("2000", "IV"),)
    assert find(["bribery"], "2011") == (Citation("2011", "VII", paragraph="1"),)
    assert find(["technology"], "2023") == (Citation("2023", "IX"),)
    assert find(["remedy"], "2000") == (Citation("2000", "II"),)
    assert find(["unknown"], "2023") == ()
    assert len(find(["pollution", "nature"], "2023")) == 1


def test_every_title_that_the_finder_names_exists():
    known = set(provisions._read("titles")["paragraph"])
    for data in provisions._read("finder")["sentence"]:
        assert set(data["titles"]) <= known


@settings(deadline=None)
@given(st.text(max_size=60))
def test_any_text_gives_a_citation_that_fits_its_columns(text):
    cited = parse(text)
    assert len(cited.chapter) <= 5
    assert len(cited.section) <= 2
    assert len(cited.paragraph) <= 4
    assert len(cited.letter) <= 2
    assert all(str(warning) for warning in cited.warnings)


def test_chapters_stand_in_the_order_of_the_guidelines():
    """The head of a case named “chapters IV, VI, III”, in the order in which they were cited."""
    assert provisions.in_order(["IV", "IX", "VI", "III", "IV", "V"]) == [
        "III", "IV", "V", "VI", "IX",
    ]  # fmt: skip
