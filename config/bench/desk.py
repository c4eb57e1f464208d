"""The pages of the desk: worklist, filters, page 500, search, case page, and how they grow.

The desk keeps pages while nothing is written (`desk.kept`). Worklist and case page are measured
warm, as their bars say, and beside it anew, with a counted change before each request. What is
compared with another page or another number of cases is always made anew: kept pages cost the same
whatever they hold.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterator
from itertools import cycle
from urllib.parse import urlencode

import psycopg2
from django.db import connection
from django.urls import reverse

from cases.models import Case
from config.bench import changing, growth, people
from config.bench.lines import Line
from config.bench.servers import FLOOR, PRODUCT, serving
from config.bench.timing import Browser, Samples, in_turn, rate

RUNS, COUNT = 3, 30
CLIENTS = 4
SHARES = (0.001, 0.01, 0.1, 0.5)
SIZES = (10, 25, 50, 100)
RANKING = """
SELECT id, ts_rank('{0.1,0.3,0.6,1.0}', vector, %(query)s::tsquery, 1) AS rank FROM (
    SELECT id, vector FROM cases_searchtext WHERE vector @@ %(query)s::tsquery
    ORDER BY at DESC, id DESC LIMIT 1000
) AS newest ORDER BY rank DESC LIMIT 20
"""

Ask = Callable[[str], Callable[[], float]]


def measure(large: str, small: str, sizes: tuple[int, int]) -> Iterator[Line]:
    """Yield the lines of the desk.

    Args:
        large, small: addresses of the databases with many cases and with a tenth of them; Django
            is set up for the large one.
        sizes: how many cases they hold.
    """
    worklist = reverse("desk:worklist")
    cookie = people.cookie(people.officer())
    cases = _cases()
    with serving(FLOOR, large) as floor, serving(PRODUCT, large) as product:
        asked = Browser(product, cookie)
        bare = Browser(floor, cookie)
        pages = {
            "worklist, first page": worklist,
            "list without the day's work": f"{worklist}?size=25",
            "filtered by state": f"{worklist}?state=initial_assessment",
            "overdue": f"{worklist}?late=late",
            "page 500": f"{worklist}?size=25&after={_anchor(25 * 499)}",
        }
        change = changing.counter(large)
        found = _pairs(asked, bare, pages, change)
        first, first_floor = _pairs(asked, bare, {"first": worklist})["first"]
        anew = found["worklist, first page"][0]
        yield _line("worklist, first page", first, first_floor, 2, pages, cookie, most=12)
        yield Line(
            "worklist, 95th percentile to its median", first.p95 * 1e3, first.median * 1e3, 2
        )
        yield Line("worklist, made anew", anew.median * 1e3, first_floor.median * 1e3)
        for size in SIZES:
            path = f"{worklist}?size={size}"
            count = people.queries(path, cookie)
            yield Line(f"worklist with {size} rows", count, unit="queries", bar=12)
        for name in ("filtered by state", "overdue"):
            yield _line(name, found[name][0], anew, 1.2, pages, cookie)
        plain = found["list without the day's work"][0]
        yield _line("page 500 to page 1", found["page 500"][0], plain, 1.2, pages, cookie)
        yield from _clients(product, floor, cookie, worklist)
        yield from _search(asked, bare, cookie, worklist)
        yield from _case_page(asked, bare, cookie, cases, change)
        yield from _form(product, floor, cookie)
        with serving(PRODUCT, small) as smaller:
            few = Browser(smaller, people.cookie_in(small))
            yield from growth.measure((asked, few), worklist, cases, (large, small), sizes)


def _line(
    name: str,
    figure: Samples,
    floor: Samples,
    bar: float,
    pages: dict[str, str],
    cookie: str,
    *,
    most: int | None = None,
) -> Line:
    path = pages.get(name, pages.get(name.split(" to ")[0], ""))
    return Line(
        name,
        figure.median * 1e3,
        floor.median * 1e3,
        bar,
        queries=people.queries(path, cookie) if path else None,
        most_queries=most,
    )


def _bare_path(page: bytes, bare: Browser) -> str:
    """Return the address of the floor that answers as many bytes as a page."""
    empty = len(bare.get("/rows/"))
    return f"/rows/?filling={max(len(page) - empty, 0)}"


def _pairs(
    asked: Browser,
    bare: Browser,
    pages: dict[str, str],
    change: Callable[[], None] | None = None,
) -> dict[str, tuple[Samples, Samples]]:
    """Measure pages, each beside a floor of the same size; made anew where `change` is given."""
    calls: dict[str, Callable[[], float]] = {}
    for name, path in pages.items():
        floor = _bare_path(asked.get(path), bare)
        calls[f"{name}/floor"] = lambda floor=floor: bare.seconds(floor)  # type: ignore[misc]
        calls[name] = lambda path=path: asked.seconds(path)  # type: ignore[misc]
        if change:
            calls[name] = changing.anew(change, calls[name])
    found = in_turn(calls, runs=RUNS, count=COUNT)
    return {name: (found[name], found[f"{name}/floor"]) for name in pages}


def _clients(product: int, floor: int, cookie: str, worklist: str) -> Iterator[Line]:
    """Four clients at once, as requests a second; for information."""
    asked = [Browser(product, cookie) for _ in range(CLIENTS)]
    bare = [Browser(floor, cookie) for _ in range(CLIENTS)]
    path = _bare_path(asked[0].get(worklist), bare[0])
    pairs = []
    for _ in range(RUNS):
        pairs.append(
            (
                rate([lambda b=b: b.get(worklist) for b in asked], seconds=3),  # type: ignore[misc]
                rate([lambda b=b: b.get(path) for b in bare], seconds=3),  # type: ignore[misc]
            )
        )
    figure = statistics.median(own for own, _floor in pairs)
    floor_rate = statistics.median(own for _own, own in pairs)
    yield Line("worklist, four clients: pages a second", figure, floor_rate, unit="/s")


def _search(asked: Browser, bare: Browser, cookie: str, worklist: str) -> Iterator[Line]:
    """Words in 0.1 to 50 % of the texts, the slow end of the answers, beside F1 and F3."""
    words = _words()
    path = _bare_path(asked.get(worklist), bare)
    ranked = _ranking(words[0.1])
    pages = {
        share: f"{reverse('desk:search')}?{urlencode({'q': word})}" for share, word in words.items()
    }
    calls: dict[str, Callable[[], float]] = {
        "F1": lambda: bare.seconds(path),
        "F3": ranked,
        **{
            f"{share}": lambda page=page: asked.seconds(page)  # type: ignore[misc]
            for share, page in pages.items()
        },
    }
    found = in_turn(calls, runs=RUNS, count=COUNT)
    floor = found["F1"].p95 + found["F3"].p95
    yield Line("F3: ranking the newest 1,000 hits", found["F3"].median * 1e3)
    for share, page in pages.items():
        yield Line(
            f"search for a word in {share:.1%} of the texts, 95th percentile",
            found[f"{share}"].p95 * 1e3,
            floor * 1e3,
            2,
            queries=people.queries(page, cookie),
        )


def _words() -> dict[float, str]:
    """Return a word for each share of the texts, counted over a sample of them.

    Only words that are their own lexeme: typed into the search they find what was counted.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "WITH sample AS (SELECT id, vector FROM cases_searchtext WHERE readers = 'ncp' "
            "ORDER BY at DESC, id DESC LIMIT 20000) "
            "SELECT word, count(*)::float / (SELECT count(*) FROM sample) "
            "FROM sample, unnest(tsvector_to_array(vector)) AS word "
            "WHERE tsvector_to_array(to_tsvector('russian', word)) = ARRAY[word] GROUP BY word"
        )
        shares = [(word, share) for word, share in cursor.fetchall() if word.isalpha()]
    plain = [(word, share) for word, share in shares if not word.startswith("kk")]
    return {
        wanted: min(plain, key=lambda item: abs(item[1] - wanted) / wanted)[0] for wanted in SHARES
    }


