"""`script/server`: everything up, watched, and everything down again."""

import argparse
import fcntl
import http.client
import os
import re
import socket
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path

from supervisor import layout, processes, signals
from supervisor.cluster import APPLICATION
from supervisor.refusal import Refusal
from supervisor.surroundings import Address, Surroundings, manage, surroundings

PATIENCE_TO_START = 180
# A child that dies this often in this many seconds will not get better by itself.
DEATHS, WITHIN = 4, 60


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(
        prog="script/server",
        description="Starts Good Offices: database, web server, worker and clock. HOST, PORT and "
        "DATABASE_URL are honoured; data and logs are in var/.",
    )
    parser.add_argument(
        "--register-only",
        action="store_true",
        help="serve only the public register, with a database role that can read nothing else",
    )
    options = parser.parse_args(arguments)
    address, listener = _listen()
    layout.prepare()
    with (
        listener,
        OnlyOne("register" if options.register_only else "server", address),
        surroundings(site_url=address.url, hosts=address.names()) as around,
    ):
        if around.cluster or os.environ.get("DATABASE_URL"):
            _prepare(around)
        services = _services(around, listener, register_only=options.register_only)
        _serve(services, address, around, register_only=options.register_only)
    return 0


# The address


def _listen() -> tuple[Address, socket.socket]:
    """Take the port now and hold it: nobody else gets it while packages are installed."""
    host = os.environ.get("HOST") or "127.0.0.1"
    given = os.environ.get("PORT") or "8000"
    if not given.isdecimal() or int(given) > 65535:
        raise Refusal(f"PORT is {given!r}; it should be a number from 1 to 65535.")
    try:
        family, kind, protocol, _, target = socket.getaddrinfo(
            host, int(given), type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
    except OSError as error:
        raise Refusal(f"HOST is {host!r}, which is no address of this machine.") from error
    listener = socket.socket(family, kind, protocol)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind(target)
        _refuse_listening_twin(family, target)
    except PermissionError as error:
        raise Refusal(f"Port {given} needs rights that you do not have: try PORT=8000.") from error
    except OSError as error:
        if error.errno in (98, 48):  # address in use: Linux, macOS
            raise Refusal(
                f"Port {given} on {host} is taken by another program: choose another, for example "
                f"PORT={_other_port(int(given))} script/server."
            ) from error
        raise Refusal(f"HOST is {host!r}, which is no address of this machine.") from error
    return Address(host, listener.getsockname()[1]), listener


def _refuse_listening_twin(family: int, target: tuple) -> None:
    """Two programs that both bind before they listen would both be let through."""
    if target[1] == 0:
        return
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.settimeout(0.5)
        host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(target[0], target[0])
        try:
            probe.connect((host, *target[1:]))
        except OSError:
            return
    raise OSError(98, "Address already in use")


def _other_port(port: int) -> int:
    return port + 1 if port < 65535 else 8000


class OnlyOne:
    """One server per checkout: two would share a queue and a clock."""

    def __init__(self, name: str, address: Address) -> None:
        self.path = layout.VAR / f"{name}.lock"
        self.address = address

    def __enter__(self) -> None:
        self.lock = self.path.open("a+")
        try:
            fcntl.flock(self.lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self.lock.seek(0)
            where = self.lock.read().strip() or "starting"
            self.lock.close()
            raise Refusal(f"This checkout's server already runs: {where}.") from None
        self.lock.truncate(0)
        self.lock.write(f"{self.address.url} (process {os.getpid()})")
        self.lock.flush()

    def __exit__(self, *_: object) -> None:
        self.lock.truncate(0)
        self.lock.close()


# Before the start


def _prepare(around: Surroundings) -> None:
    """Migrate, grant, collect, load: one process, because each costs seconds to start."""
    layout.need_space(60)
    log = layout.LOGS / "prepare.log"
    start = log.stat().st_size if log.exists() else 0
    child = processes.spawn(
        manage("prepare"),
        environment=around.owner,
        cwd=layout.ROOT,
        log=log,
    )
    shown = start
    while child.poll() is None:
        if signals.received():
            processes.wait(child)
        shown = _show_progress(log, shown)
        signals.pause(0.2)
    _show_progress(log, shown)
    if processes.wait(child) != 0:
        raise Refusal(_reason(log, start))


def _show_progress(log: Path, position: int) -> int:
    """Repeat the lines that the command addresses to people."""
    with log.open("rb") as stream:
        stream.seek(position)
        new = stream.read()
    whole = new[: new.rfind(b"\n") + 1]
    for line in whole.decode(errors="replace").splitlines():
        if line.startswith("* "):
            print(line[2:], flush=True)
    return position + len(whole)


def _reason(log: Path, start: int) -> str:
    with log.open("rb") as stream:
        stream.seek(start)
        output = stream.read().decode(errors="replace")
    if re.search(r"No space left on device|Disk quota exceeded|DiskFull", output):
        return "The disk is full: free some space and start again; nothing was lost."
    said = [line for line in output.splitlines() if line.startswith("CommandError: ")]
    if said:
        return said[-1].removeprefix("CommandError: ")
    last = next((line for line in reversed(output.splitlines()) if line.strip()), "no reason given")
    return f"The preparation failed: {last.strip()} (see {log})."


# While it runs


@dataclass
class Service:
    name: str
    command: list[str | Path]
    environment: dict[str, str]
    keep_fds: tuple[int, ...] = ()
    child: subprocess.Popen[bytes] | None = None
    starts: list[float] = field(default_factory=list)

    @property
    def log(self) -> Path:
        return layout.LOGS / f"{self.name}.log"

    def start(self) -> None:
        self.starts = [at for at in self.starts if at > time.monotonic() - WITHIN]
        if len(self.starts) >= DEATHS:
            raise Refusal(
                f"The {self.name} process stopped {DEATHS} times within a minute, so everything "
                f"was stopped: {_last_line(self.log)} (see {self.log})."
            )
        self.starts.append(time.monotonic())
        self.child = processes.spawn(
            self.command,
            environment=self.environment,
            log=self.log,
            cwd=layout.ROOT,
            keep_fds=self.keep_fds,
        )


def _services(
    around: Surroundings, listener: socket.socket, *, register_only: bool
) -> list[Service]:
    web: list[str | Path] = [layout.PYTHON, "-m", "gunicorn", "config.wsgi:application"]
    web += ["--bind", f"fd://{listener.fileno()}", "--workers", "2", "--threads", "4"]
    # A slow upload would block a worker of the plain kind.
    web += ["--worker-class", "gthread", "--timeout", "120", "--graceful-timeout", "10"]
    web += ["--preload", "--no-control-socket", "--log-level", "warning", "--pid", ""]
    if register_only:
        return [Service("register", web, around.register, (listener.fileno(),))]
    celery: list[str | Path] = [layout.PYTHON, "-m", "celery", "--quiet", "-A", "config"]
    worker = [*celery, "worker", "--loglevel", "WARNING", "--concurrency", "2"]
    worker += ["--without-gossip", "--without-mingle"]
    beat = [*celery, "beat", "--loglevel", "WARNING", "--pidfile", ""]
    return [
        Service("web", web, around.application, (listener.fileno(),)),
        Service("worker", worker, around.application),
        Service("beat", beat, around.application),
    ]


def _serve(
    services: list[Service], address: Address, around: Surroundings, *, register_only: bool
) -> None:
    try:
        # The clock can wait: the sooner the others are up, the sooner somebody can work.
        for service in services:
            if service.name != "beat":
                service.start()
        told = False
        give_up = signals.deadline(PATIENCE_TO_START)
        while True:
            signals.checkpoint()
            _mend(services, around)
            if not told:
                health = _health(address)
                if health == "" or time.monotonic() > give_up:
                    _tell(address, health, around, register_only=register_only)
                    told = True
                    for service in services:
                        if service.child is None:
                            service.start()
            signals.pause(2 if told else 0.3)
    except signals.Stopped as stopped:
        print("\nStopping ...", flush=True)
        _stop(services)
        if stopped.signal not in (2, 15):
            raise
    finally:
        _stop(services)


def _mend(services: list[Service], around: Surroundings) -> None:
    for service in services:
        if service.child and (code := service.child.poll()) is not None:
            processes.terminate(service.child)
            print(f"The {service.name} process ended (code {code}); starting it again.", flush=True)
            service.start()
    cluster = around.cluster
    if cluster and not cluster.is_running():
        print("The database ended; starting it again.", flush=True)
        cluster.acquire()
        if cluster.url(APPLICATION) != around.application["DATABASE_URL"]:
            raise Refusal("The database ended and its port was taken meanwhile: start again.")


def _stop(services: list[Service]) -> None:
    """The clock first, the worker may finish its task, readers get their answers."""
    living = [service.child for service in services if service.child]
    for child in reversed(living):
        if child.poll() is None:
            child.terminate()
    processes.wait_until(lambda: all(child.poll() is not None for child in living), 20)
    for child in living:
        processes.terminate(child, patience=0)


def _health(address: Address) -> str | None:
    """Nothing when all is well, a reason when not, None while nobody answers."""
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(address.host, address.host)
    connection = http.client.HTTPConnection(host, address.port, timeout=5)
    try:
        connection.request("GET", "/healthz", headers={"Host": "localhost"})
        answer = connection.getresponse()
        body = answer.read().decode(errors="replace")
        return "" if answer.status == 200 else body[:300]
    except (OSError, http.client.HTTPException):
        return None
    finally:
        connection.close()


def _tell(
    address: Address, health: str | None, around: Surroundings, *, register_only: bool
) -> None:
    if health is None:
        raise Refusal(f"The web server does not answer; see {layout.LOGS}.")
    if health:
        print(f"Not everything is well yet: {health}", flush=True)
    path = "/register/" if register_only else "/"
    print(f"\nGood Offices is ready: {address.url}{path}\n", flush=True)
    sign_ins = layout.VAR / "sign-ins.txt"
    if not register_only and sign_ins.exists():
        print(sign_ins.read_text(), flush=True)
    print(f"Logs are in {layout.LOGS}. Ctrl-C stops everything.", flush=True)


def _last_line(log: Path) -> str:
    lines = log.read_text(errors="replace").splitlines() if log.exists() else []
    return next((line.strip() for line in reversed(lines) if line.strip()), "no reason given")
