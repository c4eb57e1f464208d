"""The mediator's pages: names first, the case after the declaration, then the room."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.roles import Role
from cases import dossier, readings
from cases.disclosure import Audience, disclosed
from cases.errors import Incomplete
from cases.models import CaseDocument
from cases.models.audit import ReadKind
from cases.models.correspondence import DocumentAudience
from cases.services.correspondence import record_download
from documents import downloads
from documents.services import NotReady
from mediation import actions, room, services
from mediation.forms import (
    ConsentForm,
    DeclareForm,
    FileForm,
    NoteForm,
    OutcomeForm,
    SessionForm,
    VersionForm,
    audience_of,
)
from mediation.models import Appointment, Referral, RoomDocument
from mediation.views.base import Page, ask
from mediation.views.home import mediation_area
from mediation.workflow import ReferralState

METHODS = ["GET", "HEAD", "POST"]
SHARED = (DocumentAudience.PARTIES, DocumentAudience.MEDIATION, DocumentAudience.PUBLIC)
MEDIATOR_PARTS = (
    "parties", "representations", "participations", "conflicts", "issues", "issues.provisions",
    "decisions", "decisions.on_issues", "replies", "pauses", "deadlines", "deadlines.extensions",
    "events", "documents",
)  # fmt: skip


class Task:
    """A mediator's own appointment to a case, and the pages that hang on it."""

    def __init__(self, request: HttpRequest, pk: UUID, *, declared: bool = True) -> None:
        rows = Referral.objects.mediated_by(request.user).filter(case=pk)
        rows = rows.select_related("case", "body", "result")
        referral = rows.order_by("-proposed_at").first()
        if referral is None:
            raise Http404
        self.request, self.referral, self.case = request, referral, referral.case
        self.appointed = list(referral.appointments.filter(released_at=None))
        self.appointment: Appointment = next(
            item for item in self.appointed if item.mediator_id == request.user.pk
        )
        if declared and not self.appointment.is_declared:
            raise Http404

    @property
    def back(self) -> str:
        return reverse("mediation:case", args=[self.case.pk])

    def version(self) -> int:
        return Referral.objects.values_list("row_version", flat=True).get(pk=self.referral.pk)

    def ask(
        self,
        page: Page,
        form: Callable[..., Any],
        act: Callable[[Any], object],
        *,
        goto: Callable[[Any], str] | None = None,
    ) -> HttpResponse:
        return ask(
            self.request,
            page,
            lambda *sent: form(*sent, version=self.referral.row_version),
            act,
            version=self.version,
            goto=goto,
        )


@mediation_area
@require_safe
def case(request: HttpRequest, pk: UUID) -> HttpResponse:
    mediated = Referral.objects.mediated_by(request.user).filter(case=pk)
    if request.user.has_role(Role.COORDINATOR) and not mediated.exists():
        sent = Referral.objects.sent_to_bodies_of(request.user).filter(case=pk)
        row = get_object_or_404(sent.order_by("-proposed_at")[:1])
        return redirect("mediation:referral", row.pk)
    task = Task(request, pk, declared=False)
    open_actions = [
        (action, reverse(f"mediation:{action.name.replace('-', '_')}", args=[pk]))
        for action in actions.for_mediator(task.referral, task.appointment, task.appointed)
    ]
    context = {"referral": task.referral, "actions": open_actions}
    if not task.appointment.is_declared:
        dossier.load([task.case], parts=("parties", "representations"))
        names = disclosed(task.case, to=Audience.COORDINATOR)
        return render(request, "mediation/before.html", {**context, "case": names})
    context |= _room_context(request, task)
    if task.referral.state == ReferralState.CONCLUDED:
        return render(request, "mediation/concluded.html", context)
    readings.note(task.case, request.user, ReadKind.CASE)
    dossier.load([task.case], parts=MEDIATOR_PARTS)
    scope = set(task.referral.issues.values_list("pk", flat=True))
    shown = disclosed(task.case, to=Audience.MEDIATOR)
    context |= {
        "case": shown,
        "issues": [issue for issue in shown.issues if issue.id in scope],
        "documents": [item for item in task.case.documents.all() if item.audience in SHARED],
        "consents": task.referral.consents.filter(superseded_at=None).order_by("side"),
    }
    return render(request, "mediation/case.html", context)


