"""`script/server` as a person meets it: started, stopped at bad moments, started again."""

import os
import shutil
import signal
import socket
import subprocess
import time

import pytest

from tests.ground import stage
from tests.ground.stage import Server, get, left_behind, manage, serving

pytestmark = pytest.mark.slow


def wait_for_process(var, name, seconds=60):
    end = time.monotonic() + seconds
    while not any(name in line for line in left_behind(var)):
        assert time.monotonic() < end, f"{name} never ran"
        time.sleep(0.01)


@pytest.mark.parametrize(
    ("moment", "number"),
    [
        ("at once", signal.SIGTERM),
        ("initdb", signal.SIGINT),
        ("initdb", signal.SIGTERM),
        ("manage.py", signal.SIGINT),
    ],
)
def test_a_signal_at_any_moment_of_the_first_start_leaves_no_process(var, moment, number):
    server = Server(var)
    if moment != "at once":
        wait_for_process(var, moment)
    server.stop(number)
    assert left_behind(var) == []


@pytest.mark.parametrize(
    ("moment", "number"), [("manage.py", signal.SIGTERM), ("gunicorn", signal.SIGTERM)]
)
def test_a_signal_while_it_starts_again_leaves_no_process(installation, moment, number):
    server = Server(installation)
    wait_for_process(installation, moment)
    server.stop(number)
    assert left_behind(installation) == []


def test_a_second_start_keeps_the_data_and_is_quick(installation):
    with serving(installation) as server:
        url = server.wait_until_ready()
        assert get(f"{url}/livez") == (200, '{"status": "alive"}')
        status, body = get(f"{url}/healthz")
        assert (status, '"worker": "ok"' in body) == (200, True), body
        made = manage(installation, "create_person", "--help")
        assert made.returncode == 0, made.stderr
        keys = (installation / "keys.env").read_text()
    assert server.process.returncode == 0
    with serving(installation) as again:
        again.wait_until_ready()
    # Ten seconds on a machine that does nothing else; the other tests run beside this one.
    assert again.seconds < 25, again.seconds
    assert (installation / "keys.env").read_text() == keys
    assert left_behind(installation) == []


def test_a_taken_port_is_said_in_one_sentence(var):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        server = Server(var, PORT=str(port))
        assert server.process.wait(60) == 1
    assert server.said().strip() == (
        f"Port {port} on 127.0.0.1 is taken by another program: choose another, for example "
        f"PORT={port + 1} script/server."
    )


@pytest.mark.parametrize(
    ("variables", "sentence"),
    [
        ({"PORT": "eighty"}, "PORT is 'eighty'; it should be a number from 1 to 65535."),
        ({"PORT": "70000"}, "PORT is '70000'; it should be a number from 1 to 65535."),
        ({"HOST": "203.0.113.7"}, "HOST is '203.0.113.7', which is no address of this machine."),
    ],
)
def test_a_wrong_address_is_said_in_one_sentence(var, variables, sentence):
    server = Server(var, **variables)
    assert server.process.wait(60) == 1
    assert server.said().strip() == sentence


def test_a_database_elsewhere_that_does_not_answer_is_said_in_one_sentence(var):
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        port = nobody.getsockname()[1]
        url = f"postgresql://ncp:secret@127.0.0.1:{port}/cases"
        server = Server(var, DATABASE_URL=url)
        assert server.process.wait(60) == 1
    said = server.said().strip()
    assert said.startswith(f"The database cases at 127.0.0.1:{port} cannot be used: ")
    assert "refused" in said and "secret" not in said and said.count("\n") == 0


def test_a_broken_database_is_said_in_one_sentence(installation):
    (installation / "postgres/data/global/pg_control").write_bytes(b"")
    server = Server(installation)
    assert server.process.wait(60) == 1
    said = server.said().strip()
    assert said.startswith("The database did not start: ") and said.count("\n") == 0


def test_a_wrong_key_refuses_and_harms_nothing(installation):
    right = (installation / "keys.env").read_text()
    other = "QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVphYmNkZWY="
    server = Server(installation, SEALING_KEYS=other)
    assert server.process.wait(60) == 1
    assert server.said().strip() == (
        "SEALING_KEYS does not open this database: it was sealed with another key. "
        "Nothing was changed. Put the right key back and start again."
    )
    assert (installation / "keys.env").read_text() == right
    assert manage(installation, "check_keys").stdout == "The keys fit the database.\n"


