"""The door: begin, go on with a draft code, save for later, delete."""

from datetime import timedelta

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import codes, throttle
from accounts.backends import count_wrong_code, may_be_guessing
from accounts.guards import role_required
from accounts.network import client_network
from accounts.roles import Role
from intake import services
from intake.answers import Answers
from intake.forms import PrivacyForm, ResumeForm
from intake.models import Draft, DraftState
from intake.steps import steps_of
from intake.views.access import held_draft, hold, let_go, page, with_draft

NEW_DRAFTS_STRETCH = timedelta(hours=1)
NEW_DRAFTS_OF_A_NETWORK = 200


@require_safe
def start(request: HttpRequest) -> HttpResponse:
    draft = held_draft(request)
    return render(
        request,
        "intake/start.html",
        {
            "draft": draft if draft and draft.is_open else None,
            "draft_days": settings.DRAFT_DAYS,
            "may_enter_for_others": _is_officer(request),
        },
    )


def _is_officer(request: HttpRequest) -> bool:
    return request.user.is_authenticated and request.user.has_role(Role.OFFICER)


@require_http_methods(["GET", "HEAD", "POST"])
def privacy(request: HttpRequest) -> HttpResponse:
    """The notice; accepting it begins the draft and keeps the version that was read."""
    form = PrivacyForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        held = held_draft(request)
        if held and held.is_open:
            return _go_on(held)
        new = throttle.add("new-draft", client_network(request), every=NEW_DRAFTS_STRETCH)
        if new > NEW_DRAFTS_OF_A_NETWORK:
            return render(request, "intake/too_many.html", status=429)
        kind = {"recording": True} if _is_recording(request) else {}
        draft = services.begin(privacy_notice_version=settings.PRIVACY_NOTICE_VERSION, **kind)
        hold(request, draft)
        return redirect("intake:saved")
    version = settings.PRIVACY_NOTICE_VERSION
    return render(
        request,
        "intake/privacy.html",
        {
            "form": form,
            "version": version,
            "notice": f"privacy/_{version}.html",
            "draft_days": settings.DRAFT_DAYS,
            "is_recording": _is_recording(request),
        },
    )


def _is_recording(request: HttpRequest) -> bool:
    return "recording" in (request.POST.get("as"), request.GET.get("as"))


@role_required(Role.OFFICER)
@require_POST
def begin_for_others(request: HttpRequest) -> HttpResponse:
    """An officer enters what came by post, e-mail or telephone."""
    draft = services.begin(
        privacy_notice_version=settings.PRIVACY_NOTICE_VERSION, entered_by=request.user
    )
    hold(request, draft)
    return _go_on(draft)


def _go_on(draft: Draft) -> HttpResponse:
    """Go to the first page that is not in order yet."""
    answers = Answers.loads(draft.payload)
    status = answers.data["status"]
    steps = steps_of(answers, by_staff=draft.entered_by_id is not None)
    waiting = [step for step in steps if status.get(step.name) != "done" and not step.is_optional]
    return redirect(waiting[0].url if waiting else steps[0].url)


@require_http_methods(["GET", "HEAD", "POST"])
def resume(request: HttpRequest) -> HttpResponse:
    """Open a draft with its code, on whatever device. A right code is never locked out."""
    form = ResumeForm(request.POST if request.method == "POST" else None)
    status = 200
    if request.method == "POST" and form.is_valid():
        draft = Draft.objects.filter(
            code_digest=codes.digest(form.cleaned_data["code"]), entered_by=None
        ).first()
        if draft is None:
            count_wrong_code(request)
            form.add_error(
                "code",
                _("We know no draft with this code. Compare it sign by sign with your note."),
            )
            status = 429 if may_be_guessing(request) else 200
        elif draft.is_sent:
            return render(request, "intake/already_sent.html")
        elif not draft.is_open:
            discarded = draft.state == DraftState.DISCARDED
            return render(request, "intake/gone.html", {"draft": draft, "discarded": discarded})
        else:
            hold(request, draft)
            return _go_on(draft)
    return render(request, "intake/resume.html", {"form": form}, status=status)


@require_safe
@with_draft
def saved(request: HttpRequest, draft: Draft) -> HttpResponse:
    """Everything is kept; here is the code that opens it again."""
    answers = Answers.loads(draft.payload)
    return render(
        request,
        "intake/saved.html",
        page(draft, answers, None, code=answers.draft_code, is_new=not answers.data["status"]),
    )


@require_POST
@with_draft
def close(request: HttpRequest, draft: Draft) -> HttpResponse:
    """Forget the draft in this browser; its code opens it again."""
    let_go(request)
    messages.success(request, _("Your draft is saved and closed in this browser."))
    return redirect("intake:start")


@require_http_methods(["GET", "HEAD", "POST"])
@with_draft
def discard(request: HttpRequest, draft: Draft) -> HttpResponse:
    if request.method == "POST":
        services.discard(draft)
        let_go(request)
        messages.success(request, _("Your draft was deleted. Nothing of it is left."))
        return redirect("intake:start")
    return render(request, "intake/discard.html", page(draft, Answers.loads(draft.payload), None))
