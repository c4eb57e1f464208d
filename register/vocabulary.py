"""The words that the public register uses: outcomes, stages, kinds, chapters, sectors.

Codes are stored, labels are translated when a page is shown. The register keeps labels of
its own, so that a public page never needs the private part of the system.
"""

import re

from django.db import models
from django.utils.translation import gettext_lazy as _


class Outcome(models.TextChoices):
    AGREEMENT = "agreement", _("Agreement")
    PARTIAL_AGREEMENT = "partial agreement", _("Partial agreement")
    NO_AGREEMENT = "no agreement", _("No agreement")
    REFUSED_BY_RESPONDENT = "refused by respondent", _("Good offices refused by the enterprise")
    REFUSED_BY_COMPLAINANT = (
        "refused by complainant",
        _("Good offices refused by the complainant"),
    )
    NOT_ACCEPTED = "not accepted", _("Not accepted")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    LAPSED = "lapsed", _("Lapsed")
    SETTLED_OUTSIDE = "settled outside", _("Settled outside the procedure")
    TRANSFERRED = "transferred", _("Transferred to another NCP")
    RESPONDENT_CEASED = "respondent ceased", _("The enterprise ceased to exist")
    ONGOING = "ongoing", _("Ongoing")
    UNKNOWN = "unknown", _("Not known")


class Stage(models.TextChoices):
    """Where an open case stands, as the public is told."""

    RECEIVED = "received", _("Received")
    INITIAL_ASSESSMENT = "initial_assessment", _("Initial assessment")
    GOOD_OFFICES = "good_offices", _("Good offices")
    EXAMINATION = "examination", _("Examination")
    FINAL_STATEMENT = "final_statement", _("Final statement in preparation")
    CLOSED = "closed", _("Closed")
    FOLLOW_UP = "follow_up", _("Follow-up")


class PartyType(models.TextChoices):
    INDIVIDUAL = "individual", _("Individual")
    COMMUNITY = "community", _("Community")
    TRADE_UNION = "trade union", _("Trade union")
    NGO = "ngo", _("Non-governmental organisation")
    BUSINESS = "business", _("Business")
    ASSOCIATION = "association", _("Association")
    STATE_BODY = "state body", _("State body")
    OTHER = "other", _("Other")


class DocumentKind(models.TextChoices):
    INITIAL_ASSESSMENT = "initial_assessment", _("Initial assessment")
    FINAL = "final", _("Final statement")
    FOLLOW_UP = "follow_up", _("Follow-up statement")
    PROGRESS = "progress", _("Progress update")


class Edition(models.TextChoices):
    E2000 = "2000", _("2000 edition")
    E2011 = "2011", _("2011 edition")
    E2023 = "2023", _("2023 edition")


MEDIATORS = {
    "internal": _("The NCP itself"),
    "external": _("An outside mediator"),
    "unknown": _("Not known"),
    "none": _("No mediation"),
}

# Numbering of 2011 and 2023; `chapter_of` brings citations of the 2000 edition to it.
CHAPTERS = {
    "I": _("Concepts and Principles"),
    "II": _("General Policies"),
    "III": _("Disclosure"),
    "IV": _("Human Rights"),
    "V": _("Employment and Industrial Relations"),
    "VI": _("Environment"),
    "VII": _("Combating Bribery and Other Forms of Corruption"),
    "VIII": _("Consumer Interests"),
    "IX": _("Science, Technology and Innovation"),
    "X": _("Competition"),
    "XI": _("Taxation"),
}
# The 2000 edition had no chapter on human rights, so its numbers differ from IV onwards.
CHAPTER_IN_2000 = {
    "I": "I",
    "II": "II",
    "III": "III",
    "IV": "V",
    "V": "VI",
    "VI": "VII",
    "VII": "VIII",
    "VIII": "IX",
    "IX": "X",
    "X": "XI",
}
SAME_IN_ALL_EDITIONS = {"I", "II", "III"}

