"""Pages for administrators: what waits, rules, days, roles, proof of the histories. No case."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import services as accounts
from accounts.guards import role_required
from accounts.models import (
    LinkKind,
    OneTimeLink,
    PersonalToken,
    RoleAssignment,
    RoleChange,
    SecondFactorReset,
)
from accounts.roles import Role, Scope
from cases import rules
from cases.models import Case, DeclaredDay
from cases.ruleset import RuleSet
from cases.services import days as declared
from desk import year as years
from desk.explaining import decision_in_words, explained
from desk.forms.administration import DayForm, TransferForm
from notifications.models import Delivery, DeliveryState, Heartbeat
from office.current import current, from_settings

COUNTED = 1000
LISTED = 500
SOON = timedelta(days=3)
ROLE_ENDS = timedelta(days=14)
OCTOBER = 10
"""From then on governments decree which days of the next year move."""


@dataclass(frozen=True)
class Waiting:
    """Something that an administrator should look after, and where."""

    label: Any
    url: str
    is_urgent: bool = False


@role_required(Role.ADMINISTRATOR)
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    waiting = [*_people_waiting(), *_system_waiting(), *_office_waiting()]
    context = {"waiting": sorted(waiting, key=lambda item: not item.is_urgent)}
    return render(request, "desk/administration/home.html", context)


def _people_waiting() -> list[Waiting]:
    now = timezone.now()
    found = []
    proposals = RoleChange.objects.waiting().count() + SecondFactorReset.objects.waiting().count()
    if proposals:
        label = ngettext(
            "%(number)s proposal waits for a second person",
            "%(number)s proposals wait for a second person",
            proposals,
        )
        url = reverse("accounts:proposals")
        found.append(Waiting(label % {"number": proposals}, url, is_urgent=True))
    unused = OneTimeLink.objects.filter(
        kind=LinkKind.INVITATION, used_at=None, revoked_at=None, user__is_active=True
    )
    ending = unused.filter(expires_at__gt=now, expires_at__lt=now + SOON).count()
    if ending:
        label = ngettext(
            "%(number)s invitation ends within three days",
            "%(number)s invitations end within three days",
            ending,
        )
        found.append(Waiting(label % {"number": ending}, reverse("accounts:people")))
    renewed = unused.filter(expires_at__gt=now).values("user")
    ended = unused.filter(expires_at__lte=now).exclude(user__in=renewed)
    number = ended.values("user").distinct().count()
    if number:
        label = ngettext(
            "%(number)s invitation ended unused", "%(number)s invitations ended unused", number
        )
        found.append(Waiting(label % {"number": number}, reverse("accounts:people")))
    leaving = RoleAssignment.objects.current().filter(until__lt=now + ROLE_ENDS).count()
    if leaving:
        label = ngettext(
            "%(number)s role ends within two weeks",
            "%(number)s roles end within two weeks",
            leaving,
        )
        found.append(Waiting(label % {"number": leaving}, reverse("desk:roles")))
    tokens = PersonalToken.objects.valid().filter(expires_at__lt=now + ROLE_ENDS).count()
    if tokens:
        label = ngettext(
            "%(number)s token of a program ends within two weeks",
            "%(number)s tokens of programs end within two weeks",
            tokens,
        )
        found.append(Waiting(label % {"number": tokens}, reverse("desk:tokens")))
    return found


def _system_waiting() -> list[Waiting]:
    found = []
    failed = Delivery.objects.filter(channel="mail", state=DeliveryState.FAILED)[:COUNTED].count()
    if failed:
        label = ngettext(
            "%(number)s mail could not be sent", "%(number)s mails could not be sent", failed
        )
        url = reverse("desk:outbox")
        found.append(Waiting(label % {"number": failed}, url, is_urgent=True))
    beat = Heartbeat.objects.filter(worker="worker").values_list("at", flat=True).first()
    if beat is None or timezone.now() - beat > timedelta(minutes=2):
        found.append(
            Waiting(_("The worker is silent: no mail goes out"), reverse("desk:health"), True)
        )
    return found


def _office_waiting() -> list[Waiting]:
    found = []
    office, page = current(), reverse("desk:office")
    if not office.number:
        found.append(Waiting(_("The data of the office were never saved here"), page))
    if office.email.endswith("@example.org") or (
        not settings.DEMONSTRATION and office.phone == from_settings().phone and not office.number
    ):
        found.append(Waiting(_("The e-mail address is still the example"), page, is_urgent=True))
    missing = [str(name) for code, name in settings.LANGUAGES if not office.names.get(code)]
    if missing:
        label = _("The office has no name in: %(languages)s")
        found.append(Waiting(label % {"languages": ", ".join(missing)}, page))
    if not any(office.legal_bases.values()):
        found.append(Waiting(_("The law on which the office rests is not named"), page))
    today = timezone.localdate()
    if today.month >= OCTOBER and not years.is_announced(today.year + 1):
        label = _("No day of %(year)s was declared yet: are days moved?") % {"year": today.year + 1}
        found.append(Waiting(label, f"{reverse('desk:days')}?year={today.year + 1}"))
    to_confirm = len(rules.load(settings.RULE_SET).to_confirm)
    if to_confirm:
        label = ngettext(
            "%(number)s rule must be checked against the official text",
            "%(number)s rules must be checked against the official text",
            to_confirm,
        )
        found.append(Waiting(label % {"number": to_confirm}, reverse("desk:rules")))
    return found


@role_required(Role.ADMINISTRATOR)
@require_safe
def roles(request: HttpRequest) -> HttpResponse:
    """Who has which role since when, who proposed and who confirmed it."""
    role = request.GET.get("role", "")
    rows = RoleAssignment.objects.current().select_related("user", "granted_by", "confirmed_by")
    counts = dict(RoleAssignment.objects.current().values_list("role").annotate(number=Count("pk")))
    if role:
        if role not in Role.values:
            raise Http404
        rows = rows.filter(role=role)
    order = {value: place for place, value in enumerate(Role.values)}
    listed = sorted(rows[:LISTED], key=lambda row: (order[row.role], row.user.name.casefold()))
    choices = [(value, label, counts.get(value, 0)) for value, label in Role.choices]
    context = {"rows": listed, "roles": choices, "chosen": role}
    return render(request, "desk/administration/roles.html", context)


@role_required(Role.ADMINISTRATOR)
@require_safe
def tokens(request: HttpRequest) -> HttpResponse:
    """Which programs work for whom, what they may do and until when."""
    rows = PersonalToken.objects.valid().select_related("user").order_by("expires_at", "pk")
    labels = dict(Scope.choices)
    listed = [(row, [labels.get(scope, scope) for scope in row.scopes]) for row in rows[:LISTED]]
    return render(request, "desk/administration/tokens.html", {"tokens": listed})


@role_required(Role.ADMINISTRATOR)
@require_http_methods(["GET", "HEAD", "POST"])
def revoke_token(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Take a program's token away; its owner cannot bring it back."""
    rows = PersonalToken.objects.valid().select_related("user")
    row = get_object_or_404(rows, pk=pk)
    if request.method == "POST":
        accounts.revoke_token(row)
        messages.success(request, _("The token is revoked."))
        return redirect("desk:tokens")
    return render(request, "desk/administration/revoke_token.html", {"token": row})


