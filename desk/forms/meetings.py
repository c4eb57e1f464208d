"""Meetings of the members, seats, interests, challenges."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.roles import Role
from cases.forms import VersionForm
from cases.models.interest import InterestKind
from cases.models.meeting import Presence
from cases.services.interests import InterestData
from desk.forms.base import CaseForm, choice_field, text_field

NEW_ROWS = 3


def people_field(label: Any, people: list[User], **kwargs: Any) -> forms.ChoiceField:
    """One of several people, by name."""
    kwargs.setdefault("error_messages", {"required": _("Choose somebody.")})
    choices = [("", _("Choose")), *((str(item.pk), str(item)) for item in people)]
    return forms.ChoiceField(label=label, choices=choices, **kwargs)


def by_id(people: list[User], pk: str) -> User:
    return next(item for item in people if str(item.pk) == pk)


class MeetingForm(VersionForm):
    begins_at = forms.DateTimeField(
        label=_("Day and time"),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"],
    )
    place = forms.CharField(
        label=_("Place"), max_length=300, required=False, help_text=_("A room, or a line.")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.members = list(User.objects.holding(Role.DECISION_MAKER).order_by("name"))
        self.officers = list(User.objects.holding(Role.OFFICER).order_by("name"))
        self.fields["chair"] = people_field(_("Who chairs it"), self.members)
        self.fields["secretary"] = people_field(_("Who keeps the protocol"), self.officers)

    def values(self) -> dict[str, Any]:
        data = self.cleaned_data
        return {
            "begins_at": data["begins_at"],
            "place": data["place"],
            "chair": by_id(self.members, data["chair"]),
            "secretary": by_id(self.officers, data["secretary"]),
        }


class AgendaForm(VersionForm):
    """A case or another matter for the agenda."""

    title = forms.CharField(
        label=_("Or another matter"), max_length=300, required=False, help_text=_("In a few words.")
    )

    def __init__(self, *args: Any, cases: list[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.cases = {str(case.pk): case for case in cases}
        self.fields["case"] = forms.ChoiceField(
            label=_("A case"),
            required=False,
            choices=[("", _("None")), *((pk, str(case)) for pk, case in self.cases.items())],
        )
        self.order_fields(["row_version", "case", "title"])

    def clean(self) -> None:
        has_case, title = self.cleaned_data.get("case"), self.cleaned_data.get("title")
        if not has_case and not title:
            self.add_error("title", _("Choose a case, or write what it is about."))
        elif has_case and title:
            self.add_error("title", _("Choose one of the two."))

    @property
    def case(self) -> Any:
        return self.cases.get(self.cleaned_data["case"])


class AttendanceForm(VersionForm):
    """Who is there."""

    def __init__(self, *args: Any, members: list[User], held: dict[Any, str], **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.members = members
        for member in members:
            self.fields[f"member_{member.pk}"] = choice_field(
                str(member), Presence.choices, initial=held.get(member.pk)
            )

    def presences(self) -> dict[Any, str]:
        return {member.pk: self.cleaned_data[f"member_{member.pk}"] for member in self.members}


class ProtocolForm(VersionForm):
    """The opening and, for each point that the person may read, what was said and decided."""

    opening = text_field(_("Opening and attendance"), rows=5)

    def __init__(self, *args: Any, items: list[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.items = items
        for item in items:
            self.fields[f"item_{item.row.pk}"] = text_field(
                f"{item.row.position}. {item.title}",
                rows=7,
                required=False,
                initial=item.row.protocol,
            )

    def texts(self) -> dict[Any, str]:
        return {item.row.pk: self.cleaned_data[f"item_{item.row.pk}"] for item in self.items}


class ChairForm(forms.Form):
    def __init__(self, *args: Any, members: list[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.members = members
        self.fields["chair"] = people_field(_("Chair"), members)

    @property
    def chair(self) -> User:
        return by_id(self.members, self.cleaned_data["chair"])


class AlternateForm(forms.Form):
    def __init__(self, *args: Any, members: list[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.members = members
        self.fields["alternate"] = people_field(_("Alternate"), members)
        self.fields["member"] = people_field(_("In whose place"), members)

    @property
    def seats(self) -> tuple[User, User]:
        data = self.cleaned_data
        return by_id(self.members, data["alternate"]), by_id(self.members, data["member"])


class InterestsForm(VersionForm):
    """The interests of a year: what stands, and room for more."""

    mark_optional = False

    def __init__(self, *args: Any, standing: list[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.standing = standing
        for row in standing:
            self.fields[f"ended_{row.pk}"] = forms.BooleanField(
                label=_("Does not stand any more"), required=False
            )
        for number in range(1, NEW_ROWS + 1):
            self.fields[f"kind_{number}"] = forms.ChoiceField(
                label=_("What it is"),
                choices=[("", _("Choose")), *InterestKind.choices],
                required=False,
            )
            self.fields[f"name_{number}"] = forms.CharField(
                label=_("With whom"),
                max_length=300,
                required=False,
                help_text=_("The name as it is registered or usually written."),
            )
            self.fields[f"detail_{number}"] = forms.CharField(
                label=_("Since when, in what function"), max_length=500, required=False
            )

    def kept_rows(self) -> list[Any]:
        return [(row, self[f"ended_{row.pk}"]) for row in self.standing]

    def new_rows(self) -> list[list[forms.BoundField]]:
        return [
            [self[f"{name}_{number}"] for name in ("kind", "name", "detail")]
            for number in range(1, NEW_ROWS + 1)
        ]

    def clean(self) -> None:
        for number in range(1, NEW_ROWS + 1):
            kind, name = (self.cleaned_data.get(f"{key}_{number}") for key in ("kind", "name"))
            if name and not kind:
                self.add_error(f"kind_{number}", _("Choose what it is."))
            if not name and (kind or self.cleaned_data.get(f"detail_{number}")):
                self.add_error(f"name_{number}", _("Write with whom."))

    def added(self) -> list[InterestData]:
        data = self.cleaned_data
        return [
            InterestData(data[f"kind_{number}"], data[f"name_{number}"], data[f"detail_{number}"])
            for number in range(1, NEW_ROWS + 1)
            if data[f"name_{number}"]
        ]

    def ended(self) -> list[int]:
        return [row.pk for row in self.standing if self.cleaned_data[f"ended_{row.pk}"]]


class ChallengeReplyForm(CaseForm):
    """What the challenged person says, or that they say nothing."""

    reply = text_field(
        _("Your reply"),
        required=False,
        help_text=_("Those who decide read it; it stays on record. The parties do not read it."),
    )
    has_none = forms.BooleanField(label=_("I give no reply"), required=False)

    def clean(self) -> None:
        has_none, reply = self.cleaned_data.get("has_none"), self.cleaned_data.get("reply")
        if not reply and not has_none:
            self.add_error("reply", _("Write your reply, or say that you give none."))
        if reply and has_none:
            self.add_error("has_none", _("You wrote a reply. Take it out, or take this tick away."))


class ChallengeForm(CaseForm):
    """What others decide on a challenge of somebody's impartiality."""

    is_upheld = choice_field(
        _("Could a fair observer doubt that this person is impartial in this case?"),
        [
            ("yes", _("Yes: the person takes no part in the case from now on")),
            ("no", _("No: the person stays")),
        ],
    )
    answer = text_field(
        _("Reasons"),
        help_text=_("The side that challenged reads them."),
        error_messages={"required": _("Give the reasons: the party will read them.")},
    )
