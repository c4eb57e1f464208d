"""The addresses of a process that serves the register alone; the same as on the whole site."""

from csp.decorators import csp_update
from django.urls import include, path
from django.views.generic import RedirectView
from drf_spectacular.views import SpectacularSwaggerSplitView

from config import health, views
from config.api_schema import Description

# The page's own pictures are data: addresses inside its stylesheet; scripts stay files of ours.
docs = csp_update({"img-src": ["data:"]})(
    SpectacularSwaggerSplitView.as_view(url_name="api-schema")
)

api = [
    path("schema/", Description.as_view(), name="api-schema"),
    path("docs/", docs, name="api-docs"),
    path("", include("register.api")),
]

urlpatterns = [
    path("", RedirectView.as_view(pattern_name="register:list")),
    path("language/<slug:code>", views.language, name="language"),
    path("robots.txt", views.robots_txt, name="robots"),
    path("favicon.ico", views.favicon, name="favicon"),
    path("healthz", health.healthz, name="healthz"),
    path("livez", health.livez, name="livez"),
    path("register/", include("register.urls")),
    path("api/v1/", include(api)),
]

handler400 = "config.views.bad_request"
handler403 = "config.views.permission_denied"
handler404 = "config.views.page_not_found"
handler500 = "config.views.server_error"
