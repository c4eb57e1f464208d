"""How every form is rendered: label, hint, error, control, after the GOV.UK patterns."""

from pathlib import Path
from typing import Any

from django import forms
from django.conf import settings
from django.forms.renderers import DjangoTemplates
from django.utils.functional import cached_property

from config import widgets


class FormRenderer(DjangoTemplates):
    """Django's widgets inside the field templates of `templates/forms/`.

    A form with `mark_optional = False` (a filter, say) does not mark its optional fields.
    """

    form_template_name = "forms/form.html"
    field_template_name = "forms/field.html"
    formset_template_name = "forms/formset.html"

    def render(self, template_name: str, context: dict[str, Any], request: Any = None) -> str:
        quick = widgets.html(template_name, context)
        return super().render(template_name, context, request) if quick is None else quick

    @cached_property
    def engine(self) -> DjangoTemplates.backend:
        own = [Path(folder) for folder in settings.TEMPLATES[0]["DIRS"]]
        return self.backend(
            {
                "APP_DIRS": True,
                "DIRS": [*own, Path(forms.__file__).parent / self.backend.app_dirname],
                "NAME": "forms",
                "OPTIONS": {},
            }
        )
