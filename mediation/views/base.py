"""How pages begin and end here: find the referral, show one form, call one service."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from cases.errors import Stale
from mediation.forms import VersionForm


@dataclass(frozen=True)
class Page:
    """The words of a page that asks for one thing."""

    title: Any
    button: Any
    back: str
    done: Any
    lead: Any = ""
    warning: Any = ""
    is_grave: bool = False
    has_file: bool = False


def ask(
    request: HttpRequest,
    page: Page,
    make: Callable[..., Any],
    act: Callable[[Any], object],
    *,
    version: Callable[[], int] | None = None,
    goto: Callable[[Any], str] | None = None,
    **context: Any,
) -> HttpResponse:
    """Show a form, or call the service with what was sent and go back.

    What does not fit is shown with what was typed: 400 would lose it. Where somebody else was
    faster, the form comes again over the row as it is now (409), and nothing typed is lost.

    Args:
        make: the form, called with the data and the files of a POST.
        act: calls the service with the valid form.
        version: the row version as it is now.
        goto: where to go afterwards, where it is not back.
    """
    if request.method != "POST":
        return _show(request, page, make(), **context)
    form = make(request.POST, request.FILES)
    if not form.is_valid():
        return _show(request, page, form, **context)
    try:
        act(form)
    except ValidationError as error:
        form.add_error(None, _for_fields(form, error))
        return _show(request, page, form, **context)
    except Stale as error:
        if not isinstance(form, VersionForm) or version is None:
            raise
        form.renew(version())
        return _show(request, page, form, status=409, conflict=error.message, **context)
    messages.success(request, page.done)
    return redirect(goto(form) if goto else page.back)


def _for_fields(form: Any, error: ValidationError) -> ValidationError:
    """Return the error with what concerns no field of this form said on top."""
    if not hasattr(error, "error_dict"):
        return error
    known = {name: errors for name, errors in error.error_dict.items() if name in form.fields}
    rest = [
        item for name, errors in error.error_dict.items() if name not in known for item in errors
    ]
    if rest:
        known["__all__"] = rest
    return ValidationError(known)


def _show(
    request: HttpRequest,
    page: Page,
    form: Any,
    *,
    status: int = 200,
    conflict: str = "",
    **context: Any,
) -> HttpResponse:
    values = {"page": page, "form": form, "conflict": conflict, **context}
    return render(request, "mediation/form.html", values, status=status)
