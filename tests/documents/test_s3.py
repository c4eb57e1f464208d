"""The file store on an S3 server: the same promises as on a disk, over the wire."""

import importlib
import os
import socket

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile

# In CI what is missing is a fault; elsewhere people may do without.
need = importlib.import_module if os.environ.get("CI") else pytest.importorskip
boto3, server = need("boto3"), need("moto.server")
need("storages")

from documents import services, vault  # noqa: E402
from sealing.models import DataKey  # noqa: E402

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def endpoint():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    running = server.ThreadedMotoServer(ip_address="127.0.0.1", port=port, verbose=False)
    running.start()
    yield f"http://127.0.0.1:{port}"
    running.stop()


@pytest.fixture
def bucket(endpoint, settings):
    keys = {"access_key": "test", "secret_key": "test"}
    client = boto3.client(
        "s3",
        endpoint_url=endpoint,
        region_name="us-east-1",
        aws_access_key_id="test",
        aws_secret_access_key="test",
    )
    client.create_bucket(Bucket="files")
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {
            "BACKEND": "documents.s3.SealedFiles",
            "OPTIONS": {
                "bucket_name": "files",
                "endpoint_url": endpoint,
                "region_name": "us-east-1",
                **keys,
            },
        },
    }
    yield client
    for item in client.list_objects_v2(Bucket="files").get("Contents", []):
        client.delete_object(Bucket="files", Key=item["Key"])


@pytest.fixture
def data_key():
    return DataKey.generate()


def stored(data_key, content=b"Salem, alem.", name="letter.txt"):
    return services.store(SimpleUploadedFile(name, content), by=None, data_key=data_key)


def keys(bucket):
    return [item["Key"] for item in bucket.list_objects_v2(Bucket="files").get("Contents", [])]


def test_a_file_is_kept_checked_and_served(bucket, data_key):
    content = b"day;hours\n" + b"1;12\n" * 100_000
    document = stored(data_key, content, "hours.csv")
    assert len(keys(bucket)) == 1
    raw = bucket.get_object(Bucket="files", Key=keys(bucket)[0])["Body"].read()
    assert b"hours" not in raw, "only sealed bytes leave the machine"
    services.check(document)
    document.refresh_from_db()
    assert document.is_clean
    assert len(keys(bucket)) == 2
    assert services.is_intact(document)
    reader = services.open_clean(document)
    assert b"".join(reader.chunks(10, 20)) == content[10:20], "ranges work"
    assert b"".join(services.open_clean(document).chunks()) == content


def test_a_name_is_never_written_twice(bucket, data_key):
    from sealing.fields import open_key

    key = open_key(data_key.pk)
    vault.write(iter([b"one"]), key=key, name="original/aa/one")
    with pytest.raises(FileExistsError):
        vault.write(iter([b"two"]), key=key, name="original/aa/one")
    reader = vault.open_sealed("original/aa/one", key=key)
    assert b"".join(reader.chunks()) == b"one"
    assert keys(bucket) == ["original/aa/one"]


def test_an_upload_that_breaks_off_leaves_nothing_behind(bucket, data_key):
    from sealing.fields import open_key

    def pieces():
        yield b"x" * 200_000
        raise ConnectionError

    with pytest.raises(ConnectionError):
        vault.write(pieces(), key=open_key(data_key.pk), name="original/aa/broken")
    assert keys(bucket) == []


def test_what_is_not_there_or_was_changed_is_not_served(bucket, data_key):
    document = stored(data_key)
    name = services.original_path(document)
    raw = bytearray(bucket.get_object(Bucket="files", Key=name)["Body"].read())
    raw[-1] ^= 1
    bucket.put_object(Bucket="files", Key=name, Body=bytes(raw))
    with pytest.raises(vault.Tampered):
        services.open_original(document)
    bucket.delete_object(Bucket="files", Key=name)
    with pytest.raises(FileNotFoundError):
        services.open_original(document)


def test_the_sweep_finds_files_without_a_row_and_erasure_removes_both(
    bucket, data_key, monkeypatch
):
    from datetime import timedelta

    document = stored(data_key)
    services.check(document)
    default_storage.save("original/00/" + "0" * 32, SimpleUploadedFile("x", b"orphan"))
    assert services.sweep_orphans() == 0, "not before a day is over"
    monkeypatch.setattr(services, "ORPHAN_AGE", timedelta(seconds=-5))
    assert services.sweep_orphans() == 1
    assert len(keys(bucket)) == 2
    services.erase_files(document)
    assert keys(bucket) == []