def test_lost_keys_are_not_replaced_by_new_ones(installation):
    (installation / "keys.env").unlink()
    server = Server(installation)
    assert server.process.wait(60) == 1
    assert "keys.env lacks SECRET_KEY" in server.said()
    assert not (installation / "keys.env").exists()


def test_a_stale_pid_file_that_names_a_stranger_does_not_stop_a_start(installation):
    data = installation / "postgres/data"
    (data / "postmaster.pid").write_text(f"{os.getpid()}\n{data}\n0\n5432\n\n\n\nready\n")
    if os.geteuid() == 0:
        os.chown(data / "postmaster.pid", data.stat().st_uid, data.stat().st_gid)
    assert manage(installation, "check_keys").stdout == "The keys fit the database.\n"
    assert left_behind(installation) == []


def test_one_checkout_has_one_server_and_shares_its_database_with_commands(running):
    twin = subprocess.run(
        [stage.ROOT / "script/server"],
        env=stage.environment(running.var),
        capture_output=True,
        text=True,
        timeout=stage.PATIENCE,
    )
    assert twin.returncode == 1
    assert twin.stderr.startswith(f"This checkout's server already runs: {running.url} ")
    assert manage(running.var, "check_keys").returncode == 0
    assert get(f"{running.url}/healthz")[0] == 200


def test_nothing_is_restored_under_a_running_server(running, tmp_path):
    done = manage(running.var, "restore", str(tmp_path), "--replace", "--no-input")
    assert done.returncode == 1
    assert done.stderr.startswith(f"Stop the server first: {running.url} ")


def test_a_dead_worker_is_started_again(running):
    # The first of them leads; the others are its pool.
    pids = [line.split()[0] for line in left_behind(running.var) if "config worker" in line]
    os.kill(min(map(int, pids)), signal.SIGKILL)
    running.wait_for("The worker process ended")
    wait_for_process(running.var, "config worker")


def test_a_killed_database_is_started_again(running):
    pid = int((running.var / "postgres/data/postmaster.pid").read_text().splitlines()[0])
    os.kill(pid, signal.SIGKILL)
    running.wait_for("The database ended; starting it again")
    end = time.monotonic() + 60
    while get(f"{running.url}/healthz")[0] != 200:
        assert time.monotonic() < end, running.logs()
        time.sleep(0.5)


def test_the_register_runs_alone_and_its_role_reads_nothing_else(installation):
    with serving(installation, "--register-only") as server:
        url = server.wait_until_ready()
        assert get(f"{url}/healthz")[0] == 200
        assert get(f"{url}/register/")[0] == 200
        assert get(f"{url}/submit/")[0] == 404
        assert not any("celery" in line for line in left_behind(installation))


def test_a_full_disk_is_said_in_one_sentence(var):
    if os.geteuid() != 0 or not shutil.which("mount"):
        pytest.skip("a small disk can only be made by root")
    var.mkdir(parents=True)
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=20m,mode=0711", "tmpfs", var], capture_output=True
    )
    if mounted.returncode != 0:
        pytest.skip("no right to mount here")
    try:
        server = Server(var)
        assert server.process.wait(60) == 1
        assert server.said().startswith("The disk is full: ")
        assert server.said().strip().count("\n") == 0
    finally:
        subprocess.run(["umount", "-l", var], check=True)


def test_an_interrupted_installation_leaves_no_process_and_is_redone(tmp_path):
    """A checkout of its own, whose package index accepts connections and never answers."""
    checkout = tmp_path / "a checkout"
    checkout.mkdir()
    shutil.copytree(stage.ROOT / "script", checkout / "script")
    (checkout / "requirements.txt").write_text("a-package-that-never-comes\n")
    with socket.create_server(("127.0.0.1", 0)) as index:
        port = index.getsockname()[1]
        server = Server(
            checkout / "var",
            script=checkout / "script/server",
            PIP_INDEX_URL=f"http://127.0.0.1:{port}/simple",
            PIP_CONFIG_FILE=os.devnull,
            PIP_NO_INDEX="0",
        )
        index.settimeout(60)
        connection, _ = index.accept()
        server.stop(signal.SIGTERM)
        connection.close()
    assert left_behind(checkout) == []
    assert (checkout / ".venv/.unfinished").exists()
    assert not (checkout / ".venv/.installed").exists()
    half = checkout / ".venv/bin"
    again = Server(checkout / "var", script=checkout / "script/server")
    end = time.monotonic() + 60
    while half.exists():
        assert time.monotonic() < end, again.said()
        time.sleep(0.01)
    again.stop(signal.SIGINT)
    assert left_behind(checkout) == []
