"""The package in which a case goes from one NCP to another: a ZIP that anybody can check.

    manifest.json   who made it for whom and when, and every file with its size and SHA-256
    signature.json  an Ed25519 signature of the bytes of manifest.json
    case.json       the case as far as it may be given
    index.html      the same for people
    documents/001.pdf ...

A package that comes in is hostile until it is read to the end: names, numbers of files, sizes and
digests are checked before anything of it is believed, and no piece is read beyond the size that
the manifest states. No database.
"""

from __future__ import annotations

import hashlib
import json
import re
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import IO, Any
from uuid import UUID

from django.conf import settings
from django.utils.translation import gettext as _

from sealing import signing

FORMAT, VERSION = "good-offices-package", 1
CONTEXT = b"good-offices-package\n"
MANIFEST, SIGNATURE, CASE, INDEX = "manifest.json", "signature.json", "case.json", "index.html"
MOST_FILES = 1000
MOST_JSON = 20 * 1024 * 1024
HIGHEST_RATIO = 200
"""How much smaller than its content a packed file may be; text of a case packs to a tenth."""
PIECE = 64 * 1024
DOCUMENT = re.compile(r"documents/[0-9]{3,4}\.[a-z0-9]{1,5}", re.ASCII)
DIGEST = re.compile(r"[0-9a-f]{64}", re.ASCII)


class BadPackage(Exception):
    """The package cannot be taken in; the text says why, for an officer."""


def fingerprint(public_key: str) -> str:
    """Return a key in groups that can be read out on the telephone."""
    digest = hashlib.sha256(public_key.encode()).hexdigest()[:32]
    return " ".join(digest[start : start + 4] for start in range(0, 32, 4))


@dataclass(frozen=True)
class Listed:
    """One file as the manifest states it."""

    path: str
    size: int
    sha256: str


@dataclass(frozen=True)
class Manifest:
    """What a package says of itself."""

    id: UUID
    sender: str
    recipient: str
    made_at: datetime
    reference: str
    files: tuple[Listed, ...]
    digest: str
    public_key: str

    @property
    def fingerprint(self) -> str:
        """Return the sender's key in groups that can be read out on the telephone."""
        return fingerprint(self.public_key)


class Package:
    """An open package whose manifest, signature, names, sizes and digests hold.

    Raises:
        BadPackage: it is no such package, or something in it is not as it says.
    """

    def __init__(self, file: IO[bytes]) -> None:
        try:
            self._archive = zipfile.ZipFile(file)
            self._entries = self._listed()
            self.manifest = self._manifest()
            self._check_files()
            self.case = self._json(CASE)
        except BadPackage:
            raise
        except Exception as error:  # zipfile, zlib and json raise nearly anything for such files
            raise BadPackage(_("This is no package of a case, or it is damaged.")) from error

    def _listed(self) -> dict[str, zipfile.ZipInfo]:
        entries: dict[str, zipfile.ZipInfo] = {}
        rows = self._archive.infolist()
        if len(rows) > MOST_FILES + 4:
            raise BadPackage(_("The package holds too many files."))
        for row in rows:
            if row.filename in entries:
                raise BadPackage(_("The package holds a file twice."))
            if row.filename not in (MANIFEST, SIGNATURE, CASE, INDEX) and not DOCUMENT.fullmatch(
                row.filename
            ):
                raise BadPackage(_("The package holds a file with a name that is not allowed."))
            if row.flag_bits & 0x1:
                raise BadPackage(_("A file in the package is locked with a password."))
            if (row.external_attr >> 16) & 0o170000 not in (0, 0o100000):
                raise BadPackage(_("The package holds something that is no file."))
            if row.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
                raise BadPackage(_("The package is packed in a way that is not known."))
            if row.file_size > max(row.compress_size, 1) * HIGHEST_RATIO + PIECE:
                raise BadPackage(_("A file in the package is packed too tightly."))
            entries[row.filename] = row
        if sum(row.file_size for row in rows) > settings.MAX_PACKAGE_BYTES:
            raise BadPackage(_("The package is too large."))
        for name in (MANIFEST, SIGNATURE, CASE):
            if name not in entries:
                raise BadPackage(_("The package has no %(name)s.") % {"name": name})
        return entries

    def _pieces(self, name: str, limit: int) -> Iterator[bytes]:
        """Yield a file in pieces; never more than it may have, whatever the archive claims."""
        read = 0
        with self._archive.open(self._entries[name]) as part:
            while piece := part.read(PIECE):
                read += len(piece)
                if read > limit:
                    raise BadPackage(_("A file in the package is larger than it says."))
                yield piece

    def _json(self, name: str) -> dict[str, Any]:
        data = json.loads(b"".join(self._pieces(name, MOST_JSON)).decode("utf-8"))
        if not isinstance(data, dict):
            raise BadPackage(_("%(name)s is not what it should be.") % {"name": name})
        return data

    def _manifest(self) -> Manifest:
        raw = b"".join(self._pieces(MANIFEST, MOST_JSON))
        signature = self._json(SIGNATURE)
        public = str(signature.get("public_key", ""))
        if signature.get("algorithm") != "Ed25519" or not signing.is_genuine(
            CONTEXT + raw, str(signature.get("signature", "")), public
        ):
            raise BadPackage(_("The signature of the package does not hold: it was changed."))
        data = json.loads(raw.decode("utf-8"))
        if data.get("format") != FORMAT or data.get("version") != VERSION:
            raise BadPackage(_("The package is of a kind or version that is not known here."))
        files = tuple(self._file(row) for row in data["files"])
        if len({row.path for row in files}) != len(files):
            raise BadPackage(_("The package holds a file twice."))
        made_at = datetime.fromisoformat(data["made_at"])
        if made_at.tzinfo is None:
            raise BadPackage(_("%(name)s is not what it should be.") % {"name": MANIFEST})
        return Manifest(
            id=UUID(data["id"]),
            sender=_country(data["from"]),
            recipient=_country(data["to"]),
            made_at=made_at,
            reference=str(data.get("reference", ""))[:60],
            files=files,
            digest=hashlib.sha256(raw).hexdigest(),
            public_key=public,
        )

    @staticmethod
    def _file(row: Mapping[str, Any]) -> Listed:
        path, size, digest = row["path"], row["size"], row["sha256"]
        if not isinstance(path, str) or not isinstance(size, int) or size < 0:
            raise BadPackage(_("%(name)s is not what it should be.") % {"name": MANIFEST})
        if not isinstance(digest, str) or not DIGEST.fullmatch(digest):
            raise BadPackage(_("%(name)s is not what it should be.") % {"name": MANIFEST})
        return Listed(path, size, digest)

    def _check_files(self) -> None:
        """Compare every file with the manifest: none missing, none added, none changed."""
        stated = {row.path: row for row in self.manifest.files}
        if set(self._entries) - {MANIFEST, SIGNATURE} != set(stated):
            raise BadPackage(_("The files of the package are not those that it lists."))
        for path, row in stated.items():
            digest, size = hashlib.sha256(), 0
            for piece in self._pieces(path, row.size):
                digest.update(piece)
                size += len(piece)
            if (size, digest.hexdigest()) != (row.size, row.sha256):
                raise BadPackage(_("A file of the package was changed: %(path)s.") % {"path": path})

    @property
    def documents(self) -> list[Listed]:
        """Return the documents of the case, in their order."""
        return sorted(
            (row for row in self.manifest.files if DOCUMENT.fullmatch(row.path)),
            key=lambda row: row.path,
        )

    def pieces(self, item: Listed) -> Iterator[bytes]:
        """Yield a document in pieces."""
        return self._pieces(item.path, item.size)


