"""The process in which one file is checked: reads it from stdin, writes the outcome to stdout.

Input: one line of JSON ({"extension": ".pdf"}), then the file. Output: one line of JSON
({"mime": …} or {"refused": code}), then the clean copy. It has no environment, can write no
file, and dies of too much memory or time instead of taking the worker with it.

With {"text": "application/pdf"} it is given a clean copy instead and answers with its words.
"""

import json
import resource
import sys

MEMORY = 1024 * 1024 * 1024
CPU_SECONDS = 60


def main() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))

    from documents.cleaning import Refused, clean

    asked = json.loads(sys.stdin.buffer.readline())
    data = sys.stdin.buffer.read()
    if "text" in asked:
        from documents.cleaning.text import extract

        sys.stdout.buffer.write(b"{}\n" + extract(data, asked["text"]).encode())
        sys.stdout.buffer.flush()
        return
    try:
        kind, copy = clean(data, extension=asked["extension"])
        head = {"mime": kind.mime}
    except Refused as refused:
        head, copy = {"refused": refused.code}, b""
    except (MemoryError, RecursionError):
        head, copy = {"refused": "too_complex"}, b""
    sys.stdout.buffer.write(json.dumps(head).encode() + b"\n" + copy)
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
