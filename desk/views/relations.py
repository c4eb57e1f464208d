"""Cases tied to each other: split, joined, related, at other NCPs; packages for other NCPs."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cases import ncps, readings
from cases.models import Case, CaseLink, ForeignCase, PassingConsent, Transfer
from cases.models.audit import ReadKind
from cases.services import package_contents, passing, passing_consents, relations, splitting
from cases.workflow import State
from desk.forms.coordination import (
    WAYS,
    ConsentForm,
    CountryForm,
    ForeignForm,
    JoinForm,
    OtherCaseForm,
    SplitForm,
    TransferForm,
)
from desk.views.base import ActionView, CaseView
from desk.views.coordination import _Step
from desk.views.letters import LetterActionView


class _ToRoom(ActionView):
    goes_to = "desk:coordination"


class _WithOther(_ToRoom):
    def form_arguments(self) -> dict[str, Any]:
        return {"cases": Case.objects.visible_to(self.request.user)}


class Link(_WithOther):
    action = "link"
    form_class = OtherCaseForm
    intro = _("The two cases name each other on this page. Nobody but the office learns of it.")
    button = _("Tie the cases")
    done = _("The cases are tied.")

    def perform(self, form: Any) -> None:
        relations.link(
            self.case,
            form.other,
            why=form.cleaned_data["why"],
            by=self.request.user,
            version=form.version,
        )


class Join(_WithOther):
    action = "join"
    form_class = JoinForm
    intro = _(
        "Two cases are handled as one, and one of them leads. Each keeps its parties, its record "
        "and its time frames."
    )
    button = _("Handle together and tell the parties")
    done = _("The cases are handled together. The parties are told.")

    def perform(self, form: Any) -> None:
        relations.join(
            self.case,
            form.other,
            why=form.cleaned_data["why"],
            told=form.cleaned_data["told"],
            by=self.request.user,
            version=form.version,
        )


class Untie(_Step):
    heading = _("Take the tie back")
    intro = _("Nothing is deleted; where two cases were handled together they go apart.")
    button = _("Take it back")
    done = _("The tie is taken back.")

    def check(self) -> None:
        super().check()
        known = {row.pk: row for row in relations.standing_links(self.case)}
        self.item = known.get(self.kwargs["item"]) or get_object_or_404(CaseLink.objects.none())

    def perform(self, form: Any) -> None:
        relations.untie(self.item, case=self.case, by=self.request.user, version=form.version)


class AddForeign(_Step):
    form_class = ForeignForm
    heading = _("Add a related case at another NCP")
    button = _("Add")
    done = _("The related case is added.")

    def perform(self, form: Any) -> None:
        values = {key: form.cleaned_data[key] for key in ("country", "title", "url", "why")}
        relations.add_foreign_case(self.case, **values, by=self.request.user, version=form.version)


class RemoveForeign(_Step):
    heading = _("Take the related case off the list")
    button = _("Take it off")
    done = _("The related case is off the list.")

    def check(self) -> None:
        super().check()
        self.item = self.of_case(ForeignCase)

    def perform(self, form: Any) -> None:
        relations.remove_foreign_case(self.item, by=self.request.user, version=form.version)


class Split(ActionView):
    action = "split"
    form_class = SplitForm
    template_name = "desk/split.html"
    intro = _("Some enterprises go on as a case of their own, with the same complainants.")
    warning = _("This is not taken back. The two cases can be handled together again.")
    button = _("Split the case and tell the parties")

    def context(self, form: Any) -> dict[str, Any]:
        return {
            "follows": splitting.what_follows(self.case),
            "obstacle": splitting.obstacle_of(self.case),
        }

    def perform(self, form: Any) -> Case:
        return splitting.split(
            self.case,
            respondents=form.going(),
            issues=form.ways(),
            why=form.cleaned_data["why"],
            told=form.cleaned_data["told"],
            by=self.request.user,
            version=form.version,
        )

    def finish(self, result: Case) -> HttpResponse:
        messages.success(self.request, _("This is the new case. The parties are told."))
        return redirect("desk:case", result.pk)


class Consent(_Step):
    """Who agreed that their name or material goes to another NCP."""

    form_class = ConsentForm
    heading = _("Record a consent to pass something on")
    intro = _(
        "Without it no withheld name, no way to reach anybody and no material that only one side "
        "and the office have leaves this office."
    )
    button = _("Record the consent")
    done = _("The consent is on record. That side is told.")
    goes_to = "desk:transfer"

    def check(self) -> None:
        super().check()
        if not passing_consents.may_pass_on(self.case, self.request.user):
            raise PermissionDenied(_("Only the officers named on the case pass it on."))

    def perform(self, form: Any) -> None:
        passing_consents.record_consent(
            self.case,
            country=form.cleaned_data["country"],
            given_on=form.cleaned_data["given_on"],
            how=form.cleaned_data["how"],
            by=self.request.user,
            version=form.version,
            **form.arguments(),
        )


class EndConsent(_Step):
    heading = _("Take a consent back")
    intro = _("What went before stays with whom it went to.")
    button = _("Record that it was taken back")
    done = _("It is on record that the consent was taken back.")
    goes_to = "desk:transfer"

    def check(self) -> None:
        super().check()
        self.item = self.of_case(PassingConsent)
        self.item.case = self.case

    def perform(self, form: Any) -> None:
        passing_consents.withdraw_consent(self.item, by=self.request.user, version=form.version)


class MakeTransfer(LetterActionView):
    """First for which NCP, then exactly what goes and what the parties read, then the package."""

    action = "transfer"
    form_class = TransferForm
    template_name = "desk/coordination_transfer.html"
    button = _("Make the package and tell the parties")
    done = _("The package is made. Download it below and send it to the NCP.")
    goes_to = "desk:coordination"

    def check(self) -> None:
        super().check()
        if not passing_consents.may_pass_on(self.case, self.request.user):
            raise PermissionDenied(_("Only the officers named on the case pass it on."))
        source = self.request.POST if self.request.method == "POST" else self.request.GET
        asked = source.get("country", "")
        known = asked in ncps.listed() and asked != settings.NCP_COUNTRY
        self.country = asked if known else ""
        way = source.get("way", "")
        self.way = way if way in dict(WAYS) else "ends"

    def form(self, *args: Any) -> Any:
        form = super().form(*args)
        form.fields["country"].initial = self.country
        form.fields["way"].initial = self.way
        return form

    def letter_of(self, form: Any) -> str:
        way = form.data.get("way") if form.is_bound else ""
        return "copy_given" if (way or self.way) == "stays" else "transferred"

    def known(self, language: str) -> dict[str, str]:
        return {"other_ncp": ncps.label_of(self.country)} if self.country else {}

    def typed(self, form: Any, language: str) -> dict[str, str]:
        return {"other_ncp": ncps.label_of(form.cleaned_data["country"])}

    def context(self, form: Any) -> dict[str, Any]:
        consents = list(
            PassingConsent.objects.filter(case=self.case, withdrawn_at=None).select_related(
                "party", "representation"
            )
        )
        for row in consents:
            row.case = self.case
            row.ncp = ncps.label_of(row.country)
            subject = row.party or row.representation
            row.whose = subject.name if subject else row.get_side_display()
        goes = None
        if self.country:
            goes = package_contents.contents(self.case, country=self.country)
            readings.note(self.case, self.request.user, ReadKind.IDENTITIES)
        return {
            "consents": consents,
            **super().context(form),
            "choose": CountryForm(initial={"country": self.country, "way": self.way}),
            "ncp": ncps.label_of(self.country) if self.country else "",
            "goes": goes,
            "at": timezone.now(),
        }

    def perform(self, form: Any) -> Transfer:
        with transaction.atomic():
            # What was not registered is answered by these words, and by no letter besides.
            is_answer = self.case.state == State.RECEIVED and form.cleaned_data["way"] == "ends"
            item = passing.transfer(
                self.case,
                country=form.cleaned_data["country"],
                why=form.cleaned_data["why"],
                told=form.cleaned_data["complainant_text"],
                by_letter=not is_answer,
                ends_case=form.cleaned_data["way"] == "ends",
                by=self.request.user,
                version=form.version,
            )
            if not is_answer:
                self.send(form)
        return item


class Package(CaseView):
    """The signed file, for the officers named on the case; each download is on record."""

    def post(self, request: HttpRequest, item: Any) -> HttpResponseBase:
        transfer = get_object_or_404(Transfer, pk=item, case=self.case)
        transfer.case = self.case
        reader = passing.open_package(transfer, by=request.user)
        response = StreamingHttpResponse(reader.chunks(), content_type="application/zip")
        response["Content-Length"] = str(reader.size)
        response["Content-Disposition"] = (
            f'attachment; filename="package-{transfer.pk.hex[:8]}.zip"'
        )
        response["Cache-Control"] = "no-store"
        response["X-Content-Type-Options"] = "nosniff"
        return response
