"""The brief for the minister: chosen or all open cases, on one page, to print or as PDF."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language, override
from django.utils.translation import gettext_lazy as _
from django.views import View

from accounts.guards import role_required
from accounts.roles import Role
from cases.models import Case, Participation
from desk import minister
from desk.forms.base import choice_field
from desk.forms.consultations import LANGUAGE_NAMES


class BriefForm(forms.Form):
    language = forms.ChoiceField(label=_("Language"), required=False)
    audience = choice_field(
        _("Who reads it?"),
        [
            ("public", _("Anybody: nothing that the public file would not carry, but the state")),
            ("internal", _("Internal: with the reasons for delay and names not public yet")),
        ],
        required=False,
        help_text=_("Withheld names stand on neither."),
    )
    case = forms.MultipleChoiceField(
        label=_("Only these cases"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("None chosen: all that are open."),
    )

    def __init__(self, *args: Any, cases: list[Case], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["language"].choices = [
            (code, LANGUAGE_NAMES.get(code, code)) for code, _name in settings.LANGUAGES
        ]
        self.fields["case"].choices = [
            (str(row.pk), row.reference or row.receipt_id) for row in cases
        ]


class Minister(View):
    """The page with its choices. Cases that a declared conflict takes away are not on it."""

    @classmethod
    def as_view(cls, **kwargs: Any) -> Any:
        return role_required(Role.OFFICER, Role.DECISION_MAKER)(super().as_view(**kwargs))

    def chosen(self) -> tuple[BriefForm, minister.Brief, str]:
        own = Participation.objects.of_party(self.request.user)
        visible = Case.objects.visible_to(self.request.user).exclude(pk__in=own.values("case_id"))
        open_ones = list(visible.open().order_by("received_at", "pk")[: minister.MOST])
        form = BriefForm(self.request.GET or None, cases=open_ones)
        data = form.cleaned_data if form.is_bound and form.is_valid() else {}
        language = data.get("language") or get_language() or "en"
        internal = data.get("audience") == "internal"
        internal = internal and minister.may_read_internal(self.request.user)
        wanted = set(data.get("case", ()))
        cases = [row for row in open_ones if not wanted or str(row.pk) in wanted]
        with override(language):
            return form, minister.read(cases, self.request.user, internal=internal), language

    def get(self, request: HttpRequest) -> HttpResponse:
        form, brief, language = self.chosen()
        with override(language):
            context = {
                "form": form,
                "brief": brief,
                "language": language,
                "figures": minister.figures(brief),
                "more": minister.more(brief),
                "query": request.GET.urlencode(),
            }
        return render(request, "desk/minister.html", context)


class MinisterFile(Minister):
    """The same page as PDF."""

    def get(self, request: HttpRequest) -> HttpResponse:
        _form, brief, language = self.chosen()
        data = minister.as_pdf(brief, language=language)
        response = HttpResponse(data, content_type="application/pdf")
        response["Content-Disposition"] = 'attachment; filename="brief.pdf"'
        response["Cache-Control"] = "no-store"
        return response
