import os

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from hypothesis import given, settings
from hypothesis import strategies as st

from documents import vault
from documents.vault import CHUNK, HEADER, TAG, SealedReader, Tampered, seal_chunks

KEY = b"k" * 32
SIZES = [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK, 3 * CHUNK + 5]


def sealed(data, name="a", pieces=None):
    return b"".join(seal_chunks(iter(pieces or [data]), key=KEY, name=name))


def reader(raw, name="a", key=KEY):
    return SealedReader(ContentFile(raw), key=key, name=name)


@pytest.mark.parametrize("size", SIZES)
def test_what_is_read_is_what_was_written(size):
    data = os.urandom(size)
    opened = reader(sealed(data))
    assert opened.size == size
    assert b"".join(opened.chunks()) == data


@pytest.mark.parametrize("size", SIZES)
def test_the_pieces_in_which_it_came_make_no_difference(size):
    data = os.urandom(size)
    pieces = [data[n : n + 1000] for n in range(0, size, 1000)] + [b""]
    assert reader(sealed(data, pieces=pieces)).read() == data


@settings(deadline=None)
@given(st.integers(0, 3 * CHUNK), st.integers(0, 3 * CHUNK))
def test_any_range_can_be_read(start, count):
    data = bytes(n % 251 for n in range(2 * CHUNK + 77))
    opened = reader(RAW)
    opened.seek(start)
    assert opened.read(count) == data[start : start + count]
    assert b"".join(reader(RAW).chunks(start, start + count)) == data[start : start + count]


RAW = sealed(bytes(n % 251 for n in range(2 * CHUNK + 77)))


def test_nothing_of_the_text_stands_in_the_file():
    assert b"we are not paid" not in sealed(b"we are not paid" * 10_000)
    assert sealed(b"same") != sealed(b"same")


def test_a_changed_byte_is_found():
    for place in (0, 5, HEADER, HEADER + 10, HEADER + CHUNK + TAG + 3, len(RAW) - 1):
        raw = bytearray(RAW)
        raw[place] ^= 1
        with pytest.raises(Tampered):
            reader(bytes(raw)).read()


def test_swapped_repeated_or_cut_chunks_are_found():
    step = CHUNK + TAG
    head, first, second, last = (
        RAW[:HEADER],
        RAW[HEADER : HEADER + step],
        RAW[HEADER + step : HEADER + 2 * step],
        RAW[HEADER + 2 * step :],
    )
    for raw in (
        head + second + first + last,
        head + first + first + last,
        head + first + last,
        head + first + second,
        head + first,
        head,
        RAW + last,
        RAW[:-1],
        b"",
    ):
        with pytest.raises(Tampered):
            reader(raw).read()


def test_a_file_cannot_stand_in_for_another_and_needs_its_key():
    with pytest.raises(Tampered):
        reader(RAW, name="b")
    with pytest.raises(Tampered):
        reader(RAW, key=b"x" * 32)


def test_a_file_is_never_overwritten():
    vault.write(iter([b"first"]), key=KEY, name="original/aa/x")
    with pytest.raises(FileExistsError):
        vault.write(iter([b"second"]), key=KEY, name="original/aa/x")
    with vault.open_sealed("original/aa/x", key=KEY) as opened:
        assert opened.read() == b"first"
    assert default_storage.listdir("original/aa")[1] == ["x"]


def test_an_upload_that_breaks_off_leaves_nothing_behind():
    def pieces():
        yield b"x" * 200_000
        raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        vault.write(pieces(), key=KEY, name="original/aa/x")
    assert not default_storage.exists("original/aa/x")
