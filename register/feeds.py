"""The Atom feed: what was published or changed last, for the whole register or a filter."""

from datetime import datetime

from django.http import HttpRequest
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from .facets import active_filters
from .filters import Filters
from .models import PublishedRecord
from .vocabulary import Outcome

ENTRIES = 50


def atom(request: HttpRequest, filters: Filters, changed_at: datetime) -> str:
    """The newest 50 changes as Atom, in the reader's language."""
    chosen = ", ".join(item.value for item in active_filters(filters, ""))
    title = _("Published specific instances")
    feed = Atom1Feed(
        title=f"{title}: {chosen}" if chosen else title,
        link=request.build_absolute_uri(reverse("register:list") + _query(filters)),
        feed_url=request.build_absolute_uri(reverse("register:feed") + _query(filters)),
        description="",
        subtitle=_("Cases and statements as they are published, corrected or followed up."),
        language=get_language(),
    )
    records = PublishedRecord.objects.public().filtered(filters).cards()
    newest = list(records.order_by("-changed_at", "-id")[:ENTRIES])
    for record in newest:
        feed.add_item(
            title=record.title_shown,
            link=request.build_absolute_uri(reverse("register:record", args=[record.pk])),
            description=f"{Outcome(record.outcome).label}. {record.summary_shown}".strip(),
            unique_id=f"urn:uuid:{record.pk}",
            pubdate=record.first_published_at,
            updateddate=record.changed_at,
        )
    feed.latest_post_date = lambda: newest[0].changed_at if newest else changed_at  # type: ignore[method-assign]
    return feed.writeString("utf-8")


def _query(filters: Filters) -> str:
    return f"?{filters.query()}" if filters else ""
