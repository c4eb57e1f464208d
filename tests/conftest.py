"""Fixtures that every folder of tests may use. Data comes from `tests.factories`."""

from pathlib import Path

import pytest
from django.conf import settings as django_settings

from office import current
from register import branding
from sealing.models import PublishedKey
from tests import factories

LONGEST = ("tests/browser/", "_machine.py")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items):
    """Begin with the files that take longest: begun last, one of them keeps a single process busy
    for minutes while the other one waits."""
    items.sort(key=lambda item: not any(part in item.nodeid for part in LONGEST))


@pytest.fixture
def officer(db):
    """Somebody of the secretariat."""
    return factories.person("officer")


@pytest.fixture
def other_officer(db):
    return factories.person("officer")


@pytest.fixture
def member(db):
    """A member of the NCP."""
    return factories.person("decision_maker")


@pytest.fixture
def other_member(db):
    return factories.person("decision_maker")


@pytest.fixture
def administrator(db):
    return factories.person("administrator")


@pytest.fixture
def mediator(db):
    return factories.person("mediator")


@pytest.fixture
def received(db):
    """A case just filed, with its complainant."""
    return factories.filed_case()


@pytest.fixture(scope="session", autouse=True)
def _static_folder():
    """WhiteNoise warns of a missing folder, and the live server starts before any test's
    settings."""
    Path(django_settings.STATIC_ROOT).mkdir(parents=True, exist_ok=True)


@pytest.fixture(autouse=True)
def _no_key_known(monkeypatch):
    """Tables are emptied between tests: no test trusts what an earlier one saw stored."""
    monkeypatch.setattr(PublishedKey, "_known_published", set())


@pytest.fixture(autouse=True)
def _office_of_the_settings():
    """No test asks for the office's name, nor knows what an earlier one saved."""
    current.hold(current.from_settings())
    branding.hold(branding.from_settings())
    yield
    current.forget()
    branding.forget()


@pytest.fixture(autouse=True)
def _files_of_its_own(settings, tmp_path):
    """Keep every test's files apart from those of a running server."""
    settings.STATIC_ROOT = tmp_path / "static"
    settings.STATIC_ROOT.mkdir()
    # No test waits for collectstatic; browser tests collect for themselves.
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }
    settings.MEDIA_ROOT = tmp_path / "files"
    settings.REQUIRE_AUTHORITY = False  # tests/portal/test_authority.py turns it on
    settings.EMAIL_FILE_PATH = tmp_path / "mail"
