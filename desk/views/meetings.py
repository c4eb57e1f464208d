"""Meetings of the members: planned, called, held, put on record, signed."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from accounts.guards import role_required
from cases.errors import Conflict, Stale
from cases.forms import VersionForm
from cases.models import Meeting, Seat
from cases.models.meeting import MeetingState, SeatFunction
from cases.querysets import NCP_ROLES
from cases.services import meetings, proposals, protocols
from desk import meeting_pages
from desk.forms.meetings import AgendaForm, AttendanceForm, MeetingForm, ProtocolForm
from desk.views.assessment import pdf
from desk.views.base import FormPage

TAGS = {
    MeetingState.PLANNED: "soon",
    MeetingState.HELD: "soon",
    MeetingState.SIGNED: "ok",
    MeetingState.CALLED_OFF: "neutral",
}
PAGE = 50


@role_required(*NCP_ROLES)
@require_safe
def meeting_list(request: HttpRequest) -> HttpResponse:
    """The meetings, the newest first."""
    rows = list(
        Meeting.objects.visible_to(request.user)
        .select_related("chair")
        .order_by("-begins_at", "-id")[:PAGE]
    )
    for row in rows:
        row.tag = TAGS[MeetingState(row.state)]
    context = {"meetings": rows, "may_prepare": meetings.may_prepare(request.user)}
    return render(request, "desk/meetings.html", context)


class MeetingView(FormPage):
    """A page about one meeting for the NCP's people."""

    template_name = "desk/meeting_form.html"
    form_class: type[VersionForm] = VersionForm
    heading: Any = ""
    intro: Any = ""
    button: Any = _("Save")
    done: Any = _("Saved.")
    is_grave = False

    @classmethod
    def as_view(cls, **kwargs: Any) -> Any:
        return role_required(*NCP_ROLES)(super().as_view(**kwargs))

    def dispatch(
        self, request: HttpRequest, *args: Any, meeting: UUID, **kwargs: Any
    ) -> HttpResponse:
        rows = Meeting.objects.visible_to(request.user).select_related("chair", "secretary")
        self.meeting = get_object_or_404(rows, pk=meeting)
        return super().dispatch(request, *args, **kwargs)

    def check(self) -> None:
        if not meetings.may_prepare(self.request.user):
            raise PermissionDenied

    def stale(self, form: VersionForm, error: Conflict) -> HttpResponse:
        if isinstance(error, Stale):
            self.meeting.refresh_from_db()
            form.refresh(self.meeting.row_version, str(error.message))
        else:
            form.add_error(None, str(error.message))
        return self.page(form, status=409)

    def finish(self, result: Any) -> HttpResponse:
        messages.success(self.request, self.done)
        return redirect("desk:meeting", self.meeting.pk)

    def form(self, *args: Any) -> Any:
        return self.form_class(*args, version=self.meeting.row_version, **self.form_arguments())

    def form_arguments(self) -> dict[str, Any]:
        return {}

    def page(self, form: Any, *, status: int = 200) -> HttpResponse:
        context = {
            "meeting": self.meeting,
            "form": form,
            "heading": self.heading,
            "intro": self.intro,
            "button": self.button,
            "is_grave": self.is_grave,
        }
        return render(self.request, self.template_name, context, status=status)


class MeetingPage(MeetingView):
    """Agenda, attendance, protocol, and what may be done next."""

    def get(self, request: HttpRequest) -> HttpResponse:
        user, meeting = request.user, self.meeting
        meeting.tag = TAGS[MeetingState(meeting.state)]
        prepares = meetings.may_prepare(user)
        capacity = protocols.capacity_of(meeting, user)
        is_held = meeting.state in (MeetingState.HELD, MeetingState.SIGNED)
        context = {
            "meeting": meeting,
            "agenda": meeting_pages.agenda_of(meeting, user),
            "attendances": meeting.attendances.select_related("user", "in_place_of"),
            "signatures": meeting_pages.signatures_of(meeting) if is_held else [],
            "is_held": is_held,
            "may_prepare": prepares and meeting.state in meetings.OPEN,
            "may_change": prepares and meeting.state == MeetingState.PLANNED,
            "may_hold": meeting.state == MeetingState.PLANNED
            and (prepares or user.pk == meeting.chair_id),
            "may_write": meeting.state == MeetingState.HELD and bool(capacity),
            "may_sign": meeting.state == MeetingState.HELD
            and bool(capacity)
            and capacity not in protocols.signed_by(meeting),
        }
        return render(request, "desk/meeting.html", context)

    def post(self, request: HttpRequest) -> HttpResponse:
        return self.http_method_not_allowed(request)


