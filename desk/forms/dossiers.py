from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from cases.models.dossier import DossierAudience
from desk.forms.base import choice_field


class DossierForm(forms.Form):
    audience = choice_field(
        _("Who will read it?"),
        (),
        help_text=_("The file holds what this reader may know, and nothing else."),
    )
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)

    def __init__(self, *args: Any, audiences: list[DossierAudience], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["audience"].choices = [(item.value, item.label) for item in audiences]
