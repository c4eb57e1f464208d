"""Invented texts and names. Words are as unevenly frequent as in real texts (Zipf's law), so that
a search meets words that stand in every document and words that stand in one of a thousand."""

from __future__ import annotations

import random
from dataclasses import dataclass
from functools import cache
from itertools import accumulate
from pathlib import Path

FOLDER = Path(__file__).parent / "words"
LANGUAGES = ("ru", "kk", "en")
SHARES = (0.5, 0.3, 0.2)
_STEEPNESS, _SHIFT = 1.05, 2.7  # Mandelbrot's form of the law, usual values


@dataclass(frozen=True)
class Vocabulary:
    """Words of one language, the most frequent first."""

    words: tuple[str, ...]
    weights: tuple[float, ...]

    def text(self, dice: random.Random, length: int) -> str:
        """Return sentences of `length` words in all."""
        words = dice.choices(self.words, cum_weights=self.weights, k=length)
        sentences = []
        start = 0
        while start < length:
            end = start + dice.randint(6, 14)
            sentence = " ".join(words[start:end])
            sentences.append(sentence[0].upper() + sentence[1:] + ".")
            start = end
        return " ".join(sentences)

    def title(self, dice: random.Random) -> str:
        """Return a few words without a full stop."""
        return self.text(dice, dice.randint(3, 6)).rstrip(".")


@cache
def vocabulary(language: str) -> Vocabulary:
    """Return the words of a language of the site."""
    words = tuple((FOLDER / f"{language}.txt").read_text(encoding="utf-8").split())
    weights = (1 / (rank + _SHIFT) ** _STEEPNESS for rank in range(1, len(words) + 1))
    return Vocabulary(words, tuple(accumulate(weights)))


GIVEN = {
    "kk": ["Айгүл", "Бауыржан", "Гүлнар", "Дәурен", "Ерлан", "Жанар", "Қайрат", "Мадина", "Нұрлан", "Сәуле", "Тимур", "Ұлжан"],
    "ru": ["Анна", "Борис", "Вера", "Галина", "Дмитрий", "Елена", "Иван", "Лариса", "Михаил", "Ольга", "Павел", "Светлана"],
    "en": ["Alice", "Ben", "Carla", "David", "Emma", "Frank", "Grace", "Henry", "Iris", "James", "Laura", "Peter"],
}
FAMILY = {
    "kk": ["Ахметова", "Бекенов", "Жұмабаев", "Ибраева", "Кәрімов", "Мұқанова", "Нұрғалиев", "Оспанова", "Сейтқали"],
    "ru": ["Антонова", "Белов", "Васильева", "Громов", "Егорова", "Зайцев", "Козлова", "Морозов", "Новикова", "Орлов"],
    "en": ["Adams", "Baker", "Clark", "Davies", "Evans", "Foster", "Hughes", "Jones", "Miller", "Taylor", "Walker"],
}
GROUPS = {
    "kk": ("«{}» қоғамдық бірлестігі", "{} кәсіподағы", "«{}» қоры"),
    "ru": ("Общественное объединение «{}»", "Профсоюз «{}»", "Фонд «{}»"),
    "en": ("{} Foundation", "{} Workers' Union", "Friends of {}"),
}
PLACES = ["Ұлытау", "Балқаш", "Жезқазған", "Каспий", "Қаратау", "Теміртау", "Шымбұлақ", "Ақсу", "Көкшетау", "Сырдария", "Тенгиз", "Риддер", "Орал", "Ертіс", "Алакөл", "Іле", "Мойынты", "Сарыарқа", "Зайсан", "Талас"]
_FIRST = ["Altyn", "Silk", "Steppe", "Caspian", "Nord", "Ulytau", "Baltic", "Orient", "Ridge", "Delta", "Aral", "Meridian", "Summit", "Terra", "Qazyna", "Atlas", "Zhety", "Polar", "River", "Union", "Amber", "Falcon", "Grand", "Harbour", "Ishim"]
_SECOND = ["Mining", "Energy", "Textile", "Steel", "Agro", "Oil", "Copper", "Cement", "Logistics", "Foods", "Garments", "Chemicals", "Power", "Metals", "Paper", "Water", "Tobacco", "Sugar", "Cotton", "Telecom"]
_FORMS = (("LLP", "KZ"), ("JSC", "KZ"), ("Ltd", "GB"), ("AG", "DE"), ("SA", "FR"), ("BV", "NL"),
          ("AS", "NO"), ("Inc.", "US"))  # fmt: skip


def enterprises() -> list[tuple[str, str]]:
    """Return every enterprise as name and country (ISO 3166)."""
    return [
        (f"{first} {second} {form}", country)
        for first in _FIRST
        for second in _SECOND
        for form, country in _FORMS
    ]


def person(dice: random.Random, language: str) -> str:
    return f"{dice.choice(GIVEN[language])} {dice.choice(FAMILY[language])}"


def group(dice: random.Random, language: str) -> str:
    return dice.choice(GROUPS[language]).format(dice.choice(PLACES))
