"""Thousands of wrong access codes, from one address and from two hundred networks.

With a right code (`--code`, of somebody's main person in the server's demonstration) it also sees
that the right one works meanwhile, and takes turns between three kinds of codes that open nothing:
a wrong one, one that was withdrawn, and a well-formed one of no case at all. It needs a server that
believes the address in X-Forwarded-For (TRUSTED_PROXIES=1) for the two hundred.

The kinds can be told apart, and the attack ends with 1, where an answer of one kind (status,
headers, page but for its token) is not among those of the others, or where the times of two kinds
differ so that a guess by time would be right in more than 55 of 100 cases (the area under the
curve, of Mann and Whitney, lies outside 0.45 to 0.55).
"""

import argparse
import hashlib
import http.client
import itertools
import math
import random
import re
import secrets
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import urlencode, urlsplit

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH = 23
PATH = "/portal/sign-in/"
TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')
CODE = re.compile(r"\b(?:[0-9A-Z]{4}-){5}[0-9A-Z]{4}\b")
NOT_COMPARED = {"date", "set-cookie"}
WARM_UP = 30  # rounds that are not timed
FAIR = (0.45, 0.55)


@dataclass
class Answer:
    status: int
    seconds: float
    body: str
    headers: list[tuple[str, str]]

    @property
    def looks(self) -> tuple[int, str]:
        """Return what somebody could compare: status, and a digest of headers and page."""
        headers = sorted(item for item in self.headers if item[0] not in NOT_COMPARED)
        page = TOKEN.sub("", self.body)
        return self.status, hashlib.sha256(f"{headers}{page}".encode()).hexdigest()[:12]


class Visitor:
    """A browser of few words: one connection, its cookies, one token."""

    def __init__(self, host: str, port: int) -> None:
        self.host, self.port = host, port
        self.connection = http.client.HTTPConnection(host, port, timeout=30)
        self.cookies: dict[str, str] = {}
        self.token = ""

    def ask(self, method: str, path: str, body: str | None = None, address: str = "") -> Answer:
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        if address:
            headers["X-Forwarded-For"] = address
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        began = time.perf_counter()
        try:
            self.connection.request(method, path, body, headers)
            answer = self.connection.getresponse()
            text = answer.read().decode()
        except (http.client.HTTPException, ConnectionError):
            self.connection.close()
            self.connection = http.client.HTTPConnection(self.host, self.port, timeout=30)
            return self.ask(method, path, body, address)
        seconds = time.perf_counter() - began
        for cookie in answer.msg.get_all("Set-Cookie") or []:
            name, _sign, value = cookie.split(";")[0].partition("=")
            self.cookies[name.strip()] = value
        said = [(name.lower(), value) for name, value in answer.getheaders()]
        return Answer(answer.status, seconds, text, said)

    def open(self, path: str = PATH) -> Answer:
        """Open a page, following where it leads, and remember its token."""
        answer = self.ask("GET", path)
        while answer.status in (301, 302):
            path = dict(answer.headers)["location"]
            answer = self.ask("GET", path)
        self.here = path
        found = TOKEN.search(answer.body)
        self.token = found.group(1) if found else ""
        return answer

    def send(self, path: str, address: str = "", **fields: str) -> Answer:
        body = urlencode({**fields, "csrfmiddlewaretoken": self.token})
        return self.ask("POST", path, body, address)

    def try_code(self, code: str, address: str) -> Answer:
        return self.send(PATH, address, code=code)

    def forget(self) -> None:
        self.cookies = {}
        self.open()


def wrong_code() -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH + 1))


def missing_code() -> str:
    """Return a code that is written as it should be and was given to nobody."""
    body = wrong_code()[:LENGTH]
    total = 0
    for symbol in body:
        total = _times_alpha(total) ^ ALPHABET.index(symbol)
    return body + ALPHABET[_times_alpha(total)]


def _times_alpha(value: int) -> int:
    doubled = value << 1
    return doubled ^ 0b100101 if doubled & 0b100000 else doubled


def withdrawn_code(visitor: Visitor, code: str) -> str:
    """Let somebody be added to the side of a right code and withdrawn again; return their code."""
    visitor.forget()
    if visitor.try_code(code, "198.51.100.1").status != 302:
        raise SystemExit("The code that was given with --code opens nothing on this server.")
    visitor.open("/portal/")
    people = f"{visitor.here}people/"
    page = visitor.open(people).body
    once = re.search(r'name="token" value="([^"]+)"', page)
    if not once:
        raise SystemExit("The code must be that of the main person of one case.")
    added = visitor.send(people, name="Withdrawn", kind="member", token=once.group(1))
    old = CODE.search(added.body)
    if not old:
        raise SystemExit(f"Nobody could be added: {added.status}.")
    ends = re.findall(r'href="([^"]+/people/\d+/withdraw/)"', visitor.open(people).body)[-1]
    once = re.search(r'name="token" value="([^"]+)"', visitor.open(ends).body)
    visitor.send(ends, token=once.group(1) if once else "")
    visitor.forget()
    if visitor.try_code(old.group(), "198.51.100.2").status == 302:
        raise SystemExit("The withdrawn code still opens the case.")
    return old.group()


