"""Why a file is refused, in words for the person who sent it."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Refusal(TextChoices):
    EMPTY = "empty", _("The file is empty.")
    TOO_LARGE = "too_large", _("The file is too large.")
    TYPE = (
        "type",
        _(
            "We cannot take this kind of file. Send it as PDF, a picture, a sound or film "
            "recording, a text, or a document, table or slides without macros."
        ),
    )
    MISMATCH = (
        "mismatch",
        _("The file is not what its name says. Save it again in the right format and send that."),
    )
    VIRUS = "virus", _("The virus scanner found something harmful in the file.")
    MACROS = "macros", _("The file holds macros. Save it without macros, or as PDF.")
    ACTIVE = (
        "active",
        _("The file holds parts that run or load something when opened. Save it as PDF."),
    )
    ENCRYPTED = "encrypted", _("The file is locked with a password. Send a copy without one.")
    DAMAGED = "damaged", _("The file cannot be read. It may be damaged; send it again.")
    TOO_COMPLEX = (
        "too_complex",
        _("The file unpacks to more than we can check. Send it in smaller parts."),
    )
    UNCHECKED = "unchecked", _("The file could not be checked. Send it again in another format.")
