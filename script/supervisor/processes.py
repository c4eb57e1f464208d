"""Child processes: each in a group of its own, none left behind."""

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from supervisor import signals

PR_SET_PDEATHSIG = 1
PR_SET_CHILD_SUBREAPER = 36
_libc = ctypes.CDLL(None) if sys.platform == "linux" else None
if _libc:
    # Grandchildren whose parent ends come to us instead of to init, so that we can end them too.
    _libc.prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)

_groups: dict[int, subprocess.Popen[bytes]] = {}
_kept: set[int] = set()


@dataclass
class Account:
    """The user that a child runs as, when it is not ours."""

    uid: int
    gid: int


def spawn(
    command: Sequence[str | Path],
    *,
    environment: Mapping[str, str],
    log: Path | None = None,
    cwd: Path,
    account: Account | None = None,
    keep_fds: Sequence[int] = (),
    foreground: bool = False,
    outlives_us: bool = False,
    stdin: int | None = subprocess.DEVNULL,
    stdout: Any = None,
) -> subprocess.Popen[bytes]:
    """Start a child. With `foreground` it stays in our group and may use the terminal."""
    signals.checkpoint()
    output = stdout
    if log:
        log.parent.mkdir(parents=True, exist_ok=True)
        output = log.open("ab")
    parent = os.getpid()

    def die_with_us() -> None:
        if _libc:
            _libc.prctl(PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)
            if os.getppid() != parent:
                os._exit(1)

    extra: dict[str, Any] = {}
    if account:
        extra = {"user": account.uid, "group": account.gid, "extra_groups": []}
    try:
        child = subprocess.Popen(
            [str(part) for part in command],
            env=dict(environment),
            cwd=cwd,
            stdin=None if foreground else stdin,
            stdout=output,
            stderr=subprocess.STDOUT if log else None,
            pass_fds=tuple(keep_fds),
            start_new_session=not foreground,
            preexec_fn=None if outlives_us else die_with_us,
            **extra,
        )
    finally:
        if log:
            output.close()
    if outlives_us:
        _kept.add(child.pid)
    elif not foreground:
        _groups[child.pid] = child
    return child


def wait(child: subprocess.Popen[bytes], *, patience: float = 20) -> int:
    """The child's exit code. A signal to us ends the child first and then raises `Stopped`."""
    while child.poll() is None:
        if signals.received():
            terminate(child, patience=patience)
            signals.checkpoint()
        signals.pause(1)
    _end_group(child)
    return child.returncode


def run(
    command: Sequence[str | Path],
    *,
    environment: Mapping[str, str],
    log: Path,
    cwd: Path,
    account: Account | None = None,
) -> tuple[int, str]:
    """Run to the end; the exit code and what this run wrote to the log."""
    start = log.stat().st_size if log.exists() else 0
    child = spawn(command, environment=environment, log=log, cwd=cwd, account=account)
    code = wait(child)
    with log.open("rb") as stream:
        stream.seek(start)
        return code, stream.read().decode(errors="replace")


def run_in_foreground(
    command: Sequence[str | Path], *, environment: Mapping[str, str], cwd: Path
) -> int:
    """Run with our terminal. Ctrl-C reaches the child from the terminal; we only wait for it."""
    has_terminal = sys.stdin is not None and sys.stdin.isatty()
    child = spawn(command, environment=environment, cwd=cwd, foreground=has_terminal, stdin=None)
    told: list[int] = []
    give_up: float | None = None
    while child.poll() is None:
        number = signals.received()
        if number is not None and number not in told:
            told.append(number)
            if number == signal.SIGINT and has_terminal:
                signals.forget_interrupt()
                told.clear()
            else:
                with contextlib.suppress(ProcessLookupError):
                    child.send_signal(signal.SIGINT if number == signal.SIGINT else signal.SIGTERM)
                give_up = signals.deadline(20)
        if give_up and (time.monotonic() > give_up or signals.is_hurried()):
            terminate(child, patience=1)
        signals.pause(1)
    if not has_terminal:
        _end_group(child)
    signals.checkpoint()
    return child.returncode if child.returncode >= 0 else 128 - child.returncode


def terminate(
    child: subprocess.Popen[bytes], *, with_signal: int = signal.SIGTERM, patience: float = 20
) -> None:
    """Ask the child to end, then its whole group, then make it."""
    if child.poll() is None:
        _signal_child(child, with_signal)
        wait_until(lambda: child.poll() is not None, patience)
    if child.poll() is None:
        _signal_child(child, signal.SIGKILL)
        child.wait()
    _end_group(child)


def wait_until(condition: Callable[[], bool], seconds: float) -> bool:
    """Wait without minding signals, except that a second one cuts it short."""
    end, hurried_end = signals.deadline(seconds), signals.deadline(min(seconds, 2))
    while not condition():
        if time.monotonic() > (hurried_end if signals.is_hurried() else end):
            return condition()
        time.sleep(0.02)
    return True


def stop_everything() -> None:
    """Before we leave: every child that is still there, and what children left behind."""
    living = [child for child in _groups.values() if child.poll() is None]
    for child in living:
        _signal_child(child, signal.SIGTERM)
    wait_until(lambda: all(child.poll() is not None for child in living), 20)
    for child in list(_groups.values()):
        terminate(child, patience=0)
    end = signals.deadline(5)
    while orphans := [pid for pid in _children_of(os.getpid()) if pid not in _kept]:
        number = signal.SIGTERM if time.monotonic() < end else signal.SIGKILL
        if time.monotonic() > end + 5:
            break
        for pid in orphans:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, number)
            with contextlib.suppress(ChildProcessError):
                os.waitpid(pid, os.WNOHANG)
        time.sleep(0.05)


def keep(pid: int) -> None:
    """Somebody else uses this process: it is not ours to end."""
    _kept.add(pid)


def is_alive(pid: int) -> bool:
    """Whether the process runs; one that ended but was never collected does not."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return _state(pid) != "Z"


def _state(pid: int) -> str:
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    with contextlib.suppress(OSError, subprocess.SubprocessError):
        shown = subprocess.run(
            ["ps", "-o", "state=", "-p", str(pid)], capture_output=True, text=True, timeout=5
        )
        return shown.stdout.strip()[:1]
    return ""


def _children_of(parent: int) -> list[int]:
    children = []
    for entry in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            if int(entry.read_text().rpartition(")")[2].split()[1]) == parent:
                children.append(int(entry.parent.name))
    return children


def _signal_child(child: subprocess.Popen[bytes], number: int) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        if number == signal.SIGKILL and child.pid in _groups:
            os.killpg(child.pid, number)
        else:
            child.send_signal(number)


def _end_group(child: subprocess.Popen[bytes]) -> None:
    """What a child started in its group ends with it."""
    if _groups.pop(child.pid, None) is None:
        return
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(child.pid, signal.SIGTERM)
        wait_until(lambda: not _group_lives(child.pid), 3)
        os.killpg(child.pid, signal.SIGKILL)


def _group_lives(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except (ProcessLookupError, PermissionError):
        return False
    return any(_state(pid) != "Z" for pid in _members(group))


def _members(group: int) -> list[int]:
    members = []
    for entry in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            if int(entry.read_text().rpartition(")")[2].split()[2]) == group:
                members.append(int(entry.parent.name))
    return members
