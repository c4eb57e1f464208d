"""The list of NCPs: how each is reached, and its people who may be shown cases."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.errors import AddressTaken
from accounts.guards import role_required
from accounts.permissions import may_manage_people
from accounts.roles import Role
from cases import ncps, packages
from cases.errors import Conflict
from cases.models import NcpContact, NcpGuest
from cases.services import coordination, package_keys, sharing
from desk import guests
from desk.forms.coordination import ContactForm, GuestForm
from sealing import signing

KEEPERS = (Role.OFFICER, Role.ADMINISTRATOR)


@role_required(*KEEPERS)
@require_safe
def ncp_list(request: HttpRequest) -> HttpResponse:
    rows = [row for row in ncps.every() if row.country != settings.NCP_COUNTRY]
    people = guests.by_country({row.country for row in rows})
    context = {"ncps": [(row, people.get(row.country, [])) for row in rows]}
    context["own_key"] = packages.fingerprint(signing.public_key())
    return render(request, "desk/coordination_ncps.html", context)


@role_required(*KEEPERS)
@require_http_methods(["GET", "HEAD", "POST"])
def ncp(request: HttpRequest, country: str) -> HttpResponse:
    """What this office knows of an NCP, and its people who may be shown cases."""
    known = ncps.of(country.upper())
    if known is None or known.country == settings.NCP_COUNTRY:
        raise Http404
    names = ("name", "website", "email", "phone", "address", "public_key", "is_confirmed")
    initial = {name: getattr(known, name) for name in names} | {"key_before": known.public_key}
    is_invitation = "invite" in request.POST
    form = ContactForm(
        request.POST if request.method == "POST" and not is_invitation else None, initial=initial
    )
    if "forget_key" in request.POST:
        return _forget_key(request, known.country)
    guest_form = GuestForm(request.POST if is_invitation else None, prefix="guest")
    if form.is_bound and form.is_valid():
        try:
            coordination.save_contact(known.country, by=request.user, **form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("Saved."))
            return redirect("desk:ncps")
    if guest_form.is_bound and guest_form.is_valid():
        try:
            sharing.invite_guest(known.country, by=request.user, **guest_form.cleaned_data)
        except AddressTaken:
            guest_form.add_error("email", _("Somebody has this address already."))
        else:
            messages.success(
                request, _("The invitation is sent. A second person confirms the role.")
            )
            return redirect("desk:ncp", known.country)
    context = {
        "ncp": known,
        "form": form,
        "guest_form": guest_form if may_manage_people(request.user) else None,
        "guests": guests.by_country({known.country}).get(known.country, []),
        "trust": package_keys.trust_in(known.country),
        "changed": NcpContact.objects.filter(pk=known.country).select_related("changed_by").first(),
    }
    return render(request, "desk/coordination_ncp.html", context)


def _forget_key(request: HttpRequest, country: str) -> HttpResponse:
    try:
        package_keys.forget(country, request.POST["forget_key"], by=request.user)
    except Conflict as error:
        messages.warning(request, str(error.message))
    else:
        messages.success(request, _("This key is not trusted any more."))
    return redirect("desk:ncp", country.lower())


@role_required(*KEEPERS)
@require_POST
def end_guest(request: HttpRequest, item: int) -> HttpResponse:
    guest = get_object_or_404(NcpGuest, pk=item, until=None)
    sharing.end_guest(guest, by=request.user)
    messages.success(request, _("This person is shown no case any more."))
    return redirect("desk:ncp", guest.country)
