"""Public pages say how long they hold, and answer "not modified" at the price of one statement."""

import hashlib
from collections.abc import Callable
from datetime import UTC, datetime
from functools import lru_cache, wraps
from pathlib import Path
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.cache import patch_cache_control, patch_vary_headers
from django.utils.translation import get_language
from django.views.decorators.http import condition, require_safe

from . import branding
from .models import RegisterRevision

MAX_AGE = 120
_APP = Path(__file__).resolve().parent

View = Callable[..., HttpResponseBase]


@lru_cache(maxsize=1)
def _build() -> str:
    """A mark of the installed code, templates and translations: new ones, new pages."""
    given: list[Any] = [*settings.LOCALE_PATHS, *settings.STATICFILES_DIRS]
    for engine in settings.TEMPLATES:
        given += engine["DIRS"]  # type: ignore[arg-type]
    folders = [_APP, *map(Path, given)]
    seen = hashlib.sha256()
    for folder in folders:
        for path in sorted(folder.rglob("*")):
            if path.suffix in {".py", ".html", ".typ", ".mo", ".css", ".js"}:
                seen.update(f"{path.name}{path.stat().st_mtime_ns}".encode())
    seen.update(repr([settings.DEMONSTRATION, settings.SITE_URL]).encode())
    return seen.hexdigest()[:16]


def revision(request: HttpRequest) -> tuple[int, datetime]:
    """Number and moment of the register's last change, asked once in a request."""
    held = getattr(request, "_register_revision", None)
    if held is None:
        held = RegisterRevision.objects.values_list("number", "changed_at").first()
        held = held or (0, datetime(2000, 1, 1, tzinfo=UTC))
        request._register_revision = held  # type: ignore[attr-defined]
    return held


def _etag(request: HttpRequest, *_args: Any, **_kwargs: Any) -> str:
    # A mark of the page, not of the person: nothing else of the request changes its bytes.
    parts = [
        _build(),
        branding.current().digest,
        str(revision(request)[0]),
        get_language() or "",
        request.get_host(),
        request.get_full_path(),
    ]
    return f'"{hashlib.sha256(chr(0).join(parts).encode(errors="replace")).hexdigest()[:32]}"'


def _changed_at(request: HttpRequest, *_args: Any, **_kwargs: Any) -> datetime:
    return revision(request)[1]


def public_page(view: View) -> View:
    """Read-only, the same for everybody, cacheable for two minutes and then by ETag."""

    conditional = condition(etag_func=_etag, last_modified_func=_changed_at)(view)

    @wraps(view)
    def cached(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        response = conditional(request, *args, **kwargs)
        # A refusal (too many requests, say) concerns one reader and must not be kept for others.
        if response.status_code in (200, 304, 410):
            patch_cache_control(response, public=True, max_age=MAX_AGE)
            patch_vary_headers(response, ("Accept-Language", "Cookie"))
        return response

    return require_safe(cached)
