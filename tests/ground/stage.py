"""Starts the real commands in a `var/` of their own, and finds what they leave behind."""

import os
import re
import signal
import subprocess
import time
import urllib.error
import urllib.request
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
PATIENCE = 150


def environment(var: Path, **changes: str) -> dict[str, str]:
    """A fresh machine's variables; the database is the embedded one in `var`."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return {
        **kept,
        "VAR_DIR": str(var),
        "PORT": "0",
        # Without the invented cases: loading them is tested where they are made.
        "DEMONSTRATION": "0",
        "REQUIRE_SECOND_FACTOR": "1",
        **changes,
    }


def manage(var: Path, *arguments: str, **changes: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [ROOT / "script/manage", *arguments],
        env=environment(var, **changes),
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        stdin=subprocess.DEVNULL,
    )


class Server:
    """A running `script/server`."""

    url = ""
    seconds = 0.0

    def __init__(self, var: Path, *arguments: str, script: Path | None = None, **changes: str):
        self.var = var
        self.output = var.parent / f"{var.name}.out"
        with self.output.open("wb") as output:
            self.process = subprocess.Popen(
                [script or ROOT / "script/server", *arguments],
                env=environment(var, **changes),
                stdout=output,
                stderr=subprocess.STDOUT,
                stdin=subprocess.DEVNULL,
            )
        self.began = time.monotonic()

    def said(self) -> str:
        return self.output.read_text(errors="replace")

    def wait_for(self, pattern: str, seconds: float = PATIENCE) -> re.Match[str]:
        end = time.monotonic() + seconds
        while not (found := re.search(pattern, self.said())):
            assert self.process.poll() is None, f"it ended: {self.said()}\n{self.logs()}"
            assert time.monotonic() < end, f"no {pattern!r} in: {self.said()}\n{self.logs()}"
            time.sleep(0.05)
        return found

    def wait_until_ready(self) -> str:
        """Return the address; `seconds` holds how long it took."""
        url = self.wait_for(r"is ready: (http://\S+?)/(register/)?\s")[1]
        self.seconds = time.monotonic() - self.began
        return url

    def stop(self, number: int = signal.SIGTERM) -> int:
        if self.process.poll() is None:
            self.process.send_signal(number)
        return self.process.wait(60)

    def logs(self) -> str:
        found = sorted((self.var / "log").glob("*.log")) if (self.var / "log").exists() else []
        return "\n".join(f"-- {log.name}\n{log.read_text()[-1500:]}" for log in found)


@contextmanager
def serving(var: Path, *arguments: str, **changes: str):
    server = Server(var, *arguments, **changes)
    try:
        yield server
    finally:
        server.stop()


def get(url: str) -> tuple[int, str]:
    try:
        with urllib.request.urlopen(url, timeout=20) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


def left_behind(var: Path) -> list[str]:
    """Every process that was started for this folder: by its arguments, place or variables."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            if (entry / "stat").read_text().rpartition(")")[2].split()[0] == "Z":
                continue
            traces = [(entry / "cmdline").read_text(errors="replace").replace("\0", " ")]
            traces.append(os.readlink(entry / "cwd"))
            traces.append((entry / "environ").read_text(errors="replace"))
        except OSError:
            continue
        if any(str(var) in trace for trace in traces) and int(entry.name) != os.getpid():
            found.append(f"{entry.name} {traces[0]}")
    return found


def same_owners(source: Path, target: Path) -> None:
    """A copy made by root belongs to root; PostgreSQL insists on its own user."""
    for path in [source, *source.rglob("*")]:
        state = path.lstat()
        copy = target / path.relative_to(source)
        if copy.lstat().st_uid != state.st_uid:
            os.chown(copy, state.st_uid, state.st_gid, follow_symlinks=False)
        if not path.is_symlink():
            copy.chmod(state.st_mode & 0o7777)