class PlanMeeting(FormPage):
    """A new meeting."""

    @classmethod
    def as_view(cls, **kwargs: Any) -> Any:
        return role_required(*NCP_ROLES)(super().as_view(**kwargs))

    def check(self) -> None:
        if not meetings.may_prepare(self.request.user):
            raise PermissionDenied

    def form(self, *args: Any) -> MeetingForm:
        chair = Seat.objects.current().filter(function=SeatFunction.CHAIR).first()
        secretary = str(self.request.user.pk)
        initial = {"secretary": secretary, "chair": str(chair.user_id) if chair else ""}
        return MeetingForm(*args, initial=initial)

    def perform(self, form: Any) -> Meeting:
        return meetings.plan(**form.values(), by=self.request.user)

    def finish(self, result: Meeting) -> HttpResponse:
        messages.success(self.request, _("The meeting is planned. Now its agenda."))
        return redirect("desk:agenda", result.pk)

    def page(self, form: MeetingForm, *, status: int = 200) -> HttpResponse:
        context = {"form": form, "heading": _("Plan a meeting"), "button": _("Plan it")}
        return render(self.request, "desk/meeting_form.html", context, status=status)


class ChangeMeeting(MeetingView):
    form_class = MeetingForm
    heading = _("Change the meeting")
    done = _("The meeting is changed. Who was called to it is told.")

    def form(self, *args: Any) -> MeetingForm:
        row = self.meeting
        initial = {
            "begins_at": timezone.localtime(row.begins_at),
            "place": row.place,
            "chair": str(row.chair_id),
            "secretary": str(row.secretary_id),
        }
        return MeetingForm(*args, version=row.row_version, initial=initial)

    def perform(self, form: Any) -> None:
        meetings.change(self.meeting, **form.values(), by=self.request.user, version=form.version)


class AddToAgenda(MeetingView):
    form_class = AgendaForm
    heading = _("Add to the agenda")
    intro = _("A case comes with its open proposal, where there is one.")
    button = _("Add")
    done = _("It stands on the agenda.")

    def form_arguments(self) -> dict[str, Any]:
        return {"cases": meeting_pages.cases_for_agenda(self.meeting, self.request.user)}

    def perform(self, form: Any) -> None:
        meetings.add_item(
            self.meeting,
            case=form.case,
            title=form.cleaned_data["title"],
            by=self.request.user,
            version=form.version,
        )


class RemoveFromAgenda(MeetingView):
    heading = _("Take a point off the agenda")
    button = _("Take it off")
    done = _("It does not stand on the agenda any more.")

    def check(self) -> None:
        super().check()
        agenda = meeting_pages.agenda_of(self.meeting, self.request.user)
        points = {point.row.pk: point for point in agenda.points}
        found = points.get(self.kwargs["item"])
        if found is None:
            raise Http404
        self.point = found
        self.intro = found.title

    def perform(self, form: Any) -> None:
        meetings.remove_item(self.point.row, by=self.request.user, version=form.version)


class CallMeeting(MeetingView):
    heading = _("Call the members to the meeting")
    intro = _(
        "Each member is told of the cases on the agenda that they may see. The mail names none."
    )
    button = _("Call them")
    done = _("The members are told.")

    def perform(self, form: Any) -> None:
        meetings.call(self.meeting, by=self.request.user, version=form.version)


