"""Asks a ClamAV daemon whether a file is harmful (INSTREAM), where one is configured."""

import socket
import struct
from collections.abc import Iterator
from contextlib import closing
from urllib.parse import urlsplit

from django.conf import settings

SECONDS = 60


class ScannerDown(Exception):
    """The scanner did not answer, or not clearly. The file stays unchecked."""


def is_configured() -> bool:
    return bool(settings.CLAMD_URL)


def is_harmful(pieces: Iterator[bytes]) -> bool:
    """Whether the scanner at CLAMD_URL (tcp://host:3310 or unix:///path) finds something.

    Raises ScannerDown for anything but a clear answer, so that no answer never means "clean".
    """
    try:
        with closing(_connect()) as connection:
            connection.sendall(b"zINSTREAM\0")
            for piece in pieces:
                if piece:
                    connection.sendall(struct.pack("!I", len(piece)) + piece)
            connection.sendall(struct.pack("!I", 0))
            answer = b""
            while not answer.endswith(b"\0") and len(answer) < 4096:
                received = connection.recv(4096)
                if not received:
                    break
                answer += received
    except (OSError, ValueError) as error:
        raise ScannerDown(str(error)) from error
    answer = answer.rstrip(b"\0\n")
    if answer.endswith(b" FOUND"):
        return True
    if answer.endswith(b": OK"):
        return False
    raise ScannerDown(answer.decode("ascii", "replace")[:100])


def _connect() -> socket.socket:
    url = urlsplit(settings.CLAMD_URL)
    if url.scheme == "unix":
        connection = socket.socket(socket.AF_UNIX)
        connection.settimeout(SECONDS)
        connection.connect(url.path)
        return connection
    return socket.create_connection((url.hostname or "127.0.0.1", url.port or 3310), SECONDS)
