"""Forwarded e-mails come from a mailbox, are kept until somebody decides, and are never lost."""

import socketserver
import threading

import pytest
from django.urls import reverse

from cases.models import Incoming
from desk import mailbox
from tests.coordination.test_mails import source
from tests.desk.conftest import browser

pytestmark = pytest.mark.django_db


class _Session(socketserver.StreamRequestHandler):
    """As much of IMAP as a reader of unread mails asks for."""

    def say(self, line):
        self.wfile.write(line.encode() + b"\r\n")

    def handle(self):
        self.say("* OK ready")
        for raw in self.rfile:
            tag, _, rest = raw.decode().strip().partition(" ")
            words = rest.upper().split()
            if words[:1] == ["CAPABILITY"]:
                self.say("* CAPABILITY IMAP4rev1")
            elif words[:1] == ["LOGIN"] and "secret word" not in rest:
                self.say(f"{tag} NO wrong")
                continue
            elif words[:1] == ["SELECT"]:
                self.say("* 3 EXISTS")
            elif words[:2] == ["UID", "SEARCH"]:
                unread = [str(uid) for uid in self.server.mails if uid not in self.server.seen]
                self.say(f"* SEARCH {' '.join(unread)}")
            elif words[:2] == ["UID", "FETCH"]:
                data = self.server.mails[int(words[2])]
                self.say(f"* {words[2]} FETCH (UID {words[2]} BODY[] {{{len(data)}}}")
                self.wfile.write(data + b")\r\n")
            elif words[:2] == ["UID", "STORE"]:
                self.server.seen.add(int(words[2]))
            elif words[:1] == ["LOGOUT"]:
                self.say("* BYE")
            self.say(f"{tag} OK done")
            if words[:1] == ["LOGOUT"]:
                return


@pytest.fixture
def server(settings):
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), _Session) as server:
        server.mails = {7: source(), 8: b"no mail at all"}
        server.seen = set()
        threading.Thread(target=server.serve_forever, daemon=True).start()
        port = server.server_address[1]
        settings.MAIL_INBOX_URL = f"imap://desk:secret%20word@127.0.0.1:{port}/INBOX"
        yield server
        server.shutdown()


def test_unread_mails_wait_for_an_officer_and_come_once(server, officer):
    assert mailbox.fetch() == 1
    assert mailbox.fetch() == 0
    assert server.seen == {7, 8}
    row = Incoming.objects.get()
    assert row.brought_by is None
    page = browser(officer).get(reverse("desk:mails")).text
    assert "from the mailbox" in page
    assert reverse("desk:mail_in", args=[row.pk]) in page


def test_mailbox_that_does_not_answer_breaks_nothing(settings, server, caplog):
    settings.MAIL_INBOX_URL = settings.MAIL_INBOX_URL.replace("secret", "wrong")
    assert mailbox.fetch() == 0
    assert "could not be read" in caplog.text
    assert "wrong" not in caplog.text
    settings.MAIL_INBOX_URL = "imap://desk:x@127.0.0.1:1/INBOX"
    assert mailbox.fetch() == 0
    settings.MAIL_INBOX_URL = ""
    assert mailbox.fetch() == 0
    assert not Incoming.objects.exists()
