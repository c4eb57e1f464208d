from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.roles import Role
from cases.workflow import State
from desk.paging import Order

ORDERS = {"": Order("received_at", is_descending=True), "due": Order("next_due_on")}


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
    order = forms.ChoiceField(
        label=_("Order"),
        required=False,
        choices=[("", _("Newest first")), ("due", _("Next deadline first"))],
    )
    mine = forms.BooleanField(label=_("Only mine"), required=False)
    late = forms.BooleanField(label=_("Only overdue"), required=False)
    risk = forms.BooleanField(label=_("Only with a risk of reprisals"), required=False)

    @property
    def boxes(self) -> list[forms.BoundField]:
        return [field for field in self if isinstance(field.field, forms.BooleanField)]

    @property
    def lists(self) -> list[forms.BoundField]:
        return [field for field in self if not isinstance(field.field, forms.BooleanField)]

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        officers = User.objects.holding(Role.OFFICER).only("id", "name")
        names = sorted((person.name.casefold(), str(person.pk), person.name) for person in officers)
        self.fields["officer"].choices = [
            ("", _("All")),
            *((pk, name) for _folded, pk, name in names),
        ]
        if not user.has_role(Role.OFFICER):
            del self.fields["mine"]
        if not user.has_role(Role.OFFICER, Role.AUDITOR):
            del self.fields["risk"]
