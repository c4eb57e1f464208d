"""Checks a file and makes a copy without metadata or active content.

Pure: bytes in, bytes out, no Django, no keys, no database. It runs in a process of its own
(`documents.sandbox`), because the libraries that read pictures and PDF meet hostile files here.
"""

from documents.cleaning.types import Kind, Refused, detect

__all__ = ["Kind", "Refused", "clean", "detect"]

EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR" + b"-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"


def clean(data: bytes, *, extension: str = "", depth: int = 0) -> tuple[Kind, bytes]:
    """What kind of file this is, and its clean copy.

    `extension` (".pdf") is what the name claims; `depth` counts files inside files.
    Raises Refused with the code of a sentence in `documents.refusals`.
    """
    from documents.cleaning import images, mail, media, office, pdf

    if not data:
        raise Refused("empty")
    kind = detect(data, extension=extension)
    if EICAR in data:
        raise Refused("virus")
    cleaners = {
        "image": images.clean,
        "heif": media.clean_heif,
        "pdf": lambda data, kind: pdf.clean(data),
        "office": lambda data, kind: office.clean(data, kind, depth=depth),
        "media": media.clean,
        "text": lambda data, kind: data,
        "mail": lambda data, kind: mail.clean(data, depth=depth),
    }
    try:
        return kind, cleaners[kind.family](data, kind)
    except Refused:
        raise
    except (MemoryError, RecursionError):
        raise Refused("too_complex") from None
    except Exception:
        # The libraries below raise nearly anything when they meet a file that was made to hurt.
        raise Refused("damaged") from None
