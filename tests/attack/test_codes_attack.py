"""The attack on access codes judges rightly: it must notice what it is made to notice."""

import importlib.util
import random
from pathlib import Path

import pytest
from django.conf import settings

from accounts import codes


@pytest.fixture(scope="module")
def attack():
    path = Path(settings.BASE_DIR) / "script/attacks/codes.py"
    spec = importlib.util.spec_from_file_location("attack_on_codes", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def kind(attack, name, times, looks=(200, "page")):
    return attack.Kind(name, str, times=times, looks={looks})


def test_a_missing_code_is_well_formed_and_a_wrong_one_is_hardly_ever(attack):
    assert all(codes.is_well_formed(attack.missing_code()) for _ in range(200))
    assert sum(codes.is_well_formed(attack.wrong_code()) for _ in range(200)) < 40


@pytest.mark.parametrize(
    ("one", "other", "wanted"),
    [([1, 2], [3, 4], 0.0), ([3, 4], [1, 2], 1.0), ([1, 2], [1, 2], 0.5), ([2, 2], [2, 2], 0.5),
     ([1, 3], [2, 2], 0.5), ([2, 3], [1, 2], 0.875)],
)  # fmt: skip
def test_the_area_is_how_often_one_is_above_the_other(attack, one, other, wanted):
    assert attack.area(one, other) == wanted


def test_equal_times_and_answers_hold(attack):
    dice = random.Random(7)  # noqa: S311 - invented times
    kinds = [
        kind(attack, name, [dice.gauss(20, 3) for _ in range(1000)])
        for name in ("wrong", "missing", "withdrawn")
    ]
    assert attack.told_apart(kinds) == []


def test_a_small_difference_of_time_and_any_of_the_answer_is_noticed(attack):
    dice = random.Random(7)  # noqa: S311 - invented times
    even = [dice.gauss(20, 3) for _ in range(1000)]
    slow = [dice.gauss(21, 3) for _ in range(1000)]
    [fault] = attack.told_apart([kind(attack, "wrong", even), kind(attack, "old", slow)])
    assert "time" in fault
    other = kind(attack, "old", even, looks=(200, "another page"))
    [fault] = attack.told_apart([kind(attack, "wrong", even), other])
    assert "answers" in fault
    assert attack.chance(0.5, 100, 100) == 1
    assert attack.chance(0.6, 1000, 1000) < 0.001
