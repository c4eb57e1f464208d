"""`script/bench NAME`: a database of its own, then the measurements of `config.bench`."""

import os
from pathlib import Path

from supervisor import keys, layout, packages, processes
from supervisor.cluster import SUPERUSER, Cluster

FIXED = {
    "DEMONSTRATION": "1",
    "DEBUG": "0",
    "REQUIRE_SECOND_FACTOR": "1",
    "DJANGO_SETTINGS_MODULE": "config.settings",
    "PYTHONUNBUFFERED": "1",
}


def main(arguments: list[str]) -> int:
    """Run the bench; `BENCH_SERVER` names a server to use instead of an embedded one."""
    packages.prepare()
    os.umask(0o077)
    place = layout.VAR / "bench"
    place.mkdir(exist_ok=True)
    place.chmod(0o711)
    environment = packages.clean_environment() | FIXED | {"VAR_DIR": str(place)}
    environment |= _keys(place / "keys.env", environment)
    command: list[str | Path] = [layout.PYTHON, "-m", "config.bench", *arguments]
    if {"-h", "--help"} & set(arguments) or environment.get("BENCH_SERVER"):
        return processes.run_in_foreground(command, environment=environment, cwd=layout.ROOT)
    cluster = Cluster(place / "postgres", log=layout.LOGS / "postgres-bench.log")
    cluster.acquire()
    try:
        environment["BENCH_SERVER"] = cluster.url(SUPERUSER, SUPERUSER)
        return processes.run_in_foreground(command, environment=environment, cwd=layout.ROOT)
    finally:
        cluster.release()


def _keys(path: Path, environment: dict[str, str]) -> dict[str, str]:
    """The keys that the bench's cases were sealed with, made once."""
    given = {name: environment[name] for name in keys.MAKERS if environment.get(name)}
    kept = layout.read_variables(path) or {name: make() for name, make in keys.MAKERS.items()}
    if not path.exists():
        layout.write_private(path, "".join(f"{name}={value}\n" for name, value in kept.items()))
    return kept | given
