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


def pytest_collection_modifyitems(items):
    """Whole servers on one machine are started one after the other."""
    for item in items:
        if "ground" in str(item.path) and item.get_closest_marker("slow"):
            item.add_marker(pytest.mark.xdist_group("servers"))


if sys.platform != "linux":
    collect_ignore_glob = ["*"]
