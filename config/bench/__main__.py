"""`script/bench NAME [--cases N] [--json FILE]`: see `config.bench`."""

import argparse
import os
import subprocess
import sys
from pathlib import Path

from config.bench import databases
from config.bench.lines import machine, table, write

NAMES = {"desk": "worklist, search and case page"}
FEWEST = 100


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="script/bench",
        description="Measures pages beside what a bare program needs for the same work, on "
        "invented cases in databases of its own, and exits 1 when a bar is missed.",
    )
    parser.add_argument("name", choices=sorted(NAMES))
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
    small, large = databases.address(server, few), databases.address(server, many)
    if os.environ.get("DATABASE_URL") != large or "BENCH_IS_READY" not in os.environ:
        databases.ready(server, few)
        databases.ready(server, many, like=few)
        _collect()
        # The settings were read with the address of before: begin again with that of the bench.
        environment = os.environ | {"DATABASE_URL": large, "BENCH_IS_READY": "1"}
        environment["ALLOWED_HOSTS"] = "127.0.0.1,testserver"
        os.execve(  # noqa: S606 - ourselves, with the same arguments
            sys.executable, [sys.executable, "-m", "config.bench", *sys.argv[1:]], environment
        )

    import django

    django.setup()
    from config.bench import desk

    before = machine(large)
    lines = []
    for line in desk.measure(large, small, (many, few)):
        lines.append(line)
        print(*filter(None, line.cells()), sep="  ", file=sys.stderr, flush=True)
    print(file=sys.stderr)
    about = {**before, "load_average_after": machine(large)["load_average"], "cases": many}
    print(table(lines))
    load = about["load_average"][0], about["load_average_after"][0]
    print(
        f"\n{many} cases; {about['cores']} cores, load average {load[0]} before and {load[1]} "
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
