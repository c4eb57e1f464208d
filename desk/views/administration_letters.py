"""Letter templates: which there are, what may stand in them, how they read for an invented case."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Max
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.guards import role_required
from accounts.roles import Role
from cases.letters import wording
from cases.letters.wording import LetterKind, Wording
from cases.models.letter import LetterAudience, LetterTemplate
from cases.services import deadlines, letters
from desk.forms.administration import WordingForm
from office.current import current

VERSIONS_SHOWN = 50


@dataclass(frozen=True)
class Place:
    """One wording: of a kind, for a reader, in a language."""

    kind: LetterKind
    audience: LetterAudience
    language: str

    @property
    def key(self) -> dict[str, str]:
        return {
            "kind": self.kind.name,
            "audience": self.audience.value,
            "language": self.language,
        }


@role_required(Role.ADMINISTRATOR)
@require_safe
def letter_templates(request: HttpRequest) -> HttpResponse:
    newest = {
        (row["kind"], row["audience"], row["language"]): row["version"]
        for row in LetterTemplate.objects.values("kind", "audience", "language")
        .annotate(version=Max("version"))
        .order_by()
    }
    kinds = [
        (
            kind,
            [
                (
                    audience,
                    [
                        (language, newest.get((kind.name, audience.value, language), 0))
                        for language in wording.LANGUAGES
                    ],
                )
                for audience in kind.audiences
            ],
        )
        for kind in wording.kinds().values()
    ]
    return render(request, "desk/administration/letter_templates.html", {"kinds": kinds})


def _place(kind: str, audience: str, language: str) -> Place:
    found = wording.kinds().get(kind)
    if found is None or audience not in LetterAudience.values:
        raise Http404
    place = Place(found, LetterAudience(audience), language)
    if (place.audience, language) not in found.supplied:
        raise Http404
    return place


@role_required(Role.ADMINISTRATOR)
@require_http_methods(["GET", "HEAD", "POST"])
def letter_template(request: HttpRequest, kind: str, audience: str, language: str) -> HttpResponse:
    """Change a wording. The button “Preview” saves nothing."""
    place = _place(kind, audience, language)
    now = wording.wordings(place.kind, language=language)[place.audience, language]
    form = WordingForm(request.POST or None, initial=_initial(now))
    preview, status = None, 200
    if request.method == "POST" and form.is_valid():
        preview = _preview(place, form)
        if preview and "save" in request.POST:
            if form.cleaned_data["version"] == now.version and _save(place, form, request):
                messages.success(request, _("Saved. New letters are written with it."))
                return redirect("desk:letter_template", kind, audience, language)
            _stale(form, place)
            preview, status = None, 409
    context = {
        "place": place,
        "form": form,
        "now": now,
        "fields": wording.fields_of(place.audience),
        "preview": preview,
        "versions": LetterTemplate.objects.filter(**place.key)
        .select_related("saved_by")
        .order_by("-version")[:VERSIONS_SHOWN],
        "texts_in": [
            (code, name) for code, name in settings.LANGUAGES if code in wording.LANGUAGES
        ],
        "supplied": place.kind.supplied[place.audience, language],
    }
    return render(request, "desk/administration/letter_template.html", context, status=status)


def _initial(now: Wording) -> dict[str, Any]:
    return {"version": now.version, "subject": now.subject, "body": now.body}


def _preview(place: Place, form: WordingForm) -> dict[str, str] | None:
    """Return how the wording reads for an invented case, or note its faults on the form."""
    subject, body = form.cleaned_data["subject"], form.cleaned_data["body"]
    try:
        wording.check(subject, body, audience=place.audience.value)
    except ValidationError as error:
        form.add_error("body", error)
        return None
    values = invented(place.audience, place.language)
    return {
        "subject": wording.filled(subject, values, language=place.language),
        "body": wording.filled(body, values, language=place.language),
    }


def _save(place: Place, form: WordingForm, request: HttpRequest) -> bool:
    """Save it; False where somebody else was faster."""
    try:
        with transaction.atomic():
            letters.save_template(
                **place.key,
                subject=form.cleaned_data["subject"],
                body=form.cleaned_data["body"],
                by=request.user,
            )
    except IntegrityError:
        return False
    return True


def _stale(form: WordingForm, place: Place) -> None:
    newest = wording.wordings(place.kind, language=place.language)[place.audience, place.language]
    form.data = form.data.copy()
    form.data["version"] = str(newest.version)
    form.add_error(None, _("Somebody else saved a newer text. Compare, then save again."))


@role_required(Role.ADMINISTRATOR)
@require_POST
def restore_letter(request: HttpRequest, kind: str, audience: str, language: str) -> HttpResponse:
    """Put the supplied wording back in force; what was written stays among the versions."""
    place = _place(kind, audience, language)
    letters.restore_template(**place.key, by=request.user)
    messages.success(request, _("The supplied text is in force again."))
    return redirect("desk:letter_template", kind, audience, language)


def invented(audience: LetterAudience, language: str) -> dict[str, str]:
    """Return values of an invented case for each field that the reader's letters may have."""
    office, texts = current(), wording.common()
    today = deadlines.today()
    with translation.override(language):
        day = date_format(today, "j E Y")
        later = date_format(today + timedelta(days=30), "j E Y")
        values = {
            "salutation": texts["salutation"][audience.value][language],
            "closing": texts["closing"][language],
            "reference": f"{settings.REFERENCE_PREFIX}-{today.year}-007",
            "date": day,
            "receipt": "GO-7K2M-94QX",
            "received_on": day,
            "recipient": _("Example people"),
            "complainants": _("Example people"),
            "enterprises": _("Example Mining"),
            "issues": _("1. The river is polluted\n2. Wages were not paid"),
            "decision": _("1. The river is polluted: accepted. It is material."),
            "outcome": _("Agreement"),
            "next_step": _("The office makes its initial assessment."),
            "due_date": later,
            "delay_what": _("Initial assessment"),
            "delay_due": day,
            "delay_reason": _("A translation took longer than expected."),
            "authority": texts["authority"][language],
            "ncp_name": office.name(language),
            "ncp_address": office.address(language),
            "ncp_phone": office.phone,
            "ncp_email": office.email,
            "portal_address": f"{settings.SITE_URL}/portal/",
            "register_address": f"{settings.SITE_URL}/register/",
        }
    allowed = {field.name for field in wording.fields_of(audience)}
    return {name: str(text) for name, text in values.items() if name in allowed}
