from typing import Any

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from cases.search.asking import Piece
from desk import row_html
from desk.lists import Row

register = template.Library()


@register.simple_tag
def line(row: Row, columns: Any, acts: Any, ticks: Any, query: Any) -> SafeString:
    """A case as a line of a list: `{% line row columns acts ticks query %}`.

    Args:
        query: what is added to the address of the case, so that its page knows the list.
    """
    return row_html.html(
        row, columns=columns or {}, acts=bool(acts), ticks=bool(ticks), query=str(query or "")
    )


@register.filter
def found(pieces: list[Piece]) -> SafeString:
    """Words around a hit, those that were found marked: `{{ hit.pieces|found }}`. A page of results
    has some two hundred pieces; as a loop of the template they took a third of its time."""
    return format_html_join(
        "",
        "{}",
        (
            (format_html("<mark>{}</mark>", item.text) if item.is_hit else item.text,)
            for item in pieces
        ),
    )
