"""The API: each app with pages brings its own part in `api.py`, as `urlpatterns`."""

from csp.decorators import csp_update
from django.urls import include, path
from drf_spectacular.views import SpectacularSwaggerSplitView

from config.api_schema import Description

# The page's own pictures are data: addresses inside its stylesheet; scripts stay files of ours.
docs = csp_update({"img-src": ["data:"]})(
    SpectacularSwaggerSplitView.as_view(url_name="api-schema")
)

urlpatterns = [
    path("schema/", Description.as_view(), name="api-schema"),
    path("docs/", docs, name="api-docs"),
    path("", include("register.api")),
    path("", include("desk.api_urls")),
]
