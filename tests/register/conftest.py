import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from register.payload import RecordData
from register.services import publish
from tests.register import samples


@pytest.fixture
def record(db):
    """A concluded case without a statement."""
    return publish(samples.record())


@pytest.fixture
def record_with_statement(db):
    return publish(samples.record(), samples.statement())


@pytest.fixture
def published(db):
    """Publish a record from fields: `published(title="…")`."""

    def make(document=None, **fields) -> RecordData:
        return publish(samples.record(**fields), document)

    return make


@pytest.fixture
def queries(db):
    return lambda: CaptureQueriesContext(connection)


@pytest.fixture(autouse=True)
def _plain_static_files(settings):
    """Tests run without collected files, so addresses carry no digest."""
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }
