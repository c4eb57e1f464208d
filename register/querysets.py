"""Sets of published records: the filters that pages, feeds, downloads and the API share."""

from typing import TYPE_CHECKING

from django.db import models

from .filters import Filters

if TYPE_CHECKING:
    from .models import PublishedRecord  # noqa: F401

CARD_FIELDS = (
    "id",
    "reference",
    "title",
    "language",
    "translations",
    "stage",
    "lead_ncp",
    "submitted_on",
    "concluded_on",
    "sort_on",
    "host_countries",
    "sector",
    "chapters",
    "outcome",
    "summary",
    "first_published_at",
    "changed_at",
)


class RecordQuerySet(models.QuerySet["PublishedRecord"]):
    def public(self) -> "RecordQuerySet":
        """Records that are published now. Every public door starts here."""
        return self.filter(withdrawn_at__isnull=True)

    def filtered(self, filters: Filters) -> "RecordQuerySet":
        records = self
        if filters.year:
            records = records.filter(year=filters.year)
        if filters.chapter:
            records = records.filter(chapters__contains=[filters.chapter])
        if filters.sector:
            records = records.filter(sector=filters.sector)
        if filters.country:
            records = records.filter(host_countries__contains=[filters.country])
        if filters.outcome:
            records = records.filter(outcome=filters.outcome)
        if filters.lead_ncp:
            records = records.filter(lead_ncp=filters.lead_ncp)
        return records

    def newest_first(self) -> "RecordQuerySet":
        return self.order_by("-sort_on", "-id")

    def cards(self) -> "RecordQuerySet":
        """Only what a list shows: statements and search columns stay in the database."""
        return self.only(*CARD_FIELDS)

    def without_search(self) -> "RecordQuerySet":
        return self.defer("search_text", "search_vector")
