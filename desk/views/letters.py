"""Letters to the sides: drafted, changed, looked at, and sent through the portal."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Count, Max
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext, override

from cases import permissions
from cases.errors import Conflict, WrongState
from cases.letters import drafts, waiting, wording
from cases.models import PortalLetter
from cases.models.letter import LetterAudience
from cases.models.party import Side
from cases.services import letters as service
from desk import letters, withheld
from desk.forms.letters import (
    LetterForm,
    add_letters,
    add_sure,
    ask_to_look_again,
    check_letters,
    letters_of,
)
from desk.page import CasePage
from desk.rooms import Figures, Line, Room
from desk.views.base import ActionView, CaseView, OfficerView, visible_case

PARTS = (
    "participations", "conflicts", "parties", "representations", "issues", "issues.provisions",
    "decisions", "decisions.on_issues", "replies", "deadlines", "deadlines.extensions", "pauses",
    "events", "portal_letters",
)  # fmt: skip
"""What a letter is drafted from."""


class _LetterPage(CaseView):
    parts = PARTS

    def check(self) -> None:
        self.require_reader()
        if not permissions.may_run_procedure(self.case, self.request.user):
            raise PermissionDenied


class Letters(_LetterPage):
    """What can be written now, and what was sent."""

    def get(self, request: HttpRequest) -> HttpResponse:
        self.require_reader()
        runs = permissions.may_run_procedure(self.case, request.user)
        called = {kind.name for kind in waiting.waiting(self.case)} if runs else set()
        offered = []
        for kind in wording.kinds().values() if runs else ():
            readers = drafts.readers(kind, self.case)
            if kind.is_paper or not readers:
                continue
            address = reverse("desk:write_letter", args=[self.case.pk, kind.name])
            if kind.is_paired or len(readers) == 1:
                ways = [(_to(readers), address)]
            else:
                ways = [(item.label, f"{address}?to={item.value}") for item in readers]
            offered.append({"kind": kind, "ways": ways, "is_called": kind.name in called})
        rows = PortalLetter.objects.filter(case=self.case).select_related("message__sent_by")
        sent = list(rows.order_by("-sent_at", "side")[:200])
        titles = {name: kind.title for name, kind in wording.kinds().items()}
        for row in sent:
            row.case = row.message.case = self.case
            row.title = titles.get(row.kind, row.kind)
        offered.sort(key=lambda item: not item["is_called"])
        context = {"case": self.case, "offered": offered, "sent": sent, "runs": runs}
        return render(request, "desk/letter_list.html", context)


def _to(readers: list[LetterAudience]) -> Any:
    return _("Both sides") if len(readers) > 1 else readers[0].label


class Write(_LetterPage):
    """One letter, or the two of a pair: drafted, changed, looked at, sent."""

    def setup_kind(self, name: str) -> None:
        self.check()
        kind = wording.kinds().get(name)
        if kind is None or kind.is_paper:
            raise Http404
        self.kind = kind
        readers = drafts.readers(kind, self.case)
        wanted = self.request.GET.get("to", "")
        if not kind.is_paired and wanted in readers:
            readers = [LetterAudience(wanted)]
        elif not kind.is_paired:
            readers = readers[:1]
        if not readers:
            raise WrongState(_("This letter does not fit the case as it stands now."))
        language = self.request.GET.get("language", "")
        self.language = language if language in wording.LANGUAGES else ""
        self.drafts = [
            drafts.draft(self.case, kind, reader, language=self.language or None)
            for reader in readers
        ]

    def get(self, request: HttpRequest, kind: str) -> HttpResponse:
        self.setup_kind(kind)
        return self.page(LetterForm(case=self.case, drafts=self.drafts))

    def post(self, request: HttpRequest, kind: str) -> HttpResponse:
        self.setup_kind(kind)
        form = LetterForm(request.POST, case=self.case, drafts=self.drafts)
        if not form.is_valid():
            return self.page(form)
        if "pdf" in request.POST:
            return self.pdf(form, request.POST["pdf"])
        if "send" not in request.POST:
            return self.page(form, previews=letters_of(form, with_pdf=False))
        if not self.is_for_the_portal:
            raise Http404
        found = [
            word
            for item in letters_of(form, with_pdf=False)
            for word in withheld.hits(self.case, f"{item.subject}\n{item.text}", side=item.side)
        ]
        if found and "sure" not in request.POST:
            ask_to_look_again(form, found)
            return self.page(form)
        try:
            service.send_letters(
                self.case, self.kind.name, letters_of(form), by=request.user, version=form.version
            )
        except ValidationError as error:
            form.add_error(None, error)
            return self.page(form)
        except Conflict as error:
            self.case = visible_case(request, self.case.pk, parts=self.parts)
            form.refresh(self.case.row_version, str(error.message))
            return self.page(form, status=409)
        sent = len(self.drafts)
        messages.success(
            request,
            ngettext("The letter is sent.", "Both letters are sent, in the same second.", sent),
        )
        return redirect("desk:case", self.case.pk)

    @property
    def is_for_the_portal(self) -> bool:
        return all(draft.audience in Side.values for draft in self.drafts)

    def pdf(self, form: LetterForm, audience: str) -> HttpResponse:
        found = [item for item in letters_of(form) if item.side == audience]
        if not found:
            raise Http404
        response = HttpResponse(found[0].pdf, content_type="application/pdf")
        response["Content-Disposition"] = 'attachment; filename="letter.pdf"'
        return response

    def page(
        self, form: LetterForm, *, previews: list[Any] | None = None, status: int = 200
    ) -> HttpResponse:
        shown = [
            {
                "letter": item,
                "to": LetterAudience(item.side).label,
                "paragraphs": letters.paragraphs(item.text),
            }
            for item in previews or ()
        ]
        context = {
            "case": self.case,
            "kind": self.kind,
            "form": form,
            "previews": shown,
            "readers": [
                {"code": item.audience, "label": LetterAudience(item.audience).label}
                for item in self.drafts
            ],
            "is_pair": len(self.drafts) > 1,
            "is_for_the_portal": self.is_for_the_portal,
            "language": self.language,
            "to": self.request.GET.get("to", ""),
        }
        return render(self.request, "desk/letter_write.html", context, status=status)


class WithLetters:
    """A step that sends a letter in the same transaction: its form shows the draft, which may be
    looked at before it goes out."""

    letter = ""
    parts = tuple(dict.fromkeys((*ActionView.parts, *PARTS)))
    template_name = "desk/letter_action.html"

    def letter_of(self, form: Any) -> str:
        """Return the kind of letter that goes out with what was typed."""
        return self.letter

    def known(self, language: str) -> dict[str, str]:
        """Return fields of the letter that the step knows before anything is typed."""
        return {}

    def typed(self, form: Any, language: str) -> dict[str, str]:
        """Return fields of the letter that stand in other fields of the form."""
        return {}

    def form(self, *args: Any) -> Any:
        form = super().form(*args)  # type: ignore[misc]
        kind = wording.kinds()[self.letter_of(form)]
        add_letters(form, [self._draft(kind, reader) for reader in drafts.readers(kind, self.case)])
        add_sure(form)
        if form.is_bound and form.drafts:
            # Whoever sends the action without its letters sends them as drafted.
            form.data = form.data.copy()
            for name, field in form.fields.items():
                if name != "row_version" and field.initial:
                    form.data.setdefault(form.add_prefix(name), field.initial)
        if form.is_bound and form.is_valid():
            self._fill(form)
            check_letters(form)
            self._look_for_names(form)
        return form

    def _draft(self, kind: Any, reader: LetterAudience) -> drafts.Draft:
        language = drafts.language_of(self.case, reader)
        with override(language):
            values = self.known(language)
        return drafts.draft(self.case, kind, reader, values=values)

    def _fill(self, form: Any) -> None:
        """Put what was typed elsewhere in the form into the gaps of the letters."""
        for draft in form.drafts:
            with override(draft.language):
                values = self.typed(form, draft.language)
            for part in ("subject", "text"):
                name = f"{draft.audience}_{part}"
                text = form.cleaned_data.get(name, "")
                text = wording.gaps_filled(text, values, language=draft.language)
                form.cleaned_data[name] = form.data[form.add_prefix(name)] = text

    def _look_for_names(self, form: Any) -> None:
        """Ask to look again where a letter may tell a side who somebody is."""
        if not form.is_valid():
            return
        found = [
            word
            for item in letters_of(form, with_pdf=False)
            for word in withheld.hits(self.case, f"{item.subject}\n{item.text}", side=item.side)
        ]
        if found and not form.cleaned_data.get("sure"):
            ask_to_look_again(form, found)

    def only_looks(self, form: Any) -> bool:
        return "look" in self.request.POST

    def context(self, form: Any) -> dict[str, Any]:
        looked = form.is_bound and form.is_valid() and self.only_looks(form)
        shown = [
            {
                "letter": item,
                "to": LetterAudience(item.side).label,
                "paragraphs": letters.paragraphs(item.text),
            }
            for item in (letters_of(form, with_pdf=False) if looked else ())
        ]
        return {**super().context(form), "previews": shown}  # type: ignore[misc]

    def perform(self, form: Any) -> Any:
        with transaction.atomic():
            result = self.act(form)
            self.send(form)
        return result

    def send(self, form: Any) -> None:
        """Send the letters; the act that they go with sends the mail."""
        service.send_letters(
            self.case, self.letter_of(form), letters_of(form), by=self.request.user, is_told=False
        )

    def act(self, form: Any) -> Any:
        """Call the service; the letters follow in the same transaction."""
        raise NotImplementedError


class LetterActionView(WithLetters, ActionView):
    """An action of `cases.actions` that sends a letter."""


class LetterStep(WithLetters, OfficerView):
    """A step of whoever runs the procedure that sends a letter."""


def after_it(case: Any, kind: str) -> HttpResponse:
    """Go on to the drafted letter that an action calls for."""
    return redirect("desk:write_letter", case.pk, kind)


def offers(page: CasePage) -> list[dict[str, Any]]:
    """Return the letters that the case calls for, as next things to do."""
    if not page.runs:
        return []
    return [
        {
            "action": {
                "label": _("Write: %(letter)s") % {"letter": kind.title},
                "hint": _("The letter is drafted. Look at it, change it, send it."),
                "is_next": True,
            },
            "url": reverse("desk:write_letter", args=[page.case.pk, kind.name]),
        }
        for kind in waiting.waiting(page.case)
    ]


def _line(page: CasePage, figures: Figures) -> Line:
    if not figures["all"]:
        return Line(_("None sent through the portal yet"))
    text = ngettext("%(n)s sent, the last on", "%(n)s sent, the last on", figures["all"])
    return Line(text % {"n": figures["all"]}, on=figures["last"])


LETTERS = Room(
    name="letters",
    label=_("Letters"),
    url="desk:letters",
    rows=lambda user: PortalLetter.objects.all(),
    figures={"all": Count("pk"), "last": Max("sent_at")},
    line=_line,
)
