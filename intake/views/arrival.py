"""How a submission on paper or by telephone came in, with the scan of what came."""

from uuid import UUID

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from documents.models import Document
from intake import services
from intake.answers import Answers, judged, raw_of, seen_mark
from intake.forms import ArrivalForm
from intake.forms.matter import sorted_uploads
from intake.models import Draft
from intake.steps import Step
from intake.views import pages
from intake.views.access import page
from intake.views.files import room_for_files


def arrival(request: HttpRequest, draft: Draft, answers: Answers, found: Step) -> HttpResponse:
    """For staff alone: each button saves what stands on the page."""
    raw = answers.raw(found.name)
    if request.method != "POST":
        return _show(request, draft, answers, found, pages.begun(found, raw), raw)
    typed = raw_of(ArrivalForm(), request.POST)
    if pages.is_overtaken(request, raw, typed):
        form = judged(ArrivalForm, typed)
        form.add_error(None, pages.OVERTAKEN)
        return _show(request, draft, answers, found, form, raw)
    services.change(draft, lambda kept: kept.put(found.name, typed))
    if removed := request.POST.get("remove"):
        services.remove_file(draft, removed)
        return redirect(found.url)
    form = ArrivalForm(request.POST, request.FILES)
    form.is_valid()
    uploads, refusals = sorted_uploads(
        form.cleaned_data.get("originals") or [], room=room_for_files(answers)
    )
    if uploads:
        try:
            answers = services.add_files(draft, uploads, by=request.user, is_original=True)
        except ValidationError as error:
            refusals = error.messages
    if refusals:
        form.add_error("originals", refusals)
    if request.POST.get("go") == "upload" and "originals" not in form.errors:
        return redirect(found.url)
    if form.is_valid() or (request.POST.get("go") == "later" and not refusals):
        return pages.onward(request, draft, answers, found)
    return _show(request, draft, answers, found, form, typed)


def _show(
    request: HttpRequest,
    draft: Draft,
    answers: Answers,
    found: Step,
    form: ArrivalForm,
    raw: dict[str, list[str]],
) -> HttpResponse:
    held = Document.objects.in_bulk([row["id"] for row in answers.originals])
    originals = [{**row, "document": held.get(UUID(row["id"]))} for row in answers.originals]
    return_to = request.POST.get("return") or request.GET.get("return", "")
    context = page(draft, answers, found, form=form, seen=seen_mark(raw), originals=originals)
    return render(request, "intake/arrival.html", {**context, "return_to": return_to})
