"""A receipt as PDF/UA-1, typeset by typst from plain data. It never holds the access code."""

from __future__ import annotations

import json
from pathlib import Path

import typst
from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from cases.receipts import Receipt, read_moment, text_of
from office.current import current

TEMPLATE = Path(__file__).parent / "receipt.typ"


def render(receipt: Receipt) -> bytes:
    """Return the PDF of a receipt in the language of the page."""
    language = (get_language() or settings.LANGUAGE_CODE).split("-")[0]
    data = {
        "language": language,
        "title": _("Receipt"),
        "publisher": current().name(language),
        **current().letterhead,
        "lead": _("This proves what was sent and when, and says nothing of its content."),
        "facts": [
            {"label": _("Receipt number"), "value": receipt.receipt_id},
            {"label": _("Time (UTC)"), "value": receipt.at},
            {
                "label": _("Digest (SHA-256) of what was sent"),
                "value": _grouped(receipt.digest, 8),
            },
            {
                "label": _("Signature of the office (Ed25519)"),
                "value": _grouped(receipt.signature, 11),
            },
            {"label": _("Public key"), "value": receipt.public_key},
        ],
        "how_title": _("How to check this receipt"),
        "how": [
            _(
                "Open the page below and choose this file, or type the four values. It says "
                "whether the office signed them."
            ),
            _(
                "Without the network: the command “verify_receipt” of the software does the same "
                "with the public key that the office publishes."
            ),
        ],
        "address": f"{settings.SITE_URL}/verify/",
        "note": _("The receipt number opens nothing. Only the access code does."),
        "lines": text_of(receipt).splitlines(),
    }
    moment = read_moment(receipt.at)
    return typst.compile(
        str(TEMPLATE),
        sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
        pdf_standards=["ua-1"],
        ignore_system_fonts=True,
        timestamp=int(moment.timestamp()) if moment else 0,
    )


def _grouped(value: str, size: int) -> str:
    return " ".join(value[place : place + size] for place in range(0, len(value), size))
