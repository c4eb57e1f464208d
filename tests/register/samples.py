"""Payloads for tests, with traits as keyword arguments."""

from itertools import count

from register.dates import PartialDate
from register.payload import DocumentData, PartyData, ProvisionData, RecordData

_numbers = count(1)

KAZAKH = (
    "Мұнайшылардың еңбек жағдайлары нашар болды. Ауыл тұрғындарының ауыз суы ластанған. "
    "Кәсіпорын жұмысшылардың құқықтарын сақтамады."
)
RUSSIAN = "Работники предприятия жаловались на загрязнение рек и отсутствие переговоров."
ENGLISH = "Villagers were resettled because of mining. The company refused negotiations."


def record(**fields) -> RecordData:
    number = next(_numbers)
    given = {
        "source_key": f"test:{number}",
        "title": f"Case {number}",
        "lead_ncp": "KZ",
        "submitted_on": PartialDate.parse("2020-03-02"),
        "concluded_on": PartialDate.parse("2021-09"),
        "complainants": (PartyData("Green Steppe", type="ngo"),),
        "respondents": (PartyData("Altyn Tau", home_country="KZ"),),
        "host_countries": ("KZ",),
        "sector": "B",
        "provisions": (ProvisionData("IV.3", "2011"),),
        "outcome": "agreement",
        "summary": ENGLISH,
    }
    return RecordData(**(given | fields))


def statement(**fields) -> DocumentData:
    given = {
        "title": "Қорытынды мәлімдеме",
        "language": "kk",
        "markdown": f"# Кіріспе\n\n{KAZAKH}\n\n## Шешім\n\nӘә Ғғ Ққ Ңң Өө Ұұ Үү Һһ Іі",
    }
    return DocumentData(**(given | fields))
