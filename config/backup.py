"""A backup: a folder with the database, the files and a manifest that proves both.

    manifest.json   what belongs to it, with digests, authenticated by the chain's key
    database.dump   pg_dump's custom format
    files/          the sealed files under their names in the store

It never holds a key: whoever finds it reads nothing that is sealed, and whoever restores it
needs the keys of the installation that made it.
"""

import hashlib
import hmac
import json
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import IO, Any

from django.conf import settings
from django.core.files.base import File
from django.core.files.storage import default_storage
from django.db import connection

from sealing.keys import keyed_digest

FORMAT = 1
CHUNK = 1024 * 1024
DUMP = "database.dump"
FILES = "files"
MANIFEST = "manifest.json"
# Who is signed in, what is cached and who failed to sign in ends with the installation.
NOT_KEPT = ("django_session", "cache_entries", "axes_accessattempt", "axes_accesslog")


class BackupError(Exception):
    """One sentence that says why a backup cannot be made or used."""


@dataclass(frozen=True)
class Piece:
    name: str
    bytes: int
    sha256: str


@dataclass
class Manifest:
    """What a backup holds.

    Args:
        keys: the rows of `KeyCheck`: they tell whether an environment has the right keys.
        migrations: what the database was migrated to.
    """

    made_at: str
    server: str
    keys: dict[str, str]
    migrations: list[list[str]]
    database: Piece
    files: list[Piece] = field(default_factory=list)
    format: int = FORMAT

    def write(self, folder: Path) -> str:
        """Write it, whole or not at all; return its digest."""
        body = json.dumps(asdict(self), indent=1, sort_keys=True)
        text = json.dumps({"manifest": body, "mac": _mac(body)}, indent=1)
        new = folder / f"{MANIFEST}.new"
        with new.open("w", encoding="utf-8") as stream:
            stream.write(text)
            stream.flush()
            os.fsync(stream.fileno())
        new.replace(folder / MANIFEST)
        return hashlib.sha256(text.encode()).hexdigest()

    @classmethod
    def read(cls, folder: Path) -> "Manifest":
        """Read it without believing it; `is_genuine` tells.

        Raises:
            BackupError: there is none, or it is of another kind.
        """
        try:
            outer = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
            inner = json.loads(outer["manifest"])
            if inner["format"] != FORMAT:
                raise BackupError(f"{folder} was made by another release of Good Offices.")
            inner["database"] = Piece(**inner["database"])
            inner["files"] = [Piece(**piece) for piece in inner["files"]]
            return cls(**inner)
        except FileNotFoundError as error:
            raise BackupError(
                f"{folder} has no {MANIFEST}: it is no backup, or its making was interrupted."
            ) from error
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise BackupError(f"{folder / MANIFEST} cannot be read.") from error


def is_genuine(folder: Path) -> bool:
    """Whether the manifest was written with the chain's key of this environment."""
    outer = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    return hmac.compare_digest(str(outer["mac"]), _mac(outer["manifest"]))


def _mac(body: str) -> str:
    return keyed_digest(settings.CHAIN_KEY, "backup", body.encode()).hex()


def faults(folder: Path, manifest: Manifest) -> Iterator[str]:
    """Yield what is missing, changed or too much in a backup."""
    wanted = {f"{FILES}/{piece.name}": piece for piece in manifest.files}
    wanted[DUMP] = manifest.database
    for name, piece in wanted.items():
        path = folder / name
        if not path.resolve().is_relative_to(folder.resolve()):
            yield f"{name} leads out of the backup"
        elif not path.is_file():
            yield f"{name} is missing"
        elif path.stat().st_size != piece.bytes or digest_of(path) != piece.sha256:
            yield f"{name} was changed"
    for path in (folder / FILES).rglob("*"):
        if path.is_file() and path.relative_to(folder).as_posix() not in wanted:
            yield f"{path.relative_to(folder)} does not belong to it"


