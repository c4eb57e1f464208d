"""The leak check finds names in every shape, and leaves alone what says nothing."""

import pytest

from statements.leaks import Secret, find

AIGUL = Secret("name", "Айгүл Серікқызы")
FOUNDATION = Secret("name", "Әділет қоғамдық қоры", is_organisation=True)


@pytest.mark.parametrize(
    "text",
    [
        "Айгүл said so.",
        "АЙГҮЛ said so.",
        "Айгүлдің үйі",
        "Aigul spoke.",
        "Айгуль рассказала.",
        "Ms Serikkyzy was there.",
        "Мы говорили с Серікқызымен.",
    ],
)
def test_a_withheld_name_is_found_however_it_is_written(text):
    assert [hit.kind for hit in find(text, [AIGUL])] == ["name"]


def test_an_inflected_russian_surname_is_found():
    assert find("Мы писали Сериковой.", [Secret("name", "Серикова Анна")])


def test_words_that_every_foundation_bears_are_no_finding():
    assert not find("Қоғамдық қоры және фонд", [FOUNDATION])
    assert find("Әділеттің өтініші", [FOUNDATION])


def test_other_words_are_no_finding():
    text = "The river of Ulytau is polluted since March 2026 (KZ-2026-001)."
    assert not find(text, [AIGUL, FOUNDATION])


def test_a_telephone_number_is_found_in_another_spelling():
    secret = Secret("phone", "+7 701 000 00 01")
    assert find("call 8 (701) 000-00-01", [secret])[0].kind == "phone"


def test_addresses_of_the_office_may_stand_there():
    text = "Write to ncp@example.org or call +7 7172 00 00 00; not to who@example.org."
    hits = find(text, [], allowed=["ncp@example.org", "+7 7172 00 00 00"])
    assert [hit.found for hit in hits] == ["who@example.org"]


def test_a_street_with_its_number_is_found_and_a_city_is_not():
    secret = Secret("address", "Ұлытау, Абай көшесі 12")
    assert find("she lives in Абай көшесі 12", [secret])
    assert not find("the town of Ұлытау", [secret])


def test_the_same_name_twice_is_one_finding_to_settle():
    assert len(find("Айгүл, then Айгүлдің, then AIGUL", [AIGUL])) == 1


def test_numbers_in_a_list_of_people_hide_no_dates():
    """Forty-six families were listed as "Family 1" to "Family 46": the first draft of a statement
    came back with a finding for every day of a month, each to be explained by hand."""
    families = [Secret("principal", f"Family {number}") for number in range(1, 47)]
    assert not find("On 28 September 2026 the office heard 46 people.", families)
    assert find("One family spoke.", families)
