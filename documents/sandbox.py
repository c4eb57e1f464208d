"""Runs `documents.cleaning` in a process of its own, without keys, environment or patience."""

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SECONDS = 150


class Unfinished(Exception):
    """The check ended without an answer, for a reason that may lie outside the file."""


@dataclass(frozen=True)
class Outcome:
    """A kind and a clean copy, or the code of a refusal."""

    mime: str = ""
    copy: bytes = b""
    refused: str = ""


def clean(data: bytes, *, extension: str) -> Outcome:
    """Check one file. Raises Unfinished where the process found no end in time or did not start.

    A file that makes the process crash or run out of memory is refused as too complex.
    """
    run = _run({"extension": extension}, data)
    if run.returncode < 0:
        return Outcome(refused="too_complex")
    if run.returncode:
        return Outcome(refused="damaged")
    line, _newline, copy = run.stdout.partition(b"\n")
    head = json.loads(line)
    return Outcome(mime=head.get("mime", ""), copy=copy, refused=head.get("refused", ""))


def text_of(copy: bytes, *, mime: str) -> str:
    """Return the words of a clean copy, "" where they cannot be read. Raises Unfinished where the
    process did not start."""
    try:
        run = _run({"text": mime}, copy)
    except Unfinished as error:
        if error.__cause__ is not None:
            raise
        return ""
    if run.returncode:
        return ""
    return run.stdout.partition(b"\n")[2].decode("utf-8", "replace")


def _run(asked: dict[str, str], data: bytes) -> "subprocess.CompletedProcess[bytes]":
    try:
        return subprocess.run(
            [sys.executable, "-m", "documents.cleaning"],
            input=json.dumps(asked).encode() + b"\n" + data,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=ROOT,
            env={"LANG": "C.UTF-8", "PATH": "/usr/bin:/bin"},
            timeout=SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise Unfinished("no answer in time") from None
    except OSError as error:
        raise Unfinished(str(error)) from error
