"""Names of countries in the language of the page (ISO 3166-1, from pycountry)."""

import gettext
from functools import lru_cache
from typing import Any

import pycountry
from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

MENDED = {"ru": {"US": "Соединённые Штаты"}, "kk": {"YT": "Майотта"}}
"""Names that the catalogue of the package spells wrongly."""


@lru_cache(maxsize=16)
def _choices(language: str) -> list[tuple[str, str]]:
    names = gettext.translation(
        "iso3166-1", pycountry.LOCALES_DIR, languages=[language], fallback=True
    )
    mended = MENDED.get(language, {})
    rows = [
        (country.alpha_2, mended.get(country.alpha_2) or _translated(country, names))
        for country in pycountry.countries
    ]
    return sorted(rows, key=lambda row: row[1].casefold())


def _translated(country: Any, names: gettext.NullTranslations) -> str:
    """Return the common name, or the official one where a catalogue knows no other."""
    known = [country.name, getattr(country, "official_name", country.name)]
    common = getattr(country, "common_name", country.name)
    found = names.gettext(common)
    if found != common:
        return found
    return next((names.gettext(name) for name in known if names.gettext(name) != name), common)


@lru_cache(maxsize=1)
def _codes() -> frozenset[str]:
    return frozenset(country.alpha_2 for country in pycountry.countries)


def is_country(code: str) -> bool:
    """Tell whether ISO 3166-1 has such a two-letter code."""
    return code in _codes()


def country_choices() -> list[tuple[str, object]]:
    """Return the choices of a select, the NCP's own country first."""
    rows = _choices(get_language() or "en")
    own = [row for row in rows if row[0] == settings.NCP_COUNTRY]
    return [("", _("Choose a country")), *own, *(row for row in rows if row not in own)]


def country_name(code: str) -> str:
    """Return the name of a country, or the code where it is unknown."""
    return dict(_choices(get_language() or "en")).get(code, code)