def _country(value: Any) -> str:
    if not isinstance(value, str) or not re.fullmatch(r"[A-Z]{2}", value, re.ASCII):
        raise BadPackage(_("%(name)s is not what it should be.") % {"name": MANIFEST})
    return value


class Writer:
    """Writes a package piece by piece and signs it at the end."""

    def __init__(self, file: IO[bytes]) -> None:
        self._archive = zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED)
        self._files: list[dict[str, Any]] = []

    def add(self, path: str, pieces: Iterator[bytes]) -> str:
        """Add a file and return its SHA-256."""
        digest, size = hashlib.sha256(), 0
        with self._archive.open(_entry(path), "w", force_zip64=True) as part:
            for piece in pieces:
                part.write(piece)
                digest.update(piece)
                size += len(piece)
        self._files.append({"path": path, "size": size, "sha256": digest.hexdigest()})
        return digest.hexdigest()

    def close(
        self, *, package_id: UUID, recipient: str, made_at: datetime, reference: str
    ) -> tuple[str, str]:
        """Write manifest and signature; return the manifest's digest and the signature."""
        manifest = {
            "format": FORMAT,
            "version": VERSION,
            "id": str(package_id),
            "from": settings.NCP_COUNTRY,
            "to": recipient,
            "made_at": made_at.isoformat(),
            "reference": reference,
            "files": self._files,
        }
        raw = json.dumps(manifest, ensure_ascii=False, indent=1).encode()
        signature = signing.sign(CONTEXT + raw)
        statement = {
            "algorithm": "Ed25519",
            "signs": "the line “good-offices-package” and the bytes of manifest.json",
            "public_key": signing.public_key(),
            "signature": signature,
        }
        self._archive.writestr(_entry(MANIFEST), raw)
        self._archive.writestr(
            _entry(SIGNATURE), json.dumps(statement, ensure_ascii=False, indent=1).encode()
        )
        self._archive.close()
        return hashlib.sha256(raw).hexdigest(), signature


def _entry(path: str) -> zipfile.ZipInfo:
    """Return an entry without the clock of this machine."""
    entry = zipfile.ZipInfo(path, date_time=(1980, 1, 1, 0, 0, 0))
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.external_attr = 0o100644 << 16
    return entry
