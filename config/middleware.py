"""Headers of every response, and the one place where a domain error becomes a page."""

from collections.abc import Callable

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.middleware.common import CommonMiddleware
from django.utils.cache import patch_vary_headers

from cases.errors import Conflict

Handler = Callable[[HttpRequest], HttpResponse]

PERMISSIONS_POLICY = ", ".join(
    f"{feature}=()"
    for feature in (
        "accelerometer",
        "camera",
        "display-capture",
        "geolocation",
        "gyroscope",
        "magnetometer",
        "microphone",
        "payment",
        "usb",
    )
)


class SlashMiddleware(CommonMiddleware):
    """Lead to the address with its slash only who reads. A program that follows turns what it
    wrote into a read, and takes the answer for that of its step."""

    def should_redirect_with_slash(self, request: HttpRequest) -> bool:
        return request.method in ("GET", "HEAD") and super().should_redirect_with_slash(request)


class PrivateByDefaultMiddleware:
    """Nothing is stored on the way or in the browser unless its view says `public` aloud."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if "public" not in response.get("Cache-Control", ""):
            response["Cache-Control"] = "no-store"
            # A tag of private content has no use where nothing is kept. The row version of a case
            # is no such tag: a program sends it back with what it writes.
            if response.has_header("ETag") and not getattr(response, "is_versioned", False):
                del response["ETag"]
        elif response.get("Content-Type", "").startswith("text/html"):
            # The language comes from a cookie, which Django does not name.
            patch_vary_headers(response, ("Cookie", "Accept-Language"))
        response.setdefault("Permissions-Policy", PERMISSIONS_POLICY)
        response.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        response.setdefault("X-Permitted-Cross-Domain-Policies", "none")
        return response


class SentByScriptMiddleware:
    """A script that sends a form with files is told in `X-Go` where to go on. Were it sent there,
    it would fetch the page itself, and with it the messages that its reader should see."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if request.headers.get("X-Sent-By") == "script" and response.has_header("Location"):
            response.status_code = 200
            response["X-Go"] = response["Location"]
            del response["Location"]
        return response


class DomainErrorMiddleware:
    """`Conflict` -> 409, a `ValidationError` that no form caught -> 400."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        from config.views import conflict, refused_input

        if isinstance(error, Conflict):
            return conflict(request, error)
        if isinstance(error, ValidationError):
            return refused_input(request, error)
        return None
