"""Headers that every response carries, whatever it is."""

import pytest
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.urls import path

from config.middleware import PrivateByDefaultMiddleware
from config.urls import handler400, handler403, handler404, handler500  # noqa: F401
from config.urls import urlpatterns as own_urlpatterns


def broken(request):
    raise RuntimeError("broken on purpose")


def forbidden(request):
    raise PermissionDenied("Only a member may vote.")


urlpatterns = [
    path("broken", broken, name="broken"),
    path("forbidden", forbidden, name="forbidden"),
    *own_urlpatterns,
]

pytestmark = [pytest.mark.django_db, pytest.mark.urls(__name__)]


def assert_guarded(response):
    policy = response["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Referrer-Policy"] == "same-origin"
    assert "camera=()" in response["Permissions-Policy"]
    assert response["Cross-Origin-Opener-Policy"] == "same-origin"
    assert response["Cross-Origin-Resource-Policy"] == "same-origin"


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/", 200),
        ("/help/", 200),
        ("/privacy/", 200),
        ("/accessibility/", 200),
        ("/submit/", 200),
        ("/verify/", 200),
        ("/home/", 302),
        ("/nothing-here/", 404),
        ("/forbidden", 403),
        ("/broken", 500),
        ("/language/xx", 404),
    ],
)
def test_every_private_response_is_guarded_and_not_stored(address, status):
    response = Client(raise_request_exception=False).get(address)

    assert response.status_code == status
    assert_guarded(response)
    assert response["Cache-Control"] == "no-store"
    if status != 302:
        assert response["X-Frame-Options"] == "DENY"


def test_what_may_be_indexed_is_said_and_may_be_stored(client):
    response = client.get("/robots.txt")

    assert "Allow: /register/" in response.content.decode()
    assert "Disallow: /\n" in response.content.decode()
    assert "public" in response["Cache-Control"]


def test_static_files_are_guarded_too(settings, client, tmp_path):
    (tmp_path / "css").mkdir()
    (tmp_path / "css" / "app.css").write_text("body {}")
    settings.STATIC_ROOT = tmp_path

    response = Client().get("/static/css/app.css")

    assert response.status_code == 200
    assert_guarded(response)
    assert "no-store" not in response.get("Cache-Control", "")
    response.close()


def test_a_view_opens_the_store_only_by_saying_public():
    def answer(cache_control):
        def view(request):
            response = HttpResponse("x")
            response["Cache-Control"] = cache_control
            response["ETag"] = '"1"'
            return response

        return PrivateByDefaultMiddleware(view)(RequestFactory().get("/"))

    private = answer("max-age=60")
    assert private["Cache-Control"] == "no-store"
    assert not private.has_header("ETag")

    public = answer("public, max-age=60")
    assert public["Cache-Control"] == "public, max-age=60"
    assert "Cookie" in public["Vary"], "the language comes from a cookie"


def test_pages_load_nothing_from_elsewhere_and_hold_no_inline_script(client):
    for address in ("/", "/help/", "/submit/", "/nothing-here/"):
        html = client.get(address).content.decode()
        assert "<style" not in html
        assert " style=" not in html
        assert " onclick=" not in html
        for part in html.split("<script")[1:]:
            assert part.lstrip().startswith('src="/static/')
