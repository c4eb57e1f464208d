"""Controls of forms as HTML, letter by letter what Django's templates of widgets give.

Django renders every option of a list by a template of its own: a list of countries costs more than
the page around it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe

Widget = dict[str, Any]


def _attributes(widget: Widget) -> str:
    parts = []
    for name, value in widget["attrs"].items():
        if value is True:
            parts.append(f" {conditional_escape(name)}")
        elif value is not False:
            parts.append(f' {conditional_escape(name)}="{_spelled(value)}"')
    return "".join(parts)


def _spelled(value: Any) -> str:
    return conditional_escape(value if isinstance(value, SafeString) else str(value))


def _input(widget: Widget) -> str:
    value = "" if widget["value"] is None else f' value="{_spelled(widget["value"])}"'
    name = conditional_escape(widget["name"])
    return f'<input type="{widget["type"]}" name="{name}"{value}{_attributes(widget)}>'


def _select(widget: Widget) -> str:
    parts = [f'<select name="{conditional_escape(widget["name"])}"{_attributes(widget)}>']
    for group, options, _index in widget["optgroups"]:
        if group:
            parts.append(f'\n  <optgroup label="{conditional_escape(group)}">')
        parts += [
            f'\n  <option value="{_spelled(option["value"])}"{_attributes(option)}>'
            f"{conditional_escape(option['label'])}</option>\n"
            for option in options
        ]
        if group:
            parts.append("\n  </optgroup>")
    return "".join(parts) + "\n</select>"


QUICK: dict[str, Callable[[Widget], str]] = {
    "django/forms/widgets/select.html": _select,
    **{
        f"django/forms/widgets/{name}.html": _input
        for name in ("text", "number", "email", "url", "hidden", "checkbox", "date", "input")
    },
}


def html(template_name: str, context: dict[str, Any]) -> SafeString | None:
    """Return a control, or None for one that Django's own template renders."""
    quick = QUICK.get(template_name)
    return mark_safe(quick(context["widget"])) if quick else None  # noqa: S308 - escaped above
