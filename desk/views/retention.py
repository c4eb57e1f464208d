"""What is due for erasure, legal holds, and erasures by two persons."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from accounts.guards import role_required
from accounts.waking import wake
from cases import retention as rules
from cases.models import Erasure, LegalHold, Principal
from cases.querysets import NCP_ROLES
from cases.services import erasure, retention
from cases.workflow import OPEN_STATES
from desk.forms.record import EraseForm, ErasePersonForm, HoldForm, LiftForm, SettleForm
from desk.tasks import carry_out_erasures
from desk.views.base import ActionView, CaseView

SHOWN = 100


@role_required(*NCP_ROLES)
@require_safe
def due(request: HttpRequest) -> HttpResponse:
    """Cases that are kept no longer, what waits for a second person, and the tombstones."""
    open_ones = Erasure.objects.filter(confirmed_at=None, declined_at=None)
    visible = open_ones.filter(case__in=_visible(request)).select_related("case", "proposed_by")
    tombstones = Erasure.objects.filter(
        principal=None, confirmed_at__isnull=False, case__in=_visible(request)
    ).select_related("case", "proposed_by", "confirmed_by")
    return render(
        request,
        "desk/retention/due.html",
        {
            "rows": retention.due(to=request.user),
            "waiting": visible.order_by("proposed_at")[:SHOWN],
            "tombstones": tombstones.order_by("-confirmed_at")[:SHOWN],
            "rules": rules.load(),
            "shown": retention.SHOWN,
        },
    )


def _visible(request: HttpRequest) -> Any:
    from cases.models import Case

    return Case.objects.visible_to(request.user).values("pk")


class CaseRetention(CaseView):
    """How long this case is kept, its holds, its erasures."""

    def get(self, request: HttpRequest) -> HttpResponse:
        self.require_reader()
        rule = rules.load().rule_for(self.case)
        may = erasure.may_erase(self.case, request.user)
        erasures = list(self.case.erasures.select_related("proposed_by", "confirmed_by"))
        for row in erasures:
            row.case = self.case
            row.may_be_settled = may and row.is_open
        gone = next((row for row in erasures if not row.is_of_a_person and row.confirmed_at), None)
        holds = list(self.case.holds.select_related("placed_by", "lifted_by"))
        for hold in holds:
            hold.case = self.case
            hold.stands = hold.lifted_at is None and (
                hold.until is None or hold.until >= timezone.localdate()
            )
        knows = erasure.knows_principals(self.case, request.user)
        return render(
            request,
            "desk/retention/case.html",
            {
                "case": self.case,
                "rule": rule,
                "ends_on": rule.ends_on(self.case) if rule else None,
                "is_over": self.case.state not in OPEN_STATES,
                "holds": holds,
                "is_held": any(hold.stands for hold in holds),
                "erasures": erasures,
                "tombstone": gone,
                "holds_true": gone is not None and erasure.holds(gone),
                "may": may and gone is None,
                "principals": erasure.principals_of(self.case) if may and knows else [],
            },
        )


class _RetentionAction(ActionView):
    goes_to = "desk:retention"

    def check(self) -> None:
        self.require_reader()
        if not erasure.may_erase(self.case, self.request.user):
            raise PermissionDenied


class PlaceHold(_RetentionAction):
    form_class = HoldForm
    button = _("Place the hold")
    done = _("The hold stands. It is on record.")
    intro = _("While a hold stands, nothing of this case is erased, whatever the rules say.")

    def title(self) -> Any:
        return _("Place a legal hold")

    def perform(self, form: Any) -> None:
        retention.place_hold(
            self.case,
            reason=form.cleaned_data["reason"],
            until=form.cleaned_data["until"],
            by=self.request.user,
            version=form.version,
        )


class LiftHold(_RetentionAction):
    form_class = LiftForm
    button = _("Lift the hold")
    done = _("The hold is lifted. It is on record.")

    def title(self) -> Any:
        return _("Lift a legal hold")

    def perform(self, form: Any) -> None:
        hold = get_object_or_404(LegalHold, pk=self.kwargs["item"], case=self.case)
        hold.case = self.case
        retention.lift_hold(
            hold, reason=form.cleaned_data["reason"], by=self.request.user, version=form.version
        )


class ProposeErasure(_RetentionAction):
    form_class = EraseForm
    button = _("Propose to erase the case")
    done = _("Proposed. A second person confirms; until then nothing is erased.")
    intro = _(
        "Erased are parties, texts, files, messages, notes, drafts, codes and the key of the case. "
        "What was published stays, and so do the history without its values, the dates, the "
        "outcome and who erased it."
    )
    warning = _("Once a second person confirms, nobody can bring it back.")

    def title(self) -> Any:
        return _("Erase the content of this case")

    def perform(self, form: Any) -> None:
        erasure.propose(
            self.case,
            basis=form.cleaned_data["basis"],
            legal_basis=form.cleaned_data["legal_basis"],
            note=form.cleaned_data["note"],
            by=self.request.user,
            version=form.version,
        )


class ProposePersonErasure(_RetentionAction):
    """Erase one represented person who leaves or asks for it."""

    form_class = ErasePersonForm
    button = _("Propose to erase the person")
    done = _("Proposed. A second person confirms; until then nothing is erased.")
    intro = _(
        "The name is taken out of the list of represented people and out of the history. In the "
        "submission as it was sent it stands, sealed, until the case itself is erased: that text "
        "may never be changed."
    )
    warning = _("Once a second person confirms, nobody can bring it back.")

    def check(self) -> None:
        super().check()
        if not erasure.knows_principals(self.case, self.request.user):
            raise PermissionDenied
        self.principal = get_object_or_404(
            Principal, pk=self.kwargs["item"], representation__case=self.case
        )

    def title(self) -> Any:
        return _("Erase one represented person")

    def perform(self, form: Any) -> None:
        erasure.propose(
            self.case,
            basis="request",
            legal_basis=form.cleaned_data["legal_basis"],
            principal=self.principal,
            by=self.request.user,
            version=form.version,
        )


class SettleErasure(_RetentionAction):
    """The second person confirms, anybody who may declines."""

    form_class = SettleForm
    template_name = "desk/retention/settle.html"
    button = _("Save")
    warning = _("A confirmed erasure cannot be taken back.")

    def check(self) -> None:
        super().check()
        self.row = (
            Erasure.objects.select_related("proposed_by")
            .filter(pk=self.kwargs["item"], case=self.case)
            .first()
        )
        if self.row is None:
            raise Http404
        self.row.case = self.case

    def title(self) -> Any:
        return _("Confirm or decline the erasure")

    def form_arguments(self) -> dict[str, Any]:
        return {}

    def context(self, form: Any) -> dict[str, Any]:
        return {
            "erasure": self.row,
            "is_own": self.row.proposed_by_id == self.request.user.pk,
            "may_confirm": erasure.may_confirm(self.row, self.request.user),
        }

    def perform(self, form: Any) -> None:
        if form.cleaned_data["answer"] == "decline":
            erasure.decline(self.row, by=self.request.user)
            self.done = _("Declined. Nothing was erased.")
            return
        erasure.confirm(self.row, by=self.request.user, version=form.version)
        transaction.on_commit(partial(wake, carry_out_erasures))
        self.done = _("Confirmed. The worker erases it now; the tombstone says when it is done.")
