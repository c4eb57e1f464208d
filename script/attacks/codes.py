"""Ten thousand wrong access codes, from one address and from two hundred.

Needs a right code (`--code`) of a case in the server's demonstration, and a server that believes
the address in X-Forwarded-For (TRUSTED_PROXIES=1) for the two hundred.
"""

import argparse
import http.client
import re
import secrets
import statistics
import time
from urllib.parse import urlencode, urlsplit

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
PATH = "/portal/sign-in/"


class Visitor:
    """A browser of few words: one connection, one cookie, one token."""

    def __init__(self, host: str, port: int) -> None:
        self.host, self.port = host, port
        self.connection = http.client.HTTPConnection(host, port, timeout=30)
        self.cookie, self.token = "", ""

    def open(self) -> None:
        self.connection.request("GET", PATH)
        answer = self.connection.getresponse()
        body = answer.read().decode()
        cookies = answer.msg.get_all("Set-Cookie") or []
        self.cookie = "; ".join(item.split(";")[0] for item in cookies)
        self.token = re.search(r'csrfmiddlewaretoken" value="([^"]+)"', body).group(1)

    def try_code(self, code: str, address: str) -> tuple[int, float]:
        """Return the status of the answer and the seconds that it took."""
        body = urlencode({"code": code, "csrfmiddlewaretoken": self.token})
        headers = {
            "Content-Type": "application/x-www-form-urlencoded",
            "Cookie": self.cookie,
            "X-Forwarded-For": address,
        }
        began = time.perf_counter()
        try:
            self.connection.request("POST", PATH, body, headers)
            answer = self.connection.getresponse()
            answer.read()
        except (http.client.HTTPException, ConnectionError):
            self.connection.close()
            self.connection = http.client.HTTPConnection(self.host, self.port, timeout=30)
            return self.try_code(code, address)
        return answer.status, time.perf_counter() - began


def wrong_code() -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(24))


def attack(visitor: Visitor, *, tries: int, addresses: int, code: str) -> bool:
    """Try wrong codes and, between them, the right one; say whether all held."""
    found, locked_out, wrong, right = 0, 0, [], []
    every = max(tries // 20, 1)
    for number in range(tries):
        address = f"198.18.{number % addresses // 250}.{number % addresses % 250 + 1}"
        status, seconds = visitor.try_code(wrong_code(), address)
        wrong.append(seconds)
        found += status == 302
        if code and number % every == every - 1:
            status, seconds = visitor.try_code(code, address)
            right.append(seconds)
            locked_out += status != 302
            visitor.open()
    print(f"{tries} wrong codes from {addresses} address(es): {found} found something")
    print(f"  wrong: median {1000 * statistics.median(wrong):.1f} ms")
    if right:
        print(f"  right, under attack: {len(right)} tried, {locked_out} locked out,", end=" ")
        print(f"slowest {1000 * max(right):.0f} ms")
    return found == 0 and locked_out == 0


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="script/attack codes", description=__doc__)
    parser.add_argument("--server", default="http://127.0.0.1:8000")
    parser.add_argument("--tries", type=int, default=10_000)
    parser.add_argument("--code", default="", help="a right code, to see whether it still works")
    options = parser.parse_args(arguments)
    where = urlsplit(options.server)
    if where.hostname not in ("127.0.0.1", "localhost", "::1"):
        parser.error("only a server on this machine is attacked")
    visitor = Visitor(where.hostname, where.port or 80)
    held = True
    for addresses in (1, 200):
        visitor.open()
        held &= attack(visitor, tries=options.tries, addresses=addresses, code=options.code)
    print("Held." if held else "NOT held.")
    return 0 if held else 1
