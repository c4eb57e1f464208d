"""gunicorn as `script/server` starts it: two workers, four threads, kept connections."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from config.bench.databases import ROOT

PRODUCT = "config.settings"
FLOOR = "config.bench.settings"
APPLICATIONS = {PRODUCT: "config.wsgi:application", FLOOR: "config.bench.wsgi:application"}
PATIENCE = 120


@contextmanager
def serving(settings: str, database: str) -> Iterator[int]:
    """Serve with these settings on a database; yield the port."""
    port = _free_port()
    command = [
        sys.executable,
        "-m",
        "gunicorn",
        APPLICATIONS[settings],
        "--bind",
        f"127.0.0.1:{port}",
    ]
    command += ["--workers", "2", "--threads", "4", "--worker-class", "gthread", "--preload"]
    command += ["--timeout", "120", "--no-control-socket", "--log-level", "warning"]
    command += ["--keep-alive", "60"]
    environment = os.environ | {"DATABASE_URL": database, "DJANGO_SETTINGS_MODULE": settings}
    child = subprocess.Popen(command, cwd=ROOT, env=environment)
    try:
        _wait(child, port)
        yield port
    finally:
        child.terminate()
        try:
            child.wait(20)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()


def _wait(child: subprocess.Popen[bytes], port: int) -> None:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        if child.poll() is not None:
            raise SystemExit(f"The server did not start (code {child.returncode}).")
        with socket.socket() as probe:
            probe.settimeout(1)
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.2)
    raise SystemExit("The server did not start.")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
