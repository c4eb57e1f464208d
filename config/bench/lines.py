"""One measured line: a figure, its floor, the ratio, the bar; as a table and as JSON."""

from __future__ import annotations

import json
import os
import platform
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg2


@dataclass
class Line:
    """A figure and what it is held to.

    Attributes:
        figure, floor: in `unit` ("ms", "queries", "x"); no floor where the bar is absolute.
        bar: the highest ratio (or figure, without a floor) that is allowed; None: for information.
    """

    name: str
    figure: float
    floor: float | None = None
    bar: float | None = None
    unit: str = "ms"
    queries: int | None = None
    most_queries: int | None = None

    @property
    def ratio(self) -> float:
        return self.figure / self.floor if self.floor else self.figure

    @property
    def holds(self) -> bool:
        in_time = self.bar is None or self.ratio <= self.bar
        in_queries = self.most_queries is None or (self.queries or 0) <= self.most_queries
        return in_time and in_queries

    def cells(self) -> tuple[str, ...]:
        def number(value: float | None) -> str:
            return "" if value is None else f"{value:.0f}" if self.unit != "ms" else f"{value:.2f}"

        bar = "" if self.bar is None else f"<= {self.bar:g}"
        queries = "" if self.queries is None else str(self.queries)
        if self.most_queries is not None:
            queries += f" (<= {self.most_queries})"
        verdict = "" if self.bar is None and self.most_queries is None else "holds"
        return (
            self.name,
            f"{number(self.figure)} {self.unit}",
            f"{number(self.floor)} {self.unit}" if self.floor else "",
            f"{self.ratio:.2f}" if self.floor else "",
            bar,
            queries,
            verdict if self.holds else "MISSED",
        )


HEADS = ("figure of", "figure", "floor", "ratio", "bar", "queries", "")


def table(lines: list[Line]) -> str:
    """Return the lines as a table of fixed width."""
    rows = [HEADS, *(line.cells() for line in lines)]
    widths = [max(len(row[place]) for row in rows) for place in range(len(HEADS))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    )


def machine(database: str) -> dict[str, Any]:
    """Return what the figures were taken on."""
    connection = psycopg2.connect(database)
    try:
        version = connection.server_version
    finally:
        connection.close()
    return {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "cores": os.cpu_count(),
        "load_average": [round(value, 2) for value in os.getloadavg()],
        "python": platform.python_version(),
        "postgresql": f"{version // 10000}.{version % 10000}",
    }


def write(path: Path, name: str, lines: list[Line], about: dict[str, Any]) -> None:
    """Write everything as JSON."""
    rows = [{**asdict(line), "ratio": line.ratio, "holds": line.holds} for line in lines]
    content = {"name": name, "machine": about, "lines": rows}
    path.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