@role_required(Role.ADMINISTRATOR)
@require_safe
def rule_set(request: HttpRequest) -> HttpResponse:
    """A rule set as text: what is due when and why, who decides by what majority."""
    names = rules.available()
    name = request.GET.get("name", "") or rules.load(settings.RULE_SET).name
    counts = dict(Case.objects.values_list("rule_set").annotate(number=Count("pk")).order_by())
    if name not in {*names, *counts}:
        raise Http404
    rule = rules.load(name)
    context = {
        "rules": rule,
        "is_in_force": rule.name == rules.load(settings.RULE_SET).name,
        "deadlines": [explained(item) for item in rule.deadlines],
        "decision": decision_in_words(rule),
        "to_confirm": rule.to_confirm,
        "others": _others(names, counts, rule),
        "cases": counts.get(rule.name, 0),
    }
    return render(request, "desk/administration/rules.html", context)


def _others(
    names: tuple[str, ...], counts: dict[str, int], shown: RuleSet
) -> list[tuple[str, Any, int]]:
    """Return the other rule sets at hand, and how many cases run under each."""
    return [
        (name, rules.load(name).title, counts.get(name, 0))
        for name in sorted({*names, *counts})
        if name != shown.name
    ]


@role_required(Role.ADMINISTRATOR)
@require_http_methods(["GET", "HEAD", "POST"])
def days(request: HttpRequest) -> HttpResponse:
    """A year with its holidays and declared days; a day is declared, or two change places."""
    moving = request.method == "POST" and "off" in request.POST
    form = DayForm(request.POST if request.method == "POST" and not moving else None)
    transfer = TransferForm(request.POST if moving else None)
    if transfer.is_bound and transfer.is_valid():
        data = transfer.cleaned_data
        declared.transfer(data["off"], worked=data["worked"], note=data["decree"])
        messages.success(request, _("The days are moved. Open deadlines were computed anew."))
        return redirect(f"{reverse('desk:days')}?year={data['off'].year}")
    if form.is_bound and form.is_valid():
        day = form.cleaned_data["day"]
        declared.declare(
            day,
            is_working=form.cleaned_data["is_working"] == "yes",
            note=form.cleaned_data["note"],
        )
        messages.success(request, _("The day is declared. Open deadlines were computed anew."))
        return redirect(f"{reverse('desk:days')}?year={day.year}")
    year = _year(request.GET.get("year", ""))
    context = {
        "form": form,
        "transfer": transfer,
        "has_errors": form.errors or transfer.errors,
        "days": DeclaredDay.objects.filter(day__year=year).order_by("day"),
        "months": years.year_of(year),
        "year": date(year, 1, 1),
        "before": year - 1,
        "after": year + 1,
    }
    return render(request, "desk/administration/days.html", context)


def _year(text: str) -> int:
    year = int(text) if text.isdecimal() and len(text) == 4 else timezone.localdate().year
    return min(max(year, 2000), 2100)


@role_required(Role.ADMINISTRATOR)
@require_POST
def remove_day(request: HttpRequest, pk: int) -> HttpResponse:
    row = get_object_or_404(DeclaredDay, pk=pk)
    year = row.day.year
    declared.remove(row)
    messages.success(request, _("Removed. Open deadlines were computed anew."))
    return redirect(f"{reverse('desk:days')}?year={year}")
