from typing import Any

from django.core.management.base import BaseCommand

from sealing import rotation


class Command(BaseCommand):
    help = (
        "Wrap everything anew under the first of SEALING_KEYS. Put the new key first and keep the "
        "old one behind it; when this has ended the old one may go. Can be stopped and run again."
    )

    def handle(self, *_args: Any, **_options: Any) -> None:
        for sentence in rotation.rotate():
            self.stdout.write(sentence)
