"""A published document as PDF/UA-1, typeset by typst from plain data.

The text reaches the typesetter as JSON, never as markup, so nothing that somebody wrote is run.
Fonts are the ones inside typst, so that the same text gives the same pages on every machine.
"""

import json
import re
import unicodedata
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typst
from django.conf import settings
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from .. import branding
from ..countries import name_of
from ..dates import PartialDate
from ..markdown import to_tree
from ..vocabulary import DocumentKind, Outcome

if TYPE_CHECKING:
    from ..models import PublishedDocument, PublishedRecord

TEMPLATE = Path(__file__).parent / "document.typ"
INTERFACE_LANGUAGES = {"en", "ru", "kk"}
_NO_GLYPH = re.compile(r'the text `"(.+?)"` could not be displayed')
_CODE = re.compile(r"^[a-z]{2,3}$")
BRAND = "#12436d"
UNSHOWN = "[…]"
MAX_SCRIPTS = 30


def _name_of_party(party: dict[str, Any]) -> str:
    if party["withheld"]:
        return _("Name withheld")
    name = party["name"]
    if party["native_name"]:
        name += f" ({party['native_name']})"
    if party["home_country"]:
        name += f", {name_of(party['home_country'])}"
    return name


def _facts(record: "PublishedRecord", document: "PublishedDocument") -> list[list[str]]:
    def day(text: str) -> str:
        return PartialDate.parse(text).display() if text else ""

    facts = [
        [_("Reference"), record.reference],
        [_("Complainants"), "; ".join(map(_name_of_party, record.complainants))],
        [_("Enterprises"), "; ".join(map(_name_of_party, record.respondents))],
        [_("Host countries"), ", ".join(map(name_of, record.host_countries))],
        [_("Lead NCP"), name_of(record.lead_ncp)],
        [_("Supporting NCPs"), ", ".join(map(name_of, record.supporting_ncps))],
        [_("Submitted"), day(record.submitted_on)],
        [_("Concluded"), day(record.concluded_on)],
        [_("Outcome"), str(Outcome(record.outcome).label)],
        [_("Provisions cited"), ", ".join(p["code"] for p in record.provisions)],
        [
            _("Text finalised"),
            day(document.finalised_on.isoformat()) if document.finalised_on else "",
        ],
        [_("Published"), _day(document.published_at)],
        [_("Version"), str(document.version)],
        [_("Correction"), document.correction_note],
    ]
    return [fact for fact in facts if fact[1]]


def _day(moment: datetime) -> str:
    local = timezone.localdate(moment, timezone.get_default_timezone())
    return PartialDate(local, "day").display()


def payload(record: "PublishedRecord", document: "PublishedDocument") -> dict[str, Any]:
    """What the template is given, its labels in the language of the document."""
    language = document.language.split("-")[0]
    interface = language if language in INTERFACE_LANGUAGES else "en"
    with translation.override(interface):
        publisher = record.publisher.get(interface) or record.publisher.get("en")
        return {
            "language": language if _CODE.match(language) else "en",
            "interface": interface,
            "title": document.title or record.title,
            "case": record.title,
            "kind": str(DocumentKind(document.kind).label),
            "publisher": publisher or branding.current().text("names"),
            "logo": list(branding.current().logo),
            "brand": branding.current().colours.get("brand", BRAND),
            "facts": _facts(record, document),
            "facts_title": _("The case"),
            "body": to_tree(document.markdown),
            "address": f"{settings.SITE_URL}/register/{record.pk}/",
            "address_label": _("Whether this version still stands, and what was corrected:"),
            "page": pgettext("page of a document", "Page"),
            "of": pgettext("page 1 of 3", "of"),
            "unshown": "",
        }


def _same_script(char: str) -> "re.Pattern[str]":
    """Everything of the writing that `char` belongs to, so that names become one mark."""
    script = unicodedata.name(char, "").split(" ")[0].split("-")[0]
    block = ord(char) & ~0xFF
    return re.compile(
        f"[{chr(block)}-{chr(block + 0xFF)}]+"
        if script not in {"HANGUL", "CJK"}
        else "[\u1100-\u11ff\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\uff00-\uffef]+"
    )


def _replace(value: Any, pattern: "re.Pattern[str]") -> Any:
    if isinstance(value, str):
        return pattern.sub(UNSHOWN, value)
    if isinstance(value, list):
        return [_replace(item, pattern) for item in value]
    if isinstance(value, dict):
        return {key: _replace(item, pattern) for key, item in value.items()}
    return value


def render(record: "PublishedRecord", document: "PublishedDocument") -> bytes:
    """The PDF of a document. Raises typst.TypstError or RuntimeError only for faults of ours.

    PDF/UA forbids text without a glyph. Writing that the fonts do not hold (Korean, say) is
    shown as […] with a note that the web page has it.
    """
    data = payload(record, document)
    for _attempt in range(MAX_SCRIPTS):
        try:
            return typst.compile(
                str(TEMPLATE),
                sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
                pdf_standards=["ua-1"],
                ignore_system_fonts=True,
                timestamp=int(document.published_at.timestamp()),
            )
        except typst.TypstError as error:
            found = _NO_GLYPH.search(str(error))
            if not found:
                raise
            data = _replace(data, _same_script(found.group(1)[0]))
            with translation.override(data["interface"]):
                data["unshown"] = _(
                    "[…] stands for letters that this file has no font for. "
                    "The page on the register shows them."
                )
    raise RuntimeError("too many kinds of writing without a font")
