"""`script/test`: everything that the tests need, then pytest with the arguments given."""

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from supervisor import keys, layout, packages, processes
from supervisor.cluster import SUPERUSER, Cluster

FIXED = {
    "DEMONSTRATION": "1",
    "DEBUG": "0",
    "SITE_URL": "http://testserver",
    "DJANGO_SETTINGS_MODULE": "config.settings",
    "PYTHONUNBUFFERED": "1",
}
# What a developer's shell may hold must not decide whether a test passes.
FORGOTTEN = ("REDIS_URL", "CELERY_BROKER_URL", "FILES_DIR", "STATIC_ROOT", "EMAIL_BACKEND", "PORT")


def main(arguments: list[str]) -> int:
    """Run pytest; `TEST_DATABASE_URL` names a server to use instead of an embedded one."""
    packages.prepare("requirements-dev.txt")
    os.umask(0o077)
    with _own_folder() as place, _database_in(place) as server:
        environment = packages.clean_environment() | FIXED
        for name in FORGOTTEN:
            environment.pop(name, None)
        environment |= {name: make() for name, make in keys.MAKERS.items()}
        environment |= {"VAR_DIR": str(place / "var"), **server}
        command: list[str | Path] = [layout.PYTHON, "-m", "pytest", *arguments]
        return processes.run_in_foreground(command, environment=environment, cwd=layout.ROOT)


@contextmanager
def _own_folder() -> Iterator[Path]:
    """A folder of this run; those of runs that were killed are swept."""
    layout.prepare()
    base = layout.VAR / "test"
    base.mkdir(exist_ok=True)
    base.chmod(0o711)
    for old in base.iterdir():
        with (old / "lock").open("a") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                continue
        _remove(old)
    place = Path(tempfile.mkdtemp(prefix="run-", dir=base))
    place.chmod(0o711)
    (place / "var").mkdir()
    with (place / "lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        try:
            yield place
        finally:
            _remove(place)


def _remove(place: Path) -> None:
    database = place / "postgres"
    if database.exists():
        cluster = _cluster(place)
        cluster.stop()
        cluster.remove()
    shutil.rmtree(place, ignore_errors=True)


def _cluster(place: Path) -> Cluster:
    log = layout.LOGS / "postgres-test.log"
    return Cluster(place / "postgres", log=log, fleeting=True)


@contextmanager
def database() -> Iterator[str]:
    """The address of a database server that may be filled and lost."""
    with _own_folder() as place, _database_in(place) as server:
        yield server["DATABASE_URL"]


@contextmanager
def _database_in(place: Path) -> Iterator[dict[str, str]]:
    """The address of a server and, of an embedded one, the folder of its programs."""
    if given := os.environ.get("TEST_DATABASE_URL"):
        yield {"DATABASE_URL": given}
        return
    cluster = _cluster(place)
    try:
        cluster.acquire()
        assert cluster.binaries
        yield {
            "DATABASE_URL": cluster.url(SUPERUSER, SUPERUSER),
            "PG_BIN": str(cluster.binaries.folder),
        }
    finally:
        cluster.release()
