"""The steps of a statement: write, hear, sign, publish, correct."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext_lazy as _

from cases.services.acting import require
from register.markdown import normalise_headings, to_html
from statements import draft, offers, permissions, preview, projection
from statements.forms import (
    CloseForm,
    CorrectForm,
    DetailsForm,
    FindingForm,
    PaperCommentForm,
    ReasonForm,
    SetAsideForm,
    SureForm,
    TextForm,
    VersionForm,
)
from statements.models import LeakFinding, Version
from statements.services import hearing, publishing, writing
from statements.services.writing import TextChanged
from statements.standing import changes_since_round
from statements.views.base import StatementView, StepView, language_name, texts
from statements.views.workshop import comments_of


class Edit(StatementView):
    """The editor of one language. A stale save keeps the text and shows what is newer."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if kwargs["language"] not in dict(settings.LANGUAGES):
            raise Http404
        return super().dispatch(request, *args, **kwargs)

    def get(self, request: HttpRequest, language: str) -> HttpResponse:
        self.check()
        latest = self.standing.versions.get(language)
        if latest:
            initial = {"title": latest.title, "summary": latest.summary, "text": latest.text}
        else:
            title, text = draft.first_draft(self.case, self.statement.kind, language)
            initial = {"title": title, "text": text}
        initial["based_on"] = latest.number if latest else 0
        return self.page(TextForm(initial=initial), language)

    def check(self) -> None:
        self.standing = self.stands
        offers.require("edit", self.standing, self.request.user)

    def post(self, request: HttpRequest, language: str) -> HttpResponse:
        require(permissions.may_write(self.case, request.user))
        self.standing = self.stands
        form = TextForm(request.POST)
        if not form.is_valid():
            return self.page(form, language)
        if "look" in request.POST:
            return self.page(form, language, html=to_html(form.cleaned_data["text"], 3))
        try:
            version = writing.save_draft(
                self.statement, language=language, by=request.user, **form.cleaned_data
            )
        except ValidationError as error:
            form.add_error(None, error)
            return self.page(form, language)
        except TextChanged as error:
            form.data = form.data.copy()
            form.data["based_on"] = str(error.latest.number)
            form.add_error(None, str(error.message))
            return self.page(form, language, status=409, newer=error.latest)
        places = version.findings.filter(overridden_at=None).count()
        if places:
            messages.warning(request, _("Saved. The check found words that may tell who is who."))
        else:
            messages.success(request, _("Saved."))
        if "stay" in request.POST:
            return redirect("statements:edit", self.statement.pk, language)
        return self.back_to_workshop()

    def page(
        self,
        form: TextForm,
        language: str,
        *,
        status: int = 200,
        html: str = "",
        newer: Version | None = None,
    ) -> HttpResponse:
        return self.show(
            "statements/edit.html",
            status=status,
            form=form,
            language=language,
            language_name=language_name(language),
            html=html,
            newer=newer,
            comments=comments_of(self.standing.round),
            public=projection.public_case(self.case),
        )


class Preview(StatementView):
    """One language as the public will read it."""

    def version(self, language: str) -> Version:
        version = self.stands.versions.get(language)
        if version is None:
            raise Http404
        return version

    def get(self, request: HttpRequest, language: str) -> HttpResponse:
        version = self.version(language)
        return self.show(
            "statements/preview.html",
            version=version,
            html=to_html(normalise_headings(version.text), 3),
            public=projection.public_case(self.case),
            title=projection.public_title(self.case),
        )


class PreviewPdf(Preview):
    def get(self, request: HttpRequest, language: str) -> HttpResponse:
        content = preview.as_pdf(self.statement, self.version(language))
        response = HttpResponse(content, content_type="application/pdf")
        response["Content-Disposition"] = 'attachment; filename="draft.pdf"'
        return response


class Details(StepView):
    step = "details"
    form_class = DetailsForm
    heading = _("Follow-up and lessons")

    def form_arguments(self) -> dict[str, Any]:
        held = {"follow_up_on": self.statement.follow_up_on, "lessons": self.statement.lessons}
        return {**super().form_arguments(), "initial": held}

    def perform(self, form: Any) -> None:
        writing.set_details(
            self.statement,
            follow_up_on=form.cleaned_data["follow_up_on"],
            lessons=form.cleaned_data["lessons"],
            version=form.cleaned_data["row_version"],
            by=self.request.user,
        )


class SetAside(StepView):
    step = "set_aside"
    form_class = SetAsideForm
    heading = _("Put this text aside")
    lead = _("Nothing of it is published. It stays on record, and another can be begun.")
    button = _("Put it aside")
    done = _("The text is put aside.")
    is_grave = True

    def perform(self, form: Any) -> None:
        writing.set_aside(
            self.statement, by=self.request.user, version=form.cleaned_data["row_version"]
        )


class OpenComments(StepView):
    step = "open_comments"
    form_class = VersionForm
    template_name = "statements/open_comments.html"
    heading = _("Send the draft to both sides")
    button = _("Send it now")
    done = _("Both sides can read the draft and comment on it.")

    def perform(self, form: Any) -> None:
        hearing.open_comments(
            self.statement, by=self.request.user, version=form.cleaned_data["row_version"]
        )

    def context(self) -> dict[str, Any]:
        return {"texts": texts(self.standing)}


