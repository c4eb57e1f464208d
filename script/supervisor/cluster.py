"""An embedded PostgreSQL: made once, shared by the commands of one checkout, stopped by the last.

Loopback TCP with passwords rather than a socket: socket paths may hold 107 bytes only, and two of
our libraries cannot read them from an address.
"""

import contextlib
import fcntl
import os
import re
import secrets
import shutil
import signal
import socket
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO
from urllib.parse import quote

from supervisor import binaries, keys, layout, processes, signals
from supervisor.refusal import Refusal

DATABASE = "good_offices"
SUPERUSER = "postgres"
OWNER = f"{DATABASE}_owner"
APPLICATION = f"{DATABASE}_application"
REGISTER = f"{DATABASE}_register"
ROLES = (SUPERUSER, OWNER, APPLICATION, REGISTER)

# Errors name no values: a server log is no place for a person's name.
SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "max_connections": "80",
    "log_error_verbosity": "terse",
    "log_min_error_statement": "panic",
    "log_statement": "none",
    "log_parameter_max_length_on_error": "0",
    "logging_collector": "off",
}
# A database for tests may be lost; waiting for the disk would double their time.
FLEETING = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


class Cluster:
    """One data folder and its server.

    Args:
        place: the folder of everything that belongs to it.
        fleeting: made for one run and thrown away with it.
    """

    def __init__(self, place: Path, *, log: Path, fleeting: bool = False) -> None:
        self.place = place
        self.log = log
        self.fleeting = fleeting
        self._users: IO[str] | None = None
        self.binaries: binaries.Binaries | None = None
        self._last_port: int | None = None

    # What exists

    @property
    def data(self) -> Path:
        elsewhere = self.place / "elsewhere"
        base = Path(elsewhere.read_text().strip()) if elsewhere.exists() else self.place
        return base / "data"

    @property
    def exists(self) -> bool:
        return (self.data / "PG_VERSION").exists()

    def url(self, role: str, database: str = DATABASE) -> str:
        password = quote(self._passwords()[role], safe="")
        return f"postgresql://{role}:{password}@127.0.0.1:{self._port()}/{database}"

    def is_running(self) -> bool:
        pid = self._server_pid()
        return pid is not None and "ready" in self._pid_lines()[-1]

    # Use and release

    def acquire(self) -> None:
        """Start the server unless somebody of this checkout did; it runs until we release it."""
        self.place.mkdir(parents=True, exist_ok=True)
        with self._turn():
            if self._users is None:
                self._users = (self.place / "users.lock").open("a")
                fcntl.flock(self._users, fcntl.LOCK_SH)
            self._start()

    def release(self) -> None:
        """Stop the server if nobody else uses it."""
        if self._users is None:
            return
        with self._turn():
            fcntl.flock(self._users, fcntl.LOCK_UN)
            try:
                fcntl.flock(self._users, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                pass
            else:
                self.stop()
            self._users.close()
            self._users = None

    def remove(self) -> None:
        data = self.data
        if data.parent != self.place:
            shutil.rmtree(data.parent, ignore_errors=True)
        shutil.rmtree(self.place, ignore_errors=True)

    @contextlib.contextmanager
    def _turn(self) -> Iterator[None]:
        # Waits without minding signals: a turn takes a second or two, and release comes after one.
        with (self.place / "turn.lock").open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    # Start

    def _start(self) -> None:
        self.account = binaries.account_for(self.data)
        self.binaries = binaries.find(self.account)
        if self._server_pid() is None:
            if not self.exists:
                self._choose_place()
                self._make()
            self._check_version()
            self._clear_remains()
            self._launch()
        self._wait_until_ready()
        if not self.fleeting:
            self._make_roles()

    def _choose_place(self) -> None:
        """Where PostgreSQL's user cannot enter root's checkout, the data lie elsewhere."""
        self.place.chmod(0o711)
        elsewhere = self.place / "elsewhere"
        if binaries.can_reach(self.account, self.data) or elsewhere.exists():
            return
        binaries.make_shared_place()
        base = binaries.SHARED_PLACE / f"data-{secrets.token_hex(6)}"
        base.mkdir(mode=0o711)
        base.chmod(0o711)
        layout.write_private(elsewhere, f"{base}\n")

    def _make(self) -> None:
        layout.need_space(150)
        new = self.data.with_name("data.new")
        secret = self.data.with_name("password.new")
        shutil.rmtree(new, ignore_errors=True)
        new.mkdir(mode=0o700)
        layout.write_private(secret, self._passwords(making=True)[SUPERUSER])
        if self.account:
            for path in (new, secret):
                os.chown(path, self.account.uid, self.account.gid)
        try:
            self._initdb(new, secret)
        finally:
            secret.unlink(missing_ok=True)
        shutil.rmtree(self.data, ignore_errors=True)
        new.rename(self.data)

    def _initdb(self, new: Path, secret: Path) -> None:
        assert self.binaries
        command: list[str | Path] = [
            self.binaries["initdb"],
            "-D",
            new,
            "-U",
            SUPERUSER,
            f"--pwfile={secret}",
        ]
        command += ["-A", "scram-sha-256", "-E", "UTF8", "--no-instructions"]
        # The wheel has no ICU; this provider knows the case of Cyrillic and Kazakh letters, and
        # trigrams of them need a character type other than C.
        if self.binaries.version >= 18:
            command += ["--locale-provider=builtin", "--builtin-locale=PG_UNICODE_FAST"]
        elif self.binaries.version == 17:
            command += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        command += ["--locale=C", "--lc-ctype=C.UTF-8"]
        if self.fleeting:
            command.append("--no-sync")
        code, output = processes.run(
            command,
            environment=self._environment(),
            log=self.log,
            cwd=new.parent,
            account=self.account,
        )
        if code != 0:
            shutil.rmtree(new, ignore_errors=True)
            raise Refusal(self._reason("The database could not be made", output))

    def _check_version(self) -> None:
        assert self.binaries
        made_by = int((self.data / "PG_VERSION").read_text().split(".")[0])
        if made_by != self.binaries.version:
            raise Refusal(
                f"The database was made by PostgreSQL {made_by} and this is PostgreSQL "
                f"{self.binaries.version}: back it up with the earlier release of Good Offices "
                "and restore the backup with this one."
            )

    def _clear_remains(self) -> None:
        """After a kill: end what the old server left; its pid file may name a stranger."""
        for _ in range(100):
            remains = self._processes_inside()
            if not remains:
                break
            for pid in remains:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGQUIT)
            time.sleep(0.1)
        (self.data / "postmaster.pid").unlink(missing_ok=True)

    def _launch(self) -> None:
        assert self.binaries
        for attempt in range(5):
            start = self.log.stat().st_size if self.log.exists() else 0
            # The port of before, where possible: our children know it as the database's address.
            port = self._last_port if attempt == 0 and self._last_port else _free_port()
            command: list[str | Path] = [self.binaries["postgres"], "-D", self.data]
            command += ["-p", str(port)]
            for name, value in (SETTINGS | (FLEETING if self.fleeting else {})).items():
                command += ["-c", f"{name}={value}"]
            self._child = processes.spawn(
                command,
                environment=self._environment(),
                log=self.log,
                cwd=self.data.parent,
                account=self.account,
                outlives_us=True,
            )
            while not self.is_running():
                if self._child.poll() is not None:
                    break
                if signals.received():
                    processes.terminate(self._child, with_signal=signal.SIGINT, patience=30)
                    signals.checkpoint()
                signals.pause(0.05)
            else:
                self._last_port = port
                return
            with self.log.open("rb") as stream:
                stream.seek(start)
                output = stream.read().decode(errors="replace")
            if "could not bind" not in output and "Address already in use" not in output:
                raise Refusal(self._reason("The database did not start", output))
        raise Refusal(f"The database found no free port on 127.0.0.1; see {self.log}.")

    def _wait_until_ready(self) -> None:
        if not processes.wait_until(self.is_running, 60):
            raise Refusal(f"The database did not get ready within a minute; see {self.log}.")

    def _make_roles(self) -> None:
        """Three roles: one owns and migrates, one works, one reads the register."""
        secret = self._passwords()
        statements = []
        for role in (OWNER, APPLICATION, REGISTER):
            statements += [
                f"SELECT 'CREATE ROLE {role}' WHERE NOT EXISTS "
                f"(SELECT FROM pg_roles WHERE rolname = '{role}') \\gexec",
                f"ALTER ROLE {role} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE "
                f"PASSWORD '{secret[role]}';",
            ]
        statements += [
            f"SELECT 'CREATE DATABASE {DATABASE} OWNER {OWNER}' WHERE NOT EXISTS "
            f"(SELECT FROM pg_database WHERE datname = '{DATABASE}') \\gexec",
            f"REVOKE CONNECT, TEMPORARY ON DATABASE {DATABASE} FROM PUBLIC;",
            f"GRANT CONNECT ON DATABASE {DATABASE} TO {APPLICATION}, {REGISTER};",
        ]
        self.psql("\n".join(statements))

    def psql(self, script: str, database: str = SUPERUSER) -> None:
        assert self.binaries
        source = self.place / "roles.sql"
        layout.write_private(source, script + "\n")
        try:
            code, output = processes.run(
                [self.binaries["psql"], "-X", "-q", "-v", "ON_ERROR_STOP=1", "-f", source],
                environment=self._environment()
                | {
                    "PGHOST": "127.0.0.1",
                    "PGPORT": str(self._port()),
                    "PGUSER": SUPERUSER,
                    "PGDATABASE": database,
                    "PGPASSWORD": self._passwords()[SUPERUSER],
                },
                log=self.log,
                cwd=self.place,
            )
        finally:
            source.unlink(missing_ok=True)
        if code != 0:
            raise Refusal(self._reason("The database roles could not be made", output))

    # Stop

    def stop(self) -> None:
        """Stop the server, whoever uses it."""
        pid = self._server_pid()
        child = getattr(self, "_child", None)
        if pid is None:
            return

        def has_ended() -> bool:
            if child is not None:
                child.poll()
            return not processes.is_alive(pid)

        for number, patience in ((signal.SIGINT, 30), (signal.SIGQUIT, 5), (signal.SIGKILL, 5)):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, number)
            if processes.wait_until(has_ended, patience):
                break

    # The pid file

    def _pid_lines(self) -> list[str]:
        try:
            return (self.data / "postmaster.pid").read_text().splitlines() or [""]
        except OSError:
            return [""]

    def _port(self) -> int:
        return int(self._pid_lines()[3])

    def _server_pid(self) -> int | None:
        """The running server, or None: the file may be stale and name another program by now."""
        first = self._pid_lines()[0].strip()
        if not first.isdigit() or not processes.is_alive(int(first)):
            return None
        return int(first) if self._is_ours(int(first)) else None

    def _is_ours(self, pid: int) -> bool:
        try:
            return Path(os.readlink(f"/proc/{pid}/cwd")) == self.data.resolve()
        except FileNotFoundError:
            return not Path("/proc/self/cwd").exists()
        except OSError:
            return False

    def _processes_inside(self) -> list[int]:
        inside = []
        for entry in Path("/proc").glob("[0-9]*"):
            with contextlib.suppress(OSError):
                if os.readlink(entry / "cwd") == str(self.data.resolve()):
                    inside.append(int(entry.name))
        return inside

    # Small things

    def _passwords(self, *, making: bool = False) -> dict[str, str]:
        path = self.place / "passwords.env"
        return keys.passwords(path, list(ROLES), database_exists=self.exists and not making)

    def _environment(self) -> dict[str, str]:
        kept = {name: os.environ[name] for name in ("PATH", "TZ") if name in os.environ}
        return kept | {"LC_ALL": "C.UTF-8"}

    def _reason(self, failure: str, output: str) -> str:
        if "No space left on device" in output or "Disk quota exceeded" in output:
            return "The disk is full: free some space and start again; nothing was lost."
        found = re.findall(r"(?:FATAL|PANIC|ERROR|error): +(.+)", output)
        reason = found[-1].rstrip(".") if found else "it gave no reason"
        return f"{failure}: {reason} (see {self.log})."


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