def _room_context(request: HttpRequest, task: Task) -> dict[str, Any]:
    return {
        "pk": task.case.pk,
        "reference": task.case.reference,
        "sessions": room.sessions_visible_to(request.user, task.case),
        "notes": room.notes_visible_to(request.user, task.case),
        "files": room.documents_visible_to(request.user, task.case),
        "result": getattr(task.referral, "result", None),
    }


@mediation_area
@require_http_methods(METHODS)
def declare(request: HttpRequest, pk: UUID) -> HttpResponse:
    task = Task(request, pk, declared=False)
    page = Page(
        title=_("Declare on conflicts of interest"),
        lead=_("The duty goes on while the mediation does: come back if something changes."),
        warning=_("With a conflict you are out at once, and the case is gone for you."),
        button=_("Declare"),
        back=reverse("mediation:home"),
        done=_("Your declaration is recorded."),
    )
    return task.ask(
        page,
        lambda *sent, **more: DeclareForm(*sent[:1], **more),
        lambda form: services.declare(
            task.appointment,
            by=request.user,
            has_conflict=form.cleaned_data["answer"] == "yes",
            explanation=form.cleaned_data["explanation"],
            version=form.cleaned_data["version"],
        ),
        goto=lambda form: page.back if form.cleaned_data["answer"] == "yes" else task.back,
    )


@mediation_area
@require_http_methods(METHODS)
def step_down(request: HttpRequest, pk: UUID) -> HttpResponse:
    task = Task(request, pk, declared=False)
    page = Page(
        title=_("Step down"),
        warning=_("You see nothing of the case any more. Somebody else must be appointed."),
        button=_("Step down"),
        back=reverse("mediation:home"),
        done=_("You are out. Thank you for saying so."),
        is_grave=True,
    )
    return task.ask(
        page,
        lambda *sent, **more: VersionForm(*sent[:1], **more),
        lambda form: services.release_mediator(
            task.appointment, by=request.user, version=form.cleaned_data["version"]
        ),
    )


@mediation_area
@require_http_methods(METHODS)
def consent(request: HttpRequest, pk: UUID) -> HttpResponse:
    task = Task(request, pk)
    page = Page(
        title=_("Record what a side says"),
        lead=_("Where a side said it or signed it. Both sides can also answer for themselves."),
        button=_("Record"),
        back=task.back,
        done=_("Recorded."),
    )
    return task.ask(
        page,
        lambda *sent, **more: ConsentForm(*sent[:1], **more),
        lambda form: services.record_consent(
            task.referral,
            side=form.cleaned_data["side"],
            agrees=form.cleaned_data["answer"] == "yes",
            given_on=form.cleaned_data["given_on"],
            by=request.user,
            version=form.cleaned_data["version"],
        ),
    )


@mediation_area
@require_http_methods(METHODS)
def start(request: HttpRequest, pk: UUID) -> HttpResponse:
    task = Task(request, pk)
    page = Page(
        title=_("Start the mediation"),
        lead=_("Both sides and the office are told that it began."),
        button=_("Start the mediation"),
        back=task.back,
        done=_("The mediation has started."),
    )
    return task.ask(
        page,
        lambda *sent, **more: VersionForm(*sent[:1], **more),
        lambda form: services.start(
            task.referral, by=request.user, version=form.cleaned_data["version"]
        ),
    )


