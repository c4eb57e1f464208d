"""The Guidelines finder: plain sentences that lead to a chapter or paragraph (edition of 2023).

A person ticks what happened to them; the officer confirms or corrects the provision later. Where
the numbering of an edition is not beyond doubt, the sentence leads to the chapter alone.
"""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

EDITION = "2023"


@dataclass(frozen=True)
class Finding:
    key: str
    sentence: Any
    citation: str


FINDINGS = (
    Finding("land", _("Land, houses or water were taken or damaged"), "IV.2"),
    Finding("asked", _("We were not asked or not heard before it was decided"), "II"),
    Finding("rights", _("People's rights, health, safety or culture were harmed"), "IV.1"),
    Finding("checked", _("The enterprise did not check what harm its work may do"), "IV.5"),
    Finding("remedy", _("The enterprise does not put right what it did"), "IV.6"),
    Finding("threat", _("People were threatened, beaten or punished for speaking up"), "IV.1"),
    Finding("union", _("Workers may not join a trade union or are punished for it"), "V.1.a"),
    Finding("bargain", _("The enterprise does not negotiate with the workers' union"), "V.1.b"),
    Finding("children", _("Children work there"), "V.1.c"),
    Finding("forced", _("People are forced to work or their documents are kept"), "V.1.d"),
    Finding("unequal", _("People are treated worse for who they are"), "V.1.e"),
    Finding("conditions", _("Pay, hours, safety or dismissal were unfair"), "V"),
    Finding("nature", _("Air, water, soil, animals or the climate are harmed"), "VI"),
    Finding("bribes", _("Bribes were paid or asked for"), "VII"),
    Finding("honest", _("The enterprise hides or twists what people need to know"), "III"),
    Finding("buyers", _("Buyers or users of its goods or services were harmed or misled"), "VIII"),
    Finding("technology", _("Its technology or data was used to harm people"), "IX"),
    Finding("market", _("It agreed prices or shut others out of the market"), "X"),
    Finding("taxes", _("It avoids the taxes that it owes"), "XI"),
    Finding("chain", _("Its suppliers, buyers or partners did the harm"), "II"),
)

BY_KEY = {finding.key: finding for finding in FINDINGS}


def choices() -> list[tuple[str, Any]]:
    return [(finding.key, finding.sentence) for finding in FINDINGS]


def citations(keys: list[str]) -> list[str]:
    """Return the provisions that the ticked sentences lead to, each once."""
    found = [finding.citation for finding in FINDINGS if finding.key in keys]
    return list(dict.fromkeys(found))
