"""The environment and the database that Django's processes get."""

import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from supervisor import keys, layout, packages
from supervisor.cluster import APPLICATION, OWNER, REGISTER, Cluster
from supervisor.refusal import Refusal


@dataclass(frozen=True)
class Surroundings:
    """Variables for children, by the database role that they connect as.

    `owner` migrates; `application` may not rewrite history; `register` reads what was published
    and holds no key.
    """

    owner: dict[str, str]
    application: dict[str, str]
    register: dict[str, str]
    cluster: Cluster | None


SECRETS_OF_CASES = [name for name in keys.MAKERS if name != "SECRET_KEY"]


@contextmanager
def surroundings(*, site_url: str | None = None, hosts: list[str] | None = None) -> Iterator:
    """Bring packages, keys and database; the embedded PostgreSQL stops when the last user leaves.

    Yields:
        Surroundings
    """
    packages.prepare()
    os.umask(0o077)
    given = packages.clean_environment()
    external = given.get("DATABASE_URL") or given.get("REGISTER_DATABASE_URL")
    cluster = None
    if not external:
        cluster = Cluster(layout.VAR / "postgres", log=layout.LOGS / "postgres.log")
    exists = cluster.exists if cluster else (layout.VAR / "prepared").exists()
    common = given | {
        "VAR_DIR": str(layout.VAR),
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "DEMONSTRATION": given.get("DEMONSTRATION", "1"),
        "PYTHONUNBUFFERED": "1",
    }
    if site_url:
        common.setdefault("SITE_URL", site_url)
    if hosts:
        common.setdefault("ALLOWED_HOSTS", ",".join(hosts))
    common |= keys.load(given, database_exists=exists)
    keys.owner_only(keys.FILE)
    try:
        if cluster:
            cluster.acquire()
            yield _on_cluster(common, cluster)
        else:
            yield _on_server(common)
    finally:
        if cluster:
            cluster.release()


def _on_cluster(common: dict[str, str], cluster: Cluster) -> Surroundings:
    assert cluster.binaries
    urls = {
        "DATABASE_URL": cluster.url(OWNER),
        "APPLICATION_DATABASE_URL": cluster.url(APPLICATION),
        "REGISTER_DATABASE_URL": cluster.url(REGISTER),
    }
    owner = common | urls | {"PG_BIN": str(cluster.binaries.folder)}
    return _by_role(owner, cluster)


def _on_server(common: dict[str, str]) -> Surroundings:
    """A database of somebody else: one address serves all roles unless each has its own."""
    owner = dict(common)
    url = owner.get("DATABASE_URL") or owner["REGISTER_DATABASE_URL"]
    if not url.startswith(("postgres://", "postgresql://", "psql://", "pgsql://")):
        raise Refusal(
            "DATABASE_URL is not the address of a PostgreSQL database: it should read "
            "postgresql://user:password@host:5432/name."
        )
    owner["DATABASE_URL"] = url
    return _by_role(owner, None)


def _by_role(owner: dict[str, str], cluster: Cluster | None) -> Surroundings:
    def as_role(variable: str) -> dict[str, str]:
        chosen = dict(owner)
        chosen["DATABASE_URL"] = owner.get(variable) or owner["DATABASE_URL"]
        for name in ("APPLICATION_DATABASE_URL", "REGISTER_DATABASE_URL"):
            chosen.pop(name, None)
        return chosen

    register = as_role("REGISTER_DATABASE_URL")
    register["DJANGO_SETTINGS_MODULE"] = "config.settings_register"
    for name in SECRETS_OF_CASES:
        register.pop(name, None)
    return Surroundings(owner, as_role("APPLICATION_DATABASE_URL"), register, cluster)


@dataclass(frozen=True)
class Address:
    host: str
    port: int

    @property
    def url(self) -> str:
        host = {"0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1"}.get(self.host, self.host)
        return f"http://[{host}]:{self.port}" if ":" in host else f"http://{host}:{self.port}"

    def names(self) -> list[str]:
        """What a browser may call this machine."""
        names = ["127.0.0.1", "localhost", "[::1]", "testserver"]
        if self.host in ("0.0.0.0", "::", ""):
            own = socket.gethostname()
            names += [own, socket.getfqdn(), *_addresses_of(own), *_address_outward()]
        else:
            names.append(f"[{self.host}]" if ":" in self.host else self.host)
        return list(dict.fromkeys(name for name in names if name))


def _addresses_of(name: str) -> list[str]:
    try:
        return [str(found[4][0]) for found in socket.getaddrinfo(name, None, socket.AF_INET)]
    except OSError:
        return []


def _address_outward() -> list[str]:
    """Our address on the network: connecting a datagram socket sends nothing."""
    try:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
            probe.connect(("192.0.2.1", 9))
            return [probe.getsockname()[0]]
    except OSError:
        return []


def manage(*arguments: str) -> list[str | Path]:
    return [layout.PYTHON, layout.ROOT / "manage.py", *arguments]
