"""The pages of the form. Whatever was typed is saved first, then judged."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

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
from intake.forms import ProvisionsForm, ShownForm, StepForm
from intake.models import Draft
from intake.steps import Step, neighbours, steps_of
from intake.views.access import page, with_draft


def step_of(draft: Draft, answers: Answers, name: str) -> Step:
    """Return a page of this draft, or 404."""
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


def is_overtaken(request: HttpRequest, stored: Any, typed: Any) -> bool:
    """Tell whether another window saved something else since this page was shown."""
    mark = request.POST.get("seen", "")
    return bool(mark) and mark != seen_mark(stored) and stored != typed


OVERTAKEN = _(
    "You changed this page in another window in the meantime. Here is what you typed in this "
    "window: "
    "compare, then save again."
)


def single(request: HttpRequest, draft: Draft, answers: Answers, found: Step) -> HttpResponse:
    assert found.form is not None
    raw = answers.raw(found.name)
    if request.method != "POST":
        form = begun(found, raw)
        return _show(request, draft, answers, found, form=form, seen=seen_mark(raw))
    typed = raw_of(found.form(), request.POST)
    form = judged(found.form, typed)
    if is_overtaken(request, raw, typed):
        form.add_error(None, OVERTAKEN)
        return _show(request, draft, answers, found, form=form, seen=seen_mark(raw))
    answers = services.change(draft, lambda kept: kept.put(found.name, typed))
    if request.POST.get("go") != "later" and not form.is_valid() and not _is_skipped(found, typed):
        return _show(request, draft, answers, found, form=form, seen=seen_mark(typed))
    return onward(request, draft, answers, found)


def _is_skipped(found: Step, typed: Raw) -> bool:
    return found.is_optional and not any(any(values) for values in typed.values())


def begun(found: Step, raw: Raw) -> StepForm:
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


def many(request: HttpRequest, draft: Draft, answers: Answers, found: Step) -> HttpResponse:
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
    found = step_of(draft, answers, name)
    if not found.is_list or found.form is None or not ITEM_ID.fullmatch(item_id):
        raise Http404
    raw = answers.item(name, item_id)
    is_known = any(row["id"] == item_id for row in answers.items(name))
    if request.method == "POST":
        typed = raw_of(found.form(), request.POST)
        form = judged(found.form, typed)
        if is_overtaken(request, raw, typed):
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
        form = begun(found, raw)
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
    found = step_of(draft, answers, name)
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


def groups_of(
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


def typed_groups(groups: list[dict[str, Any]], data: Any) -> Raw:
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
    groups = groups_of(form_class, answers, found.name, keys, data)
    overtaken = ""
    stored = answers.raw(found.name)
    if data is not None:
        typed = typed_groups(groups, data)
        if is_overtaken(request, stored, typed):
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
