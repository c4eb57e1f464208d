"""Write the search columns, the vocabulary and the filter values of the register again."""

from typing import Any

from django.core.management.base import BaseCommand
from django.db import transaction

from register.indexing import reindex
from register.models import PublishedRecord, RegisterFacet, RegisterWord
from register.services import write_facets


class Command(BaseCommand):
    help = "Index the published records anew, after the rules for words have changed."

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        RegisterWord.objects.all().delete()
        RegisterFacet.objects.all().delete()
        records = PublishedRecord.objects.public()
        done = reindex(records.defer("search_text", "search_vector").iterator(500))
        for record in records.only("lead_ncp", "sector", "year", "host_countries").iterator(500):
            write_facets(record)
        self.stdout.write(f"{done} records indexed.")
