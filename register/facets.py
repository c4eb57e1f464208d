"""What the filters offer, and which of them are set, in the reader's language."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from .countries import name_of
from .filters import Filters
from .models import RegisterFacet
from .vocabulary import CHAPTERS, SECTORS, Outcome

# Kazakh letters stand after their Russian neighbours, and the database cannot sort them.
_ALPHABET = {
    "ё": "е1", "ә": "а1", "ғ": "г1", "қ": "к1", "ң": "н1", "ө": "о1", "ұ": "у1", "ү": "у2",
    "һ": "х1", "і": "ы1",
}  # fmt: skip


def sort_key(text: str) -> list[str]:
    """A key that sorts Russian and Kazakh words as their alphabets do."""
    return [_ALPHABET.get(letter, letter) for letter in text.casefold()]


@dataclass(frozen=True)
class Choice:
    value: str
    label: str
    is_chosen: bool


@dataclass(frozen=True)
class FilterField:
    name: str
    label: str
    choices: list[Choice]


@dataclass(frozen=True)
class ActiveFilter:
    label: str
    value: str
    query: str  # the address without this filter


def _labels() -> dict[str, str]:
    return {
        "year": _("Year submitted"),
        "outcome": _("Outcome"),
        "chapter": _("Chapter of the Guidelines"),
        "sector": _("Sector"),
        "country": _("Host country"),
        "lead_ncp": _("Lead NCP"),
    }


def _value_label(name: str, value: str) -> str:
    if name == "chapter":
        return f"{value}. {CHAPTERS[value]}"
    if name == "sector":
        return str(SECTORS[value])
    if name == "outcome":
        return str(Outcome(value).label)
    if name in ("country", "lead_ncp"):
        return name_of(value)
    return value


def filter_fields(filters: Filters) -> list[FilterField]:
    """The filters with the values that some record has. One statement."""
    known: dict[str, set[str]] = {}
    for kind, value in RegisterFacet.objects.values_list("kind", "value"):
        known.setdefault(kind, set()).add(value)
    values: Mapping[str, list[str]] = {
        "year": sorted(known.get("year", ()), reverse=True),
        "outcome": Outcome.values,
        "chapter": list(CHAPTERS),
        "sector": [code for code in SECTORS if code in known.get("sector", ())],
        "country": sorted(known.get("country", ()), key=lambda code: sort_key(name_of(code))),
        "lead_ncp": sorted(known.get("lead_ncp", ()), key=lambda code: sort_key(name_of(code))),
    }
    chosen = dict(filters.items())
    fields = []
    for name, label in _labels().items():
        offered = values[name]
        if name in chosen and chosen[name] not in offered:
            offered = [*offered, chosen[name]]
        choices = [
            Choice(value, _value_label(name, value), value == chosen.get(name)) for value in offered
        ]
        fields.append(FilterField(name, label, choices))
    return fields


def active_filters(filters: Filters, text: str) -> list[ActiveFilter]:
    labels = _labels()
    return [
        ActiveFilter(labels[name], _value_label(name, value), filters.without(name).query(q=text))
        for name, value in filters.items()
    ]


def reader_language() -> str:
    return (get_language() or "en").split("-")[0]
