"""The pages of the form. Whatever was typed is saved first, then judged."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from documents.models import Document
from intake import services
from intake.answers import (
    ITEM_ID,
    Answers,
    Raw,
    filled,
    judged,
    new_item_id,
    raw_of,
    seen_mark,
)
from intake.forms import EvidenceForm, FileForm, ProvisionsForm, ShownForm, StepForm
from intake.models import Draft
from intake.steps import Step, neighbours, steps_of
from intake.views import finish
from intake.views.access import page, with_draft


@require_http_methods(["GET", "HEAD", "POST"])
@with_draft
def step(request: HttpRequest, draft: Draft, name: str) -> HttpResponse:
    """Show or take one page of the form."""
    answers = Answers.loads(draft.payload)
    found = _step(draft, answers, name)
    special: dict[str, Callable[..., HttpResponse]] = {
        "provisions": provisions,
        "evidence": evidence,
        "disclosure": disclosure,
        "check": finish.check,
        "code": finish.code,
        "send": finish.send,
    }
    if name in special:
        return special[name](request, draft, answers, found)
    if found.is_list:
        return _list(request, draft, answers, found)
    return _single(request, draft, answers, found)


def _step(draft: Draft, answers: Answers, name: str) -> Step:
    for found in steps_of(answers, by_staff=draft.entered_by_id is not None):
        if found.name == name:
            return found
    raise Http404


def check_url() -> str:
    return reverse("intake:step", args=["check"])


def onward(request: HttpRequest, draft: Draft, answers: Answers, found: Step) -> HttpResponse:
    """Go where the pressed button leads: to the next page, or to the draft code for later."""
    if request.POST.get("go") == "later":
        return redirect("intake:saved")
    if request.POST.get("return") == "check":
        return redirect(check_url())
    _before, after = neighbours(
        steps_of(answers, by_staff=draft.entered_by_id is not None), found.name
    )
    return redirect(after.url if after else found.url)


def _is_overtaken(request: HttpRequest, stored: Any, typed: Any) -> bool:
    """Tell whether another window saved something else since this page was shown."""
    mark = request.POST.get("seen", "")
    return bool(mark) and mark != seen_mark(stored) and stored != typed


OVERTAKEN = _(
    "You changed this page in another window in the meantime. Here is what you typed in this "
    "window: "
    "compare, then save again."
)


def _single(request: HttpRequest, draft: Draft, answers: Answers, found: Step) -> HttpResponse:
    assert found.form is not None
    raw = answers.raw(found.name)
    if request.method != "POST":
        form = _begun(found, raw)
        return _show(request, draft, answers, found, form=form, seen=seen_mark(raw))
    typed = raw_of(found.form(), request.POST)
    form = judged(found.form, typed)
    if _is_overtaken(request, raw, typed):
        form.add_error(None, OVERTAKEN)
        return _show(request, draft, answers, found, form=form, seen=seen_mark(raw))
    answers = services.change(draft, lambda kept: kept.put(found.name, typed))
    if request.POST.get("go") != "later" and not form.is_valid() and not _is_skipped(found, typed):
        return _show(request, draft, answers, found, form=form, seen=seen_mark(typed))
    return onward(request, draft, answers, found)


def _is_skipped(found: Step, typed: Raw) -> bool:
    return found.is_optional and not any(any(values) for values in typed.values())


def _begun(found: Step, raw: Raw) -> StepForm:
    """Return the form as it was left, with its faults if it was left with some."""
    assert found.form is not None
    if any(any(value.strip() for value in values) for values in raw.values()):
        form = judged(found.form, raw)
        if not form.is_valid():
            return form
    return filled(found.form, raw)


def _show(
    request: HttpRequest, draft: Draft, answers: Answers, found: Step, **more: Any
) -> HttpResponse:
    more.setdefault("return_to", request.POST.get("return") or request.GET.get("return", ""))
    return render(request, "intake/step.html", page(draft, answers, found, **more))


# Lists: several complainants, enterprises, issues, proceedings


def _list(request: HttpRequest, draft: Draft, answers: Answers, found: Step) -> HttpResponse:
    rows = answers.items(found.name)
    if request.method == "POST":
        return onward(request, draft, answers, found)
    if not rows and not found.is_optional:
        return redirect("intake:item", found.name, new_item_id())
    assert found.form is not None
    entries = []
    for row in rows:
        form = judged(found.form, row["raw"])
        first = next(iter(found.form.base_fields))
        entries.append(
            {
                "id": row["id"],
                "label": next(iter(row["raw"].get(first, [])), "").strip()
                or _("Without a name yet"),
                "is_complete": form.is_valid(),
            }
        )
    return render(
        request,
        "intake/list.html",
        page(draft, answers, found, entries=entries, new_id=new_item_id()),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@with_draft
def item(request: HttpRequest, draft: Draft, name: str, item_id: str) -> HttpResponse:
    """One row of a list. Its id is made when the page is shown, so sending twice adds one row."""
    answers = Answers.loads(draft.payload)
    found = _step(draft, answers, name)
    if not found.is_list or found.form is None or not ITEM_ID.fullmatch(item_id):
        raise Http404
    raw = answers.item(name, item_id)
    is_known = any(row["id"] == item_id for row in answers.items(name))
    if request.method == "POST":
        typed = raw_of(found.form(), request.POST)
        form = judged(found.form, typed)
        if _is_overtaken(request, raw, typed):
            form.add_error(None, OVERTAKEN)
        else:
            if is_known or any(any(value.strip() for value in values) for values in typed.values()):
                answers = services.change(draft, lambda kept: kept.put_item(name, item_id, typed))
                raw = typed
            if request.POST.get("go") == "later":
                return redirect("intake:saved")
            if form.is_valid():
                is_checking = request.POST.get("return") == "check"
                return redirect(check_url() if is_checking else found.url)
    else:
        form = _begun(found, raw)
    return render(
        request,
        "intake/item.html",
        page(
            draft,
            answers,
            found,
            form=form,
            seen=seen_mark(raw),
            item_id=item_id,
            is_known=is_known,
            return_to=request.POST.get("return") or request.GET.get("return", ""),
        ),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@with_draft
def remove_item(request: HttpRequest, draft: Draft, name: str, item_id: str) -> HttpResponse:
    answers = Answers.loads(draft.payload)
    found = _step(draft, answers, name)
    if not found.is_list or found.form is None:
        raise Http404
    if request.method == "POST":
        services.change(draft, lambda kept: kept.remove_item(name, item_id))
        return redirect(found.url if len(answers.items(name)) > 1 else "intake:overview")
    raw = answers.item(name, item_id)
    if not raw:
        return redirect(found.url)
    first = next(iter(found.form.base_fields))
    label = next(iter(raw.get(first, [])), "") or _("Without a name yet")
    return render(
        request,
        "intake/remove.html",
        page(draft, answers, found, label=label, item_id=item_id),
    )


@with_draft
def overview(request: HttpRequest, draft: Draft) -> HttpResponse:
    """The list of steps on a page of its own, each with how it stands."""
    return render(request, "intake/overview.html", page(draft, Answers.loads(draft.payload), None))


# Pages with one group of questions for each person, issue or file


def _groups(
    form_class: type[StepForm],
    answers: Answers,
    step_name: str,
    keys: list[tuple[str, str]],
    data: Any,
) -> list[dict[str, Any]]:
    raw = answers.raw(step_name)
    groups = []
    for key, title in keys:
        if data is None:
            form = filled(form_class, raw, prefix=key)
        else:
            form = judged(form_class, raw_of(form_class(prefix=key), data), prefix=key)
        groups.append({"key": key, "title": title, "form": form})
    return groups


def _typed_groups(groups: list[dict[str, Any]], data: Any) -> Raw:
    typed: Raw = {}
    for group in groups:
        typed.update(raw_of(group["form"], data))
    return typed


def _grouped(
    request: HttpRequest,
    draft: Draft,
    answers: Answers,
    found: Step,
    form_class: type[StepForm],
    keys: list[tuple[str, str]],
    template: str,
) -> HttpResponse:
    data = request.POST if request.method == "POST" else None
    groups = _groups(form_class, answers, found.name, keys, data)
    overtaken = ""
    stored = answers.raw(found.name)
    if data is not None:
        typed = _typed_groups(groups, data)
        if _is_overtaken(request, stored, typed):
            overtaken = OVERTAKEN
        else:
            answers = services.change(draft, lambda kept: kept.put(found.name, typed))
            stored = typed
        in_order = data.get("go") == "later" or all(group["form"].is_valid() for group in groups)
        if in_order and not overtaken:
            return onward(request, draft, answers, found)
    return render(
        request,
        template,
        page(
            draft,
            answers,
            found,
            groups=groups,
            overtaken=overtaken,
            seen=seen_mark(stored),
            has_errors=data is not None,
            return_to=request.POST.get("return") or request.GET.get("return", ""),
        ),
    )


def provisions(request: HttpRequest, draft: Draft, answers: Answers, found: Step) -> HttpResponse:
    keys = [
        (row["id"], next(iter(row["raw"].get("title", [])), "") or str(number))
        for number, row in enumerate(answers.items("issues"), start=1)
    ]
    return _grouped(request, draft, answers, found, ProvisionsForm, keys, "intake/provisions.html")


def disclosure(request: HttpRequest, draft: Draft, answers: Answers, found: Step) -> HttpResponse:
    keys = list(answers.people())
    return _grouped(request, draft, answers, found, ShownForm, keys, "intake/disclosure.html")


def evidence(request: HttpRequest, draft: Draft, answers: Answers, found: Step) -> HttpResponse:
    """Files: added, described, removed; each button saves what stands on the page."""
    room = max(0, settings.MAX_FILES - len(answers.files))
    data = request.POST if request.method == "POST" else None
    form = EvidenceForm(data, request.FILES if data is not None else None, room=room)
    keys = [(row["id"], row["name"]) for row in answers.files]
    groups = _groups(FileForm, answers, found.name, keys, data)
    if data is not None:
        typed = _typed_groups(groups, data)
        services.change(draft, lambda kept: kept.merge(found.name, typed))
        if removed := data.get("remove"):
            services.remove_file(draft, removed)
            return redirect(found.url)
        is_taken = form.is_valid()
        if form.accepted:
            by = request.user if draft.entered_by_id else None
            answers = services.add_files(draft, form.accepted, by=by)
        if is_taken and all(group["form"].is_valid() for group in groups):
            if form.accepted or data.get("go") == "upload":
                return redirect(found.url)
            return onward(request, draft, answers, found)
        known = {group["key"] for group in groups}
        new = [(row["id"], row["name"]) for row in answers.files if row["id"] not in known]
        groups += _groups(FileForm, answers, found.name, new, None)
    held = Document.objects.in_bulk([row["id"] for row in answers.files])
    sizes = {row["id"]: row["size"] for row in answers.files}
    for group in groups:
        group["size"] = sizes.get(group["key"], 0)
        group["document"] = held.get(UUID(group["key"]))
    return render(
        request,
        "intake/evidence.html",
        page(
            draft,
            answers,
            found,
            form=form,
            groups=groups,
            room=room,
            has_errors=bool(form.errors) or any(group["form"].errors for group in groups),
        ),
    )
