from datetime import date

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from cases.models import DeclaredDay
from desk.forms.base import choice_field


class DayForm(forms.Form):
    day = forms.DateField(
        label=_("Day"), widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    )
    is_working = choice_field(
        _("What was declared?"),
        [("no", _("A day off")), ("yes", _("A working day"))],
    )
    note = forms.CharField(
        label=_("By which decree"),
        required=False,
        max_length=200,
        widget=forms.TextInput,
    )

    def clean_day(self) -> date:
        day = self.cleaned_data["day"]
        if not 2000 <= day.year <= 2100:
            raise ValidationError(_("Enter a day between 2000 and 2100."))
        if DeclaredDay.objects.filter(day=day).exists():
            raise ValidationError(_("This day was declared already. Remove it first."))
        return day
