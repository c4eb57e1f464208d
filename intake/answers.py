"""What somebody has typed so far, page by page, exactly as typed.

`Answers` wraps the plain data that a draft seals. Nothing here is validated away: a wrong date
stays as it is until the person mends it, and a form is asked again whenever its meaning is needed.
"""

from __future__ import annotations

import hashlib
import json
import re
import secrets
from collections.abc import Iterator
from typing import Any

from django import forms
from django.utils.datastructures import MultiValueDict

from intake.forms import FileForm, ProvisionsForm, ShownForm, StepForm

Raw = dict[str, list[str]]

ITEM_ID = re.compile(r"[0-9a-f]{8}")


def new_item_id() -> str:
    return secrets.token_hex(4)


def raw_of(form: StepForm, data: Any) -> Raw:
    """Return what was sent for the fields of a form and nothing else."""
    raw: Raw = {}
    for name in form.fields:
        full = form.add_prefix(name)
        parts = [full, *(f"{full}_{part}" for part in range(3))]
        for part in parts:
            if part in data:
                raw[part] = data.getlist(part)
    return raw


def filled(form_class: type[StepForm], raw: Raw, *, prefix: str = "", **kwargs: Any) -> StepForm:
    """Return an unbound form that shows what was typed, without judging it."""
    data = MultiValueDict(raw)
    form = form_class(prefix=prefix or None, **kwargs)
    for name, field in form.fields.items():
        if isinstance(field, forms.FileField) or not raw:
            continue
        form.initial[name] = field.widget.value_from_datadict(data, {}, form.add_prefix(name))
    return form


def judged(form_class: type[StepForm], raw: Raw, *, prefix: str = "", **kwargs: Any) -> StepForm:
    """Return the form bound to what was typed: `cleaned_data` and `errors` say what it means."""
    return form_class(MultiValueDict(raw), prefix=prefix or None, **kwargs)


def meaning(form: StepForm) -> dict[str, Any]:
    """Return the values that are in order; what is wrong or empty is left out."""
    form.is_valid()
    return {name: value for name, value in form.cleaned_data.items() if value not in (None, "")}


def seen_mark(raw: Any) -> str:
    """Return a mark of what a page showed, to notice that another window changed it since."""
    return hashlib.sha256(json.dumps(raw, sort_keys=True).encode()).hexdigest()[:16]


class Answers:
    """The data of one draft; `data` is plain JSON."""

    def __init__(self, data: dict[str, Any] | None = None) -> None:
        self.data = data or {}
        for key in ("forms", "items", "status"):
            self.data.setdefault(key, {})
        self.data.setdefault("files", [])
        self._judged: dict[tuple[type[StepForm], str, str], StepForm] = {}

    @classmethod
    def loads(cls, payload: str) -> Answers:
        return cls(json.loads(payload) if payload else {})

    def dumps(self) -> str:
        return json.dumps(self.data, ensure_ascii=False)

    # Pages with one form

    def raw(self, step: str) -> Raw:
        return self.data["forms"].get(step, {})

    def put(self, step: str, raw: Raw) -> None:
        self.data["forms"][step] = raw

    def merge(self, step: str, raw: Raw) -> None:
        self.put(step, {**self.raw(step), **raw})

    def first(self, step: str, name: str) -> str:
        return next(iter(self.raw(step).get(name, [])), "")

    # Pages with a list

    def items(self, step: str) -> list[dict[str, Any]]:
        return self.data["items"].get(step, [])

    def item(self, step: str, item_id: str) -> Raw:
        return next((item["raw"] for item in self.items(step) if item["id"] == item_id), {})

    def put_item(self, step: str, item_id: str, raw: Raw) -> None:
        rows = self.data["items"].setdefault(step, [])
        for row in rows:
            if row["id"] == item_id:
                row["raw"] = raw
                return
        rows.append({"id": item_id, "raw": raw})

    def remove_item(self, step: str, item_id: str) -> None:
        rows = self.items(step)
        self.data["items"][step] = [row for row in rows if row["id"] != item_id]

    # Files

    @property
    def files(self) -> list[dict[str, Any]]:
        return self.data["files"]

    @property
    def evidence(self) -> list[dict[str, Any]]:
        """The files that show what happened; proofs of a mandate and scans of what came on paper
        stand apart."""
        return [row for row in self.files if not (row.get("is_mandate") or row.get("is_original"))]

    @property
    def originals(self) -> list[dict[str, Any]]:
        return [row for row in self.files if row.get("is_original")]

    @property
    def mandates(self) -> list[dict[str, Any]]:
        return [row for row in self.files if row.get("is_mandate")]

    def remove_file(self, file_id: str) -> None:
        self.data["files"] = [row for row in self.files if row["id"] != file_id]

    # What it means

    def judged(self, form_class: type[StepForm], raw: Raw, *, prefix: str = "") -> StepForm:
        """Return what `judged` returns, once for the same form and the same words.

        Sending asks for the meaning of a page to see what is missing, and again to file it.
        """
        key = (form_class, prefix, json.dumps(raw))
        if key not in self._judged:
            self._judged[key] = judged(form_class, raw, prefix=prefix)
        return self._judged[key]

    # What depends on other pages

    @property
    def acts_for_others(self) -> bool:
        return self.first("acting", "acting") == "others"

    def people(self) -> Iterator[tuple[str, str]]:
        """Yield id and name of everybody whose name may be shown or kept."""
        for number, item in enumerate(self.items("complainants"), start=1):
            yield item["id"], next(iter(item["raw"].get("name", [])), "") or str(number)
        if self.acts_for_others:
            yield "representative", self.first("representative", "name")

    def shown_form(self, person_id: str) -> StepForm:
        return self.judged(ShownForm, self.raw("disclosure"), prefix=person_id)

    def provisions_form(self, issue_id: str) -> StepForm:
        return self.judged(ProvisionsForm, self.raw("provisions"), prefix=issue_id)

    def file_form(self, file_id: str) -> StepForm:
        return self.judged(FileForm, self.raw("evidence"), prefix=file_id)

    # Other ways than the whole form

    @property
    def is_recording(self) -> bool:
        """Tell whether somebody tells it by voice or video and leaves the rest to the office."""
        return bool(self.data.get("recording"))

    @property
    def write_up_of(self) -> str:
        """Return the id of the case whose recording is written down here, or ""."""
        return self.data.get("write_up_of", "")

    # What the writer has looked at

    def mark(self) -> str:
        """Return a mark of everything that others may come to see."""
        return seen_mark([self.data["forms"], self.data["items"], self.files])

    def has_looked(self, step: str) -> bool:
        """Tell whether a preview was looked at since the last change."""
        return self.data.get("looked", {}).get(step) == self.mark()

    def look(self, step: str) -> None:
        self.data.setdefault("looked", {})[step] = self.mark()

    # The codes

    @property
    def draft_code(self) -> str:
        return self.data.get("draft_code", "")

    @property
    def access_code(self) -> str:
        return self.data.get("access_code", "")

    @property
    def code_is_confirmed(self) -> bool:
        return bool(self.access_code) and self.data.get("code_confirmed") == self.access_code

    def confirm_code(self) -> None:
        self.data["code_confirmed"] = self.access_code
