"""Who acts for a side, for how long and by which paper, and how a person is reached."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from cases.forms import day_field
from portal.forms.base import FilesField, OnceForm, long_text


class PersonForm(OnceForm):
    """Somebody of one's own side who gets a code of their own."""

    name = forms.CharField(
        label=_("Name"),
        max_length=200,
        error_messages={"required": _("Write the name of the person.")},
    )
    kind = forms.ChoiceField(
        label=_("As what?"),
        choices=[
            ("member", _("One of us")),
            ("representative", _("A representative, for as long as a mandate lasts")),
        ],
        initial="member",
        widget=forms.RadioSelect,
    )
    is_counsel = forms.BooleanField(
        label=_("The person is our lawyer"),
        help_text=_(
            "A lawyer may be shown trade secrets that nobody else of your side reads. Before "
            "that, the office confirms who it is and gives the lawyer a new code."
        ),
        required=False,
    )
    mandate = long_text(
        _("Mandate"),
        rows=3,
        max_length=2000,
        required=False,
        help_text=_(
            "Only for a representative: what the person may do for you, and by which paper."
        ),
    )
    until = day_field(
        _("Last day of the access"),
        required=False,
        help_text=_("Leave it empty if it has no end."),
    )
    hides_name = forms.BooleanField(
        label=_("The other side and the public should not know a representative's name"),
        required=False,
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("kind") == "representative" and not cleaned.get("mandate", "").strip():
            self.add_error(
                "mandate", _("Write what the person may do for you, and by which paper.")
            )
        return cleaned


class AuthorityForm(OnceForm):
    name = forms.CharField(
        label=_("Your name"), max_length=200, error_messages={"required": _("Write your name.")}
    )
    function = forms.CharField(
        label=_("Your function"),
        help_text=_("For example: director, head of the legal department, lawyer."),
        max_length=200,
        error_messages={"required": _("Write your function.")},
    )
    files = FilesField(
        label=_("Proof of authority"),
        help_text=_("For example an extract of the register of companies, or a power of attorney."),
    )
    statement = long_text(
        _("Or explain how we can check it"), rows=4, max_length=5000, required=False
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not self.errors and not cleaned.get("files") and not cleaned["statement"].strip():
            self.add_error("files", _("Add a paper that proves your authority, or explain it."))
        return cleaned


class MandateForm(OnceForm):
    mandate = long_text(
        _("Mandate"),
        rows=3,
        max_length=2000,
        error_messages={"required": _("Write what the person may do for you, and by which paper.")},
    )
    until = day_field(
        _("Last day of the access"),
        required=False,
        help_text=_("Leave it empty if it has no end."),
    )


class ContactForm(forms.Form):
    email = forms.EmailField(
        label=_("E-mail address"),
        required=False,
        max_length=254,
        help_text=_(
            "We write there only that there is something to read. Leave it empty if others read "
            "your mail."
        ),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    phone = forms.CharField(
        label=_("Telephone"),
        required=False,
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "tel", "inputmode": "tel"}),
    )
    safe_contact = long_text(
        _("Safe ways and times to reach you"),
        rows=3,
        required=False,
        max_length=2000,
        help_text=_("For example: only by text message, only in the evening, never at work."),
    )

    def __init__(self, *args: Any, has_safe_contact: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not has_safe_contact:
            del self.fields["safe_contact"]


class LanguageForm(forms.Form):
    language = forms.ChoiceField(
        label=_("Language of your pages and letters"),
        choices=[("en", "English"), ("ru", "Русский"), ("kk", "Қазақша")],
        widget=forms.RadioSelect,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = dict(settings.LANGUAGES)
        self.fields["language"].choices = [
            item for item in self.fields["language"].choices if item[0] in known
        ]
