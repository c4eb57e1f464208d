"""Conflicts of interest: declarations of a case, yearly interests, seats of the members,
challenges by the parties."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.guards import role_required
from accounts.models import User
from accounts.roles import STAFF, Role
from cases.errors import Conflict, Incomplete, Stale
from cases.models import AnnualDeclaration, Challenge, Interest, Seat
from cases.models.meeting import SeatFunction
from cases.services import conflicts, interests, meetings, seats
from cases.services.interests import InterestData
from desk.forms.meetings import (
    AlternateForm,
    ChairForm,
    ChallengeForm,
    ChallengeReplyForm,
    InterestsForm,
)
from desk.views.base import ActionView, CaseView

OVERSEES = (Role.OFFICER, Role.AUDITOR, Role.ADMINISTRATOR)


@dataclass(frozen=True)
class Declared:
    """What somebody declared for a case, or that they have not yet."""

    person: User
    roles: str
    row: Any = None


class Declarations(CaseView):
    """Who declared what for a case and who has not; challenges and what became of them."""

    parts = (*CaseView.parts, "parties")

    def get(self, request: HttpRequest) -> HttpResponse:
        self.require_reader()
        standing = {
            row.user_id: row for row in self.case.conflicts.all() if row.superseded_at is None
        }
        ids = {*standing, self.case.officer_id}
        ids |= {person.pk for person in meetings.members_of_ncp()}
        rows = User.objects.filter(pk__in=ids - {None}).with_role_names()
        declared = [
            Declared(
                person,
                ", ".join(str(item.get_role_display()) for item in person.current_assignments),
                standing.get(person.pk),
            )
            for person in rows
        ]
        declared.sort(key=lambda item: (item.row is not None, item.person.name.casefold()))
        challenges = Challenge.objects.visible_to(request.user).filter(case=self.case)
        challenges = list(challenges.select_related("challenged", "decided_by"))
        for item in challenges:
            item.case = self.case
            item.waits = conflicts.waits_for_reply(item)
            item.may_reply = conflicts.may_reply(item, request.user)
            item.may_decide = not item.waits and conflicts.may_decide_challenge(item, request.user)
        earlier = [row for row in self.case.conflicts.all() if row.superseded_at is not None]
        context = {
            "case": self.case,
            "declared": declared,
            "earlier": earlier,
            "challenges": challenges,
        }
        return render(request, "desk/conflicts_case.html", context)


class _OnChallenge(ActionView):
    """A page about one challenge."""

    goes_to = "desk:declarations"
    is_reply = False

    def check(self) -> None:
        self.require_reader()
        rows = Challenge.objects.visible_to(self.request.user).filter(case=self.case)
        self.challenge = get_object_or_404(
            rows.select_related("challenged"), pk=self.kwargs["item"]
        )
        self.challenge.case = self.case
        if self.challenge.decided_at is not None:
            raise Conflict(_("This was decided already."))

    def context(self, form: Any) -> dict[str, Any]:
        return {"challenge": self.challenge, "may_reply": self.is_reply}


class ReplyToChallenge(_OnChallenge):
    """The challenged person replies, or gives no reply."""

    form_class = ChallengeReplyForm
    is_reply = True
    template_name = "desk/conflicts_challenge.html"
    button = _("Put on record")
    done = _("Your reply is on record. Those who decide read it.")

    def check(self) -> None:
        super().check()
        if self.challenge.challenged_id != self.request.user.pk:
            raise PermissionDenied(_("Only the person who is challenged replies."))
        if not conflicts.may_reply(self.challenge, self.request.user):
            raise Conflict(_("Your reply is on record already."))

    def title(self) -> Any:
        return _("A party challenges your impartiality")

    def perform(self, form: Any) -> None:
        conflicts.reply_to_challenge(
            self.challenge,
            text=form.cleaned_data["reply"],
            by=self.request.user,
            version=form.version,
        )


class DecideChallenge(_OnChallenge):
    """Others than the challenged person decide."""

    form_class = ChallengeForm
    template_name = "desk/conflicts_challenge.html"
    button = _("Decide")
    done = _("The decision is on record, and the side that challenged is told.")

    def check(self) -> None:
        super().check()
        if not conflicts.may_decide_challenge(self.challenge, self.request.user):
            raise PermissionDenied(
                _("Somebody who is not challenged in this case decides, and not you.")
            )
        if conflicts.waits_for_reply(self.challenge):
            raise Incomplete(conflicts.still_waits(self.challenge))

    def title(self) -> Any:
        return _("Challenge of %(name)s") % {"name": self.challenge.challenged.name}

    def perform(self, form: Any) -> None:
        conflicts.decide_challenge(
            self.challenge,
            is_upheld=form.cleaned_data["is_upheld"] == "yes",
            answer=form.cleaned_data["answer"],
            by=self.request.user,
            version=form.version,
        )


@role_required(*interests.DECLARING)
@require_http_methods(["GET", "HEAD", "POST"])
def own_interests(request: HttpRequest) -> HttpResponse:
    """One's own interests of this year; last year's are taken over."""
    year = interests.current_year()
    row = interests.of_year(request.user, year)
    before = interests.latest(request.user) if row is None else row
    standing = interests.standing(before)
    version = row.row_version if row else 0
    status = 200
    form = InterestsForm(request.POST or None, version=version, standing=standing)
    if request.method == "POST" and form.is_valid():
        ended = form.ended()
        kept = [
            InterestData(item.kind, item.name, item.detail)
            for item in standing
            if item.pk not in ended
        ]
        try:
            interests.declare_year(
                by=request.user,
                added=form.added(),
                ended=ended if row else (),
                kept=() if row else kept,
                version=form.version,
            )
        except Stale:
            status = 409
            form.refresh(
                version, str(_("You saved this in another window. Look at what stands now."))
            )
        else:
            messages.success(request, _("Your declaration is on record."))
            return redirect("desk:interests")
    context = {"form": form, "year": year, "declaration": row, "from_before": row is None}
    return render(request, "desk/conflicts_interests.html", context, status=status)


@role_required(*interests.DECLARING)
@require_http_methods(["GET", "HEAD", "POST"])
def take_back_interest(request: HttpRequest, item: int) -> HttpResponse:
    """Take back an interest that was entered by mistake: its words go where nothing rests on
    them."""
    own = Interest.objects.filter(declaration__user=request.user).select_related("declaration")
    interest = get_object_or_404(own, pk=item)
    if request.method == "POST":
        done = interests.take_back(interest, by=request.user)
        text = _("It is taken back, and its words are gone.")
        if done.kept:
            text = _("It is taken back. Where something was decided, its words stay.")
        messages.success(request, text)
        return redirect("desk:interests")
    if interest.taken_back_at:
        raise Conflict(_("This was taken back already."))
    kept = {
        line.declaration_id: interests.is_kept(line.declaration)
        for line in interests.lines_of(interest)
    }
    context = {"item": interest, "kept": sum(kept.values()), "cut": len(kept) - sum(kept.values())}
    return render(request, "desk/conflicts_take_back.html", context)


@role_required(*OVERSEES)
@require_safe
def interests_overview(request: HttpRequest) -> HttpResponse:
    """Who declared for this year and who did not; what was declared is for the auditor alone."""
    year = interests.current_year()
    rows = (
        AnnualDeclaration.objects.filter(year=year)
        .select_related("user")
        .prefetch_related("interests")
        .order_by("user__name")
    )
    context = {
        "year": year,
        "declared": rows,
        "owing": interests.owing(year=year),
        "reads_all": request.user.has_role(Role.AUDITOR),
    }
    return render(request, "desk/conflicts_overview.html", context)


@role_required(*STAFF)
@require_http_methods(["GET", "HEAD", "POST"])
def committee(request: HttpRequest) -> HttpResponse:
    """The members, their chair and their alternates; administrators name them."""
    manages = request.user.has_role(Role.ADMINISTRATOR)
    members = meetings.members_of_ncp()
    which = request.POST.get("what", "")
    if request.method == "POST" and not manages:
        raise PermissionDenied
    chair_form = ChairForm(request.POST if which == "chair" else None, members=members)
    form = AlternateForm(request.POST if which == "alternate" else None, members=members)
    bound = {"chair": chair_form, "alternate": form}.get(which)
    if bound is not None and bound.is_valid():
        try:
            if which == "chair":
                seats.name_chair(chair_form.chair, by=request.user)
            else:
                alternate, member = form.seats
                seats.name_alternate(alternate, stands_in_for=member, by=request.user)
        except ValidationError as error:
            bound.add_error(None, error)
        except Conflict as error:
            bound.add_error(None, str(error.message))
        else:
            messages.success(request, _("It is on record."))
            return redirect("desk:committee")
    rows = list(Seat.objects.current().select_related("user", "stands_in_for"))
    alternates = {row.user_id: row for row in rows if row.function == SeatFunction.ALTERNATE}
    past = Seat.objects.exclude(until=None).select_related("user", "stands_in_for", "ended_by")
    context = {
        "members": [
            {
                "person": person,
                "alternate_of": alternates.get(person.pk),
                "chair": next(
                    (
                        row
                        for row in rows
                        if row.function == SeatFunction.CHAIR and row.user_id == person.pk
                    ),
                    None,
                ),
            }
            for person in members
        ],
        "manages": manages,
        "chair_form": chair_form,
        "form": form,
        "shown_form": bound or form,
        "past": past.order_by("-until")[:20],
    }
    return render(request, "desk/conflicts_committee.html", context)


@role_required(*STAFF)
@require_POST
def end_seat(request: HttpRequest, item: int) -> HttpResponse:
    """Administrators end a seat."""
    if not request.user.has_role(Role.ADMINISTRATOR):
        raise PermissionDenied
    seat = get_object_or_404(Seat.objects.current(), pk=item)
    seats.end_seat(seat, by=request.user)
    messages.success(request, _("The seat is ended."))
    return redirect("desk:committee")
