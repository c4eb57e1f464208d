"""Pages of the form that take files: evidence, the proof of a mandate and the list of people."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _

from accounts import throttle
from accounts.network import client_network
from documents.models import Document
from documents.services import ACCEPT
from intake import people_file, services
from intake.answers import Answers, judged, raw_of, seen_mark
from intake.forms import EvidenceForm, FileForm, RepresentativeForm
from intake.forms.matter import sorted_uploads
from intake.models import Draft
from intake.steps import Step
from intake.views import pages
from intake.views.access import page

FILE_FIELDS = ("mandate_files", "principals_file")
UPLOAD_STRETCH = timedelta(hours=1)
TOO_MUCH = _(
    "Very much was sent from your network within an hour, so these files were not taken. Try "
    "again in an hour. Your answers are saved."
)


def is_too_much(request: HttpRequest, uploads: list[Any]) -> bool:
    """Count what is uploaded and tell whether it is more than one network may send in an hour.

    Only files of drafts are counted. Whoever holds a code gets in, whatever a neighbour sent.
    """
    if not uploads or request.user.is_authenticated:
        return False
    network = client_network(request)
    kilobytes = sum(upload.size for upload in uploads) // 1024 + 1
    limit = settings.UPLOAD_MB_OF_A_NETWORK * 1024
    if throttle.count("upload", network, every=UPLOAD_STRETCH) + kilobytes > limit:
        return True
    return throttle.add("upload", network, every=UPLOAD_STRETCH, amount=kilobytes) > limit


def room_for_files(answers: Answers) -> int:
    return max(0, settings.MAX_FILES - len(answers.files))


def writer_of(request: HttpRequest, draft: Draft) -> Any:
    """Return on whose behalf files are kept: the officer who types in, or nobody by name."""
    return request.user if draft.entered_by_id else None


def evidence(request: HttpRequest, draft: Draft, answers: Answers, found: Step) -> HttpResponse:
    """Files: added, described, removed; each button saves what stands on the page."""
    room = room_for_files(answers)
    data = request.POST if request.method == "POST" else None
    form = EvidenceForm(data, request.FILES if data is not None else None, room=room)
    keys = [(row["id"], row["name"]) for row in answers.evidence]
    groups = pages.groups_of(FileForm, answers, found.name, keys, data)
    status = 200
    if data is not None:
        typed = pages.typed_groups(groups, data)
        services.change(draft, lambda kept: kept.merge(found.name, _complete(groups, typed, data)))
        if removed := data.get("remove"):
            services.remove_file(draft, removed)
            return redirect(found.url)
        is_taken = form.is_valid()
        if is_too_much(request, form.accepted):
            form.add_error("files", TOO_MUCH)
            is_taken, status = False, 429
        elif form.accepted:
            try:
                by = writer_of(request, draft)
                answers = services.add_files(draft, form.accepted, by=by)
            except ValidationError as error:
                form.add_error("files", error)
                is_taken = False
        if is_taken and all(group["form"].is_valid() for group in groups):
            if form.accepted or data.get("go") == "upload":
                return redirect(found.url)
            return pages.onward(request, draft, answers, found)
        known = {group["key"] for group in groups}
        new = [(row["id"], row["name"]) for row in answers.evidence if row["id"] not in known]
        groups += pages.groups_of(FileForm, answers, found.name, new, None)
    held = Document.objects.in_bulk([row["id"] for row in answers.evidence])
    sizes = {row["id"]: row["size"] for row in answers.evidence}
    for group in groups:
        group["size"] = sizes.get(group["key"], 0)
        group["document"] = held.get(UUID(group["key"]))
    return render(
        request,
        "intake/evidence.html",
        page(
            draft,
            answers,
            found,
            form=form,
            groups=groups,
            room=room,
            has_errors=bool(form.errors) or any(group["form"].errors for group in groups),
        ),
        status=status,
    )


def _complete(groups: list[dict[str, Any]], typed: Any, data: Any) -> Any:
    """Add the boxes that were left empty: a browser does not send them, and they count."""
    for group in groups:
        key = group["form"].add_prefix("withhold")
        if group["form"].add_prefix("title") in data:
            typed.setdefault(key, [])
    return typed


def representative(
    request: HttpRequest, draft: Draft, answers: Answers, found: Step
) -> HttpResponse:
    """Who acts for others, for whom (typed or from a file), and what proves it."""
    raw = answers.raw(found.name)
    if request.method != "POST":
        form = pages.begun(found, raw)
        return _show_representative(request, draft, answers, found, form, seen_mark(raw))
    typed = raw_of(RepresentativeForm(), request.POST)
    form = RepresentativeForm(request.POST, request.FILES)
    if pages.is_overtaken(request, raw, typed):
        form.add_error(None, pages.OVERTAKEN)
        return _show_representative(request, draft, answers, found, form, seen_mark(raw))
    if removed := request.POST.get("remove"):
        services.change(draft, lambda kept: kept.put(found.name, typed))
        services.remove_file(draft, removed)
        return redirect(found.url)
    form.is_valid()
    bad, added = _add_people(form, typed)
    answers = services.change(draft, lambda kept: kept.put(found.name, typed))
    status = 200
    uploads, refusals = sorted_uploads(
        form.cleaned_data.get("mandate_files") or [], room=room_for_files(answers)
    )
    if is_too_much(request, uploads):
        refusals, uploads, status = [TOO_MUCH], [], 429
    if uploads:
        by = writer_of(request, draft)
        try:
            answers = services.add_files(draft, uploads, by=by, is_mandate=True)
        except ValidationError as error:
            refusals = error.messages
    in_order = form.is_valid() and not refusals and not bad
    if request.POST.get("go") == "later" and not refusals and not bad:
        return pages.onward(request, draft, answers, found)
    if in_order and request.POST.get("go") != "upload":
        return pages.onward(request, draft, answers, found)
    # The list of names goes on with those of the file, so that the page shows what is kept.
    errors = {name: form.errors[name] for name in FILE_FIELDS if name in form.errors}
    form = judged(RepresentativeForm, typed)
    form.is_valid()
    for name, error in errors.items():
        form.add_error(name, error)
    if refusals:
        form.add_error("mandate_files", refusals)
    if request.POST.get("go") == "upload" and not (bad or refusals or errors):
        return redirect(found.url)
    return _show_representative(
        request, draft, answers, found, form, seen_mark(typed), bad=bad, added=added, status=status
    )


def _add_people(form: RepresentativeForm, typed: Any) -> tuple[list[Any], int]:
    """Add the names of an uploaded list to those that were typed; return its bad rows."""
    upload = form.cleaned_data.get("principals_file")
    if not upload:
        return [], 0
    try:
        listed = people_file.read(upload.read(people_file.LARGEST + 1))
    except people_file.Unreadable as error:
        form.add_error("principals_file", error.args[0])
        return [], 0
    lines = next(iter(typed.get("principals", [])), "").splitlines()
    names = [" ".join(line.split()) for line in lines if line.strip()]
    known = {name.casefold() for name in names}
    new = [name for name in listed.names if name.casefold() not in known]
    typed["principals"] = ["\n".join([*names, *new])]
    return listed.bad, len(new)


def _show_representative(
    request: HttpRequest,
    draft: Draft,
    answers: Answers,
    found: Step,
    form: Any,
    seen: str,
    *,
    bad: Any = (),
    added: int = 0,
    status: int = 200,
) -> HttpResponse:
    names = answers.first(found.name, "principals").splitlines()
    held = Document.objects.in_bulk([row["id"] for row in answers.mandates])
    context = page(
        draft,
        answers,
        found,
        form=form,
        seen=seen,
        bad=bad,
        added=added,
        people=len({name.strip().casefold() for name in names if name.strip()}),
        mandates=[{**row, "document": held.get(UUID(row["id"]))} for row in answers.mandates],
        return_to=request.POST.get("return") or request.GET.get("return", ""),
        has_errors=bool(bad),
    )
    return render(request, "intake/representative.html", context, status=status)


def recording(request: HttpRequest, draft: Draft, answers: Answers, found: Step) -> HttpResponse:
    """A voice or video recording: the whole story, where somebody would rather tell it."""
    data = request.POST if request.method == "POST" else None
    form = EvidenceForm(data, request.FILES if data else None, room=room_for_files(answers))
    form.fields["files"].label = _("Choose your recording, or make one now")
    form.fields["files"].widget.attrs["accept"] = f"audio/*,video/*,{ACCEPT}"
    status = 200
    if data is not None:
        if removed := data.get("remove"):
            services.remove_file(draft, removed)
            return redirect(found.url)
        form.is_valid()
        if is_too_much(request, form.accepted):
            form.add_error("files", TOO_MUCH)
            status = 429
        elif form.accepted:
            try:
                answers = services.add_files(draft, form.accepted, by=writer_of(request, draft))
            except ValidationError as error:
                form.add_error("files", error)
        goes_on = data.get("go") in ("next", "later")
        if data.get("go") == "next" and not answers.files and not form.errors:
            form.add_error("files", _("Choose your recording first."))
        if form.is_valid():
            return pages.onward(request, draft, answers, found) if goes_on else redirect(found.url)
    held = Document.objects.in_bulk([row["id"] for row in answers.files])
    rows = [{**row, "document": held.get(UUID(row["id"]))} for row in answers.files]
    form.fields["files"].required = not rows  # how it is marked, judged above
    context = page(draft, answers, found, form=form, files=rows)
    return render(request, "intake/recording.html", context, status=status)
