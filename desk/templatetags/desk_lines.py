from typing import Any

from django import template
from django.utils.safestring import SafeString

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
