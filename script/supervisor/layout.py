"""Where things are: the checkout and its `var/`."""

import contextlib
import fcntl
import os
from collections.abc import Iterator
from pathlib import Path

from supervisor import signals
from supervisor.refusal import Refusal

ROOT = Path(__file__).resolve().parent.parent.parent
VENV = ROOT / ".venv"
VAR = Path(os.environ.get("VAR_DIR") or ROOT / "var").absolute()
# Paths that a person types are meant from where the person stands.
WORKING = Path.cwd()
LOGS = VAR / "log"
PYTHON = VENV / "bin" / "python"

MIB = 1024 * 1024
LOG_LIMIT = 10 * MIB


def prepare() -> None:
    """Make `var/`. Others may pass through it, so that root can run PostgreSQL as somebody else,
    but read nothing."""
    made = not VAR.exists()
    VAR.mkdir(parents=True, exist_ok=True)
    if made:
        VAR.chmod(0o711)
    if not os.access(VAR, os.W_OK | os.X_OK):
        raise Refusal(
            f"{VAR} belongs to another user: start as that user, or set VAR_DIR to a folder of "
            "your own."
        )
    LOGS.mkdir(mode=0o700, exist_ok=True)
    for log in LOGS.glob("*.log"):
        if log.stat().st_size > LOG_LIMIT:
            log.replace(log.with_suffix(".log.1"))


def need_space(mib: int) -> None:
    """Refuse early where the disk cannot hold what comes next."""
    space = os.statvfs(VAR if VAR.exists() else ROOT)
    free = space.f_bavail * space.f_frsize // MIB
    if free < mib:
        raise Refusal(
            f"The disk is full: {free} MB are free and {mib} MB are needed; free some space and "
            "start again."
        )


@contextlib.contextmanager
def locked(name: str, *, waiting: str) -> Iterator[None]:
    """Hold `var/NAME.lock`; say `waiting` once if somebody else holds it, and wait."""
    with (VAR / f"{name}.lock").open("a") as lock:
        said = False
        while True:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if not said:
                    print(waiting, flush=True)
                    said = True
                signals.checkpoint()
                signals.pause(0.2)
        yield


def is_locked(name: str) -> str:
    """What the holder of `var/NAME.lock` wrote into it, or nothing when nobody holds it."""
    path = VAR / f"{name}.lock"
    if not path.exists():
        return ""
    with path.open() as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return lock.read().strip() or "starting"
    return ""


def write_private(path: Path, text: str) -> None:
    """Write a file that only we may read, whole or not at all."""
    new = path.with_name(path.name + ".new")
    new.unlink(missing_ok=True)
    with open(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as stream:
        stream.write(text)
        stream.flush()
        os.fsync(stream.fileno())
    new.replace(path)


def read_variables(path: Path) -> dict[str, str]:
    """The NAME=value lines of a file."""
    lines = path.read_text().splitlines() if path.exists() else []
    pairs = (line.split("=", 1) for line in lines if "=" in line and not line.startswith("#"))
    return {name.strip(): value.strip() for name, value in pairs}
