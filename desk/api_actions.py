"""The steps of the procedure for a program: the page's own check, form and service, as data.

Every page of `desk.urls` that asks for data alone is a step here too, under the same address below
/api/v1/. A page that answers with more than “done” (a letter with an access code, say) is not: what
it shows is shown to a person, once.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any
from uuid import UUID

from django import forms
from django.http import QueryDict
from django.urls import URLPattern, resolve, reverse
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework import status
from rest_framework.exceptions import APIException, ValidationError
from rest_framework.request import Request

from accounts.roles import Scope
from cases.errors import Stale
from cases.models import Case
from cases.services.acting import what_happened
from desk import urls
from desk.forms.base import CaseForm
from desk.views.base import ActionView, visible_case

FOR_PEOPLE = frozenset({"ProposeErasure", "ProposePersonErasure", "SettleErasure"})
"""Pages whose step is taken by people alone: what is erased cannot be brought back."""

SCOPES = {
    "message": Scope.MESSAGES_WRITE,
    "request": Scope.MESSAGES_WRITE,
    "answer_report": Scope.MESSAGES_WRITE,
    "add_document": Scope.DOCUMENTS_WRITE,
    "declare": Scope.DECISIONS_WRITE,
    "propose": Scope.DECISIONS_WRITE,
    "vote": Scope.DECISIONS_WRITE,
    "count_votes": Scope.DECISIONS_WRITE,
    "settle_correction": Scope.DECISIONS_WRITE,
    "conclude_review": Scope.DECISIONS_WRITE,
    "dissent": Scope.DECISIONS_WRITE,
    "decide_challenge": Scope.DECISIONS_WRITE,
    "challenge_reply": Scope.DECISIONS_WRITE,
}
"""By name of the page; every other step needs `Scope.CASES_WRITE`."""

TYPES = (
    (forms.FileField, "file"),
    (forms.DateTimeField, "datetime"),
    (forms.DateField, "date"),
    (forms.IntegerField, "integer"),
    (forms.BooleanField, "boolean"),
    (forms.MultipleChoiceField, "choices"),
    (forms.ChoiceField, "choice"),
)
SCHEMAS: dict[str, dict[str, Any]] = {
    "file": {"type": "string", "format": "binary"},
    "datetime": {"type": "string", "format": "date-time"},
    "date": {"type": "string", "format": "date"},
    "integer": {"type": "integer"},
    "boolean": {"type": "boolean"},
    "choices": {"type": "array", "items": {"type": "string"}},
    "choice": {"type": "string"},
    "text": {"type": "string"},
}
VERSION = "row_version"
ANSWER_REPORT = "answer_report"
"""The one step that is offered with a subject of its own: the report that waits."""


class Precondition(APIException):
    status_code = status.HTTP_412_PRECONDITION_FAILED
    default_detail = gettext_lazy("The case has changed. Read it again, then decide.")
    default_code = "precondition_failed"


class PreconditionMissing(APIException):
    status_code = status.HTTP_428_PRECONDITION_REQUIRED
    default_detail = gettext_lazy(
        "Send the row version that you read, as If-Match or as row_version."
    )
    default_code = "precondition_required"


def steps() -> Iterator[tuple[str, str, type[ActionView]]]:
    """Yield address, name and page of every step that a program may take."""
    for route, pattern in _routes("", urls.urlpatterns):
        page = getattr(pattern.callback, "view_class", None)
        if not pattern.name or page is None:
            continue
        if route.startswith(urls.CASE) and issubclass(page, ActionView) and is_for_programs(page):
            yield route, pattern.name, page


def _routes(prefix: str, patterns: Iterable[Any]) -> Iterator[tuple[str, URLPattern]]:
    """Yield each address below a prefix, whatever file lists it."""
    for pattern in patterns:
        route = f"{prefix}{pattern.pattern}"
        if isinstance(pattern, URLPattern):
            yield route, pattern
        else:
            yield from _routes(route, pattern.url_patterns)


def is_for_programs(page: type[ActionView]) -> bool:
    """Tell whether a page does nothing but ask for data and say that it is done.

    A guard of its own (`as_view`, `dispatch`) would be passed by here; a page that draws its
    answer itself shows something that only a person may see, once.
    """
    if page.__name__ in FOR_PEOPLE:
        return False
    same = ("setup", "dispatch", "get", "post", "page")
    guarded_alike = page.as_view.__func__ is ActionView.as_view.__func__  # type: ignore[attr-defined]
    return (
        guarded_alike
        and _leads_on(page)
        and all(getattr(page, name) is getattr(ActionView, name) for name in same)
    )


def _leads_on(page: type[ActionView]) -> bool:
    """Tell whether a page answers by leading to another one."""
    return page.finish is ActionView.finish or bool(
        {"redirect", "finish"} & set(page.finish.__code__.co_names)
    )


def scope_of(name: str) -> Scope:
    return SCOPES.get(name, Scope.CASES_WRITE)


def route_name(name: str) -> str:
    return f"api-case-{name.replace('_', '-')}"


def href(case_id: UUID, action: str) -> str | None:
    """Return where an action of `cases.actions` is posted, or None where its page alone does it."""
    name = action.replace("-", "_")
    if name not in _OFFERED:
        return None
    return reverse(route_name(name), args=[case_id])


def opened(
    page: type[ActionView], request: Request, pk: UUID, kwargs: dict[str, Any]
) -> ActionView:
    """Return the page as its person opens it; the same checks as in the browser.

    Raises:
        Http404, PermissionDenied, cases.errors.Conflict: as the page answers.
    """
    view = page()
    view.setup(request._request, pk=pk, **kwargs)
    view.case = visible_case(view.request, pk, parts=page.parts)
    view.check()
    return view


def href_of_report(case_id: UUID, report: str) -> str:
    """Return where the answer to a report of pressure is posted."""
    return reverse(route_name(ANSWER_REPORT), args=[case_id, report])


def described(request: Request, pk: UUID, offer: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the fields of an offered action; none where its page alone does it."""
    if not offer["href"]:
        return []
    step = resolve(offer["href"])
    page: type[ActionView] = step.func.cls.page  # type: ignore[attr-defined]
    rest = {name: value for name, value in step.kwargs.items() if name != "pk"}
    return fields_of(opened(page, request, pk, rest).form())


