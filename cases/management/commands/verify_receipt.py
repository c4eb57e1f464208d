from argparse import ArgumentParser
from dataclasses import replace
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from cases import receipts


class Command(BaseCommand):
    help = "Tell whether a receipt (PDF or text file) is genuine. With --key it asks no database."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="receipt.pdf or receipt.txt")
        parser.add_argument(
            "--key",
            action="append",
            metavar="PUBLICKEY",
            help="the office's public key (base64), as /verify/keys/ shows it; may be given again",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            with options["file"].open("rb") as file:
                receipt = receipts.read(file.read(receipts.LARGEST_FILE))
        except OSError as error:
            raise CommandError(f"{options['file']}: {error.strerror}") from error
        if not all((receipt.receipt_id, receipt.at, receipt.digest, receipt.signature)):
            raise CommandError("This file is no receipt: a value is missing.")
        # The key that the file names proves nothing: whoever forges a receipt names their own.
        for key in options["key"] or _published():
            signed = replace(receipt, public_key=key)
            if signed.is_genuine():
                self.stdout.write(
                    f"GENUINE. Signed by the office: receipt {signed.receipt_id}, "
                    f"time {signed.at}, digest {signed.digest}, key {key}"
                )
                return
        raise CommandError("NOT GENUINE: no key of the office made this signature.")


def _published() -> list[str]:
    from sealing.models import PublishedKey

    return list(PublishedKey.objects.values_list("public", flat=True))
