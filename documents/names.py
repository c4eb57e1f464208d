"""File names that came from outside: what to keep of them, and what to put in a header."""

import re
import unicodedata

LONGEST = 150
RESERVED = re.compile(r"(con|prn|aux|nul|com[0-9]|lpt[0-9])(\.|$)", re.IGNORECASE)


def readable_name(name: str) -> str:
    """A name to show: no path, no control or direction marks, at most 150 characters.

    Never empty: a name of which nothing is left reads "file".
    """
    name = unicodedata.normalize("NFC", name or "")
    name = re.split(r"[/\\]", name)[-1]
    kept = "".join(
        c for c in name if unicodedata.category(c) not in ("Cc", "Cf", "Cs", "Co", "Zl", "Zp")
    )
    kept = " ".join(kept.split()).strip(" .")
    if len(kept) > LONGEST:
        stem, dot, extension = kept.rpartition(".")
        tail = dot + extension if stem and len(extension) <= 10 else ""
        kept = kept[: LONGEST - len(tail)] + tail
    return kept or "file"


def header_name(name: str, *, extension: str) -> str:
    """A name for Content-Disposition: ASCII letters, digits, dot, dash; ends in `extension`."""
    name = readable_name(name)
    stem = name[: -len(extension)] if name.lower().endswith(extension) else name
    ascii_only = unicodedata.normalize("NFKD", stem).encode("ascii", "ignore").decode()
    safe = re.sub(r"[^A-Za-z0-9.-]+", "-", ascii_only).strip("-.")[:80]
    if not safe or RESERVED.match(safe):
        safe = f"file-{safe}".rstrip("-")
    return safe + extension


def extension_of(name: str) -> str:
    """The extension in small letters with its dot, or ""."""
    stem, dot, extension = readable_name(name).rpartition(".")
    return f".{extension.lower()}" if stem and dot and len(extension) <= 10 else ""
