"""The drill: what was saved comes back elsewhere, and what was tampered with does not."""

import json
import shutil

import pytest

from tests.ground.stage import manage

pytestmark = pytest.mark.slow

FILL = """
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from tests import factories
case = factories.filed_case()
default_storage.save("originals/one", ContentFile(b"sealed bytes"))
print("CASE", getattr(case, "case", case).pk)
"""
COUNT = """
from cases.models import Case, CaseEvent
from django.contrib.sessions.models import Session
from django.core.files.storage import default_storage
print("COUNT", Case.objects.count(), CaseEvent.objects.count() > 0, Session.objects.count())
print("FILE", default_storage.open("originals/one").read())
for case in Case.objects.all():
    print("TEXT", [str(party.name) for party in case.parties.all()])
"""


def shell(var, script):
    done = manage(var, "shell", "--no-imports", "-c", script)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def saved(prepared, tmp_path_factory):
    """An installation with a case and a file, and its backup."""
    base = tmp_path_factory.mktemp("saved")
    shell(prepared, FILL)
    done = manage(prepared, "backup", str(base / "monday"))
    assert done.returncode == 0, done.stderr
    assert "1 files" in done.stdout
    return prepared, base / "monday"


@pytest.fixture
def copy(saved, tmp_path):
    """The backup, for a test that harms it."""
    return shutil.copytree(saved[1], tmp_path / "copy")


@pytest.fixture
def elsewhere(saved, var):
    """Another machine with the same keys and no data."""
    var.mkdir(mode=0o711)
    var.chmod(0o711)
    shutil.copy(saved[0] / "keys.env", var / "keys.env")
    return var


def test_a_backup_restored_elsewhere_is_the_same_installation(saved, elsewhere):
    source, folder = saved
    done = manage(elsewhere, "restore", str(folder))
    assert done.returncode == 0, done.stdout + done.stderr
    assert "1 files written" in done.stdout and "0 faults" in done.stdout
    restored = shell(elsewhere, COUNT)
    assert restored == shell(source, COUNT)
    assert "COUNT 1 True 0" in restored
    again = manage(elsewhere, "restore", str(folder))
    assert again.returncode == 1
    assert "is not empty: add --replace" in again.stderr
    replaced = manage(elsewhere, "restore", str(folder), "--replace", "--no-input")
    assert replaced.returncode == 0, replaced.stderr


def test_a_backup_holds_no_key_and_no_name(saved):
    source, folder = saved
    keys = [
        line.split("=", 1)[1]
        for line in (source / "keys.env").read_text().splitlines()
        if "=" in line and not line.startswith("#")
    ]
    content = b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())
    assert not any(key.encode() in content for key in keys)


def test_other_keys_refuse_before_anything_is_changed(saved, var):
    done = manage(var, "restore", str(saved[1]))
    assert done.returncode == 1
    assert "made with other keys (chain, codes, index, sealing)" in done.stderr
    assert "The database is empty" in manage(var, "check_keys").stderr


def harm_dump(folder):
    path = folder / "database.dump"
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def lose_file(folder):
    (folder / "files/originals/one").unlink()


def add_file(folder):
    (folder / "files/originals/two").write_bytes(b"slipped in")


def rewrite_manifest(folder):
    path = folder / "manifest.json"
    outer = json.loads(path.read_text())
    inner = json.loads(outer["manifest"])
    inner["files"] = []
    outer["manifest"] = json.dumps(inner)
    path.write_text(json.dumps(outer))


def cut_manifest(folder):
    path = folder / "manifest.json"
    path.write_text(path.read_text()[:100])


def lose_manifest(folder):
    (folder / "manifest.json").unlink()


@pytest.mark.parametrize(
    ("harm", "sentence"),
    [
        (harm_dump, "database.dump was changed"),
        (lose_file, "files/originals/one is missing"),
        (add_file, "files/originals/two does not belong to it"),
        (rewrite_manifest, "The manifest was changed after it was made"),
        (cut_manifest, "cannot be read"),
        (lose_manifest, "it is no backup, or its making was interrupted"),
    ],
)
def test_a_harmed_backup_is_refused_and_changes_nothing(saved, copy, harm, sentence):
    source, _ = saved
    before = shell(source, COUNT) if harm is harm_dump else ""
    harm(copy)
    done = manage(source, "restore", str(copy), "--replace", "--no-input")
    assert done.returncode == 1
    assert sentence in done.stderr
    if before:
        assert shell(source, COUNT) == before


def test_a_folder_with_something_in_it_is_not_written_to(saved, tmp_path):
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "mine").write_text("keep")
    done = manage(saved[0], "backup", str(folder))
    assert done.returncode == 1
    assert "is not empty: name a new folder" in done.stderr
    assert [path.name for path in folder.iterdir()] == ["mine"]