@mediation_area
@require_http_methods(METHODS)
def session(request: HttpRequest, pk: UUID) -> HttpResponse:
    task = Task(request, pk)
    page = Page(
        title=_("Record a session"),
        lead=_("The office learns that there was one, when, and of what kind. Nothing else."),
        button=_("Record the session"),
        back=task.back,
        done=_("The session is recorded."),
    )

    def act(form: SessionForm) -> object:
        values = dict(form.cleaned_data)
        version, reader, kind = values.pop("version"), values.pop("reader"), values.pop("kind")
        audience, note_side = audience_of(reader)
        data = services.SessionData(
            **values,
            kind="joint" if kind == "joint" else "caucus",
            side="" if kind == "joint" else kind,
            note_audience=audience,
            note_side=note_side,
        )
        return services.record_session(task.referral, data, by=request.user, version=version)

    return task.ask(page, lambda *sent, **more: SessionForm(*sent[:1], **more), act)


@mediation_area
@require_http_methods(METHODS)
def note(request: HttpRequest, pk: UUID) -> HttpResponse:
    task = Task(request, pk)
    page = Page(
        title=_("Write a note"), button=_("Save the note"), back=task.back, done=_("Saved.")
    )

    def act(form: NoteForm) -> object:
        audience, side = audience_of(form.cleaned_data["reader"])
        return room.add_note(
            task.referral,
            text=form.cleaned_data["text"],
            audience=audience,
            side=side,
            by=request.user,
        )

    return task.ask(page, lambda *sent, **more: NoteForm(*sent[:1], **more), act)


@mediation_area
@require_http_methods(METHODS)
def file(request: HttpRequest, pk: UUID) -> HttpResponse:
    task = Task(request, pk)
    page = Page(
        title=_("Add a file"),
        lead=_("It is checked first; others can open it a little later."),
        button=_("Add the file"),
        back=task.back,
        done=_("The file is in the room."),
        has_file=True,
    )

    def act(form: FileForm) -> object:
        audience, side = audience_of(form.cleaned_data["reader"])
        return room.add_document(
            task.referral,
            form.cleaned_data["file"],
            title=form.cleaned_data["title"],
            audience=audience,
            side=side,
            by=request.user,
        )

    return task.ask(page, FileForm, act)


@mediation_area
@require_http_methods(METHODS)
def outcome(request: HttpRequest, pk: UUID) -> HttpResponse:
    task = Task(request, pk)
    page = Page(
        title=_("Report the outcome"),
        lead=_(
            "Only this leaves the room: what came of each issue. The office concludes the rest."
        ),
        warning=_(
            "The mediation ends with it. You keep what is in the room until the case closes."
        ),
        button=_("Report the outcome"),
        back=task.back,
        done=_("The outcome is reported. Thank you."),
        is_grave=True,
    )
    issues = list(task.referral.issues.order_by("number"))
    return task.ask(
        page,
        lambda *sent, **more: OutcomeForm(*sent[:1], issues=issues, **more),
        lambda form: services.record_outcome(
            task.referral, form.outcomes, by=request.user, version=form.cleaned_data["version"]
        ),
    )


@mediation_area
@require_safe
def document(request: HttpRequest, pk: UUID, item: UUID) -> HttpResponse:
    task = Task(request, pk)
    rows = CaseDocument.objects.visible_to(request.user).filter(case=task.case, audience__in=SHARED)
    found = get_object_or_404(rows.select_related("served_copy", "case"), pk=item)
    try:
        response = downloads.clean_response(request, found.served_copy)
    except NotReady as error:
        raise Incomplete(_("The file is still being checked, or was refused.")) from error
    record_download(found, by=request.user)
    return response


@mediation_area
@require_safe
def room_file(request: HttpRequest, pk: UUID, item: UUID) -> HttpResponse:
    task = Task(request, pk)
    rows = RoomDocument.objects.visible_to(request.user).filter(referral__case=task.case)
    found = get_object_or_404(rows.select_related("document"), pk=item)
    try:
        return downloads.clean_response(request, found.document)
    except NotReady as error:
        raise Incomplete(_("The file is still being checked, or was refused.")) from error