@dataclass
class Kind:
    """One kind of code that opens nothing, and what came of it."""

    name: str
    code: Callable[[], str]
    times: list[float] = field(default_factory=list)
    looks: set[tuple[int, str]] = field(default_factory=set)
    found: int = 0

    def row(self) -> str:
        times = sorted(self.times)
        last = times[math.ceil(0.95 * len(times)) - 1]
        return (
            f"  {self.name:9} {len(times):6} tries, median {1000 * statistics.median(times):6.2f} "
            f"ms, p95 {1000 * last:6.2f} ms, answers {sorted(self.looks)}"
        )


def area(one: list[float], other: list[float]) -> float:
    """Return how often a value of `one` is above a value of `other`, ties counted half: 0.5 where
    nothing tells them apart (the area under the curve, Mann and Whitney's U over n times m)."""
    ranked = sorted([(value, 0) for value in one] + [(value, 1) for value in other])
    total, place = 0.0, 0
    for _value, group in itertools.groupby(ranked, key=lambda item: item[0]):
        tied = list(group)
        rank = place + (len(tied) + 1) / 2
        total += rank * sum(1 for _v, side in tied if side == 0)
        place += len(tied)
    above = total - len(one) * (len(one) + 1) / 2
    return above / (len(one) * len(other))


def chance(value: float, n: int, m: int) -> float:
    """Return the two-sided probability of an area at least so far from 0.5 by chance."""
    deviation = math.sqrt((n + m + 1) / (12 * n * m))
    return math.erfc(abs(value - 0.5) / deviation / math.sqrt(2))


def told_apart(kinds: list[Kind]) -> list[str]:
    """Return by what the kinds can be told apart; nothing where they cannot."""
    faults = []
    for one, other in itertools.combinations(kinds, 2):
        if one.looks != other.looks:
            faults.append(f"the answers to a {one.name} and to a {other.name} code differ")
        found = area(one.times, other.times)
        p = chance(found, len(one.times), len(other.times))
        print(f"  {one.name} / {other.name}: area {found:.3f} (p {p:.2f})")
        if not FAIR[0] <= found <= FAIR[1]:
            faults.append(f"the time tells a {one.name} from a {other.name} code")
    return faults


def attack(visitor: Visitor, kinds: list[Kind], *, tries: int, addresses: int, code: str) -> bool:
    """Try codes of each kind in turns and, between them, the right one; say whether all held."""
    locked_out, right = 0, []
    rounds = max(tries // len(kinds), 1)
    every = max(rounds // 20, 1)
    for number in range(rounds):
        address = f"198.18.{number % addresses}.7"
        for kind in random.sample(kinds, len(kinds)):
            answer = visitor.try_code(kind.code(), address)
            kind.found += answer.status == 302
            if number >= WARM_UP or rounds <= WARM_UP:
                kind.times.append(answer.seconds)
                kind.looks.add(answer.looks)
        if code and number % every == every - 1:
            answer = visitor.try_code(code, address)
            right.append(answer.seconds)
            locked_out += answer.status != 302
            visitor.forget()
    found = sum(kind.found for kind in kinds)
    print(f"{rounds * len(kinds)} codes from {addresses} address(es): {found} found something")
    for kind in kinds:
        print(kind.row())
    if right:
        print(f"  right, under attack: {len(right)} tried, {locked_out} locked out,", end=" ")
        print(f"slowest {1000 * max(right):.0f} ms")
    return found == 0 and locked_out == 0


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(
        prog="script/attack codes",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--server", default="http://127.0.0.1:8000")
    parser.add_argument("--tries", type=int, default=10_000)
    parser.add_argument("--code", default="", help="a right code of the main person of a side")
    options = parser.parse_args(arguments)
    where = urlsplit(options.server)
    if where.hostname not in ("127.0.0.1", "localhost", "::1"):
        parser.error("only a server on this machine is attacked")
    visitor = Visitor(where.hostname, where.port or 80)
    old = withdrawn_code(visitor, options.code) if options.code else ""
    visitor.forget()
    wrong = [Kind("wrong", wrong_code)]
    held = attack(visitor, wrong, tries=options.tries, addresses=1, code=options.code)
    kinds = [Kind("wrong", wrong_code), Kind("missing", missing_code)]
    if old:
        kinds.append(Kind("withdrawn", lambda: old))
    else:
        print("Without --code neither a right nor a withdrawn code is tried.")
    held &= attack(visitor, kinds, tries=options.tries, addresses=200, code=options.code)
    faults = told_apart(kinds)
    for fault in faults:
        print(f"  {fault}")
    held &= not faults
    print("Held." if held else "NOT held.")
    return 0 if held else 1
