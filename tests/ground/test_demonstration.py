"""What the demonstration invents is in the language of each case."""

import tomllib

import pytest
from django.conf import settings

from config.demonstration import between, says, words
from config.demonstration.submissions import submission

TABLES = {
    name: value for name, value in vars(words).items() if name.isupper() and isinstance(value, dict)
}


def cases():
    text = (settings.BASE_DIR / "data/demonstration.toml").read_text()
    return tomllib.loads(text)["case"]


def test_people_who_are_acted_for_are_named_in_the_language_of_the_case():
    """Forty-six families of a Russian case were listed as “Family 1” to “Family 46”, and the
    reason of a Kazakh complainant to stay unnamed was English."""
    told = {row["key"]: submission(row) for row in cases()}
    principals = told["resettlement"].representative.principals
    assert (principals[0], principals[-1]) == ("Семья 1", "Семья 46")
    kept = told["overtime"].complainants[0].shown.reason
    assert kept == words.WITHHELD["kk"]
    assert told["port"].complainants[0].shown.reason == words.WITHHELD["en"]


@pytest.mark.parametrize("name", sorted(TABLES))
def test_words_are_there_in_every_language(name):
    table = TABLES[name]
    assert set(table) == {code for code, _name in settings.LANGUAGES}
    assert len({type(value) for value in table.values()}) == 1
    if isinstance(table["en"], tuple):
        assert len({len(value) for value in table.values()}) == 1
    assert len(set(table.values())) == len(table)


def test_who_everybody_is_can_be_said_in_every_language():
    """The page of sign-ins told a Kazakh reader in English who was who."""
    text = (settings.BASE_DIR / "data/demonstration.toml").read_text()
    told = [row["says"] for row in tomllib.loads(text)["person"]] + [between.GUEST["says"]]
    assert {part for line in told for part in line.split(": ", 1)} == says.STAFF
    assert {row["key"] for row in cases()} == set(says.ABOUT)
