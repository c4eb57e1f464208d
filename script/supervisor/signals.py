"""Signals set a flag; whoever waits looks at it.

A handler that raised could strike between the birth of a child and the line that records it.
"""

import contextlib
import os
import select
import signal
import time

STOPPING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT)

_received: list[int] = []
_pipe = os.pipe()


class Stopped(BaseException):
    """Somebody asked this command to stop. Not an `Exception`: nothing may swallow it."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.signal = number


def install() -> None:
    """Take the signals over, also one that the parent ignores (a background job's SIGINT)."""
    for end in _pipe:
        os.set_blocking(end, False)
    signal.set_wakeup_fd(_pipe[1], warn_on_full_buffer=False)
    for number in STOPPING:
        signal.signal(number, lambda received, _frame: _received.append(received))
    signal.signal(signal.SIGCHLD, lambda *_: None)


def received() -> int | None:
    return _received[0] if _received else None


def is_hurried() -> bool:
    """Somebody asked twice: shorten the waits."""
    return len(_received) > 1


def checkpoint() -> None:
    """Raise `Stopped` when a signal came. Call before each step that starts something."""
    if _received:
        raise Stopped(_received[0])


def pause(seconds: float) -> None:
    """Sleep until a signal arrives (also a child's end) or the seconds are over."""
    with contextlib.suppress(InterruptedError):
        select.select([_pipe[0]], [], [], seconds)
    with contextlib.suppress(BlockingIOError):
        while os.read(_pipe[0], 512):
            pass


def forget_interrupt() -> None:
    """The child in the foreground answered the Ctrl-C itself."""
    _received[:] = [number for number in _received if number != signal.SIGINT]


def deadline(seconds: float) -> float:
    return time.monotonic() + seconds
