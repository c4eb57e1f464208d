"""Take in a case that another NCP handed over; a second time makes nothing."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from cases.packages import BadPackage, Package
from cases.services import package_keys, taking_in


class Command(BaseCommand):
    help = "Take in a case from a package of another NCP; running it twice makes nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="the package (ZIP)")
        parser.add_argument("--look", action="store_true", help="check and show, write nothing")
        parser.add_argument(
            "--trust-key",
            action="store_true",
            help="the fingerprint of the key was compared with the NCP by another way",
        )
        parser.add_argument(
            "--replace-key",
            action="store_true",
            help="the NCP said by another way that it signs with this key now, not the one before",
        )

    def handle(
        self,
        *args: Any,
        file: Path,
        look: bool,
        trust_key: bool,
        replace_key: bool,
        **options: Any,
    ) -> None:
        try:
            with file.open("rb") as opened:
                looked = taking_in.look(Package(opened))
                self._say(looked)
                if look:
                    self.stdout.write("Nothing was written.")
                    return
                _case, is_new = taking_in.take_in(
                    looked, by=None, trust_key=trust_key, replace_key=replace_key
                )
        except OSError as error:
            raise CommandError(f"{file} cannot be read: {error.strerror}.") from error
        except BadPackage as error:
            raise CommandError(str(error)) from error
        except package_keys.ChangedKey as error:
            raise CommandError(f"{error.message} (--replace-key)") from error
        except package_keys.UnknownKey as error:
            raise CommandError(f"{error.message} (--trust-key)") from error
        self.stdout.write(
            "The case was received." if is_new else "The case is here already. Nothing was written."
        )

    def _say(self, looked: taking_in.Looked) -> None:
        """Say what the package is, without a name of anybody in it."""
        manifest = looked.package.manifest
        data, related = looked.data, len(looked.links)
        self.stdout.write(
            f"From {looked.sender}, {timezone.localdate(manifest.made_at)}; "
            f"key {manifest.fingerprint}"
            f"{'' if looked.key.is_trusted else ' (not trusted here)'}.\n"
            f"{len(data.complainants)} complainants, {len(data.respondents)} enterprises, "
            f"{len(data.issues)} issues, {len(looked.documents)} documents, "
            f"{related} related case{'' if related == 1 else 's'} at other NCPs."
        )
        if looked.key.is_other:
            self.stdout.write(
                f"WARNING: this NCP signed with another key before: {looked.key.fingerprint_before}"
                f". The key of this package: {manifest.fingerprint}. Somebody else may have made "
                "it: ask the NCP by telephone or letter."
            )
