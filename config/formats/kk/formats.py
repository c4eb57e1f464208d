"""Kazakh: the year stands first, as in "2027 жылғы 22 қаңтар"; numbers as in Russian."""

DATE_FORMAT = "Y жылғы j E"
TIME_FORMAT = "H:i"
DATETIME_FORMAT = "Y жылғы j E, H:i"
YEAR_MONTH_FORMAT = "Y жылғы E"
MONTH_DAY_FORMAT = "j E"
SHORT_DATE_FORMAT = "d.m.Y"
SHORT_DATETIME_FORMAT = "d.m.Y H:i"
FIRST_DAY_OF_WEEK = 1

DATE_INPUT_FORMATS = ["%Y-%m-%d", "%d.%m.%Y", "%d.%m.%y"]
DECIMAL_SEPARATOR = ","
THOUSAND_SEPARATOR = "\xa0"
NUMBER_GROUPING = 3

# Templates name the format that they want; Django looks every name up here before it takes it at
# its word.
_AS_NAMED = {
    "j E Y": DATE_FORMAT,
    "j F Y": DATE_FORMAT,
    "j E Y, H:i": DATETIME_FORMAT,
    "j E Y, H:i:s": "Y жылғы j E, H:i:s",
}


def __getattr__(name: str) -> str:
    try:
        return _AS_NAMED[name]
    except KeyError:
        raise AttributeError(name) from None
