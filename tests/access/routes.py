"""Every route of the system, as the resolver knows it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.urls import URLPattern, URLResolver, get_resolver


@dataclass(frozen=True)
class Route:
    """A named address and the parameters that it takes."""

    name: str
    parameters: tuple[str, ...]


def all_routes() -> list[Route]:
    """Walk the resolver. A pattern without a name is a fault: it could not be listed in the
    table."""
    return sorted(set(_walk(get_resolver(), ())), key=lambda route: route.name)


def _walk(resolver: URLResolver, spaces: tuple[str, ...]) -> Iterator[Route]:
    for entry in resolver.url_patterns:
        if isinstance(entry, URLResolver):
            own = (entry.namespace,) if entry.namespace else ()
            yield from _walk(entry, spaces + own)
        elif isinstance(entry, URLPattern):
            if not entry.name:
                raise AssertionError(f"{entry.pattern} has no name")
            parameters = tuple(sorted(entry.pattern.converters)) or tuple(
                sorted(getattr(entry.pattern, "regex", None).groupindex)
                if hasattr(entry.pattern, "regex")
                else ()
            )
            yield Route(":".join((*spaces, entry.name)), parameters)