def _ranking(word: str) -> Callable[[], float]:
    """Return F3: the same ranking by raw SQL over a connection of its own."""
    settings = connection.settings_dict
    raw = psycopg2.connect(
        dbname=settings["NAME"], user=settings["USER"], password=settings["PASSWORD"],
        host=settings["HOST"], port=settings["PORT"],
    )  # fmt: skip
    raw.autocommit = True

    def rank() -> float:
        began = time.perf_counter()
        with raw.cursor() as cursor:
            cursor.execute(RANKING, {"query": f"'{word}'"})
            cursor.fetchall()
        return time.perf_counter() - began

    return rank


def _cases() -> list[str]:
    """Return pages of cases: those with the longest histories among them."""
    rows = Case.objects.filter(source_key__startswith="synthetic-")
    newest = rows.order_by("-received_at").values_list("pk", flat=True)[:2000:200]
    longest = rows.order_by("-history_length").values_list("pk", flat=True)[:5]
    usual = rows.filter(officer=people.officer(), next_due_on__isnull=False)
    own = usual.order_by("next_due_on").values_list("pk", flat=True)[5:10]
    return [reverse("desk:case", args=[pk]) for pk in (*newest, *own, *longest)]


def _case_page(
    asked: Browser, bare: Browser, cookie: str, cases: list[str], change: Callable[[], None]
) -> Iterator[Line]:
    sizes = [len(asked.get(path)) for path in cases]
    middle = cases[sizes.index(sorted(sizes)[len(sizes) // 2])]
    floor = _bare_path(asked.get(middle), bare)
    turn = cycle(cases)
    calls: dict[str, Callable[[], float]] = {
        "floor": lambda: bare.seconds(floor),
        "page": lambda: asked.seconds(next(turn)),
    }
    found = in_turn(calls, runs=RUNS, count=COUNT, warm=len(cases))
    calls["page"] = changing.anew(change, calls["page"])
    anew = in_turn(calls, runs=RUNS, count=COUNT)
    most = max(people.queries(path, cookie) for path in cases)
    yield Line(
        "case page, with the one before and after",
        found["page"].median * 1e3,
        found["floor"].median * 1e3,
        3,
        queries=most,
        most_queries=15,
    )
    yield Line("case page, made anew", anew["page"].median * 1e3, anew["floor"].median * 1e3)


def _form(product: int, floor: int, cookie: str) -> Iterator[Line]:
    """A page of the public form, for somebody without a session."""
    path = reverse("intake:privacy")
    asked, bare = Browser(product, ""), Browser(floor, cookie)
    found = _pairs(asked, bare, {"form": path})["form"]
    yield Line(
        "a page of the public form",
        found[0].median * 1e3,
        found[1].median * 1e3,
        1.5,
        queries=people.queries(path, ""),
        most_queries=4,
    )


def _anchor(place: int) -> str:
    """Return the id of the case at a place of the list."""
    rows = Case.objects.order_by("-received_at", "-id").values_list("pk", flat=True)
    count = Case.objects.count()
    return str(rows[min(place, count - 30)])
