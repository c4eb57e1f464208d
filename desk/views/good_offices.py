"""Good offices: replies on paper, the referral, the end, and what follows."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.models import User
from cases.errors import WrongState
from cases.services import good_offices
from cases.workflow import State
from desk.forms.good_offices import ConcludeForm, ReferralForm, ReplyForm, RevokeForm
from desk.views.base import ActionView, OfficerView
from mediation import services as mediation
from mediation import summary
from mediation.models import Referral
from mediation.permissions import INTERNAL_ROLES


class RecordReply(ActionView):
    action = "record-reply"
    form_class = ReplyForm
    intro = _("For a side that replied on paper or by telephone. Both sides read its reply.")
    button = _("Record")
    done = _("The reply is on record.")

    def perform(self, form: Any) -> None:
        good_offices.reply(
            self.case,
            side=form.cleaned_data["side"],
            accepts=form.cleaned_data["accepts"] == "yes",
            note=form.cleaned_data["note"],
            by=self.request.user,
            version=form.version,
        )


class Refer(ActionView):
    """To a mediation body, or to somebody of the NCP."""

    action = "refer"
    form_class = ReferralForm
    template_name = "desk/refer.html"
    button = _("Refer")
    done = _("The case is referred.")

    def form_arguments(self) -> dict[str, Any]:
        barred = {row.user_id for row in self.case.conflicts.all() if row.has_conflict}
        people = User.objects.holding(*INTERNAL_ROLES).exclude(pk__in=barred)
        return {
            "bodies": list(summary.active_bodies()),
            "people": sorted(
                people.exclude(pk=self.case.officer_id), key=lambda item: item.name.casefold()
            ),
            "issues": [issue for issue in self.case.issues.all() if issue.accepted],
        }

    def perform(self, form: Any) -> None:
        if form.is_internal:
            mediation.appoint_internal(
                self.case,
                form.target,
                by=self.request.user,
                issues=form.issue_ids(),
                version=form.version,
            )
        else:
            mediation.propose_referral(
                self.case,
                form.target,
                by=self.request.user,
                issues=form.issue_ids(),
                note=form.cleaned_data["note"],
                expires_on=form.cleaned_data["expires_on"],
                version=form.version,
            )


class RevokeReferral(OfficerView):
    """What is known of the referral that is worked on, and the way to take it back."""

    heading = _("The referral")
    states = frozenset({State.MEDIATION})
    form_class = RevokeForm
    template_name = "desk/referral.html"
    warning = _("The body and its mediators see nothing of the case any more.")
    button = _("Take the referral back")
    done = _("The referral is taken back.")

    def check(self) -> None:
        super().check()
        self.referral = summary.for_case(self.case).current
        if self.referral is None:
            raise WrongState(str(_("No referral is being worked on.")))

    def form_arguments(self) -> dict[str, Any]:
        return {"referral": self.referral}

    def context(self, form: Any) -> dict[str, Any]:
        return {"referral": self.referral}

    def perform(self, form: Any) -> None:
        mediation.revoke_referral(
            Referral.objects.get(pk=self.referral.id),
            by=self.request.user,
            reason=form.cleaned_data["reason"],
            version=form.cleaned_data["referral_version"],
        )


class Conclude(ActionView):
    action = "conclude"
    form_class = ConcludeForm
    template_name = "desk/conclude.html"
    intro = _("Hear both sides before you conclude. The outcome stands in the public statement.")
    warning = _("The good offices end. Both sides are told at once.")
    button = _("Conclude the good offices")
    done = _("The good offices are concluded.")

    def form_arguments(self) -> dict[str, Any]:
        return {"issues": [issue for issue in self.case.issues.all() if issue.accepted]}

    def context(self, form: Any) -> dict[str, Any]:
        return {"reported": summary.for_case(self.case).reported}

    def form(self, *args: Any) -> Any:
        """Begin from what the mediator reported."""
        form = super().form(*args)
        reported = None if form.is_bound else summary.for_case(self.case).reported
        if reported:
            form.fields["outcome"].initial = reported.outcome
            for issue in form.issues:
                name, outcome = f"issue_{issue.number}", reported.on_issues.get(issue.pk)
                if name in form.fields and outcome and outcome != reported.outcome:
                    form.fields[name].initial = outcome
        return form

    def perform(self, form: Any) -> None:
        good_offices.conclude(
            self.case,
            outcome=form.cleaned_data["outcome"],
            on_issues=form.on_issues(),
            examine=form.examines,
            by=self.request.user,
            version=form.version,
        )


class Resume(ActionView):
    action = "resume"
    intro = _("Both sides want to try again: the case goes back to good offices.")
    button = _("Return to good offices")
    done = _("The case is in good offices again.")

    def perform(self, form: Any) -> None:
        good_offices.resume(self.case, by=self.request.user, version=form.version)


class ConcludeExamination(ActionView):
    action = "conclude-examination"
    intro = _("The examination ends and the case goes on to its final statement.")
    button = _("Conclude the examination")
    done = _("The examination is concluded.")

    def perform(self, form: Any) -> None:
        good_offices.conclude_examination(self.case, by=self.request.user, version=form.version)
