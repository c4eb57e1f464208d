"""The environment in `.venv`: made once, redone after an interruption, brought up to date."""

import hashlib
import importlib.util
import os
import shutil
import sys
from pathlib import Path

from supervisor import layout, processes
from supervisor.refusal import Refusal

STAMP = layout.VENV / ".installed"
UNFINISHED = layout.VENV / ".unfinished"
SPACE_MIB = 900
RUNTIME = "requirements.txt"


def prepare(requirements: str = RUNTIME) -> None:
    """Make `.venv` hold what the requirement file pins.

    Raises:
        Refusal: no venv module, no network, no space, or a package that cannot be installed.
    """
    layout.prepare()
    with layout.locked("environment", waiting="Another command is installing; waiting for it."):
        if _is_complete(requirements):
            return
        _require_venv_module()
        layout.need_space(SPACE_MIB if not layout.PYTHON.exists() else 100)
        print("Installing packages into .venv (a minute or two the first time) ...", flush=True)
        # Ours alone may read what we write, but PostgreSQL's user must reach its programs here.
        mask = os.umask(0o022)
        try:
            _install(requirements)
        finally:
            os.umask(mask)


def _is_complete(requirements: str) -> bool:
    if UNFINISHED.exists() or not layout.PYTHON.exists() or not STAMP.exists():
        return False
    return _digest(requirements) in STAMP.read_text().split()


def _install(requirements: str) -> None:
    log = layout.LOGS / "install.log"
    environment = clean_environment()
    if UNFINISHED.exists() or (layout.VENV.exists() and not _works()):
        shutil.rmtree(layout.VENV)
    layout.VENV.mkdir(exist_ok=True)
    UNFINISHED.touch()
    STAMP.unlink(missing_ok=True)
    if not layout.PYTHON.exists():
        command: list[str | Path] = [sys.executable, "-m", "venv", layout.VENV]
        _step(command, environment, log, "The environment .venv could not be made")
    command = [layout.PYTHON, "-m", "pip", "install", "--no-input", "--progress-bar=off"]
    command += ["--disable-pip-version-check", "--root-user-action=ignore", "--quiet"]
    command += ["-r", layout.ROOT / requirements]
    _step(command, environment, log, "The packages could not be installed")
    layout.write_private(STAMP, "\n".join({_digest(RUNTIME), _digest(requirements)}))
    UNFINISHED.unlink()


def _step(command: list[str | Path], environment: dict[str, str], log: Path, failure: str) -> None:
    code, output = processes.run(command, environment=environment, log=log, cwd=layout.ROOT)
    if code == 0:
        return
    if "No space left on device" in output or "Disk quota exceeded" in output:
        raise Refusal("The disk is full: free some space and start again.")
    if "ensurepip" in output:
        raise Refusal(_no_venv_module())
    offline = ("NewConnectionError", "Temporary failure in name resolution", "ProxyError")
    if any(sign in output for sign in offline):
        raise Refusal(f"{failure}: the package index cannot be reached; see {log}.")
    errors = [line for line in output.splitlines() if line.startswith("ERROR:")]
    reason = errors[-1].removeprefix("ERROR:").strip() if errors else f"code {code}"
    raise Refusal(f"{failure}: {reason} (see {log}).")


def _works() -> bool:
    """A moved checkout, or a Python that was removed, leaves an environment that does not start."""
    settings = layout.VENV / "pyvenv.cfg"
    if not layout.PYTHON.exists() or not settings.exists():
        return False
    if not settings.read_text().rstrip().endswith(str(layout.VENV)):
        return False
    command: list[str | Path] = [
        layout.PYTHON,
        "-c",
        "import pip, sys; sys.exit(sys.version_info < (3, 11))",
    ]
    log = layout.LOGS / "install.log"
    code, _ = processes.run(command, environment=clean_environment(), log=log, cwd=layout.ROOT)
    return code == 0


def _require_venv_module() -> None:
    if any(importlib.util.find_spec(name) is None for name in ("venv", "ensurepip")):
        raise Refusal(_no_venv_module())


def _no_venv_module() -> str:
    return (
        f"Python's venv module is missing from {sys.executable}: on Debian and Ubuntu "
        "`apt install python3-venv` brings it."
    )


def _digest(requirements: str) -> str:
    digest = hashlib.sha256(f"{layout.VENV} {layout.PYTHON.resolve()}".encode())
    for name in (RUNTIME, requirements):
        for content in _with_what_it_includes(name):
            digest.update(content)
    return digest.hexdigest()


def _with_what_it_includes(name: str) -> list[bytes]:
    content = (layout.ROOT / name).read_bytes()
    included = [line.split()[1] for line in content.decode().splitlines() if line[:3] == "-r "]
    return [content, *(part for other in included for part in _with_what_it_includes(other))]


def clean_environment() -> dict[str, str]:
    """Our variables without those that would lead another Python astray."""
    astray = ("PYTHONHOME", "PYTHONPATH", "PYTHONSTARTUP", "VIRTUAL_ENV", "__PYVENV_LAUNCHER__")
    return {name: value for name, value in os.environ.items() if name not in astray}
