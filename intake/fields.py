"""Form fields that the intake needs: a day of which perhaps only the month or the year is known."""

import calendar
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.dates import MONTHS
from django.utils.translation import gettext_lazy as _


class PartialDayWidget(forms.MultiWidget):
    template_name = "intake/_partial_day.html"
    use_fieldset = True

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(
            [
                forms.TextInput({"inputmode": "numeric", "autocomplete": "off", "maxlength": 2}),
                forms.Select(choices=[("", "—"), *MONTHS.items()]),
                forms.TextInput({"inputmode": "numeric", "autocomplete": "off", "maxlength": 4}),
            ],
            attrs,
        )

    def decompress(self, value: str | None) -> list[str]:
        year, month, day = ([*(value or "").split("-"), "", ""])[:3]
        return [day.lstrip("0"), month.lstrip("0"), year]


class PartialDayField(forms.MultiValueField):
    """A day as "YYYY", "YYYY-MM" or "YYYY-MM-DD"; "" where nothing is known."""

    widget = PartialDayWidget

    def __init__(self, *, allow_future: bool = False, **kwargs: Any) -> None:
        self.allow_future = allow_future
        super().__init__(
            [forms.CharField(required=False) for _part in range(3)],
            require_all_fields=False,
            **kwargs,
        )

    def compress(self, data_list: list[str]) -> str:
        day, month, year = [(part or "").strip() for part in data_list or ["", "", ""]]
        if not (day or month or year):
            return ""
        if not year:
            raise ValidationError(_("Add the year. If you are not sure, give your best guess."))
        if not (year.isdecimal() and 1900 <= int(year) <= 2200):
            raise ValidationError(_("Write the year with four digits, such as 2024."))
        if not month:
            if day:
                raise ValidationError(_("Add the month, or leave the day empty too."))
            self._refuse_future(date(int(year), 1, 1))
            return f"{int(year):04}"
        if not (month.isdecimal() and 1 <= int(month) <= 12):
            raise ValidationError(_("Choose a month from the list."))
        if not day:
            self._refuse_future(date(int(year), int(month), 1))
            return f"{int(year):04}-{int(month):02}"
        last = calendar.monthrange(int(year), int(month))[1]
        if not (day.isdecimal() and 1 <= int(day) <= last):
            raise ValidationError(
                _("This month has %(last)s days: write a day from 1 to %(last)s.") % {"last": last}
            )
        found = date(int(year), int(month), int(day))
        self._refuse_future(found)
        return found.isoformat()

    def _refuse_future(self, earliest: date) -> None:
        if not self.allow_future and earliest > timezone.localdate():
            raise ValidationError(_("This date lies in the future. Check the year."))


class ManyFilesInput(forms.FileInput):
    allow_multiple_selected = True


class ManyFilesField(forms.FileField):
    """Several files in one control. An empty one is no reason to lose the others: whoever takes
    the files names it."""

    widget = ManyFilesInput

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(allow_empty_file=True, **kwargs)

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        uploads = data if isinstance(data, list | tuple) else [data]
        return [super(ManyFilesField, self).clean(upload, initial) for upload in uploads if upload]
