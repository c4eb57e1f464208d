import shutil
import sys
import tempfile
from pathlib import Path

import pytest

from tests.ground import stage


@pytest.fixture
def var():
    """A folder for one installation; others may pass, so that root's PostgreSQL can live there."""
    base = Path(tempfile.mkdtemp(prefix="good offices "))
    base.chmod(0o711)
    yield base / "var"
    left = stage.left_behind(base)
    shutil.rmtree(base, ignore_errors=True)
    assert not left


@pytest.fixture(scope="session")
def prepared():
    """An installation with a migrated database, made once; copy it with `stage`."""
    base = Path(tempfile.mkdtemp(prefix="good offices "))
    base.chmod(0o711)
    made = stage.manage(base / "var", "prepare")
    assert made.returncode == 0, made.stdout + made.stderr
    yield base / "var"
    shutil.rmtree(base, ignore_errors=True)


@pytest.fixture
def installation(prepared, var):
    """A copy of it that the test may break."""
    shutil.copytree(prepared, var, symlinks=True)
    stage.same_owners(prepared, var)
    return var


@pytest.fixture(scope="session")
def running(prepared):
    """A server on a copy of it, for all tests that leave it running."""
    base = Path(tempfile.mkdtemp(prefix="good offices "))
    base.chmod(0o711)
    shutil.copytree(prepared, base / "var", symlinks=True)
    stage.same_owners(prepared, base / "var")
    with stage.serving(base / "var") as server:
        server.url = server.wait_until_ready()
        yield server
    shutil.rmtree(base, ignore_errors=True)


if sys.platform != "linux":
    collect_ignore_glob = ["*"]
