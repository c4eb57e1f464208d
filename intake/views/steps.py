"""One address for every page of the form; which view answers is a table."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods

from intake.answers import Answers
from intake.models import Draft
from intake.views import arrival, files, finish, pages, preview
from intake.views.access import with_draft

SPECIAL: dict[str, Callable[..., HttpResponse]] = {
    "arrival": arrival.arrival,
    "recording": files.recording,
    "representative": files.representative,
    "provisions": pages.provisions,
    "evidence": files.evidence,
    "disclosure": pages.disclosure,
    "enterprise-view": preview.of_enterprise,
    "public-view": preview.of_public,
    "check": finish.check,
    "code": finish.code,
    "send": finish.send,
}


@require_http_methods(["GET", "HEAD", "POST"])
@with_draft
def step(request: HttpRequest, draft: Draft, name: str) -> HttpResponse:
    """Show or take one page of the form."""
    answers = Answers.loads(draft.payload)
    found = pages.step_of(draft, answers, name)
    view = SPECIAL.get(name) or (pages.many if found.is_list else pages.single)
    return view(request, draft, answers, found)
