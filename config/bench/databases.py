"""The bench's own databases, one for each number of cases. They stay, so that the next run is
quick, and nobody's data are ever measured or touched."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg2
from psycopg2 import sql

ROOT = Path(__file__).resolve().parent.parent.parent
PREFIX = "good_offices_bench_"
FLOOR_TABLES = """
CREATE TABLE IF NOT EXISTS bench_case (
    id uuid PRIMARY KEY, title text NOT NULL, state text NOT NULL, at timestamptz NOT NULL
);
CREATE TABLE IF NOT EXISTS bench_event (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    case_id uuid NOT NULL REFERENCES bench_case (id) DEFERRABLE INITIALLY DEFERRED,
    sequence int NOT NULL, kind text NOT NULL, at timestamptz NOT NULL,
    UNIQUE (case_id, sequence)
);
"""


def address(server: str, cases: int | str) -> str:
    """Return the address of the database with so many cases, or of one with a name of its own."""
    return urlunsplit(urlsplit(server)._replace(path=f"/{PREFIX}{cases}"))


def ready(server: str, cases: int, *, like: int | None = None) -> str:
    """Make the database of so many cases, or bring it up to date; return its address.

    Args:
        server: address of the server, with a role that may create databases.
        like: number of cases of a database that is copied to begin with.
    """
    url = address(server, cases)
    if not _exists(server, cases):
        _create(server, cases, like=like)
    _manage(url, "migrate", "--verbosity", "0")
    _manage(url, "createcachetable", "--verbosity", "0")
    held = _count(url)
    if held < cases:
        print(f"Making {cases - held} cases (they are kept for the next run) ...", flush=True)
        _manage(url, "make_cases", str(cases - held))
    with psycopg2.connect(url) as connection, connection.cursor() as cursor:
        cursor.execute(FLOOR_TABLES)
    connection.close()
    if held < cases:
        _run(url, "VACUUM ANALYZE")
    return url


def copy(server: str, cases: int, name: str) -> None:
    """Copy the database of so many cases, in place of what had this name before."""
    held = sql.Identifier(f"{PREFIX}{name}")
    _run(server, sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(held))
    template = sql.Identifier(f"{PREFIX}{cases}")
    _run(server, sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(held, template))


def _exists(server: str, cases: int) -> bool:
    connection = psycopg2.connect(server)
    try:
        with connection.cursor() as cursor:
            name = f"{PREFIX}{cases}"
            cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
            return cursor.fetchone() is not None
    finally:
        connection.close()


def _create(server: str, cases: int, *, like: int | None) -> None:
    name, template = f"{PREFIX}{cases}", f"{PREFIX}{like}" if like else "template1"
    statement = sql.SQL("CREATE DATABASE {} TEMPLATE {}")
    _run(server, statement.format(sql.Identifier(name), sql.Identifier(template)))


def _run(url: str, statement: str | sql.Composable) -> None:
    connection = psycopg2.connect(url)
    try:
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute(statement)
    finally:
        connection.close()


def _count(url: str) -> int:
    connection = psycopg2.connect(url)
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM cases_case WHERE source_key LIKE 'synthetic-%'")
            return cursor.fetchone()[0]
    finally:
        connection.close()


def _manage(url: str, *arguments: str) -> None:
    environment = os.environ | {"DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "config.settings"}
    command = [sys.executable, "manage.py", *arguments]
    subprocess.run(command, cwd=ROOT, env=environment, check=True)