class CallOff(MeetingView):
    heading = _("Call the meeting off")
    intro = _("It stays on record. Its proposals stay open.")
    button = _("Call it off")
    done = _("The meeting is called off.")
    is_grave = True

    def perform(self, form: Any) -> None:
        meetings.call_off(self.meeting, by=self.request.user, version=form.version)


class TakeAttendance(MeetingView):
    form_class = AttendanceForm
    heading = _("Who is there")
    intro = _(
        "Who is not there cannot vote on the proposals of the agenda; their alternates may instead."
    )
    done = _("The attendance is on record.")

    def form_arguments(self) -> dict[str, Any]:
        held = {row.user_id: row.presence for row in self.meeting.attendances.all()}
        return {"members": meetings.members_of_ncp(), "held": held}

    def perform(self, form: Any) -> None:
        meetings.record_attendance(
            self.meeting, form.presences(), by=self.request.user, version=form.version
        )


class HoldMeeting(MeetingView):
    heading = _("End the meeting")
    intro = _("The protocol is drafted from what is on record. You complete it and both sign.")
    button = _("End it and draft the protocol")
    done = _("The protocol is drafted.")

    def check(self) -> None:
        user = self.request.user
        if not (meetings.may_prepare(user) or user.pk == self.meeting.chair_id):
            raise PermissionDenied

    def perform(self, form: Any) -> None:
        protocols.hold(self.meeting, by=self.request.user, version=form.version)


class WriteProtocol(MeetingView):
    form_class = ProtocolForm
    heading = _("The protocol")
    intro = _("A signature of an earlier text counts no more once the text is changed.")
    done = _("The protocol is saved.")

    def check(self) -> None:
        if not protocols.capacity_of(self.meeting, self.request.user):
            raise PermissionDenied

    def form(self, *args: Any) -> ProtocolForm:
        agenda = meeting_pages.agenda_of(self.meeting, self.request.user)
        return ProtocolForm(
            *args,
            version=self.meeting.row_version,
            items=agenda.readable,
            initial={"opening": self.meeting.protocol},
        )

    def perform(self, form: Any) -> None:
        protocols.edit_protocol(
            self.meeting,
            opening=form.cleaned_data["opening"],
            texts=form.texts(),
            by=self.request.user,
            version=form.version,
        )


class SignProtocol(MeetingView):
    template_name = "desk/meeting_sign.html"
    heading = _("Sign the protocol")
    intro = _("You confirm the text below as it stands. With both signatures it is closed.")
    button = _("I confirm this protocol")
    done = _("Your signature is on record.")

    def check(self) -> None:
        if not protocols.capacity_of(self.meeting, self.request.user):
            raise PermissionDenied
        self.meeting.agenda = meeting_pages.agenda_of(self.meeting, self.request.user)

    def perform(self, form: Any) -> None:
        protocols.sign(self.meeting, by=self.request.user, version=form.version)


class ProtocolFile(MeetingView):
    def get(self, request: HttpRequest) -> HttpResponse:
        if self.meeting.state not in (MeetingState.HELD, MeetingState.SIGNED):
            raise PermissionDenied(_("There is no protocol yet."))
        return pdf(meeting_pages.as_pdf(self.meeting, request.user), "protocol.pdf")

    def post(self, request: HttpRequest) -> HttpResponse:
        return self.http_method_not_allowed(request)


class Agree(MeetingView):
    """The chair puts on record that the members agreed without a vote."""

    heading = _("Record the consensus")
    intro = _(
        "You confirm, as chair, that nobody who was there objected. The proposal is adopted at "
        "once."
    )
    button = _("They agreed: adopt the proposal")
    done = _("The proposal is adopted.")
    is_grave = True

    def check(self) -> None:
        agenda = meeting_pages.agenda_of(self.meeting, self.request.user)
        for point in agenda.points:
            if point.row.pk == self.kwargs["item"]:
                if not point.may_agree:
                    raise PermissionDenied
                self.decision = point.row.decision
                return
        from django.http import Http404

        raise Http404

    def perform(self, form: Any) -> None:
        proposals.adopt_by_consensus(self.decision, self.meeting, by=self.request.user)
