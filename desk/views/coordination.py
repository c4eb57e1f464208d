"""What NCPs do together on a case: who leads, who supports, what is shared with them."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext_lazy as _
from django.views import View

from cases import ncps, packages, permissions
from cases.disclosure import Audience, disclosed
from cases.models import (
    Case,
    Coordination,
    FiledMail,
    NcpInvitation,
    NcpRelease,
    NcpShare,
    Transfer,
)
from cases.search.masking import mask_of
from cases.services import coordination, relations, sharing, splitting, taking_in
from cases.services.passing_consents import may_pass_on
from cases.workflow import OPEN_STATES
from desk import guests
from desk.forms.coordination import (
    BeginForm,
    CommentForm,
    ConcludeForm,
    InviteForm,
    ReleaseForm,
    ReplyForm,
    ShareForm,
)
from desk.reading import CasePage
from desk.rooms import Figures, Line, Room
from desk.views.base import CaseView, OfficerView
from desk.views.letters import LetterActionView, WithLetters
from sealing import signing


class Overview(CaseView):
    """Everything between this office, other NCPs and other cases, on one page."""

    parts = (*CaseView.parts, "parties", "representations", "deadlines")

    def get(self, request: HttpRequest) -> HttpResponse:
        self.require_reader()
        runs = permissions.may_run_procedure(self.case, request.user)
        context = {
            "case": self.case,
            "runs": runs,
            "is_open": self.case.state in OPEN_STATES,
            "passes": may_pass_on(self.case, request.user),
            "coordinations": _coordinations(self.case),
            "deadline": next(
                (row for row in self.case.deadlines.all()
                 if row.kind == coordination.KIND and row.is_open), None,
            ),
            "shares": _shares(self.case),
            "ties": self._ties(request),
            "foreign": _named(self.case.foreign_cases.filter(removed_at=None)),
            "transfers": _named(Transfer.objects.filter(case=self.case).select_related("made_by")),
            "origin": taking_in.origin_of(self.case),
            "mails": self._mails(),
            "splits": runs and self.case.state in splitting.STATES,
            "text_form": CommentForm(),
            "own_key": packages.fingerprint(signing.public_key()),
        }  # fmt: skip
        if context["origin"]:
            context["origin_ncp"] = ncps.label_of(context["origin"][0].country)
        return render(request, "desk/coordination.html", context)

    def _ties(self, request: HttpRequest) -> list[dict[str, Any]]:
        """Return the ties to cases that this person sees; of others only that there is one."""
        rows = relations.standing_links(self.case)
        others = {row.case_id for row in rows} | {row.other_id for row in rows}
        visible = set(
            Case.objects.visible_to(request.user).filter(pk__in=others).values_list("pk", flat=True)
        )
        return [
            {
                "link": row,
                "other": other if other.pk in visible else None,
                "label": _label(row, is_first=row.case_id == self.case.pk),
                "tie": getattr(row, "tie", None),
                "may_end": row.kind != "split_from",
            }
            for row in rows
            if (other := row.other if row.case_id == self.case.pk else row.case)
        ]

    def _mails(self) -> list[FiledMail]:
        rows = list(FiledMail.objects.filter(case=self.case).select_related("filed_by", "original"))
        for row in rows:
            row.case = self.case
            row.shows_sender = self.audience == Audience.NAMED_OFFICER or not row.side
        return rows


def _label(row: Any, *, is_first: bool) -> Any:
    if row.kind == "split_from":
        return _("Made from a part of") if is_first else _("A part became")
    if row.kind == "joined_to":
        return _("Handled together with, which leads") if is_first else _("Leads over")
    return _("Related to")


def _named(rows: Any) -> list[Any]:
    found = list(rows)
    for row in found:
        row.ncp = ncps.label_of(row.country)
    return found


def _coordinations(case: Case) -> list[Any]:
    rows = list(
        Coordination.objects.filter(case=case)
        .select_related("begun_by", "concluded_by")
        .prefetch_related("invitations")
        .order_by("-begun_at")
    )
    for row in rows:
        row.case = case
        row.proposed_ncp = ncps.label_of(row.proposed_lead)
        row.lead_ncp = ncps.label_of(row.lead) if row.lead else ""
        row.asked = _named(row.invitations.all())
        for invitation in row.asked:
            invitation.coordination = row
    return rows


def _shares(case: Case) -> list[Any]:
    rows = _named(
        NcpShare.objects.filter(case=case)
        .select_related("begun_by")
        .prefetch_related(
            "releases__case_document", "releases__released_by", "comments__written_by"
        )
    )
    people = guests.by_country({row.country for row in rows})
    for row in rows:
        row.case = case
        row.people = people.get(row.country, [])
        row.given = [item for item in row.releases.all() if item.ended_at is None]
        for item in row.given:
            item.case_document.case = case
            item.still_holds = item.is_open
        for comment in row.comments.all():
            comment.share = row
    return rows


class Begin(LetterActionView):
    action = "coordinate"
    letter = "lead_proposal"
    form_class = BeginForm
    intro = _("The two months in which NCPs agree who leads run from the receipt of the case.")
    button = _("Propose this NCP")
    done = _("The coordination has begun. Record which NCPs you ask, and what they reply.")
    goes_to = "desk:coordination"

    def form_arguments(self) -> dict[str, Any]:
        return {"is_change": Coordination.objects.filter(case=self.case).exists()}

    def typed(self, form: Any, language: str) -> dict[str, str]:
        return {
            "proposed_ncp": ncps.label_of(form.cleaned_data["proposed_lead"]),
            "lead_reasons": form.cleaned_data["reasons"],
        }

    def act(self, form: Any) -> None:
        values = form.cleaned_data
        coordination.begin(
            self.case,
            proposed_lead=values["proposed_lead"],
            reasons=values["reasons"],
            preference=values["preference"],
            parties_heard=values.get("parties_heard", ""),
            by=self.request.user,
            version=form.version,
        )


class _Step(OfficerView):
    """One step on the page of coordination; it leads back there."""

    goes_to = "desk:coordination"

    def of_case(self, model: Any, path: str = "case") -> Any:
        return get_object_or_404(model, pk=self.kwargs["item"], **{path: self.case})


class Invite(_Step):
    form_class = InviteForm
    heading = _("Ask another NCP")
    intro = _("Write to it as NCPs do, by e-mail or letter; nothing is sent from here.")
    button = _("Record")
    done = _("It is on record that this NCP was asked.")

    def check(self) -> None:
        super().check()
        self.item = self.of_case(Coordination)

    def perform(self, form: Any) -> None:
        values = {key: form.cleaned_data[key] for key in ("country", "asked_to", "question")}
        coordination.invite(
            self.item,
            **values,
            sent_on=form.cleaned_data["sent_on"],
            by=self.request.user,
            version=form.version,
        )


class Reply(_Step):
    form_class = ReplyForm
    button = _("Record")
    done = _("The reply is on record.")

    def check(self) -> None:
        super().check()
        self.item = self.of_case(NcpInvitation, "coordination__case")

    def title(self) -> Any:
        return _("Reply of %(name)s") % {"name": ncps.label_of(self.item.country)}

    def perform(self, form: Any) -> None:
        coordination.record_reply(
            self.item,
            reply=form.cleaned_data["reply"],
            text=form.cleaned_data["text"],
            replied_on=form.cleaned_data["replied_on"],
            by=self.request.user,
            version=form.version,
        )


class Conclude(WithLetters, _Step):
    letter = "lead_agreed"
    form_class = ConcludeForm
    heading = _("Conclude the coordination")
    intro = _("The time for the initial assessment runs anew from today.")
    button = _("Conclude and tell the parties")
    done = _("Concluded. The parties are told.")

    def check(self) -> None:
        super().check()
        self.item = self.of_case(Coordination)

    def form(self, *args: Any) -> Any:
        form = super().form(*args)
        form.fields["lead"].initial = self.item.proposed_lead
        return form

    def typed(self, form: Any, language: str) -> dict[str, str]:
        return {
            "lead_ncp": ncps.label_of(form.cleaned_data["lead"]),
            "arrangement": form.cleaned_data["arrangement"],
        }

    def act(self, form: Any) -> None:
        coordination.conclude(
            self.item,
            lead=form.cleaned_data["lead"],
            arrangement=form.cleaned_data["arrangement"],
            by_letter=True,
            by=self.request.user,
            version=form.version,
        )


class Share(_Step):
    """What a supporting NCP would read stands above the form, exactly as its people get it."""

    form_class = ShareForm
    template_name = "desk/coordination_share.html"
    heading = _("Share with a supporting NCP")
    button = _("Share the case")
    done = _("The case is shared. The parties are told.")
    parts = (*OfficerView.parts, "parties", "representations", "deadlines", "issues.provisions")

    def context(self, form: Any) -> dict[str, Any]:
        shown = disclosed(self.case, to=Audience.PARTNER)
        return {"shown": guests.masked(shown, mask_of(self.case))}

    def perform(self, form: Any) -> None:
        sharing.share(
            self.case,
            country=form.cleaned_data["country"],
            purpose=form.cleaned_data["purpose"],
            by=self.request.user,
            version=form.version,
        )


class _OneShare(_Step):
    def check(self) -> None:
        super().check()
        self.item = self.of_case(NcpShare)
        self.item.case = self.case


class EndShare(_OneShare):
    heading = _("End the share")
    warning = _("The people of this NCP see the case no more, at once.")
    button = _("End the share")
    done = _("The case is not shared with this NCP any more.")

    def title(self) -> Any:
        return _("End the share with %(name)s") % {"name": ncps.label_of(self.item.country)}

    def perform(self, form: Any) -> None:
        sharing.end_share(self.item, by=self.request.user, version=form.version)


class Release(_OneShare):
    form_class = ReleaseForm
    template_name = "desk/coordination_release.html"
    intro = _("Its people read the copy that both sides read, under a title that names nobody.")
    button = _("Release the document")
    done = _("The document is released.")
    parts = (*OfficerView.parts, "documents")

    def title(self) -> Any:
        return _("Release a document to %(name)s") % {"name": ncps.label_of(self.item.country)}

    def form_arguments(self) -> dict[str, Any]:
        rows = self.case.documents.select_related("document", "served_copy")
        documents = list(rows.filter())
        for row in documents:
            row.case = self.case
        return {"documents": documents}

    def perform(self, form: Any) -> None:
        sharing.release(self.item, form.chosen, by=self.request.user, version=form.version)


class EndRelease(_Step):
    heading = _("Take a released document back")
    button = _("Take it back")
    done = _("The document is not released any more.")

    def check(self) -> None:
        super().check()
        self.item = self.of_case(NcpRelease, "share__case")
        self.item.share.case = self.case

    def perform(self, form: Any) -> None:
        sharing.end_release(self.item, by=self.request.user, version=form.version)


class Answer(CaseView, View):
    """The office writes to a supporting NCP; the parties read none of it."""

    def post(self, request: HttpRequest, item: Any) -> HttpResponse:
        share = get_object_or_404(NcpShare, pk=item, case=self.case)
        share.case = self.case
        try:
            sharing.comment(share, text=request.POST.get("text", ""), by=request.user)
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
        else:
            messages.success(request, _("Written. The people of this NCP are told."))
        return redirect("desk:coordination", self.case.pk)


def _line(page: CasePage, figures: Figures) -> Line | None:
    if figures["open"]:
        return Line(_("NCPs are agreeing who leads"), tag="soon", tag_label=_("Open"))
    if figures["all"]:
        return Line(_("Agreed who leads"))
    return Line("") if page.runs else None


ROOM = Room(
    name="coordination",
    label=_("Other NCPs and related cases"),
    url="desk:coordination",
    rows=lambda user: Coordination.objects.all(),
    figures={"all": Count("pk"), "open": Count("pk", filter=Q(concluded_at=None))},
    line=_line,
)