def digest_of(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


# The database


def program(name: str) -> str:
    """Return pg_dump, pg_restore or psql: the embedded server's, else the system's."""
    beside = os.environ.get("PG_BIN")
    found = shutil.which(name, path=beside) if beside else shutil.which(name)
    if not found:
        raise BackupError(
            f"{name} was not found: install PostgreSQL's client programs of the server's version, "
            "or set PG_BIN to their folder."
        )
    return found


def connection_environment() -> dict[str, str]:
    """libpq's variables for the database in use: a password in an argument would be seen."""
    where = connection.settings_dict
    named = {
        "PGHOST": where["HOST"],
        "PGPORT": where["PORT"],
        "PGUSER": where["USER"],
        "PGPASSWORD": where["PASSWORD"],
        "PGDATABASE": where["NAME"],
        **{
            f"PG{option.upper()}": value
            for option, value in where.get("OPTIONS", {}).items()
            if option.startswith("ssl")
        },
    }
    return {**os.environ, **{name: str(value) for name, value in named.items() if value}}


def dump_database(target: Path) -> Piece:
    """Write one consistent state of the database.

    Raises:
        BackupError: pg_dump is missing, too old, or failed.
    """
    command = [program("pg_dump"), "--format=custom", "--no-owner", "--no-privileges"]
    command += ["--no-comments", f"--file={target}"]
    command += [f"--exclude-table-data=public.{table}" for table in NOT_KEPT]
    done = subprocess.run(command, env=connection_environment(), capture_output=True, text=True)
    if done.returncode != 0:
        raise BackupError(f"The database could not be saved: {_last(done.stderr)}.")
    target.chmod(0o600)
    return Piece(DUMP, target.stat().st_size, digest_of(target))


def load_database(dump: Path) -> None:
    """Replace everything in the database by the dump, in one transaction: all of it or nothing.

    Raises:
        BackupError: a program failed; the database is as it was.
    """
    arguments = ["-X", "-q", "-v", "ON_ERROR_STOP=1", "-f", "-"]
    reader = subprocess.Popen(
        [program("pg_restore"), "--no-owner", "--no-privileges", "--file=-", str(dump)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    with subprocess.Popen(
        [program("psql"), *arguments],
        env=connection_environment(),
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    ) as writer:
        assert reader.stdout and writer.stdin and writer.stderr
        try:
            writer.stdin.write(
                b"BEGIN;\nDROP SCHEMA IF EXISTS public CASCADE;\nCREATE SCHEMA public;\n"
                b"ALTER SCHEMA public OWNER TO pg_database_owner;\n"
            )
            shutil.copyfileobj(reader.stdout, writer.stdin, CHUNK)
            _, complaint = reader.communicate()
            if reader.returncode == 0:
                writer.stdin.write(b"\nCOMMIT;\n")
            writer.stdin.close()
        except BrokenPipeError:
            reader.kill()
            reader.wait()
            complaint = b""
        answer = writer.stderr.read().decode(errors="replace")
    if writer.returncode != 0:
        raise BackupError(f"The database was left as it was: {_last(answer)}.")
    if reader.returncode != 0:
        raise BackupError(f"The database was left as it was: {_last(complaint.decode())}.")


def _last(output: str) -> str:
    lines = [line for line in output.splitlines() if re.search(r"error|fatal", line, re.I)]
    return (lines or output.splitlines() or ["no reason given"])[0].strip().rstrip(".")


# The files


def stored_names(folder: str = "") -> Iterator[str]:
    """Yield the name of every stored file."""
    try:
        folders, files = default_storage.listdir(folder)
    except FileNotFoundError:
        return
    for name in sorted(files):
        yield f"{folder}/{name}" if folder else name
    for name in sorted(folders):
        yield from stored_names(f"{folder}/{name}" if folder else name)


def save_files(target: Path) -> Iterator[Piece]:
    """Copy every stored file. One that was erased meanwhile is left out: it was meant to go."""
    for name in stored_names():
        path = target / name
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        try:
            with default_storage.open(name) as source:
                yield _copy(name, source, path)
        except FileNotFoundError:
            path.unlink(missing_ok=True)


def _copy(name: str, source: IO[Any], path: Path) -> Piece:
    digest, size = hashlib.sha256(), 0
    with path.open("wb") as stream:
        while chunk := source.read(CHUNK):
            digest.update(chunk)
            size += len(chunk)
            stream.write(chunk)
    path.chmod(0o600)
    return Piece(name, size, digest.hexdigest())


def load_files(folder: Path, pieces: list[Piece]) -> int:
    """Put every file of the backup into the store; return how many were not there yet."""
    written = 0
    for piece in pieces:
        if default_storage.exists(piece.name):
            with default_storage.open(piece.name) as present:
                if hashlib.file_digest(present, "sha256").hexdigest() == piece.sha256:
                    continue
            default_storage.delete(piece.name)
        with (folder / FILES / piece.name).open("rb") as stream:
            default_storage.save(piece.name, File(stream))
        written += 1
    return written


def remove_files_except(pieces: list[Piece]) -> int:
    """Remove stored files that the restored database does not know."""
    wanted = {piece.name for piece in pieces}
    superfluous = [name for name in stored_names() if name not in wanted]
    for name in superfluous:
        default_storage.delete(name)
    return len(superfluous)
