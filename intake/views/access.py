"""Which draft a browser holds. The session names it; the draft code brings it to another device."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _

from accounts.roles import Role
from intake.answers import Answers
from intake.models import Draft
from intake.steps import Step, neighbours, steps_of

SESSION_KEY = "draft"


def hold(request: HttpRequest, draft: Draft) -> None:
    """Let this browser write the draft; the session's id changes, so that nobody planted it."""
    request.session.cycle_key()
    request.session[SESSION_KEY] = str(draft.pk)


def let_go(request: HttpRequest) -> None:
    request.session.pop(SESSION_KEY, None)


def held_draft(request: HttpRequest) -> Draft | None:
    """Return the draft of this browser; one that staff entered belongs to that officer alone."""
    draft_id = request.session.get(SESSION_KEY)
    drafts = Draft.objects.select_related("data_key", "entered_by")
    draft = drafts.filter(pk=draft_id).first() if draft_id else None
    if draft and draft.entered_by_id:
        user = request.user
        if draft.entered_by_id != user.pk or not user.has_role(Role.OFFICER):
            return None
    return draft


def with_draft(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Give the view the open draft of this browser, or send the person to where they can go on."""

    @wraps(view)
    def opened(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        draft = held_draft(request)
        if draft is None:
            messages.info(
                request,
                _(
                    "No draft is open in this browser. Begin a new one, or go on with your draft "
                    "code."
                ),
            )
            return redirect("intake:start")
        if draft.is_sent:
            return redirect("intake:receipt")
        if not draft.is_open:
            let_go(request)
            messages.warning(request, _("This draft was deleted or has expired."))
            return redirect("intake:start")
        return view(request, draft, *args, **kwargs)

    return opened


def page(draft: Draft, answers: Answers, step: Step | None, **more: Any) -> dict[str, Any]:
    """Return what every page of the form shows: its place in the list of steps, the way back."""
    steps = steps_of(answers, by_staff=draft.entered_by_id is not None)
    before = after = None
    if step:
        before, after = neighbours(steps, step.name)
    status = answers.data["status"]
    return {
        "draft": draft,
        "step": step,
        "before": before,
        "after": after,
        "by_staff": draft.entered_by_id is not None,
        "steps": [
            {
                "title": item.title,
                "url": item.url,
                "is_current": step is not None and item.name == step.name,
                "is_optional": item.is_optional,
                "is_done": status.get(item.name) == "done",
                "is_problem": status.get(item.name) == "problem",
                "number": number,
            }
            for number, item in enumerate(steps, start=1)
        ],
        "step_number": next(
            (number for number, item in enumerate(steps, 1) if step and item.name == step.name), 0
        ),
        "step_count": len(steps),
        **more,
    }