def require_version(request: Request, case: Case) -> int:
    """Return the row version that the program read.

    Raises:
        PreconditionMissing: it says none (428).
        Precondition: `If-Match` names another than the present one (412).
        Stale: `row_version` is another than the present one (409).
        ValidationError: it is no number.
    """
    header = request.headers.get("If-Match", "").strip()
    if header:
        match = re.fullmatch(r'"?(\d{1,9})"?', header)
        if not match or int(match[1]) != case.row_version:
            raise Precondition
        return case.row_version
    given = request.data.get(VERSION)
    if given in (None, ""):
        raise PreconditionMissing
    if not re.fullmatch(r"\d{1,9}", str(given)):
        raise ValidationError({VERSION: [_("Enter a whole number.")]})
    if int(given) != case.row_version:
        raise Stale(what_happened(case, reader=request.user))
    return case.row_version


def take(view: ActionView, request: Request) -> Any:
    """Do the step with what the program sent and return what the service gave.

    Raises:
        ValidationError: by field.
        django.core.exceptions.ValidationError, PermissionDenied, cases.errors.Conflict.
    """
    if not hasattr(request.data, "get"):
        raise ValidationError({"": [_("Send an object.")]})
    version = require_version(request, view.case)
    blank = view.form()
    unknown = set(request.data) - set(blank.fields) - {VERSION}
    if unknown:
        raise ValidationError({name: [_("There is no such field.")] for name in sorted(unknown)})
    data, files = _form_data(request, blank, version)
    form = view.form(data, files)
    if not form.is_valid():
        raise ValidationError(
            {"" if name == "__all__" else name: list(texts) for name, texts in form.errors.items()}
        )
    return view.perform(form)


def _form_data(
    request: Request, form: CaseForm, version: int
) -> tuple[QueryDict, MultiValueDict[str, Any]]:
    data, files = QueryDict(mutable=True), MultiValueDict[str, Any]()
    for name in request.data:
        if name == VERSION:
            continue
        field = form.fields[name]
        value = (
            request.data.getlist(name) if hasattr(request.data, "getlist") else request.data[name]
        )
        values = value if isinstance(value, list) else [value]
        if isinstance(field, forms.FileField):
            files.setlist(name, [item for item in values if hasattr(item, "chunks")])
            continue
        data.setlist(name, [_as_text(name, field, item) for item in values if item is not None])
    data[VERSION] = str(version)
    return data, files


def _as_text(name: str, field: forms.Field, value: Any) -> str:
    if isinstance(value, dict | list):
        raise ValidationError({name: [_("Send a single value.")]})
    if isinstance(value, bool):
        if isinstance(field, forms.ChoiceField):
            return "yes" if value else "no"
        return "true" if value else "false"
    return str(value)


def kind_of(field: forms.Field) -> str:
    return next((name for kind, name in TYPES if isinstance(field, kind)), "text")


def fields_of(form: CaseForm) -> list[dict[str, Any]]:
    """Return what a program must know to fill in a form, as it is for this case now."""
    return [
        {
            "name": name,
            "label": str(field.label or name),
            "hint": str(field.help_text or ""),
            "type": kind_of(field),
            "required": field.required,
            "max_length": getattr(field, "max_length", None),
            "choices": dict(_choices(field)),
        }
        for name, field in form.fields.items()
        if name != VERSION
    ]


def _choices(field: forms.Field) -> Iterator[tuple[str, str]]:
    for value, label in getattr(field, "choices", ()):
        for each, text in label if isinstance(label, list | tuple) else ((value, label),):
            if str(each):
                yield str(each), str(text)


def body_schema(page: type[ActionView]) -> dict[str, Any]:
    """Return the JSON schema of what a step takes.

    Fields and answers that depend on the case (an issue, a body) are told by a GET of the same
    address; they are not listed here.
    """
    form = page.form_class
    depends = any("__init__" in vars(base) for base in form.__mro__ if base in _below(form))
    properties: dict[str, Any] = {VERSION: {"type": "integer", "minimum": 0}}
    required = []
    for name, field in form.base_fields.items():
        if name == VERSION:
            continue
        kind = kind_of(field)
        schema = {**SCHEMAS[kind], "description": str(field.label or name)}
        values = [value for value, _label in _choices(field)]
        if values and kind == "choice" and not depends:
            schema["enum"] = values if field.required else ["", *values]
        if getattr(field, "max_length", None) and kind == "text":
            schema["maxLength"] = field.max_length
        properties[name] = schema
        if field.required and not depends:
            required.append(name)
    schema = {"type": "object", "properties": properties, "additionalProperties": depends}
    return {**schema, "required": required} if required else schema


def _below(form: type[forms.BaseForm]) -> list[type]:
    """The classes of a form that are more special than the form of any case."""
    return list(form.__mro__[: form.__mro__.index(CaseForm)])


def takes_files(page: type[ActionView]) -> bool:
    return any(isinstance(field, forms.FileField) for field in page.form_class.base_fields.values())


_OFFERED = {
    name: page for route, name, page in steps() if route == f"{urls.CASE}{name.replace('_', '-')}/"
}
"""The steps that have a case as their only subject, by name."""
