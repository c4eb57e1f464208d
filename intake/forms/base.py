"""How the questions are made: one form per page; answers are kept as they were typed."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cases.countries import country_choices, is_country

LONG_TEXT = 20_000
YES_NO = (("yes", _("Yes")), ("no", _("No")))


def text(label: Any, hint: Any = "", *, needed: Any = "", long: int = 0, **attrs: Any) -> Any:
    """Make a text field; `needed` is what to say when it is left empty, "" makes it optional."""
    widget = forms.Textarea({"rows": long, **attrs}) if long else forms.TextInput(attrs)
    return forms.CharField(
        label=label,
        help_text=hint,
        required=bool(needed),
        max_length=LONG_TEXT if long else 300,
        widget=widget,
        error_messages={
            "required": needed,
            "max_length": _("Shorten this to %(limit_value)d characters; it has %(show_value)d."),
        },
    )


def choice(label: Any, choices: Any, hint: Any = "", *, needed: Any = "") -> Any:
    return forms.ChoiceField(
        label=label,
        help_text=hint,
        choices=choices,
        required=bool(needed),
        widget=forms.RadioSelect,
        error_messages={"required": needed, "invalid_choice": _("Choose one of the answers.")},
    )


class CountryField(forms.ChoiceField):
    """A choice of all countries, which looks one up instead of going through all of them."""

    def valid_value(self, value: str) -> bool:
        return is_country(value)


def country(label: Any, hint: Any = "") -> Any:
    return CountryField(
        label=label, help_text=hint, choices=country_choices, required=False, initial=""
    )


def email(label: Any, hint: Any = "") -> Any:
    return forms.EmailField(
        label=label,
        help_text=hint,
        required=False,
        widget=forms.EmailInput({"autocomplete": "off", "spellcheck": "false"}),
        error_messages={"invalid": _("Write the whole address, such as name@example.org.")},
    )


class StepForm(forms.Form):
    # The server's own list of errors is kinder than the browser's, and works everywhere.
    use_required_attribute = False
