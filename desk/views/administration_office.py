"""The NCP's own data: names, addresses, hours, colours, logo; what was changed when and by whom."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from accounts.guards import role_required
from accounts.roles import Role
from desk.forms.administration import COLOURS, OfficeForm
from office import colours
from office.current import Office, current, of
from office.models import OfficeVersion
from office.services import ChangedMeanwhile
from statements.services.office import change_office

SHOWN = 30
WHAT = {
    "names": _("names"),
    "addresses": _("addresses"),
    "hours": _("opening hours"),
    "legal_bases": _("legal basis"),
    "email": _("e-mail address"),
    "phone": _("telephone number"),
    "colours": _("colours"),
    "logo": _("logo"),
}


@dataclass(frozen=True)
class Changed:
    """A version with what it changed against the one before."""

    row: OfficeVersion
    what: list[Any]


@role_required(Role.ADMINISTRATOR)
@require_http_methods(["GET", "HEAD", "POST"])
def office(request: HttpRequest) -> HttpResponse:
    newest = OfficeVersion.objects.first()
    held = of(newest) if newest else current()
    form = OfficeForm(request.POST or None, request.FILES or None, office=held)
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            change_office(form.changed(), based_on=form.cleaned_data["based_on"], by=request.user)
        except ChangedMeanwhile:
            form.data = form.data.copy()
            form.data["based_on"] = str(held.number)
            form.add_error(
                None,
                _("Somebody else changed the data meanwhile. Compare, then save again."),
            )
            status = 409
        else:
            messages.success(request, _("Saved. Every page shows it within half a minute."))
            return redirect("desk:office")
    context = {
        "form": form,
        "office": held,
        "swatches": _swatches(held),
        "versions": _history(),
        "country": settings.NCP_COUNTRY,
        "time_zone": settings.TIME_ZONE,
    }
    return render(request, "desk/administration/office.html", context, status=status)


def _swatches(office: Office) -> list[tuple[Any, str, str]]:
    """Return each colour with its contrast where it is worst."""
    shown = []
    for name, label in COLOURS.items():
        colour = office.colours.get(name, colours.DEFAULTS[name])
        shown.append((label, colour, f"{colours.worst(name, colour):.1f}"))
    return shown


def _history() -> list[Changed]:
    rows = list(OfficeVersion.objects.select_related("changed_by")[: SHOWN + 1])
    before: list[OfficeVersion | None] = [*rows[1:], None][: len(rows)]
    return [
        Changed(row, [label for name, label in WHAT.items() if _differs(row, old, name)])
        for row, old in zip(rows, before, strict=True)
    ][:SHOWN]


def _differs(row: OfficeVersion, old: OfficeVersion | None, name: str) -> bool:
    if old is None:
        return bool(getattr(row, name))
    one, other = getattr(row, name), getattr(old, name)
    return bytes(one) != bytes(other) if name == "logo" else one != other
