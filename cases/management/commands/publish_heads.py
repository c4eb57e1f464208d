from typing import Any

from django.core.management.base import BaseCommand

from cases import heads
from cases.services.deadlines import today


class Command(BaseCommand):
    help = "Sign the heads of all histories for today and print what may be published elsewhere."

    def handle(self, *_args: Any, **_options: Any) -> None:
        head = heads.publish(today())
        self.stdout.write(f"{head.day} {head.events} {head.digest} {head.signature}")