# ISIC Rev. 4, sections
SECTORS = {
    "A": _("Agriculture, forestry and fishing"),
    "B": _("Mining and quarrying"),
    "C": _("Manufacturing"),
    "D": _("Electricity, gas, steam and air conditioning supply"),
    "E": _("Water supply; sewerage, waste management and remediation"),
    "F": _("Construction"),
    "G": _("Wholesale and retail trade; repair of motor vehicles"),
    "H": _("Transportation and storage"),
    "I": _("Accommodation and food service activities"),
    "J": _("Information and communication"),
    "K": _("Financial and insurance activities"),
    "L": _("Real estate activities"),
    "M": _("Professional, scientific and technical activities"),
    "N": _("Administrative and support service activities"),
    "O": _("Public administration and defence; compulsory social security"),
    "P": _("Education"),
    "Q": _("Human health and social work activities"),
    "R": _("Arts, entertainment and recreation"),
    "S": _("Other service activities"),
    "T": _("Activities of households as employers"),
    "U": _("Activities of extraterritorial organisations and bodies"),
}

TIMELINE = {
    "submitted": _("Submitted"),
    "received": _("Received"),
    "registered": _("Registered"),
    "accepted": _("Accepted for further examination"),
    "initial_assessment": _("Initial assessment"),
    "initial_assessment_published": _("Initial assessment published"),
    "updated_initial_assessment": _("Updated initial assessment"),
    "good_offices": _("Good offices offered"),
    "mediation": _("Mediation"),
    "parties_agree": _("Parties agree to good offices"),
    "agreement": _("Agreement"),
    "post_statement_agreement": _("Agreement after the statement"),
    "examination": _("Examination"),
    "examination_started": _("Examination started"),
    "progress": _("Progress update"),
    "final": _("Final statement"),
    "final_statement": _("Final statement"),
    "published": _("Published"),
    "withdrawn": _("Withdrawn"),
    "concluded": _("Concluded"),
    "follow_up": _("Follow-up"),
    "follow_up_planned": _("Follow-up planned"),
    "procedural_review": _("Review of the procedure"),
    "revised_protocol": _("Revised protocol"),
}

LANGUAGES = {
    "ar": _("Arabic"),
    "bo": _("Tibetan"),
    "cs": _("Czech"),
    "da": _("Danish"),
    "de": _("German"),
    "el": _("Greek"),
    "en": _("English"),
    "es": _("Spanish"),
    "et": _("Estonian"),
    "fi": _("Finnish"),
    "fr": _("French"),
    "he": _("Hebrew"),
    "hu": _("Hungarian"),
    "id": _("Indonesian"),
    "it": _("Italian"),
    "ja": _("Japanese"),
    "kk": _("Kazakh"),
    "km": _("Khmer"),
    "ko": _("Korean"),
    "ky": _("Kyrgyz"),
    "lo": _("Lao"),
    "lt": _("Lithuanian"),
    "lv": _("Latvian"),
    "mn": _("Mongolian"),
    "my": _("Burmese"),
    "nl": _("Dutch"),
    "no": _("Norwegian"),
    "pl": _("Polish"),
    "pt": _("Portuguese"),
    "ro": _("Romanian"),
    "ru": _("Russian"),
    "sk": _("Slovak"),
    "sl": _("Slovenian"),
    "sv": _("Swedish"),
    "ta": _("Tamil"),
    "tg": _("Tajik"),
    "th": _("Thai"),
    "tl": _("Tagalog"),
    "tr": _("Turkish"),
    "ug": _("Uyghur"),
    "uk": _("Ukrainian"),
    "uz": _("Uzbek"),
    "vi": _("Vietnamese"),
    "zh": _("Chinese"),
}

_PROVISION = re.compile(r"^([IVX]{1,4})(?:$|[.\s,(:])")


def chapter_of(provision: str, edition: str) -> str | None:
    """The chapter (2011 numbering) that a citation such as "IV.3" belongs to.

    None where the citation names no chapter, or where the edition is not known and the
    numeral means different chapters in different editions.
    """
    found = _PROVISION.match(provision.strip())
    if not found:
        return None
    numeral = found.group(1)
    if edition == Edition.E2000:
        return CHAPTER_IN_2000.get(numeral)
    if edition or numeral in SAME_IN_ALL_EDITIONS:
        return numeral if numeral in CHAPTERS else None
    return None


def timeline_label(key: str) -> str:
    """The label of a timeline key; unknown keys are shown as words, numbers at the end kept."""
    if key in TIMELINE:
        return str(TIMELINE[key])
    stem, _sep, number = key.rpartition("_")
    if number.isdigit() and stem in TIMELINE:
        return f"{TIMELINE[stem]} {number}"
    words = key.replace("_", " ").replace("-", " ").strip()
    return words[:1].upper() + words[1:]
