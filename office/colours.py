"""Colours that people can read: the contrast of two colours after WCAG 2.2."""

from __future__ import annotations

import re

COLOUR = re.compile(r"#[0-9a-f]{6}")

LEAST = 4.5
"""WCAG 2.2, success criterion 1.4.3 (AA), for text of ordinary size."""

DEFAULTS = {"brand": "#12436d", "brand_dark": "#0b2d4a", "link": "#0f5699"}
"""The colours of `static/css/app.css`, where nothing else was chosen."""

GROUNDS = {
    "brand": ("#ffffff", "#f1f4f7"),
    "brand_dark": ("#ffffff", "#f1f4f7"),
    "link": ("#ffffff", "#f1f4f7"),
}
"""On which colours each of them is written, or which are written on it: the page, soft grounds."""


def luminance(colour: str) -> float:
    """Return the relative luminance of `#rrggbb`, from 0 (black) to 1 (white)."""
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (
        value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4
        for value in channels
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Return the contrast of two colours: from 1 (the same) to 21 (black on white)."""
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def worst(token: str, colour: str) -> float:
    """Return the least contrast that a colour has where the pages use it."""
    return min(contrast(colour, ground) for ground in GROUNDS[token])
