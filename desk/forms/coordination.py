from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cases import ncps
from cases.forms import day_field
from cases.models import Case, CaseDocument, Party
from cases.models.coordination import InvitedAs, NcpReply
from cases.models.party import Side
from cases.services import coordination, deadlines, splitting
from cases.services.sharing import copy_to_pass
from desk.forms.base import CaseForm, choice_field, text_field


def ncp_field(label: Any, *, with_own: bool = False, **kwargs: Any) -> forms.ChoiceField:
    """One NCP out of the list."""

    def choices() -> list[tuple[str, str]]:
        return [("", ""), *ncps.choices(with_own=with_own)]

    kwargs.setdefault("error_messages", {"required": _("Choose the NCP.")})
    return forms.ChoiceField(label=label, choices=choices, **kwargs)


class BeginForm(CaseForm):
    proposed_lead = ncp_field(
        _("Which NCP should lead?"),
        with_own=True,
        help_text=_(
            "Usually the NCP of the country where the issues arose; another one if it is better "
            "placed to resolve them."
        ),
    )
    reasons = text_field(_("Reasons"), help_text=_("The other NCPs and the parties may ask."))
    preference = text_field(
        _("What the complainant would prefer"),
        rows=3,
        required=False,
        help_text=_("It is considered; it does not decide."),
    )
    parties_heard = text_field(
        _("How and when both sides were consulted, and what they said"), rows=4
    )

    def __init__(self, *args: Any, is_change: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["proposed_lead"].initial = coordination.usual_lead(self.case)
        if not is_change:
            del self.fields["parties_heard"]


class InviteForm(CaseForm):
    country = ncp_field(_("Which NCP?"))
    asked_to = choice_field(_("What is it asked?"), InvitedAs.choices)
    question = text_field(_("What you wrote to it"), rows=4, required=False)
    sent_on = day_field(_("Sent on"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["sent_on"].initial = deadlines.today()


class ReplyForm(CaseForm):
    reply = choice_field(_("What does it reply?"), NcpReply.choices)
    text = text_field(_("In its words"), rows=4, required=False)
    replied_on = day_field(_("Replied on"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["replied_on"].initial = deadlines.today()


class ConcludeForm(CaseForm):
    lead = ncp_field(_("Which NCP leads?"), with_own=True)
    arrangement = text_field(
        _("What was agreed"),
        rows=6,
        help_text=_("Who supports and how. It stands in the letters to both sides."),
    )


class ShareForm(CaseForm):
    country = ncp_field(_("With which NCP?"))
    purpose = text_field(_("What is it to do?"), rows=3)
    looked = forms.BooleanField(
        label=_("I looked at what its people will read"),
        error_messages={"required": _("Look at it first.")},
    )


class ReleaseForm(CaseForm):
    document = forms.ChoiceField(label=_("Which document?"), widget=forms.RadioSelect)

    def __init__(self, *args: Any, documents: list[CaseDocument], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.documents = {str(item.pk): item for item in documents if copy_to_pass(item)}
        self.fields["document"].choices = [(pk, item.title) for pk, item in self.documents.items()]

    @property
    def chosen(self) -> CaseDocument:
        return self.documents[self.cleaned_data["document"]]


class CommentForm(forms.Form):
    text = text_field(_("Comment"), rows=6, error_messages={"required": _("Write the comment.")})


class OtherCaseForm(CaseForm):
    """Another case here, by its reference number."""

    reference = forms.CharField(label=_("Reference number of the other case"), max_length=24)
    why = text_field(_("Why?"), rows=3)

    def __init__(self, *args: Any, cases: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.cases = cases

    def clean_reference(self) -> str:
        number = self.cleaned_data["reference"].strip()
        self.other: Case | None = self.cases.filter(reference__iexact=number).first()
        if self.other is None:
            # The same words whether there is none or it is hidden from this person.
            raise forms.ValidationError(_("You see no case with this number."))
        return number


class JoinForm(OtherCaseForm):
    told = text_field(
        _("What the parties of both cases are told"),
        help_text=_("Name nobody: the parties of one case do not know those of the other."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reference"].label = _("Reference number of the case that leads")


class ForeignForm(CaseForm):
    country = ncp_field(_("At which NCP?"), with_own=True)
    title = forms.CharField(label=_("By what it is known there"), max_length=300)
    url = forms.URLField(
        label=_("Address where the public reads of it"),
        required=False,
        max_length=500,
        assume_scheme="https",
    )
    why = text_field(_("What it has to do with this case"), rows=3, required=False)


class SplitForm(CaseForm):
    respondents = forms.MultipleChoiceField(
        label=_("Which enterprises go on as a case of their own?"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose the enterprises of the new case.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = self.case.parties.standing().filter(side=Side.RESPONDENT)
        self.parties: dict[str, Party] = {str(row.pk): row for row in rows}
        self.fields["respondents"].choices = [(pk, row.name) for pk, row in self.parties.items()]
        self.issues = list(self.case.issues.all())
        for issue in self.issues:
            ways = [
                (splitting.STAYS, _("It stays in this case")),
                (splitting.BOTH, _("It is handled in both")),
            ]
            if splitting.may_go(issue):
                ways.insert(1, (splitting.GOES, _("It goes into the new case")))
            self.fields[f"issue_{issue.pk}"] = choice_field(
                _("Issue %(number)s: %(title)s") % {"number": issue.number, "title": issue.title},
                ways,
                initial=splitting.STAYS,
            )
        self.fields["why"] = text_field(_("Why?"), rows=3)
        self.fields["told"] = text_field(
            _("What the parties of both cases are told"),
            help_text=_("Both sides of both cases read it in these words."),
        )

    def going(self) -> list[Party]:
        return [self.parties[pk] for pk in self.cleaned_data["respondents"]]

    def ways(self) -> dict[Any, str]:
        return {issue.pk: self.cleaned_data[f"issue_{issue.pk}"] for issue in self.issues}


class ConsentForm(CaseForm):
    subject = forms.ChoiceField(label=_("Who agreed to what?"), widget=forms.RadioSelect)
    country = ncp_field(_("To which NCP?"))
    given_on = day_field(_("On which day?"))
    how = text_field(
        _("How and to whom?"), rows=3, help_text=_("For example: by letter of 3 March to the desk.")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.subjects: dict[str, dict[str, Any]] = {}
        choices = []
        for row in self.case.parties.standing().filter(side=Side.COMPLAINANT):
            key = f"party-{row.pk}"
            self.subjects[key] = {"scope": "identity", "party": row}
            choices.append((key, _("%(name)s: name and how to reach them") % {"name": row.name}))
        for acting in self.case.representations.current().filter(side=Side.COMPLAINANT):
            key = f"acting-{acting.pk}"
            self.subjects[key] = {"scope": "identity", "representation": acting}
            choices.append(
                (
                    key,
                    _("%(name)s: name, and the names of those for whom they act")
                    % {"name": acting.name},
                )
            )
        for side in Side:
            key = f"side-{side}"
            self.subjects[key] = {"scope": "material", "side": side}
            choices.append((key, _("%(side)s: own documents and letters") % {"side": side.label}))
        self.fields["subject"].choices = choices
        self.fields["given_on"].initial = deadlines.today()

    def arguments(self) -> dict[str, Any]:
        return self.subjects[self.cleaned_data["subject"]]


WAYS = [
    ("ends", _("It goes over altogether and ends here as transferred")),
    ("stays", _("The other NCP gets a copy; the case goes on here")),
]


class CountryForm(forms.Form):
    """For which NCP a package is looked at, and what becomes of the case."""

    country = ncp_field(_("To which NCP?"))
    way = choice_field(_("What becomes of the case here?"), WAYS)


class TransferForm(CaseForm):
    country = forms.CharField(widget=forms.HiddenInput)
    way = forms.ChoiceField(
        label=_("What becomes of the case here?"), choices=WAYS, widget=forms.HiddenInput
    )
    why = text_field(_("Why does it go to this NCP?"), rows=3)
    looked = forms.BooleanField(
        label=_("I looked at what goes, the documents too"),
        error_messages={"required": _("Look at it first.")},
    )


class ContactForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=200)
    website = forms.URLField(
        label=_("Website"), required=False, max_length=300, assume_scheme="https"
    )
    email = forms.EmailField(label=_("E-mail address"), required=False)
    phone = forms.CharField(label=_("Telephone"), required=False, max_length=60)
    address = text_field(_("Address"), rows=3, required=False, max_length=500)
    public_key = forms.RegexField(
        r"^[A-Za-z0-9+/]{43}=$",
        label=_("Key with which it signs packages"),
        required=False,
        help_text=_("As it told you by telephone or letter, not as it stands in a package."),
        error_messages={"invalid": _("A key has 44 letters, digits, + and /, and ends with =.")},
    )
    is_confirmed = forms.BooleanField(label=_("The NCP itself confirmed this"), required=False)
    key_before = forms.CharField(required=False, widget=forms.HiddenInput)


class GuestForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=200)
    email = forms.EmailField(label=_("E-mail address"))
    reason = text_field(
        _("Why does this person need access?"),
        rows=3,
        help_text=_("A second person reads it and confirms."),
        max_length=1000,
    )


class PackageForm(forms.Form):
    file = forms.FileField(label=_("Package (ZIP)"))


class OpenCasesForm(forms.Form):
    file = forms.FileField(
        label=_("List of running cases"), help_text=_("A workbook (XLSX), or CSV or JSON in UTF-8.")
    )


class MailForm(forms.Form):
    file = forms.FileField(
        label=_("Saved e-mail"), required=False, help_text=_("A file .eml or .msg.")
    )
    source = text_field(
        _("Or the source of the e-mail, with its head"),
        rows=8,
        required=False,
        max_length=2_000_000,
    )

    def clean(self) -> None:
        if not self.cleaned_data.get("file") and not self.cleaned_data.get("source"):
            self.add_error("file", _("Choose a file, or paste the e-mail."))


class FileMailForm(forms.Form):
    """To which case, and on whose behalf."""

    reference = forms.CharField(label=_("Reference number of the case"), max_length=24)
    side = choice_field(
        _("Whose e-mail is it?"),
        [
            *Side.choices,
            ("ncp", _("The office's own correspondence, with a ministry for example")),
        ],
    )

    def __init__(self, *args: Any, cases: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.cases = cases

    def clean_reference(self) -> str:
        number = self.cleaned_data["reference"].strip()
        self.case: Case | None = self.cases.filter(reference__iexact=number).first()
        if self.case is None:
            self.case = self.cases.filter(receipt_id__iexact=number).first()
        if self.case is None:
            raise forms.ValidationError(_("You see no case with this number."))
        return number
