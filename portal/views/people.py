"""The people of one side: its main person adds them, changes mandates and ends access."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext_lazy as _

from cases.errors import Conflict
from cases.services import members
from portal.forms.base import OnceForm
from portal.forms.people import MandateForm, PersonForm
from portal.services import is_first
from portal.views.base import PartyView


class _MainPersonView(PartyView):
    """For the main person of a side; those whom they added read that only they may do it."""

    def check(self) -> None:
        if not members.is_main(self.case, self.request.user):
            raise PermissionDenied(_("Only the main person of your side adds or withdraws people."))

    def found(self) -> Any:
        rows = members.of_side(self.case, self.request.user).select_related("user")
        row = get_object_or_404(rows, pk=self.kwargs["item"])
        row.case = self.case
        return row


class People(_MainPersonView):
    """Who of this side has access. The answer to adding somebody shows their code, once: it
    stands in no address, session or log."""

    def get(self, request: HttpRequest) -> HttpResponse:
        self.check()
        return self.page(PersonForm())

    def post(self, request: HttpRequest) -> HttpResponse:
        self.check()
        form = PersonForm(request.POST)
        if not form.is_valid():
            return self.page(form)
        try:
            with transaction.atomic():
                if not is_first(form.cleaned_data["token"], by=request.user):
                    messages.warning(request, _("This person was added already."))
                    return redirect("portal:people", self.case.pk)
                added, code = members.add(
                    self.case,
                    name=form.cleaned_data["name"],
                    is_counsel=form.cleaned_data["is_counsel"],
                    is_representative=form.cleaned_data["kind"] == "representative",
                    mandate=form.cleaned_data["mandate"],
                    until=form.cleaned_data["until"],
                    name_is_shown=not form.cleaned_data["hides_name"],
                    by=request.user,
                )
        except ValidationError as error:
            form.add_error(None, error)
            return self.page(form)
        except Conflict as error:
            form.add_error(None, str(error.message))
            return self.page(form, status=409)
        return self.show("portal/person_added.html", added=added, code=code)

    def page(self, form: Any, *, status: int = 200) -> HttpResponse:
        acts = {row.user_id: row for row in self.case.representations.all()}
        rows = []
        for row in members.of_side(self.case, self.request.user):
            row.case = self.case
            rows.append(
                {
                    "row": row,
                    "acts": acts.get(row.user_id),
                    "last_day": members.last_day(row),
                }
            )
        return self.show("portal/people.html", status=status, form=form, rows=rows)


class _OnePerson(_MainPersonView):
    template_name = "portal/action.html"
    form_class: Any = OnceForm
    heading: Any = ""
    button: Any = ""
    is_grave = False

    def form(self, *args: Any) -> Any:
        return self.form_class(*args)

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        self.check()
        self.item = self.found()
        return self.page(self.form())

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        self.check()
        self.item = self.found()
        form = self.form(request.POST)
        if not form.is_valid():
            return self.page(form)
        try:
            self.perform(form)
        except ValidationError as error:
            form.add_error(None, error)
            return self.page(form)
        messages.success(request, self.done)
        return redirect("portal:people", self.case.pk)

    def page(self, form: Any) -> HttpResponse:
        return self.show(
            self.template_name,
            form=form,
            heading=self.heading,
            lead=self.item.name,
            button=self.button,
            is_grave=self.is_grave,
        )


class WithdrawPerson(_OnePerson):
    heading = _("End the access of this person")
    button = _("End the access")
    is_grave = True
    done = _("The access has ended, on every device.")

    def perform(self, form: Any) -> None:
        members.withdraw(self.item, by=self.request.user)


class Mandate(_OnePerson):
    heading = _("Change the mandate")
    button = _("Save")
    form_class = MandateForm
    done = _("The mandate is changed.")

    def form(self, *args: Any) -> Any:
        acts = self.case.representations.filter(user=self.item.user).first()
        if acts is None:
            raise PermissionDenied
        acts.case = self.case
        initial = {"mandate": acts.mandate, "until": members.last_day(self.item)}
        return MandateForm(*args, initial=initial)

    def perform(self, form: Any) -> None:
        members.change_mandate(
            self.item,
            mandate=form.cleaned_data["mandate"],
            until=form.cleaned_data["until"],
            by=self.request.user,
        )
