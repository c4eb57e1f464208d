"""All answers on one page, each with the address where it is changed."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.utils.text import format_lazy
from django.utils.translation import gettext as _

from cases import partial_days
from intake.answers import Answers
from intake.fields import PartialDayField
from intake.forms import StepForm
from intake.steps import PREVIEWS, Step, steps_of


@dataclass(frozen=True)
class Row:
    """One question with its answer; `url` is the page where it is changed."""

    label: Any
    value: str
    url: str
    is_wrong: bool = False


@dataclass
class Entry:
    title: str
    rows: list[Row] = field(default_factory=list)


@dataclass
class Section:
    step: Step
    entries: list[Entry] = field(default_factory=list)


def _shown(field_: forms.Field, value: Any) -> str:
    if isinstance(field_, PartialDayField):
        return partial_days.display(value)
    if isinstance(field_, forms.BooleanField):
        return _("Yes") if value else ""
    if isinstance(field_, forms.MultipleChoiceField):
        names = dict(field_.choices)
        return "\n".join(str(names.get(key, key)) for key in value)
    if isinstance(field_, forms.ChoiceField):
        return str(dict(field_.choices).get(value, value))
    return str(value)


def rows_of(form: StepForm, url: str) -> list[Row]:
    """Return the answered questions of a form; wrong ones as typed, with a mark."""
    form.is_valid()
    rows = []
    for name, field_ in form.fields.items():
        anchor = f"{url}?return=check#{form[name].auto_id}"
        if field_.widget.use_fieldset:
            anchor += "_0"
        if name in form.errors:
            typed = form[name].data
            parts = typed if isinstance(typed, list) else [typed]
            value = " ".join(str(part) for part in parts if part)
            if value or field_.required:
                rows.append(Row(field_.label, value, anchor, is_wrong=True))
            continue
        value = form.cleaned_data.get(name)
        if value in (None, "", [], False):
            continue
        rows.append(Row(field_.label, _shown(field_, value), anchor))
    return rows


def sections(answers: Answers, *, by_staff: bool = False) -> list[Section]:
    """Return what the page for checking shows, in the order of the steps."""
    found = []
    for step in steps_of(answers, by_staff=by_staff):
        if step.name in {"check", "code", "send", *PREVIEWS}:
            continue
        section = Section(step)
        if step.is_list and step.form:
            for row in answers.items(step.name):
                url = reverse("intake:item", args=[step.name, row["id"]])
                section.entries.append(
                    Entry("", rows_of(answers.judged(step.form, row["raw"]), url))
                )
        elif step.name == "provisions":
            for number, row in enumerate(answers.items("issues"), start=1):
                title = next(iter(row["raw"].get("title", [])), "") or str(number)
                section.entries.append(
                    Entry(title, rows_of(answers.provisions_form(row["id"]), step.url))
                )
        elif step.name == "disclosure":
            for person, name in answers.people():
                section.entries.append(Entry(name, rows_of(answers.shown_form(person), step.url)))
        elif step.name == "evidence":
            for row in answers.evidence:
                title = str(format_lazy("{} ({})", row["name"], filesizeformat(row["size"])))
                section.entries.append(
                    Entry(title, rows_of(answers.file_form(row["id"]), step.url))
                )
        elif step.form:
            section.entries.append(
                Entry("", rows_of(answers.judged(step.form, answers.raw(step.name)), step.url))
            )
            if step.name == "representative":
                section.entries[-1].rows.extend(
                    Row(_("Proof that they asked you"), row["name"], step.url)
                    for row in answers.mandates
                )
            if step.name == "arrival":
                section.entries[-1].rows.extend(
                    Row(_("The original, scanned"), row["name"], step.url)
                    for row in answers.originals
                )
        section.entries = [
            entry for entry in section.entries if entry.rows or step.name == "evidence"
        ]
        found.append(section)
    return found