class CloseComments(StepView):
    step = "close_comments"
    form_class = CloseForm
    heading = _("Close the comment round")
    button = _("Close the round")
    done = _("The comment round is closed.")

    def perform(self, form: Any) -> None:
        assert self.standing.round is not None
        hearing.close_comments(
            self.standing.round,
            by=self.request.user,
            reason=form.cleaned_data["reason"],
            version=form.cleaned_data["row_version"],
        )


class RecordComment(StepView):
    step = "record_comment"
    form_class = PaperCommentForm
    heading = _("Record comments that came on paper")
    done = _("The comments are on record.")

    def form_arguments(self) -> dict[str, Any]:
        return {}

    def perform(self, form: Any) -> None:
        assert self.standing.round is not None
        hearing.comment(
            self.standing.round,
            side=form.cleaned_data["side"],
            text=form.cleaned_data["text"],
            has_none=form.cleaned_data["has_none"],
            by=self.request.user,
        )


class Keep(StatementView):
    """Leave words in the text that the leak check marked, with a reason."""

    def post(self, request: HttpRequest, finding: int) -> HttpResponse:
        found = get_object_or_404(
            LeakFinding.objects.select_related("version"),
            pk=finding,
            version__statement=self.statement,
        )
        found.version.statement = self.statement
        form = FindingForm(request.POST, prefix=f"f{found.pk}")
        if form.is_valid():
            writing.keep_finding(found, reason=form.cleaned_data["reason"], by=request.user)
            messages.success(request, _("The reason is on record."))
        else:
            messages.error(request, _("Say why these words may stay."))
        return self.back_to_workshop()


def _ids(text: str) -> set[UUID]:
    try:
        return {UUID(part) for part in text.split(",") if part}
    except ValueError:
        return set()


class _OnVersions(StepView):
    """A step on exactly the versions that were on the page."""

    form_class = SureForm
    sure: Any = ""

    def form_arguments(self) -> dict[str, Any]:
        ids = ",".join(str(version.pk) for version in self.standing.versions.values())
        return {**super().form_arguments(), "label": self.sure, "versions": ids}

    def stale(self, form: Any, error: Any) -> HttpResponse:
        # What was read is not what stands there now: the person reads again and ticks again.
        self.find(self.statement.pk)
        try:
            self.check()
        except type(error):
            raise error from None
        fresh = self.form()
        messages.warning(self.request, str(error.message))
        return self.page(fresh, status=409)

    def context(self) -> dict[str, Any]:
        return {
            "texts": texts(self.standing),
            "stands": self.standing,
            "comments": comments_of(self.standing.round),
            "changes": [
                {"name": language_name(code), "language": code, "lines": lines}
                for code, lines in changes_since_round(self.standing).items()
            ],
            "public": projection.public_case(self.case),
            "public_title": projection.public_title(self.case),
        }


class SignOff(_OnVersions):
    step = "sign_off"
    template_name = "statements/sign_off.html"
    heading = _("Sign off the statement")
    sure = _("I have read this text in every language and sign it off")
    button = _("Sign off")
    done = _("You signed off this text. A changed text needs a new sign-off.")

    def perform(self, form: Any) -> None:
        publishing.sign_off(
            self.statement,
            versions=_ids(form.cleaned_data["versions"]),
            by=self.request.user,
            version=form.cleaned_data["row_version"],
        )


class Publish(_OnVersions):
    step = "publish"
    template_name = "statements/publish.html"
    heading = _("Publish the statement")
    sure = _("Yes, publish this text now")
    button = _("Publish")
    done = _("The statement is published.")

    def perform(self, form: Any) -> None:
        publishing.publish(
            self.statement,
            by=self.request.user,
            versions=_ids(form.cleaned_data["versions"]),
            version=form.cleaned_data["row_version"],
        )


class Correct(StepView):
    step = "correct"
    form_class = CorrectForm
    heading = _("Correct the published text")
    lead = _(
        "The published text stays until the corrected one is signed off and published. After that "
        "everybody can still read the old text, marked as not valid. If it names somebody wrongly, "
        "take the case off the register first: that removes every version, and the corrected "
        "text alone comes back."
    )
    button = _("Begin the correction")
    done = _("You can edit the text now.")

    def form_arguments(self) -> dict[str, Any]:
        languages = {code: language_name(code) for code in self.stands.versions}
        return {**super().form_arguments(), "languages": languages}

    def perform(self, form: Any) -> None:
        publishing.begin_correction(
            self.statement,
            notes=form.notes(),
            by=self.request.user,
            version=form.cleaned_data["row_version"],
        )


class Unpublish(StepView):
    step = "unpublish"
    form_class = ReasonForm
    heading = _("Take the case off the public register")
    lead = _(
        "All published texts of this case disappear at once. Copies that others made stay. A "
        "correction can bring the case back."
    )
    button = _("Take it off now")
    done = _("The case is off the public register.")
    is_grave = True

    def form_arguments(self) -> dict[str, Any]:
        return {**super().form_arguments(), "label": _("Why is it taken off?")}

    def perform(self, form: Any) -> None:
        publishing.unpublish(
            self.statement,
            reason=form.cleaned_data["reason"],
            by=self.request.user,
            version=form.cleaned_data["row_version"],
        )
