"""Criteria with their evidence, the words of both sides: fields come from the rule set and the
material of the case."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cases import rules
from cases.models import CaseDocument, Issue, Message
from cases.models.assessment import CriterionFinding
from cases.models.party import Side
from cases.services import material
from cases.services.assessment import Answer, Cited
from desk.forms.base import CaseForm, choice_field, text_field

SUBMISSION = "submission"


@dataclass(frozen=True)
class Group:
    """The fields that belong to one criterion or one issue, for the template."""

    title: str
    text: str
    fields: list[forms.BoundField]
    subject: Any = None
    cited: list[Any] = field(default_factory=list)
    more: list[forms.BoundField] = field(default_factory=list)


@dataclass(frozen=True)
class Material:
    """What may be cited, as choices of a list; keys name the kind and the id."""

    documents: list[CaseDocument]
    messages: list[Message]

    def choices(self, *, side: str = "", submission: Any = None) -> list[tuple[str, Any]]:
        """Return the choices, of one side alone where it is given."""
        found: list[tuple[str, Any]] = [("", _("Choose"))]
        if submission:
            found.append((SUBMISSION, submission))
        documents = [item for item in self.documents if side in ("", item.side)]
        messages = [item for item in self.messages if side in ("", item.sender)]
        of_documents = [(f"document:{item.pk}", item.title) for item in documents]
        of_messages = [(f"message:{item.pk}", material.title_of(None, item)) for item in messages]
        if of_documents:
            found.append((_("Documents"), of_documents))
        if of_messages:
            found.append((_("Messages"), of_messages))
        return found

    def of(self, key: str) -> tuple[CaseDocument | None, Message | None]:
        """Return the document or the message that a choice names; neither for the submission."""
        kind, _colon, pk = key.partition(":")
        document = next((item for item in self.documents if str(item.pk) == pk), None)
        message = next((item for item in self.messages if str(item.pk) == pk), None)
        return (document, None) if kind == "document" else (None, message)


class CriteriaForm(CaseForm):
    """The answers for one issue, each with its evidence. Open questions may stay open: what is
    there is saved."""

    mark_optional = False

    def __init__(self, *args: Any, issue: Issue, held: Material, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.issue, self.held = issue, held
        self.criteria = rules.load(self.case.rule_set).criteria
        self.kept = {row.criterion: row for row in issue.assessments.all()}
        self.cited: dict[str, list[Any]] = {
            code: list(row.evidence.all()) for code, row in self.kept.items()
        }
        choices = held.choices(submission=_("The submission"))
        for criterion in self.criteria:
            row = self.kept.get(criterion.code)
            self.fields[f"finding_{criterion.code}"] = choice_field(
                _("Finding"),
                CriterionFinding.choices,
                required=False,
                initial=row.finding if row else None,
            )
            self.fields[f"reasoning_{criterion.code}"] = text_field(
                _("Reasons"), rows=4, required=False, initial=row.reasoning if row else ""
            )
            self.fields[f"source_{criterion.code}"] = forms.ChoiceField(
                label=_("Evidence"), choices=choices, required=False
            )
            self.fields[f"place_{criterion.code}"] = forms.CharField(
                label=_("Page or place"), max_length=200, required=False
            )
            for item in self.cited.get(criterion.code, ()):
                self.fields[f"drop_{item.pk}"] = forms.BooleanField(
                    label=_("Cite it no more"), required=False
                )

    def groups(self) -> list[Group]:
        found = []
        for criterion in self.criteria:
            code = criterion.code
            cited = [
                {
                    "title": material.title_of(item.case_document, item.message),
                    "place": item.place,
                    "document": item.case_document,
                    "unseen_by": [
                        str(Side(side).label)
                        for side in Side.values
                        if side not in material.sides_that_saw(item.case_document, item.message)
                    ],
                    "field": self[f"drop_{item.pk}"],
                }
                for item in self.cited.get(code, ())
            ]
            found.append(
                Group(
                    str(criterion.title),
                    str(criterion.question),
                    [self[f"finding_{code}"], self[f"reasoning_{code}"]],
                    cited=cited,
                    more=[self[f"source_{code}"], self[f"place_{code}"]],
                )
            )
        return found

    def clean(self) -> None:
        for criterion in self.criteria:
            code = criterion.code
            finding = self.cleaned_data.get(f"finding_{code}")
            reasoning = self.cleaned_data.get(f"reasoning_{code}")
            if finding and not reasoning:
                self.add_error(
                    f"reasoning_{code}",
                    _("Give the reasons: the parties will read them."),
                )
            elif reasoning and not finding and f"finding_{code}" not in self.errors:
                self.add_error(f"finding_{code}", _("Choose one of the answers."))
            elif code in self.kept and not finding and not reasoning:
                self.add_error(f"finding_{code}", _("An answer can be changed, not taken out."))
            source = self.cleaned_data.get(f"source_{code}")
            if source and not finding and not self.errors.get(f"finding_{code}"):
                self.add_error(
                    f"finding_{code}", _("Answer the question before you cite evidence for it.")
                )
            if self.cleaned_data.get(f"place_{code}") and not source:
                self.add_error(f"source_{code}", _("Choose what the page or place is in."))

    def answers(self) -> dict[str, Answer]:
        """Return what is new or changed."""
        found = {}
        for criterion in self.criteria:
            finding = self.cleaned_data[f"finding_{criterion.code}"]
            reasoning = self.cleaned_data[f"reasoning_{criterion.code}"]
            row = self.kept.get(criterion.code)
            if finding and (row is None or (row.finding, row.reasoning) != (finding, reasoning)):
                found[criterion.code] = Answer(finding, reasoning)
        return found

    def new_citations(self) -> dict[str, list[Cited]]:
        """Return the evidence that is added, by criterion."""
        found = {}
        for criterion in self.criteria:
            key = self.cleaned_data[f"source_{criterion.code}"]
            if key:
                document, message = self.held.of(key)
                place = self.cleaned_data[f"place_{criterion.code}"]
                found[criterion.code] = [Cited(document, message, place)]
        return found

    def dropped(self) -> list[int]:
        """Return the ids of the evidence that is cited no more."""
        return [
            item.pk
            for items in self.cited.values()
            for item in items
            if self.cleaned_data[f"drop_{item.pk}"]
        ]


class PositionForm(CaseForm):
    """Words of one side, copied, with where they stand."""

    quote = text_field(
        _("The words"),
        rows=6,
        help_text=_("Copy them as they are; “…” leaves something out."),
        error_messages={"required": _("Copy the words of the side.")},
    )
    place = forms.CharField(label=_("Page or place"), max_length=200, required=False)

    def __init__(self, *args: Any, side: str, held: Material, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.held = held
        submission = _("The submission") if side == Side.COMPLAINANT else None
        self.fields["source"] = forms.ChoiceField(
            label=_("Where they stand"),
            choices=held.choices(side=side, submission=submission),
            error_messages={"required": _("Choose where the words stand.")},
        )
        self.order_fields(["row_version", "source", "quote", "place"])

    @property
    def source(self) -> tuple[CaseDocument | None, Message | None]:
        return self.held.of(self.cleaned_data["source"])


class GistForm(CaseForm):
    """The substance of something that a side cannot read."""

    text = text_field(
        _("The substance, in a message to this side"),
        rows=8,
        help_text=_(
            "Enough that the side can answer it; no name and nothing from which somebody could be "
            "recognised. The side reads exactly this text."
        ),
        error_messages={"required": _("Write the substance of it.")},
    )
