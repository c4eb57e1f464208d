"""Two pages before sending: what the enterprise and what the public will see."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language

from cases.disclosure import Audience
from intake import services
from intake.answers import Answers
from intake.models import Draft
from intake.preview import seen_by
from intake.steps import Step
from intake.views import pages
from intake.views.access import page


def of_enterprise(
    request: HttpRequest, draft: Draft, answers: Answers, found: Step
) -> HttpResponse:
    return _preview(request, draft, answers, found, Audience.RESPONDENT)


def of_public(request: HttpRequest, draft: Draft, answers: Answers, found: Step) -> HttpResponse:
    return _preview(request, draft, answers, found, Audience.PUBLIC)


def _preview(
    request: HttpRequest, draft: Draft, answers: Answers, found: Step, to: Audience
) -> HttpResponse:
    """Show what is seen; going on notes that it was looked at. It never blocks."""
    if request.method == "POST":
        answers = services.change(draft, lambda kept: kept.look(found.name))
        return pages.onward(request, draft, answers, found)
    shown = seen_by(
        to,
        draft,
        answers,
        language=get_language() or settings.LANGUAGE_CODE,
        by_staff=draft.entered_by_id is not None,
    )
    return render(
        request,
        "intake/preview.html",
        page(draft, answers, found, preview=shown, is_public=to == Audience.PUBLIC),
    )
