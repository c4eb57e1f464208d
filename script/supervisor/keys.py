"""The secrets of a local installation: made once, kept apart from the database."""

import base64
import os
import secrets
from collections.abc import Mapping
from pathlib import Path

from supervisor import layout
from supervisor.refusal import Refusal

FILE = layout.VAR / "keys.env"
HEADING = """\
# The keys of this installation. Whoever has this file and the database can read everything;
# without it nothing can be read. Keep a copy apart from the backups.
"""


def _fernet() -> str:
    return base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()


def _seed() -> str:
    return base64.b64encode(secrets.token_bytes(32)).decode()


def _text() -> str:
    return secrets.token_urlsafe(48)


MAKERS = {
    "SECRET_KEY": _text,
    "SEALING_KEYS": _fernet,
    "INDEX_KEY": _text,
    "CHAIN_KEY": _text,
    "CODE_PEPPER": _text,
    "SIGNING_KEY": _seed,
}


def load(environment: Mapping[str, str], *, database_exists: bool) -> dict[str, str]:
    """The keys: from the environment where it sets them, else from the file, else new ones.

    Raises:
        Refusal: the file is gone but there is a database that was made with its keys.
    """
    given = {name: environment[name] for name in MAKERS if environment.get(name)}
    kept = layout.read_variables(FILE)
    missing = [name for name in MAKERS if name not in given and name not in kept]
    if missing and database_exists:
        raise Refusal(
            f"{FILE} lacks {', '.join(missing)}, but this installation has data made with it: put "
            "the file back, nothing was changed."
        )
    if missing:
        kept |= {name: MAKERS[name]() for name in missing}
        lines = [f"{name}={value}\n" for name, value in kept.items()]
        layout.write_private(FILE, HEADING + "".join(lines))
    return {name: kept[name] for name in MAKERS if name in kept} | given


def passwords(path: Path, names: list[str], *, database_exists: bool) -> dict[str, str]:
    """The database passwords in `path`, made where there are none yet."""
    kept = layout.read_variables(path)
    missing = [name for name in names if name not in kept]
    if missing and database_exists:
        raise Refusal(
            f"{path} is gone, and the database beside it cannot be opened without it: put the "
            "file back, nothing was changed."
        )
    if missing:
        kept |= {name: secrets.token_urlsafe(24) for name in missing}
        layout.write_private(path, "".join(f"{name}={value}\n" for name, value in kept.items()))
    return kept


def owner_only(path: Path) -> None:
    """Take away what others might read; a copy put back by hand often comes with wide rights."""
    if path.exists() and path.stat().st_mode & 0o077:
        os.chmod(path, 0o600)
