"""Real workers: one killed by the kernel, two at once. Mails are counted in a folder."""

import os
import re
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from django.db import connection

from cases.services import correspondence
from notifications import delivery
from notifications.models import Delivery
from tests import factories

ROOT = Path(__file__).resolve().parents[2]
WORKER = """
import os, signal
import django
django.setup()
from django.conf import settings
from notifications import delivery

settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
settings.EMAIL_FILE_PATH = os.environ["MAILS"]
where = os.environ["WHERE"]
send, settle, done = delivery.send_one, delivery._settle, []

def kill(*args):
    os.kill(os.getpid(), signal.SIGKILL)

def send_and_die():
    if done and where == "between":
        kill()
    done.append(1)
    return send()

delivery.send_one = send_and_die
if where == "after_sending":
    delivery._settle = kill
delivery.drain()
"""


@pytest.fixture
def waiting(transactional_db):
    """A message to five officers, none of whom was told yet."""
    officers = [factories.person("officer") for _ in range(5)]
    case = factories.filed_case()
    delivery.drain()
    person = case.participations.get(role="party_member").user
    correspondence.send_message(case, side="complainant", text="Please help.", by=person)
    return officers


def ids_in(folder: Path) -> list[str]:
    text = "".join(path.read_text() for path in folder.iterdir())
    return re.findall(r"^Message-ID: <(.+)@", text, re.MULTILINE)


@pytest.mark.parametrize("where, mails", [("between", 5), ("after_sending", 6)])
def test_a_killed_worker_loses_no_mail(waiting, settings, tmp_path, where, mails):
    """Killed between two mails: each arrives once. Killed in the moment between the mail server's
    yes and our note of it: that one comes twice, under one Message-ID."""
    folder = tmp_path / "mails"
    database = connection.settings_dict
    url = "postgresql://{USER}:{PASSWORD}@{HOST}:{PORT}/{NAME}".format(**database)
    killed = subprocess.run(
        [sys.executable, "-c", WORKER],
        cwd=ROOT,
        env={**os.environ, "DATABASE_URL": url, "MAILS": str(folder), "WHERE": where},
        capture_output=True,
        timeout=120,
        check=False,
    )
    assert killed.returncode == -signal.SIGKILL, killed.stderr.decode()
    assert len(ids_in(folder)) == 1
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    settings.EMAIL_FILE_PATH = folder
    delivery.drain()
    delivery.drain()
    assert len(ids_in(folder)) == mails
    assert len(set(ids_in(folder))) == 5
    assert not Delivery.objects.filter(state="waiting").exists()


def test_two_workers_at_once_send_each_mail_once(waiting, settings, tmp_path):
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    settings.EMAIL_FILE_PATH = tmp_path / "mails"
    barrier = threading.Barrier(3)

    def work():
        barrier.wait()
        try:
            delivery.drain()
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    delivery.drain()
    found = ids_in(tmp_path / "mails")
    assert len(found) == len(set(found)) == 5
