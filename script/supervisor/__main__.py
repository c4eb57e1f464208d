"""Dispatches `script/server`, `script/manage`, `script/bench`, `script/test` and `script/check`.

Needs nothing but the standard library: it runs before there is an environment, with whatever
Python was found.
"""

import errno
import os
import sys
from pathlib import Path

sys.path[0] = str(Path(__file__).resolve().parent.parent)

# The handlers come before every other import: nothing may start while a signal would orphan it.
from supervisor import signals

signals.install()

from supervisor import processes
from supervisor.refusal import Refusal

DISK_FULL = "The disk is full: free some space and start again; nothing was lost."


def main(argv: list[str]) -> int:
    command, arguments = argv[1], argv[2:]
    match command:
        case "server":
            from supervisor.server import main as run
        case "manage":
            from supervisor.management import main as run
        case "bench":
            from supervisor.bench import main as run
        case "test":
            from supervisor.tests import main as run
        case _:
            from supervisor.checks import main as run

    try:
        return run(arguments)
    except Refusal as refusal:
        return say(str(refusal))
    except signals.Stopped as stopped:
        return 128 + stopped.signal
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            return say(DISK_FULL)
        if error.errno == errno.EPIPE:
            return 1
        if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
            return say(
                f"No right to write {error.filename}: start as the user that this checkout "
                "belongs to, or set VAR_DIR to a folder of your own."
            )
        raise
    finally:
        processes.stop_everything()


def say(sentence: str) -> int:
    print(sentence, file=sys.stderr, flush=True)
    return 1


if __name__ == "__main__":
    code = main(sys.argv)
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    sys.exit(code)
