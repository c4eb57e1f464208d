import math
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts import codes

BODY = st.text(alphabet=codes.ALPHABET, min_size=codes.LENGTH, max_size=codes.LENGTH)


def test_code_holds_more_than_100_bits():
    assert codes.LENGTH * math.log2(len(codes.ALPHABET)) >= 100


def test_codes_are_spread_evenly_over_every_place_and_none_comes_twice():
    made = [codes.normalised(codes.new_code()) for _ in range(20_000)]
    assert len(set(made)) == len(made)
    expected = len(made) / 32
    for place in range(codes.LENGTH):
        seen = Counter(code[place] for code in made)
        chi_squared = sum((seen[s] - expected) ** 2 / expected for s in codes.ALPHABET)
        # 31 degrees of freedom: above 80 comes once in 300,000 places.
        assert chi_squared < 80


def test_code_is_written_in_six_groups_of_four():
    assert [len(group) for group in codes.new_code().split("-")] == [4] * 6


@given(BODY)
def test_every_single_wrong_symbol_is_seen(body):
    code = body + codes.check_symbol(body)
    for place in range(len(code)):
        other = codes.ALPHABET[(codes.ALPHABET.index(code[place]) + 7) % 32]
        assert not codes.is_well_formed(code[:place] + other + code[place + 1 :])


@given(BODY)
def test_two_symbols_that_changed_places_are_seen(body):
    code = body + codes.check_symbol(body)
    for place in range(len(code) - 1):
        if code[place] != code[place + 1]:
            swapped = code[:place] + code[place + 1] + code[place] + code[place + 2 :]
            assert not codes.is_well_formed(swapped)


@given(BODY)
def test_code_is_read_however_it_was_typed(body):
    code = codes.written(body + codes.check_symbol(body))
    cyrillic = str.maketrans("ABEKMHPCTYX", "АВЕКМНРСТУХ")
    for typed in (
        code.lower(),
        code.replace("-", " "),
        code.replace("-", ""),
        f"  {code}\n",
        code.replace("0", "O"),
        code.replace("0", "О"),
        code.replace("1", "l"),
        code.replace("1", "І"),
        code.translate(cyrillic),
        code.translate(cyrillic).lower(),
        code.replace("-", "–"),
    ):
        assert codes.digest(typed) == codes.digest(code)
        assert codes.is_well_formed(typed)


@given(st.text())
def test_nothing_typed_breaks_the_reading(text):
    codes.is_well_formed(text)
    codes.digest(text)


def test_digest_depends_on_the_pepper(settings):
    code = codes.new_code()
    before = codes.digest(code)
    settings.CODE_PEPPER = "another pepper of at least thirty letters"
    assert codes.digest(code) != before


@pytest.mark.parametrize("typed", ["", "x", "0" * 24, "not a code"])
def test_what_is_no_code_is_not_well_formed_unless_its_check_symbol_fits(typed):
    assert codes.is_well_formed(typed) is (typed == "0" * 24)
