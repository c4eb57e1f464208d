"""Submissions accepted a second by four clients, beside bare inserts; and how long the last POST of
the form takes with many cases and with few."""

from __future__ import annotations

import http.client
import statistics
import threading
import time
from collections.abc import Callable, Iterator
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore
from django.db import connection, connections
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from config.bench.lines import Line
from config.bench.servers import FLOOR, PRODUCT, serving
from config.bench.timing import WrongAnswer
from intake import services
from intake.answers import Answers
from intake.submission import missing
from intake.views.access import SESSION_KEY

CLIENTS = 4
RUNS, EACH = 3, 25
"""Runs, and submissions of each client in a run."""
TOKEN = "a" * 32
SHARE = 0.35
FORM = {
    "complainants": {"name": ["Ada Example"], "kind": ["individual"], "country": ["KZ"]},
    "enterprises": {"name": ["Steppe Mining"], "kind": ["business"], "country": ["KZ"]},
    "issues": {
        "title": ["Dust from the quarry"],
        "description": ["Since spring the dust lies on our tables every morning. " * 12],
        "place": ["Ulytau"],
    },
}


def measure(large: str, small: str, sizes: tuple[int, int]) -> Iterator[Line]:
    """Yield the lines of filing; the drafts are made before anything is timed.

    Args:
        large, small, sizes: as of `config.bench.desk.measure`.
    """
    before = queries()
    rates: dict[str, list[float]] = {"product": [], "floor": []}
    seconds: dict[str, list[float]] = {large: [], small: []}
    with (
        serving(FLOOR, large) as floor,
        serving(PRODUCT, large) as product,
        serving(PRODUCT, small) as smaller,
    ):
        _together([_inserting(floor, 5)] * CLIENTS)
        for _ in range(RUNS):
            filing = [_filing(product, _cookies(large, EACH)) for _client in range(CLIENTS)]
            rates["floor"].append(_together([_inserting(floor, 4 * EACH)] * CLIENTS))
            rates["product"].append(_together(filing))
            few, many = _cookies(small, EACH), _cookies(large, EACH)
            for pair in zip(many, few, strict=True):
                for port, database, cookie in zip(
                    (product, smaller), (large, small), pair, strict=True
                ):
                    seconds[database].append(_timed(_filing(port, [cookie])))
    figure, floor_rate = (statistics.median(rates[name]) for name in ("product", "floor"))
    yield Line(
        "a submission, four clients", 1e3 / figure, 1e3 / floor_rate, round(1 / SHARE, 2),
        queries=before, most_queries=15,
    )  # fmt: skip
    yield Line(
        f"last POST of the form, {sizes[0]:,} cases beside {sizes[1]:,}",
        statistics.median(seconds[large]) * 1e3,
        statistics.median(seconds[small]) * 1e3,
        1.1,
    )


def _cookies(database: str, count: int) -> list[str]:
    """Make drafts that are ready to be sent; return the cookie of each one's browser."""
    held = connection.settings_dict["NAME"]
    name = database.rpartition("/")[2]
    if held != name:
        connections["default"].close()
        connections.databases["default"]["NAME"] = connection.settings_dict["NAME"] = name
    try:
        return [_ready() for _ in range(count)]
    finally:
        if held != name:
            connections["default"].close()
            connections.databases["default"]["NAME"] = connection.settings_dict["NAME"] = held


def _ready() -> str:
    draft = services.begin(privacy_notice_version="1")
    services.change(draft, _fill)
    services.ensure_access_code(draft)
    answers = services.change(draft, lambda kept: kept.confirm_code())
    if lacking := missing(answers):
        raise SystemExit(f"The bench's own submission is not complete: {lacking}")
    session = SessionStore()
    session[SESSION_KEY] = str(draft.pk)
    session.save()
    return (
        f"{settings.SESSION_COOKIE_NAME}={session.session_key}; {settings.CSRF_COOKIE_NAME}={TOKEN}"
    )


def _fill(answers: Answers) -> None:
    answers.put("acting", {"acting": ["self"]})
    for step, raw in FORM.items():
        answers.put_item(step, "0a0a0a0a", raw)
    choices = {f"0a0a0a0a-{whom}": ["yes"] for whom in ("mediator", "respondent", "public")}
    answers.put("disclosure", choices)


def _body() -> bytes:
    return urlencode({"csrfmiddlewaretoken": TOKEN, "good_faith": "on"}).encode()


def queries() -> int:
    """Return how many statements the last POST makes."""
    client = Client(SERVER_NAME="127.0.0.1")
    address = reverse("intake:step", args=["send"])
    for _ in range(2):  # what is kept for a while is asked once
        for part in _ready().split("; "):
            name, _equals, value = part.partition("=")
            client.cookies[name] = value
        with CaptureQueriesContext(connection) as captured:
            answer = client.post(address, {"good_faith": "on"})
        if answer.headers.get("Location") != reverse("intake:receipt"):
            raise SystemExit(f"The submission was not taken: {answer.status_code}")
    return sum(row["sql"] not in ("BEGIN", "COMMIT") for row in captured.captured_queries)


def _filing(port: int, cookies: list[str]) -> Callable[[], int]:
    """Return what sends each draft over one kept connection, and how many there were."""

    def send() -> int:
        client = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
        address = reverse("intake:step", args=["send"])
        for cookie in cookies:
            headers = {"Cookie": cookie, "Content-Type": "application/x-www-form-urlencoded"}
            client.request("POST", address, body=_body(), headers=headers)
            answer = client.getresponse()
            answer.read()
            if answer.getheader("Location") != reverse("intake:receipt"):
                raise WrongAnswer(f"{answer.status} {answer.getheader('Location')}")
        client.close()
        return len(cookies)

    return send


def _inserting(port: int, count: int) -> Callable[[], int]:
    def insert() -> int:
        client = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
        for _ in range(count):
            headers = {"Content-Type": "application/x-www-form-urlencoded"}
            client.request("POST", "/insert/", body=b"title=A+case", headers=headers)
            answer = client.getresponse()
            answer.read()
            if answer.status != 201:
                raise WrongAnswer(f"{answer.status}")
        client.close()
        return count

    return insert


def _timed(send: Callable[[], int]) -> float:
    began = time.perf_counter()
    send()
    return time.perf_counter() - began


def _together(calls: list[Callable[[], int]]) -> float:
    """Return how many a second came through, each client in a thread of its own."""
    done: list[int] = []
    failed: list[BaseException] = []

    def work(call: Callable[[], int]) -> None:
        try:
            done.append(call())
        except BaseException as error:
            failed.append(error)

    threads = [threading.Thread(target=work, args=[call]) for call in calls]
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failed:
        raise failed[0]
    return sum(done) / (time.perf_counter() - began)
