from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from cases import search
from cases.models import Case, MeetingText, SearchState, SearchText
from cases.search import meetings


class Command(BaseCommand):
    help = (
        "Write the texts that staff search anew, after the rules for words changed or a backup was "
        "restored. --missed takes only cases that are not in the search as they stand now."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--missed", action="store_true")

    def handle(self, *_args: Any, **options: Any) -> None:
        done = 0
        if options["missed"]:
            seen: set[Any] = set()
            while ids := set(search.missed()) - seen:
                done += search.index_many(Case.objects.filter(pk__in=ids).iterator())
                seen |= ids
        else:
            SearchText.objects.all().delete()
            SearchState.objects.all().delete()
            MeetingText.objects.all().delete()
            done = search.index_many(Case.objects.order_by("received_at").iterator(500))
        while meetings.index_missed():
            pass
        self.stdout.write(f"{done} cases are in the search.")
