"""The forms of the portal. Words are short: people read them on a phone, in a second language."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.conf import settings
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


class SignInForm(forms.Form):
    code = forms.CharField(
        label=_("Access code"),
        help_text=_("24 letters and digits. Dashes and spaces do not matter."),
        max_length=100,
        strip=True,
        error_messages={"required": _("Type your access code.")},
        widget=forms.TextInput(
            attrs={
                "autocomplete": "off",
                "autocapitalize": "characters",
                "spellcheck": "false",
                "class": "input--code",
            }
        ),
    )


class LinkForm(forms.Form):
    email = forms.EmailField(
        label=_("E-mail address"),
        help_text=_("The address that you gave us in your case."),
        max_length=254,
        error_messages={"required": _("Type your e-mail address.")},
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )


class OnceForm(forms.Form):
    """A form that a second click does not send twice: it carries a token of its own."""

    token = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["token"].initial = uuid.uuid4


class VersionForm(forms.Form):
    """A form about a row that others may change: it carries the version that was looked at."""

    row_version = forms.IntegerField(
        widget=forms.HiddenInput, error_messages={"required": _("Open the page again.")}
    )

    def __init__(self, *args: Any, version: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["row_version"].initial = version

    def refresh(self, version: int, message: str) -> None:
        """Say what happened in the meantime and take the new version: a second click works."""
        self.data = self.data.copy()
        self.data[self.add_prefix("row_version")] = str(version)
        self.add_error(None, message)


def long_text(label: Any, *, rows: int = 8, **kwargs: Any) -> forms.CharField:
    kwargs.setdefault("max_length", LONGEST)
    return forms.CharField(label=label, widget=forms.Textarea(attrs={"rows": rows}), **kwargs)


class MessageForm(OnceForm):
    text = long_text(_("Your message"), error_messages={"required": _("Write the message.")})
    files = FilesField(label=_("Files"))

    def __init__(self, *args: Any, takes_files: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not takes_files:
            del self.fields["files"]


class DocumentForm(OnceForm):
    files = FilesField(
        label=_("Files"), required=True, error_messages={"required": _("Choose a file.")}
    )
    title = forms.CharField(
        label=_("What is it?"),
        help_text=_("For example “Photographs of the river, May 2026”."),
        max_length=200,
        required=False,
    )
    withhold = forms.BooleanField(
        label=_("The other side should not see it"),
        help_text=_("The office decides, and tells you before anybody else sees it."),
        required=False,
    )
    reason = long_text(
        _("Why should the other side not see it?"),
        rows=4,
        required=False,
        help_text=_("Only if you ticked the box. For example: it shows who spoke with us."),
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("withhold") and not cleaned.get("reason", "").strip():
            self.add_error("reason", _("Say why the other side should not see it."))
        return cleaned


class AnswerForm(OnceForm):
    text = long_text(
        _("Your answer"),
        rows=14,
        help_text=_("The complainant reads this text too."),
        error_messages={"required": _("Write the answer.")},
    )
    files = FilesField(
        label=_("Files"),
        help_text=_("They go to the office first; it decides with you what the other side sees."),
    )


class ReplyForm(VersionForm):
    accepts = forms.TypedChoiceField(
        label=_("Do you agree to good offices?"),
        choices=[("yes", _("Yes, we are willing to talk")), ("no", _("No"))],
        coerce=lambda value: value == "yes",
        empty_value=None,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose yes or no.")},
    )
    note = long_text(
        _("Anything that the office should know"),
        rows=4,
        required=False,
        help_text=_("Only the office reads this: conditions, languages, who would come."),
    )


class ConsentForm(forms.Form):
    agrees = forms.TypedChoiceField(
        label=_("Do you agree to this mediator?"),
        choices=[("yes", _("Yes, I agree")), ("no", _("No, I object"))],
        coerce=lambda value: value == "yes",
        empty_value=None,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose yes or no.")},
    )


class RoomForm(OnceForm):
    audience = forms.ChoiceField(
        label=_("Who may read it?"),
        choices=[
            ("caucus", _("Only the mediator and my side")),
            ("joint", _("The mediator and both sides")),
        ],
        initial="caucus",
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose who may read it.")},
    )
    text = long_text(_("Your words"), rows=6, required=False)
    file = forms.FileField(
        label=_("A file"),
        required=False,
        widget=forms.FileInput(attrs={"accept": ACCEPT}),
        validators=[validate_upload],
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not self.errors and not cleaned.get("text", "").strip() and not cleaned.get("file"):
            self.add_error("text", _("Write something or choose a file."))
        return cleaned


class CommentForm(VersionForm):
    says = forms.ChoiceField(
        label=_("Do you have comments on the draft?"),
        choices=[("comments", _("Yes, I write them below")), ("none", _("No, I have none"))],
        widget=forms.RadioSelect,
        error_messages={"required": _("Say whether you have comments.")},
    )
    text = long_text(
        _("Your comments"),
        rows=12,
        required=False,
        help_text=_("What is wrong, missing or hard to understand? Name the place."),
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("says") == "comments" and not cleaned.get("text", "").strip():
            self.add_error("text", _("Write your comments, or say that you have none."))
        if cleaned.get("says") == "none" and cleaned.get("text", "").strip():
            self.add_error("says", _("You wrote comments and said that you have none. Choose one."))
        return cleaned


class RequestForm(OnceForm):
    text = long_text(
        _("Your answer"),
        rows=10,
        help_text=_("Only the office reads it."),
        error_messages={"required": _("Write the answer.")},
    )
    files = FilesField(label=_("Files"))


class MoreTimeForm(OnceForm):
    deadline = forms.TypedChoiceField(
        label=_("For what do you need more time?"),
        coerce=int,
        empty_value=None,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose for what you need more time.")},
    )
    until = forms.DateField(
        label=_("Until when do you need?"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": _("Say until when you need.")},
    )
    text = long_text(
        _("Why do you need more time?"),
        rows=5,
        error_messages={"required": _("Say why you need more time.")},
    )

    def __init__(self, *args: Any, choices: list[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["deadline"].choices = choices
        if len(choices) == 1:
            self.fields["deadline"].initial = choices[0][0]


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
    until = forms.DateField(
        label=_("Last day of the access"),
        required=False,
        help_text=_("Leave it empty if it has no end."),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
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
    until = forms.DateField(
        label=_("Last day of the access"),
        required=False,
        help_text=_("Leave it empty if it has no end."),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )


class ReprisalForm(OnceForm):
    text = long_text(
        _("What happened, or what are you afraid of?"),
        rows=8,
        help_text=_("Who, when, where, how. Say what would make you safer, if you know."),
        error_messages={"required": _("Write what happened.")},
    )


class ChallengeForm(OnceForm):
    """Whom a side doubts, and why."""

    reasons = forms.CharField(
        label=_("Your reasons"),
        max_length=20000,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("What ties this person to somebody in the case, or has shown a bias."),
        error_messages={"required": _("Give your reasons: others decide on them.")},
    )

    def __init__(self, *args: Any, people: list[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["challenged"] = forms.ChoiceField(
            label=_("Whom you challenge"),
            choices=[("", _("Choose")), *((str(item.id), item.label) for item in people)],
            error_messages={"required": _("Choose somebody.")},
        )
        self.order_fields(["token", "challenged", "reasons"])


class WithdrawForm(VersionForm):
    freely = forms.ChoiceField(
        label=_("Is it your own free decision?"),
        choices=[
            ("yes", _("Yes, it is my own decision")),
            ("pressed_stay", _("No, somebody puts me under pressure. Do not withdraw it.")),
            (
                "pressed",
                _("Somebody puts me under pressure, and I want to withdraw it all the same"),
            ),
        ],
        widget=forms.RadioSelect,
        help_text=_("Only the officers of your case learn what you answer here."),
        error_messages={"required": _("Choose one of the answers.")},
    )
    reason = long_text(
        _("Why do you withdraw?"),
        rows=4,
        required=False,
        help_text=_("You need not say. Only the office reads it."),
    )
    sure = forms.BooleanField(label=_("Yes, I withdraw the complaint"), required=False)

    def clean(self) -> None:
        stays = self.cleaned_data.get("freely") == "pressed_stay"
        if not stays and not self.cleaned_data.get("sure"):
            self.add_error("sure", _("Tick the box if you are sure."))


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


class ConfirmCodeForm(forms.Form):
    code = forms.CharField(
        label=_("Type the new code once, so that we know you have it"),
        max_length=100,
        error_messages={"required": _("Type the new code.")},
        widget=forms.TextInput(
            attrs={
                "autocomplete": "off",
                "autocapitalize": "characters",
                "spellcheck": "false",
                "class": "input--code",
            }
        ),
    )


class LastNoticeForm(OnceForm):
    text = long_text(
        _("A few words are enough"),
        rows=4,
        error_messages={"required": _("Write a few words.")},
    )


def day_of(label: Any, **kwargs: Any) -> forms.DateField:
    return forms.DateField(
        label=label, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), **kwargs
    )


class SettlementForm(OnceForm):
    settled_on = day_of(
        _("On which day did you settle?"), error_messages={"required": _("Give the day.")}
    )
    note = long_text(
        _("Anything that the office should know"),
        rows=3,
        required=False,
        help_text=_("You need not tell the terms. They stay between you."),
    )


class SettlementAnswerForm(OnceForm):
    confirms = forms.ChoiceField(
        label=_("Is the matter settled?"),
        choices=[("yes", _("Yes, we settled it")), ("no", _("No"))],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose one of the answers.")},
    )
    note = long_text(_("Anything that the office should know"), rows=3, required=False)


class ReviewForm(OnceForm):
    grounds = long_text(
        _("Which rule of the procedure was not kept, and how?"),
        help_text=_("The review looks at how the case was run, not at who is right."),
        error_messages={"required": _("Say which rule was not kept, and how.")},
    )


class CommitmentForm(OnceForm):
    text = long_text(
        _("What was done, or what was not?"),
        help_text=_("The other side reads it. Leave out names that are withheld."),
        error_messages={"required": _("Write what was done, or what was not.")},
    )
    is_for_office = forms.BooleanField(
        label=_("Only for the office"),
        required=False,
        help_text=_("The other side does not read it; the statement can then not rest on it."),
    )
    files = FilesField(label=_("Files"))

    def __init__(self, *args: Any, takes_files: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not takes_files:
            del self.fields["files"]


class DeletionForm(OnceForm):
    text = long_text(
        _("What did you delete, and where was it?"),
        rows=3,
        help_text=_("“I kept nothing” is an answer, too."),
        error_messages={"required": _("Write what was deleted and where it was kept.")},
    )
    sure = forms.BooleanField(
        label=_("I deleted or destroyed every copy that I had, and passed none on"),
        error_messages={"required": _("Tick the box once it is so.")},
    )
