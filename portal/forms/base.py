"""The parts of the forms of the portal. Words are short: people read them on a phone, in a second
language."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.base import File
from django.utils.translation import gettext_lazy as _

from documents.services import ACCEPT, validate_upload

LONGEST = 50_000
MOST_FILES = 10


class FilesInput(forms.ClearableFileInput):
    allow_multiple_selected = True
    template_name = "django/forms/widgets/file.html"


class FilesField(forms.FileField):
    """Several files at once; each is looked at while the person is still there."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("required", False)
        kwargs.setdefault("widget", FilesInput(attrs={"accept": ACCEPT}))
        kwargs.setdefault(
            "help_text",
            _("PDF, pictures, sound, film, text or office files. You can choose several."),
        )
        super().__init__(**kwargs)

    def clean(self, data: Any, initial: Any = None) -> list[File]:
        uploads = [item for item in (data if isinstance(data, list | tuple) else [data]) if item]
        if self.required and not uploads:
            raise ValidationError(self.error_messages["required"], code="required")
        if len(uploads) > MOST_FILES:
            raise ValidationError(
                _("Send at most %(count)s files at once."), params={"count": MOST_FILES}
            )
        problems = []
        for upload in uploads:
            try:
                validate_upload(upload)
            except ValidationError as error:
                problems += [f"{upload.name}: {message}" for message in error.messages]
        if problems:
            raise ValidationError([ValidationError(problem) for problem in problems])
        return uploads


class OnceForm(forms.Form):
    """A form that a second click does not send twice: it carries a token of its own."""

    token = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["token"].initial = uuid.uuid4


def long_text(label: Any, *, rows: int = 8, **kwargs: Any) -> forms.CharField:
    kwargs.setdefault("max_length", LONGEST)
    return forms.CharField(label=label, widget=forms.Textarea(attrs={"rows": rows}), **kwargs)
