"""The language of pages is a cookie; the language of mails is kept with the person."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language_info

YEAR = 365 * 24 * 3600
NAMES = {"en": "English", "ru": "Русский", "kk": "Қазақша"}
"""As their speakers call them. Django says "қазақ": the people, and not their language."""


def name_of(code: str) -> str:
    """Return how a language is called by those who speak it."""
    return NAMES.get(code) or str(get_language_info(code)["name_local"]).capitalize()


def keep_language(response: HttpResponse, language: str) -> HttpResponse:
    """Let the browser ask for pages in this language from now on."""
    if language in dict(settings.LANGUAGES):
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME,
            language,
            max_age=YEAR,
            path=settings.LANGUAGE_COOKIE_PATH,
            secure=settings.LANGUAGE_COOKIE_SECURE,
            samesite=settings.LANGUAGE_COOKIE_SAMESITE,
        )
    return response


def offer_language(request: HttpRequest, response: HttpResponse, language: str) -> HttpResponse:
    """Do so unless the reader chose a language in this browser before."""
    if settings.LANGUAGE_COOKIE_NAME in request.COOKIES:
        return response
    return keep_language(response, language)
