"""`script/bench NAME [--cases N] [--json FILE]`: see `config.bench`."""

import argparse
import os
import subprocess
import sys
from pathlib import Path

from config.bench import databases
from config.bench.lines import machine, table, write

NAMES = {
    "desk": "worklist, search and case page",
    "submissions": "complaints filed a second, on copies of both databases",
    "sweep": "reminders of a million deadlines, on a copy of the smaller database",
}
FEWEST = 100
COPIES = {
    "sweep": {"large": ("sweep", "few")},
    "submissions": {"large": ("filing", "many"), "small": ("filing_few", "few")},
}
"""What writes works on copies, made anew for each run: their names, and what they are copies of."""


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="script/bench",
        description="Measures pages beside what a bare program needs for the same work, on "
        "invented cases in databases of its own, and exits 1 when a bar is missed.",
    )
    parser.add_argument(
        "name",
        choices=sorted(NAMES),
        help="; ".join(f"{name}: {what}" for name, what in sorted(NAMES.items())),
    )
    parser.add_argument("--cases", type=int, default=100_000, metavar="N")
    parser.add_argument(
        "--smaller", type=int, metavar="N", help="growth is measured from here; a tenth of --cases"
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write the figures here")
    options = parser.parse_args()
    if options.cases < FEWEST:
        parser.error(f"at least {FEWEST} cases are needed")
    server = os.environ["BENCH_SERVER"]
    many, few = options.cases, options.smaller or options.cases // 10
    held = {"many": many, "few": few}
    copies = COPIES.get(options.name, {})
    needed = {of for _name, of in copies.values()} or set(held)
    small = databases.address(server, copies["small"][0] if "small" in copies else few)
    large = databases.address(server, copies["large"][0] if "large" in copies else many)
    if os.environ.get("DATABASE_URL") != large or "BENCH_IS_READY" not in os.environ:
        databases.ready(server, few)
        if "many" in needed:
            databases.ready(server, many, like=few)
        for name, of in copies.values():
            databases.copy(server, held[of], name)
        _collect()
        # The settings were read with the address of before: begin again with that of the bench.
        environment = os.environ | {"DATABASE_URL": large, "BENCH_IS_READY": "1"}
        environment["ALLOWED_HOSTS"] = "127.0.0.1,testserver"
        os.execve(  # noqa: S606 - ourselves, with the same arguments
            sys.executable, [sys.executable, "-m", "config.bench", *sys.argv[1:]], environment
        )

    import django

    django.setup()
    from config.bench import desk, submissions, sweep

    before = machine(large)
    lines = []
    sizes = many, few
    measured = {
        "desk": lambda: desk.measure(large, small, sizes),
        "submissions": lambda: submissions.measure(large, small, sizes),
        "sweep": sweep.measure,
    }[options.name]()
    for line in measured:
        lines.append(line)
        print(*filter(None, line.cells()), sep="  ", file=sys.stderr, flush=True)
    print(file=sys.stderr)
    after = machine(large)["load_average"]
    cases = few if options.name == "sweep" else many
    about = {**before, "load_average_after": after, "cases": cases}
    print(table(lines))
    load = about["load_average"][0], about["load_average_after"][0]
    print(
        f"\n{cases} cases; {about['cores']} cores, load average {load[0]} before and {load[1]} "
        f"after; PostgreSQL {about['postgresql']}, Python {about['python']}; {about['at']}"
    )
    if options.json:
        write(options.json, options.name, lines, about)
    missed = [line.name for line in lines if not line.holds]
    for name in missed:
        print(f"Missed: {name}")
    return 1 if missed else 0


def _collect() -> None:
    """Pages name their style sheets by what is in them: the files must have been collected."""
    command = [sys.executable, "manage.py", "collectstatic", "--noinput", "--verbosity", "0"]
    subprocess.run(command, cwd=databases.ROOT, check=True)


if __name__ == "__main__":
    sys.exit(main())
