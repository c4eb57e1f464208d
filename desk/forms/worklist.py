"""What the list of cases is asked for: filters, order, columns; views, bulk acts, exports."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.functional import lazy
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.roles import Role
from cases import provisions
from cases.countries import country_choices
from cases.forms import day_field
from cases.sectors import SECTORS
from cases.workflow import State
from desk.paging import Order

ORDERS = {
    "": Order("received_at", is_descending=True),
    "oldest": Order("received_at"),
    "due": Order("next_due_on"),
    "reference": Order("reference", is_descending=True),
}
ORDER_LABELS = [
    ("", _("Newest first")),
    ("oldest", _("Oldest first")),
    ("due", _("Next deadline first")),
    ("reference", _("By reference, newest first")),
]
LATENESS = [
    ("", _("All")),
    ("late", _("Overdue")),
    ("week", _("Due within seven days")),
    ("paused", _("The clock is paused")),
    ("none", _("Nothing is due")),
]
COLUMNS = {
    "title": _("Case"),
    "next": _("Next step"),
    "state": _("State"),
    "officer": _("Officer"),
    "deadline": _("Next deadline"),
    "received": _("Received"),
    "parties": _("Parties"),
    "country": _("Country"),
    "chapters": _("Chapters of the Guidelines"),
    "sector": _("Sector"),
    "outcome": _("Outcome"),
}
"""Columns of the list beside the reference, which always stands first."""
USUAL = ("title", "state", "officer", "deadline")
SIZES = (10, 25, 50, 100)
TYPED = ("q", "party")
"""Filters into which people type: these texts may name somebody."""


def _countries() -> list[tuple[str, Any]]:
    return [("", _("All")), *country_choices()[1:]]


def _chapters() -> list[tuple[str, Any]]:
    return [
        ("", _("All")),
        *((item.key, f"{item.number}. {item.title}") for item in provisions.chapters()),
    ]


def chapters_called(key: str) -> list[tuple[str, str]]:
    """Return edition and number of a chapter in every edition: the numbers moved."""
    return [
        (edition, item.number)
        for edition in provisions.EDITIONS
        for item in provisions.chapters(edition)
        if item.key == key
    ]


class WorklistFilter(forms.Form):
    """What of the visible cases is listed, and in which order. Every field may stay empty."""

    mark_optional = False
    use_required_attribute = False

    q = forms.CharField(
        label=_("Reference, receipt number or title"),
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"type": "search"}),
    )
    state = forms.ChoiceField(
        label=_("State"), required=False, choices=[("", _("All")), *State.choices]
    )
    officer = forms.ChoiceField(label=_("Officer"), required=False)
    late = forms.ChoiceField(label=_("Time"), required=False, choices=LATENESS)
    party = forms.CharField(
        label=_("Name of a party"),
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"type": "search"}),
    )
    chapter = forms.ChoiceField(
        label=_("Chapter of the Guidelines"), required=False, choices=lazy(_chapters, list)
    )
    country = forms.ChoiceField(label=_("Country"), required=False, choices=lazy(_countries, list))
    sector = forms.ChoiceField(
        label=_("Sector"),
        required=False,
        choices=[("", _("All")), *((code, name) for code, name in SECTORS.items())],
    )
    order = forms.ChoiceField(label=_("Order"), required=False, choices=ORDER_LABELS)
    size = forms.TypedChoiceField(
        label=_("Rows on a page"),
        required=False,
        coerce=int,
        empty_value=25,
        choices=[("", "25"), *((str(size), str(size)) for size in SIZES if size != 25)],
    )
    mine = forms.BooleanField(label=_("Only mine"), required=False)
    risk = forms.BooleanField(label=_("Only with a risk of reprisals"), required=False)
    columns = forms.MultipleChoiceField(
        label=_("Columns"),
        required=False,
        choices=list(COLUMNS.items()),
        widget=forms.CheckboxSelectMultiple,
    )

    FIRST = ("q", "state", "officer", "late")
    MORE = ("party", "chapter", "country", "sector", "order", "size")

    @property
    def first(self) -> list[forms.BoundField]:
        return [self[name] for name in self.FIRST]

    @property
    def more(self) -> list[forms.BoundField]:
        return [self[name] for name in self.MORE]

    @property
    def boxes(self) -> list[forms.BoundField]:
        return [field for field in self if isinstance(field.field, forms.BooleanField)]

    @property
    def is_open(self) -> bool:
        """Tell whether something beyond the first filters is set or wrong."""
        names = (*self.MORE, "mine", "risk", "columns")
        return self.is_bound and any(self.data.get(name) for name in names)

    def __init__(self, *args: Any, user: User, officers: list[tuple[str, str]], **kw: Any) -> None:
        super().__init__(*args, **kw)
        self.fields["officer"].choices = [
            ("", _("All")),
            ("nobody", _("Nobody named")),
            *officers,
        ]
        if not user.has_role(Role.OFFICER):
            del self.fields["mine"]
        if not user.has_role(Role.OFFICER):
            del self.fields["risk"]
        if not self.is_bound:
            self.fields["columns"].initial = list(USUAL)

    def clean_columns(self) -> list[str]:
        return self.cleaned_data["columns"] or list(USUAL)


def officers_by_name(people: Any) -> list[tuple[str, str]]:
    """Return officers as choices, in the order of their names."""
    names = sorted((person.name.casefold(), str(person.pk), person.name) for person in people)
    return [(pk, name) for _folded, pk, name in names]


class SaveViewForm(forms.Form):
    """A name for the filters that are set."""

    name = forms.CharField(
        label=_("Name of the view"),
        max_length=80,
        help_text=_("Everybody reads the name of a view that is shared: name nobody in it."),
    )
    is_shared = forms.BooleanField(label=_("Share it with the office"), required=False)
    query = forms.CharField(required=False, widget=forms.HiddenInput, max_length=4000)


class ViewForm(forms.Form):
    """Another name for a view; shared or not."""

    name = SaveViewForm.base_fields["name"]
    is_shared = SaveViewForm.base_fields["is_shared"]


class BulkForm(forms.Form):
    """What must be said once for all chosen cases: who is their officer."""

    officer = forms.ChoiceField(label=_("Officer"))

    def __init__(self, *args: Any, officers: list[tuple[str, str]] | None, **kw: Any) -> None:
        super().__init__(*args, **kw)
        if officers is None:
            del self.fields["officer"]
        else:
            self.fields["officer"].choices = [("", ""), *officers]


class DeputyForm(forms.Form):
    """Who stands in for whom, from when until when."""

    absent = forms.ChoiceField(label=_("Who is away"))
    deputy = forms.ChoiceField(
        label=_("Deputy"),
        help_text=_("Has the tasks and alerts, and may read withheld names of these cases."),
    )
    since = day_field(_("First day"))
    until = day_field(_("Last day"))

    def __init__(
        self,
        *args: Any,
        people: list[tuple[str, str]],
        own: User | None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["deputy"].choices = [
            ("", ""),
            *((pk, name) for pk, name in people if own is None or pk != str(own.pk)),
        ]
        self.fields["absent"].choices = [("", ""), *people]
        if own is not None:
            del self.fields["absent"]
