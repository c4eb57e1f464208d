"""Countries: ISO codes from the names that registers use, names in the reader's language."""

import gettext
from functools import lru_cache

import pycountry
from django.utils.translation import get_language

# Names found in public registers that ISO 3166 lists under another name.
ALIASES = {
    "korea": "KR",
    "republic of korea": "KR",
    "south korea": "KR",
    "dpr korea": "KP",
    "north korea": "KP",
    "turkey": "TR",
    "palestinian authority": "PS",
    "palestine": "PS",
    "occupied palestinian territory": "PS",
    "russia": "RU",
    "russian federation": "RU",
    "democratic republic of the congo": "CD",
    "dr congo": "CD",
    "drc": "CD",
    "republic of the congo": "CG",
    "congo": "CG",
    "lao people's democratic republic": "LA",
    "laos": "LA",
    "viet nam": "VN",
    "vietnam": "VN",
    "burma": "MM",
    "slovak republic": "SK",
    "czech republic": "CZ",
    "ivory coast": "CI",
    "cote d'ivoire": "CI",
    "chinese taipei": "TW",
    "hong kong, china": "HK",
    "macedonia": "MK",
    "swaziland": "SZ",
    "cape verde": "CV",
    "uk": "GB",
    "great britain": "GB",
    "usa": "US",
    "united states of america": "US",
    "kyrgyz republic": "KG",
    "the netherlands": "NL",
    "the gambia": "GM",
    "bahamas": "BS",
    "egypt, arab rep.": "EG",
    "micronesia": "FM",
    "kosovo": "XK",
}
# The catalogue's English names are made for sorting ("Congo, The Democratic Republic of the").
ENGLISH = {
    "CD": "Democratic Republic of the Congo",
    "CG": "Republic of the Congo",
    "PS": "Palestinian Authority",
    "KP": "North Korea",
    "FM": "Micronesia",
    "XK": "Kosovo",
}
OTHER_NAMES = {
    "ru": {"US": "Соединённые Штаты", "PS": "Палестинская администрация", "XK": "Косово"},
    "kk": {"PS": "Палестина әкімшілігі", "LA": "Лаос", "XK": "Косово"},
}


@lru_cache(maxsize=1)
def _by_name() -> dict[str, str]:
    names = dict(ALIASES)
    for country in pycountry.countries:
        for attribute in ("name", "common_name", "official_name"):
            name = getattr(country, attribute, None)
            if name:
                names.setdefault(name.casefold(), country.alpha_2)
    return names


def is_code(code: str) -> bool:
    return code == "XK" or pycountry.countries.get(alpha_2=code) is not None


def code_of(name: str) -> str | None:
    """The ISO 3166-1 code of a country's name or code; None when nobody knows it."""
    text = " ".join(name.replace("’", "'").split())
    if len(text) == 2 and text.isupper() and is_code(text):
        return text
    return _by_name().get(text.casefold())


@lru_cache(maxsize=8)
def _catalogue(language: str) -> gettext.NullTranslations:
    return gettext.translation(
        "iso3166-1", pycountry.LOCALES_DIR, languages=[language], fallback=True
    )


@lru_cache(maxsize=2048)
def _name(code: str, language: str) -> str:
    own = OTHER_NAMES.get(language, {}).get(code)
    if own:
        return own
    country = pycountry.countries.get(alpha_2=code)
    if country is None:
        return ENGLISH.get(code, code)
    name = getattr(country, "common_name", country.name)
    if language == "en":
        return ENGLISH.get(code, name)
    catalogue = _catalogue(language)
    for candidate in (name, country.name):
        translated = catalogue.gettext(candidate)
        if translated != candidate:
            return translated
    return ENGLISH.get(code, name)


def name_of(code: str, language: str | None = None) -> str:
    """The country's name in `language`, by default the reader's."""
    return _name(code, (language or get_language() or "en").split("-")[0])
