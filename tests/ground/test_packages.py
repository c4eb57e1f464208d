"""The environment is brought up to date when a requirement file changes, also an included one."""

import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[2] / "script"


@pytest.fixture
def packages(monkeypatch, tmp_path):
    monkeypatch.syspath_prepend(str(SCRIPT))
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    from supervisor import layout, packages

    (tmp_path / "requirements.txt").write_text("django==1\n")
    (tmp_path / "extra.txt").write_text("boto3==1\n")
    (tmp_path / "dev.txt").write_text("-r extra.txt\npytest==1\n")
    monkeypatch.setattr(layout, "ROOT", tmp_path)
    return packages


def test_a_change_in_an_included_file_asks_for_a_new_installation(packages, tmp_path):
    """An environment stayed as it was when only requirements-s3.txt changed."""
    before = packages._digest("dev.txt")

    (tmp_path / "extra.txt").write_text("boto3==2\n")

    assert packages._digest("dev.txt") != before
    assert packages._digest("requirements.txt") == packages._digest("requirements.txt")
