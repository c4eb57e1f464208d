from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from cases.forms import day_field
from cases.models import DeclaredDay
from desk.forms.base import choice_field, text_field
from office import colours
from office.current import Office
from office.logo import redrawn

COLOURS = {
    "brand": _("Colour of the header and of buttons"),
    "brand_dark": _("Its darker shade: the second line of the header"),
    "link": _("Colour of links"),
}


class DayForm(forms.Form):
    day = day_field(_("Day"))
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


class TransferForm(forms.Form):
    """A day off that is worked on another day, as governments decree it."""

    off = day_field(_("The day that becomes free"))
    worked = day_field(_("The day that is worked instead"))
    decree = forms.CharField(label=_("By which decree"), required=False, max_length=200)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        off, worked = data.get("off"), data.get("worked")
        if off and worked and off == worked:
            self.add_error("worked", _("This is the same day."))
        declared = set(
            DeclaredDay.objects.filter(day__in=[day for day in (off, worked) if day]).values_list(
                "day", flat=True
            )
        )
        for name, day in (("off", off), ("worked", worked)):
            if day and not 2000 <= day.year <= 2100:
                self.add_error(name, _("Enter a day between 2000 and 2100."))
            elif day in declared:
                self.add_error(name, _("This day was declared already. Remove it first."))
        return data


class ColourInput(forms.TextInput):
    input_type = "color"


class OfficeForm(forms.Form):
    """What the NCP says of itself. Texts have a field for each language of the site."""

    based_on = forms.IntegerField(widget=forms.HiddenInput, min_value=0)
    email = forms.EmailField(
        label=_("E-mail address"),
        help_text=_("It stands on every page, in letters and in mails."),
        error_messages={"required": _("Enter the e-mail address of the office.")},
    )
    phone = forms.CharField(label=_("Telephone number"), max_length=60, required=False)
    logo = forms.FileField(
        label=_("Logo"),
        required=False,
        help_text=_("PNG or JPEG, 2 MB at most. It is drawn anew; nothing else of the file stays."),
        widget=forms.FileInput(attrs={"accept": "image/png,image/jpeg"}),
    )
    remove_logo = forms.BooleanField(label=_("Show no logo"), required=False)

    TEXTS = {
        "names": (_("Name of the office"), 200, 1),
        "addresses": (_("Postal address"), 500, 3),
        "hours": (_("When somebody is there"), 300, 2),
        "legal_bases": (_("The law or decree on which the office rests"), 500, 2),
    }

    def __init__(self, *args: Any, office: Office, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.office = office
        self.fields["based_on"].initial = office.number
        self.fields["email"].initial, self.fields["phone"].initial = office.email, office.phone
        for name, (label, longest, rows) in self.TEXTS.items():
            for language, spoken in settings.LANGUAGES:
                self.fields[f"{name}_{language}"] = text_field(
                    _("%(what)s (%(language)s)") % {"what": label, "language": spoken},
                    rows=rows,
                    max_length=longest,
                    required=name == "names" and language == settings.LANGUAGE_CODE,
                    initial=getattr(office, name).get(language, ""),
                )
                if rows == 1:
                    self.fields[f"{name}_{language}"].widget = forms.TextInput(
                        attrs={"maxlength": longest}
                    )
        for name, label in COLOURS.items():
            self.fields[f"colour_{name}"] = forms.CharField(
                label=label,
                initial=office.colours.get(name, colours.DEFAULTS[name]),
                widget=ColourInput,
                help_text=_("White text must be readable on it, and it on white."),
            )
        if not office.logo:
            del self.fields["remove_logo"]
        texts = [f"{name}_{code}" for name in self.TEXTS for code, _spoken in settings.LANGUAGES]
        self.order_fields(["based_on", *texts, "email", "phone"])

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        for name in COLOURS:
            self._check_colour(f"colour_{name}", name, data)
        if upload := data.get("logo"):
            try:
                data["picture"] = redrawn(upload)
            except ValidationError as error:
                self.add_error("logo", error)
        return data

    def _check_colour(self, field: str, token: str, data: dict[str, Any]) -> None:
        colour = str(data.get(field, "")).lower()
        if not colours.COLOUR.fullmatch(colour):
            if field not in self.errors:
                self.add_error(field, _("Write the colour as #rrggbb."))
            return
        found = colours.worst(token, colour)
        if found < colours.LEAST:
            self.add_error(
                field,
                _("This colour is too pale: the contrast is %(found)s, it must be 4.5 or more.")
                % {"found": f"{found:.1f}"},
            )
        data[field] = colour

    def changed(self) -> Office:
        """Return the office as the form has it."""
        data = self.cleaned_data
        texts = {name: self._texts(name, settings.LANGUAGES) for name in self.TEXTS}
        own = {name: data[f"colour_{name}"] for name in COLOURS}
        keeps = not data.get("remove_logo")
        return Office(
            **texts,
            email=data["email"],
            phone=data["phone"],
            colours={} if own == colours.DEFAULTS else own,
            logo=data.get("picture") or (self.office.logo if keeps else b""),
        )

    def _texts(self, name: str, languages: Iterable[tuple[str, Any]]) -> dict[str, str]:
        found = {code: self.cleaned_data[f"{name}_{code}"].strip() for code, _spoken in languages}
        return {code: text.replace("\r\n", "\n") for code, text in found.items() if text}


class WordingForm(forms.Form):
    """One wording of a letter."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)
    subject = forms.CharField(
        label=_("Subject"),
        max_length=200,
        error_messages={"required": _("Write a subject.")},
    )
    body = text_field(_("Text"), rows=22, error_messages={"required": _("Write the text.")})
