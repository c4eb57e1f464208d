"""Dispatches `script/attack`: each attack is a module with `main(arguments)`.

Only against a server on this machine: an attack on another one is refused.
"""

import importlib
import sys
from pathlib import Path

ATTACKS = {"codes": "access codes that open nothing: what they find, and the time they take"}


def main(arguments: list[str]) -> int:
    if not arguments or arguments[0] not in ATTACKS:
        print("Usage: script/attack NAME [OPTIONS]")
        for name, what in ATTACKS.items():
            print(f"  {name:8} {what}")
        return 2
    sys.path[0] = str(Path(__file__).resolve().parent)
    return importlib.import_module(arguments[0]).main(arguments[1:])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
