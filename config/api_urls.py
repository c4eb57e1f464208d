"""The API: each app with pages brings its own part in `api.py`, as `urlpatterns`."""

from django.urls import include, path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

urlpatterns = [
    path("schema/", SpectacularAPIView.as_view(), name="api-schema"),
    path("docs/", SpectacularSwaggerSplitView.as_view(url_name="api-schema"), name="api-docs"),
    path("", include("register.api")),
    path("", include("desk.api")),
    path("", include("portal.api")),
]
