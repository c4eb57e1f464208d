"""What the office of the demonstration says of itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from office.current import Office, from_settings
from statements.services.office import change_office

if TYPE_CHECKING:
    from accounts.models import User


def save(by: User) -> None:
    """Let the administrator enter address, hours and the (invented) basis of the office."""
    held = from_settings()
    office = Office(
        names=held.names,
        addresses={
            "en": "Mangilik El avenue 8\nAstana 010000, Kazakhstan",
            "ru": "проспект Мәңгілік Ел, 8\n010000 Астана, Казахстан",
            "kk": "Мәңгілік Ел даңғылы, 8\n010000 Астана, Қазақстан",
        },
        hours={
            "en": "Monday to Friday, 9:00 to 18:30",
            "ru": "с понедельника по пятницу, 9:00–18:30",
            "kk": "дүйсенбіден жұмаға дейін, 9:00–18:30",
        },
        legal_bases={
            "en": "Established by an order of the government (invented for the demonstration)",
            "ru": "Создан постановлением правительства (вымышлено для демонстрации)",
            "kk": "Үкімет қаулысымен құрылған (көрсетілім үшін ойдан шығарылған)",
        },
        email=held.email,
        phone=held.phone,
    )
    change_office(office, based_on=0, by=by)
