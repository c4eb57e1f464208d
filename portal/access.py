"""Who comes in here: people who are a party of a case now, and nobody else."""

from __future__ import annotations

from collections.abc import Iterable
from functools import wraps
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.contrib.auth.views import redirect_to_login
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse

from cases import dossier
from cases.disclosure import Audience, audience_of
from cases.models import Case, Participation
from cases.models.party import Side

if TYPE_CHECKING:
    from collections.abc import Callable

    from accounts.models import User

READING = (
    "parties", "participations", "representations", "issues", "issues.provisions", "decisions",
    "decisions.on_issues", "replies", "deadlines", "deadlines.extensions", "pauses", "events",
)  # fmt: skip
"""What a party's projection of a case asks about."""


def own_cases(user: User) -> Any:
    """Return the cases of a party, as far as it may see them now.

    An enterprise sees nothing before it was told, whatever else is on record.
    """
    if not user.is_authenticated or user.roles:
        return Case.objects.none()
    rows = list(Participation.objects.of_party(user).values_list("case_id", "side"))
    complains = {case_id for case_id, side in rows if side == Side.COMPLAINANT}
    answers = {case_id for case_id, side in rows if side == Side.RESPONDENT}
    told = Q(pk__in=answers, served_at__isnull=False)
    return Case.objects.visible_to(user).filter(Q(pk__in=complains - answers) | told)


def party_only(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Let in parties: anonymous people sign in first, people who work here find nothing."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path(), reverse("portal:sign_in"))
        if request.user.roles:
            raise Http404
        return view(request, *args, **kwargs)

    return guarded


def own_case(
    request: HttpRequest, pk: UUID, *, parts: Iterable[str] = READING
) -> tuple[Case, Audience]:
    """Return a case of the person and the side on which they stand, with the named parts loaded.

    Raises:
        Http404: there is none, the person is no party of it (any more), or it is the enterprise
            and was not told yet.
    """
    found = get_object_or_404(own_cases(request.user).select_related("data_key"), pk=pk)
    (case,) = dossier.load([found], parts=parts)
    to = audience_of(case, request.user)
    if to not in (Audience.COMPLAINANT, Audience.RESPONDENT):
        raise Http404
    return case, to


def other_side(side: str) -> str:
    return Side.RESPONDENT if side == Side.COMPLAINANT else Side.COMPLAINANT
