"""Doors of the demonstration. Where the demonstration is off there is nothing here."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from notifications import mailbox


def demonstration_only(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Answer 404 where real people are served, even if the address was mounted."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not settings.DEMONSTRATION:
            raise Http404
        return view(request, *args, **kwargs)

    return guarded


@require_safe
@demonstration_only
def doors(request: HttpRequest) -> HttpResponse:
    return render(request, "notifications/demo.html")


@require_safe
@demonstration_only
def mails(request: HttpRequest) -> HttpResponse:
    return render(request, "notifications/demo_mails.html", {"mails": mailbox.newest()})


@require_safe
@demonstration_only
def mail(request: HttpRequest, name: str, number: int) -> HttpResponse:
    found = mailbox.find(name, number)
    if found is None:
        raise Http404
    return render(request, "notifications/demo_mail.html", {"mail": found})
