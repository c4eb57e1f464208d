"""Requests over one kept connection, timed in turn, so that a noisy machine disturbs all alike."""

from __future__ import annotations

import http.client
import statistics
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field


class WrongAnswer(Exception):
    """A page that is to be measured did not answer as it should."""


class Browser:
    """One client: one connection that stays open, one session."""

    def __init__(self, port: int, cookie: str) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
        self.headers = {"Cookie": cookie, "Accept-Language": "en"}

    def get(self, path: str) -> bytes:
        """Return the body.

        Raises:
            WrongAnswer: the status is not 200.
        """
        self.connection.request("GET", path, headers=self.headers)
        answer = self.connection.getresponse()
        body = answer.read()
        if answer.status != 200:
            where = answer.getheader("Location") or body[:300].decode(errors="replace")
            raise WrongAnswer(f"{path}: {answer.status} {where}")
        return body

    def seconds(self, path: str) -> float:
        began = time.perf_counter()
        self.get(path)
        return time.perf_counter() - began


@dataclass
class Samples:
    """Seconds of every run; the figure is the median of the medians of the runs."""

    runs: list[list[float]] = field(default_factory=list)

    @property
    def median(self) -> float:
        return statistics.median(statistics.median(run) for run in self.runs)

    @property
    def p95(self) -> float:
        every = sorted(second for run in self.runs for second in run)
        return every[min(int(len(every) * 0.95), len(every) - 1)]


def in_turn(
    calls: dict[str, Callable[[], float]], *, runs: int, count: int, warm: int = 6
) -> dict[str, Samples]:
    """Measure calls one after the other, round by round; the first rounds are thrown away."""
    for _ in range(warm):
        for call in calls.values():
            call()
    found = {name: Samples() for name in calls}
    for _ in range(runs):
        for samples in found.values():
            samples.runs.append([])
        for _ in range(count):
            for name, call in calls.items():
                found[name].runs[-1].append(call())
    return found


def rate(calls: Sequence[Callable[[], object]], *, seconds: float) -> float:
    """Return how many calls a second several clients make at once; each has a call of its own."""
    end = time.perf_counter() + seconds
    done = [0] * len(calls)
    failed: list[BaseException] = []

    def work(place: int) -> None:
        try:
            while time.perf_counter() < end:
                calls[place]()
                done[place] += 1
        except BaseException as error:
            failed.append(error)

    began = time.perf_counter()
    threads = [threading.Thread(target=work, args=[place]) for place in range(len(calls))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failed:
        raise failed[0]
    return sum(done) / (time.perf_counter() - began)
