"""The description of the API, drawn up once by each process for each language and format.

It is the same for everybody, and drawing it up takes a second of work: nobody may ask for that as
often as they like.
"""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.utils.cache import patch_cache_control, patch_vary_headers
from django.utils.translation import get_language
from drf_spectacular.utils import extend_schema
from drf_spectacular.views import SpectacularAPIView
from rest_framework.request import Request

MAX_AGE = 300
_drawn_up: dict[tuple[str, str], bytes] = {}


class Description(SpectacularAPIView):
    @extend_schema(exclude=True)
    def get(self, request: Request, *args: Any, **kwargs: Any) -> HttpResponse:
        renderer = request.accepted_renderer
        key = (get_language() or "", renderer.format)
        if key not in _drawn_up:
            data = self._get_schema_response(request).data
            _drawn_up[key] = renderer.render(data, renderer.media_type, {})
        response = HttpResponse(
            _drawn_up[key], content_type=f"{renderer.media_type}; charset=utf-8"
        )
        response["Content-Disposition"] = f'inline; filename="good-offices.{renderer.format}"'
        patch_cache_control(response, public=True, max_age=MAX_AGE)
        patch_vary_headers(response, ("Accept", "Accept-Language", "Cookie"))
        return response
