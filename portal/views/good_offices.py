"""Good offices and mediation, as a party takes part in them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _

from cases.disclosure import disclosed
from cases.errors import Incomplete
from cases.models.party import Side
from cases.services import good_offices
from mediation import room
from mediation.services import consents
from portal import services
from portal.access import other_side
from portal.forms.good_offices import ConsentForm, ReplyForm, RoomForm
from portal.views.base import ActionView, PartyView
from portal.views.correspondence import serve_file


class Reply(ActionView):
    action = "good_offices"
    template_name = "portal/good_offices.html"
    form_class = ReplyForm
    heading = _("Say yes or no to good offices")
    button = _("Send the reply")
    done = _("Your reply is recorded. Both sides see whether it is yes or no.")

    def perform(self, form: Any) -> None:
        user, seen = self.request.user, form.cleaned_data["row_version"]
        with services.unchanged_for(self.case, side=self.side, seen=seen, by=user) as case:
            good_offices.reply(
                case,
                side=self.side,
                accepts=form.cleaned_data["accepts"],
                note=form.cleaned_data["note"],
                by=user,
            )

    def context(self) -> dict[str, Any]:
        shown = disclosed(self.case, to=self.side)
        due = next((item for item in shown.deadlines if item.kind == "good_offices_reply"), None)
        return {
            "own_reply": shown.replies.get(self.side),
            "other_reply": shown.replies.get(other_side(self.side)),
            "deadline": due,
            "accepted": [issue for issue in shown.issues if issue.accepted],
        }


class Mediator(ActionView):
    action = "mediator"
    template_name = "portal/mediator.html"
    form_class = ConsentForm
    heading = _("Agree to the mediator, or object")
    button = _("Send")
    done = _("Your answer is recorded.")

    def perform(self, form: Any) -> None:
        consents.give_consent(
            self.case, by=self.request.user, agrees=form.cleaned_data["agrees"], side=self.side
        )

    def context(self) -> dict[str, Any]:
        state = self.open_facts.consents
        return {
            "mediators": state.mediators,
            "own_answer": state.agrees.get(self.side),
            "is_answered": self.side in state.agrees,
        }


class Room(ActionView):
    """What was said to both sides and to this one, and the form to say something."""

    action = "mediation"
    template_name = "portal/mediation.html"
    form_class = RoomForm
    heading = _("The mediation room")
    done = _("It is in the room.")
    goes_to = "portal:mediation"

    @property
    def takes_input(self) -> bool:
        return room.open_room(self.case) is not None

    def perform(self, form: Any) -> None:
        referral = room.open_room(self.case)
        if referral is None:
            raise Incomplete(_("The room is closed. You can still write to the office."))
        said = {"audience": form.cleaned_data["audience"], "by": self.request.user}
        if form.cleaned_data["text"].strip():
            room.add_note(referral, text=form.cleaned_data["text"], **said)
        upload = form.cleaned_data["file"]
        if upload:
            room.add_document(referral, upload, title=upload.name, **said)

    def context(self) -> dict[str, Any]:
        user = self.request.user
        notes = list(room.notes_visible_to(user, self.case)[:500])
        files = list(room.documents_visible_to(user, self.case)[:200])
        said = sorted(
            [*(_Said.of(item, self.side) for item in notes + files)], key=lambda item: item.at
        )
        return {
            "said": said,
            "sessions": list(room.sessions_visible_to(user, self.case)[:200]),
            "is_open": room.open_room(self.case) is not None,
            "mediators": self.open_facts.consents.mediators,
        }


class _Said:
    """A note or a file of the room as one side reads it: who spoke, to whom, when, what."""

    def __init__(self, item: Any, own: str) -> None:
        self.pk, self.at = item.pk, item.at
        self.who = _speaker(item.said_as, own)
        self.is_private = item.audience == "caucus"
        self.text = getattr(item, "text", "")
        self.document = getattr(item, "document", None)
        # A file's name may name its author: the other side reads a name that says nothing.
        title = getattr(item, "title", "")
        self.title = title if item.said_as in (own, room.MEDIATOR) else _("A file")

    @classmethod
    def of(cls, item: Any, own: str) -> _Said:
        return cls(item, own)


def _speaker(said_as: str, own: str) -> Any:
    if said_as not in Side.values:
        return _("The mediator")
    if said_as == own:
        return _("Your side")
    return _("The complainant") if said_as == Side.COMPLAINANT else _("The enterprise")


class RoomFile(PartyView):
    """A file of the room. Nothing goes on record outside: the room leaves no trace."""

    def get(self, request: HttpRequest, item: UUID) -> HttpResponse:
        found = get_object_or_404(room.documents_visible_to(request.user, self.case), pk=item)
        if not room.sides_of(request.user, self.case):
            raise PermissionDenied
        own = found.said_as == self.side
        return serve_file(request, found.document, file_name=found.title if own else "")
