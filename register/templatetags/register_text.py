"""Codes of the register as words in the reader's language."""

import re

from django import template
from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from .. import vocabulary
from ..countries import name_of
from ..dates import PartialDate

register = template.Library()

_URL = re.compile(r"https?://[^\s<>\"';]+")


@register.filter
def country(code: str) -> str:
    return name_of(code)


@register.filter
def countries(codes: list[str]) -> str:
    return ", ".join(name_of(code) for code in codes)


@register.filter
def sector(code: str) -> str:
    return str(vocabulary.SECTORS.get(code, code))


@register.filter
def chapter(numeral: str) -> str:
    return (
        f"{numeral}. {vocabulary.CHAPTERS[numeral]}" if numeral in vocabulary.CHAPTERS else numeral
    )


@register.filter
def outcome(code: str) -> str:
    return str(vocabulary.Outcome(code).label)


@register.filter
def party_type(code: str) -> str:
    return str(vocabulary.PartyType(code).label) if code in vocabulary.PartyType.values else code


@register.filter
def edition(code: str) -> str:
    return str(vocabulary.Edition(code).label) if code in vocabulary.Edition.values else code


@register.filter
def language_name(code: str) -> str:
    return str(vocabulary.LANGUAGES.get(code, code))


@register.filter
def mediator(text: str) -> str:
    return str(vocabulary.MEDIATORS.get(text, text))


@register.filter
def timeline_label(key: str) -> str:
    return vocabulary.timeline_label(key)


@register.filter
def partial_date(text: str) -> str:
    """A date of the precision that its source has, in the reader's language."""
    return PartialDate.parse(text).display() if text else ""


@register.filter
def source_confidence(text: str) -> str:
    known = {
        "sourced": _("Checked against the source"),
        "well known, to confirm": _("Well known, still to be confirmed"),
    }
    return known.get(text, text)


@register.filter
def with_links(text: str) -> SafeString:
    """The text with its http(s) addresses as links; everything is escaped."""
    parts, done = [], 0
    for found in _URL.finditer(text):
        address = found.group().rstrip(".,)")
        parts.append(conditional_escape(text[done : found.start()]))
        parts.append(
            format_html('<a href="{0}" rel="noopener noreferrer nofollow">{0}</a>', address)
        )
        done = found.start() + len(address)
    parts.append(conditional_escape(text[done:]))
    return format_html_join("", "{}", ((part,) for part in parts))
