"""Files at rest: chunked authenticated encryption that can be read from any position.

A sealed file is a header (magic, 16 bytes of salt), then chunks of 64 KiB, each followed by its
16-byte tag (AES-256-GCM). The key of a file is derived (HKDF-SHA256) from the data key, the
file's salt and its name in the store, so that no two files share one and no file can stand in
for another. A nonce is the chunk's number and a flag for the last chunk: chunks cannot be
changed, swapped, repeated or cut off unseen.
"""

import io
import os
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.core.files.base import File
from django.core.files.storage import Storage, default_storage

MAGIC = b"GOF1"
SALT = 16
HEADER = len(MAGIC) + SALT
CHUNK = 64 * 1024
TAG = 16


class Tampered(Exception):
    """A sealed file is not what was written, or was written under another key."""


def _cipher(key: bytes, salt: bytes, name: str) -> AESGCM:
    kdf = HKDF(hashes.SHA256(), length=32, salt=salt, info=b"good-offices:file:" + name.encode())
    return AESGCM(kdf.derive(key))


def _nonce(index: int, *, is_last: bool) -> bytes:
    return index.to_bytes(11, "big") + (b"\x01" if is_last else b"\x00")


def seal_chunks(plain: Iterator[bytes], *, key: bytes, name: str) -> Iterator[bytes]:
    """Encrypt a stream piece by piece; never holds more than two chunks."""
    salt = os.urandom(SALT)
    cipher = _cipher(key, salt, name)
    yield MAGIC + salt
    held, index = bytearray(), 0
    for piece in plain:
        held += piece
        # One chunk stays back, because only the end of the stream tells which is the last.
        while len(held) > CHUNK:
            yield cipher.encrypt(_nonce(index, is_last=False), bytes(held[:CHUNK]), MAGIC)
            del held[:CHUNK]
            index += 1
    yield cipher.encrypt(_nonce(index, is_last=True), bytes(held), MAGIC)


class _Stream(io.RawIOBase):
    """An iterator of bytes as a file that a storage can read."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces, self._held = pieces, bytearray()

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        while not self._held:
            piece = next(self._pieces, None)
            if piece is None:
                return 0
            self._held += piece
        count = min(len(buffer), len(self._held))
        buffer[:count] = self._held[:count]
        del self._held[:count]
        return count


def write(
    plain: Iterator[bytes], *, key: bytes, name: str, storage: Storage = default_storage
) -> None:
    """Seal a stream into the store under `name`, which must be new.

    The file is on the disk when this returns. When anything fails, nothing is left behind.
    """
    stream = io.BufferedReader(_Stream(seal_chunks(plain, key=key, name=name)), CHUNK)
    try:
        stored = storage.save(name, File(stream, name=name))
        if stored != name:
            storage.delete(stored)
            raise FileExistsError(f"{name} exists already")
        _flush(storage, name)
    except FileExistsError:
        raise
    except BaseException:
        storage.delete(name)
        raise


def _flush(storage: Storage, name: str) -> None:
    try:
        path = storage.path(name)
    except NotImplementedError:
        return
    for target in (path, Path(path).parent):
        descriptor = os.open(target, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


class SealedReader(io.RawIOBase):
    """A sealed file as a readable, seekable file of its plain bytes.

    Reads raise Tampered where a chunk does not prove itself; a wrong length is found at once.
    """

    def __init__(self, file: IO[bytes], *, key: bytes, name: str) -> None:
        self._file = file
        total = file.seek(0, os.SEEK_END)
        file.seek(0)
        header = file.read(HEADER)
        body = total - HEADER
        self._count = -(-body // (CHUNK + TAG))
        self.size = body - self._count * TAG
        if header[: len(MAGIC)] != MAGIC or body < TAG or self.size < (self._count - 1) * CHUNK:
            raise Tampered(name)
        self._cipher = _cipher(key, header[len(MAGIC) :], name)
        self._name, self._position = name, 0
        self._index, self._chunk = -1, b""
        # The last chunk proves that nothing was cut off, before anything is served.
        self._load(self._count - 1)

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._position

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        base = {os.SEEK_SET: 0, os.SEEK_CUR: self._position, os.SEEK_END: self.size}[whence]
        if base + offset < 0:
            raise ValueError("cannot seek before the beginning")
        self._position = base + offset
        return self._position

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        if self._position >= self.size:
            return 0
        index, offset = divmod(self._position, CHUNK)
        self._load(index)
        piece = self._chunk[offset : offset + len(buffer)]
        buffer[: len(piece)] = piece
        self._position += len(piece)
        return len(piece)

    def read(self, size: int | None = -1) -> bytes:
        """Exactly `size` bytes, fewer only at the end; all that is left for none."""
        left = max(self.size - self._position, 0)
        left = left if size is None or size < 0 else min(size, left)
        pieces = []
        while left and (piece := super().read(min(left, CHUNK))):
            pieces.append(piece)
            left -= len(piece)
        return b"".join(pieces)

    def chunks(self, start: int = 0, stop: int | None = None) -> Iterator[bytes]:
        """The plain bytes from `start` up to `stop`, in pieces of at most 64 KiB; then closes."""
        stop = self.size if stop is None else min(stop, self.size)
        try:
            self.seek(start)
            while self._position < stop:
                piece = self.read(min(CHUNK, stop - self._position))
                if not piece:
                    return
                yield piece
        finally:
            self.close()

    def close(self) -> None:
        if not self.closed:
            self._file.close()
        super().close()

    def _load(self, index: int) -> None:
        if index == self._index:
            return
        self._file.seek(HEADER + index * (CHUNK + TAG))
        sealed = self._file.read(CHUNK + TAG)
        nonce = _nonce(index, is_last=index == self._count - 1)
        try:
            self._chunk = self._cipher.decrypt(nonce, sealed, MAGIC)
        except InvalidTag:
            raise Tampered(self._name) from None
        self._index = index


def open_sealed(name: str, *, key: bytes, storage: Storage = default_storage) -> SealedReader:
    """Open a sealed file. Raises FileNotFoundError and Tampered."""
    file = storage.open(name, "rb")
    try:
        return SealedReader(file, key=key, name=name)
    except BaseException:
        file.close()
        raise
