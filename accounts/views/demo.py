"""One-click sign-ins of the demonstration. Without it they answer 404, as if they did not exist."""

import uuid

from django.conf import settings
from django.contrib.auth import login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from accounts.models import User

BACKEND = "accounts.backends.PasswordBackend"


@require_http_methods(["GET", "HEAD", "POST"])
def sign_ins(request: HttpRequest) -> HttpResponse:
    """List the invented people and sign in as one of them.

    Only people whom the demonstration made (`User.demonstration` says who they are) can be chosen:
    with the setting turned on over real data the page stays empty.
    """
    if not settings.DEMONSTRATION:
        raise Http404
    people = User.objects.active().exclude(demonstration="")
    if request.method == "POST":
        person = get_object_or_404(people, pk=_uuid(request.POST.get("person", "")))
        login(request, person, backend=BACKEND)
        return redirect(settings.LOGIN_REDIRECT_URL)
    return render(
        request,
        "accounts/demo_sign_ins.html",
        {"people": people.with_role_names().order_by("demonstration_order", "name")},
    )


def _uuid(text: str) -> str | None:
    try:
        return str(uuid.UUID(text))
    except ValueError:
        return None
