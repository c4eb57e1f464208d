"""An extract as PDF/UA-1, typeset by typst from plain data."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import typst

TEMPLATE = Path(__file__).parent / "extract.typ"


def render(data: dict[str, Any], *, at: int) -> bytes:
    """Return the PDF.

    Args:
        data: words only, in the language of the reader.
        at: the moment it was made, in seconds since 1970.
    """
    return typst.compile(
        str(TEMPLATE),
        sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
        pdf_standards=["ua-1"],
        ignore_system_fonts=True,
        timestamp=at,
    )
