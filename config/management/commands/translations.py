import os
import shutil
import tempfile
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.core.management.commands import makemessages
from django.test.utils import override_settings

LANGUAGES = ("ru", "kk")
IGNORED = [".venv/*", "var/*", "tests/*", "docs/*", "script/*"]


class Command(BaseCommand):
    help = (
        "Collect every text into locale/*.po (needs gettext's xgettext) and compile the .mo files. "
        "--check changes nothing and fails where a text is missing or a .mo file is old."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--check", action="store_true")

    def handle(self, *_args: Any, **options: Any) -> None:
        if not shutil.which("xgettext"):
            raise CommandError("xgettext is missing: install the package gettext.")
        try:
            import polib
        except ImportError as error:
            raise CommandError("polib is missing: install requirements-dev.txt.") from error
        if options["check"]:
            self._check(polib)
            return
        collect(Path(settings.BASE_DIR))
        for language in LANGUAGES:
            path = catalogue(language)
            entries = polib.pofile(str(path))
            entries.save_as_mofile(str(path.with_suffix(".mo")))
            left = len(entries.untranslated_entries()) + len(entries.fuzzy_entries())
            self.stdout.write(f"{language}: {len(entries)} texts, {left} to translate")

    def _check(self, polib: Any) -> None:
        faults = []
        with tempfile.TemporaryDirectory() as folder:
            copy = Path(folder) / "tree"
            shutil.copytree(
                settings.BASE_DIR,
                copy,
                ignore=shutil.ignore_patterns(".venv", "var", ".git", "tests", "__pycache__"),
            )
            collect(copy)
            for language in LANGUAGES:
                wanted = polib.pofile(str(catalogue(language, copy)))
                held = polib.pofile(str(catalogue(language)))
                have = {(entry.msgctxt, entry.msgid) for entry in held if entry.translated()}
                faults += [
                    f"{language}: not translated: {entry.msgid[:70]!r}"
                    for entry in wanted
                    if not entry.obsolete and (entry.msgctxt, entry.msgid) not in have
                ]
                compiled = polib.mofile(str(catalogue(language).with_suffix(".mo")))
                if _texts(compiled) != _texts(held):
                    faults.append(f"{language}: the .mo file is not that of the .po file")
        for fault in faults[:40]:
            self.stderr.write(fault)
        if faults:
            raise CommandError(f"{len(faults)} texts: run script/manage translations and translate")
        self.stdout.write("every text is translated")


def _texts(entries: Any) -> dict[tuple[str | None, str], tuple[str, tuple[str, ...]]]:
    return {
        (entry.msgctxt, entry.msgid): (entry.msgstr, tuple(entry.msgstr_plural.values()))
        for entry in entries
        if entry.msgid and (entry.msgstr or entry.msgstr_plural) and not entry.obsolete
    }


def catalogue(language: str, base: Path | None = None) -> Path:
    """Return the .po file of a language."""
    root = base or Path(settings.BASE_DIR)
    return root / "locale" / language / "LC_MESSAGES" / "django.po"


class _Collect(makemessages.Command):
    """Django's collector without guesses: a wrong fuzzy text is worse than a missing one."""

    msgmerge_options = [*makemessages.Command.msgmerge_options, "--no-fuzzy-matching"]


def collect(base: Path) -> None:
    """Collect the texts of a tree into its catalogues, by xgettext through Django's own command."""
    here = Path.cwd()
    os.chdir(base)
    try:
        with override_settings(LOCALE_PATHS=[base / "locale"]):
            call_command(
                _Collect(),
                locale=list(LANGUAGES),
                ignore_patterns=IGNORED,
                add_location="file",
                no_wrap=True,
                no_obsolete=True,
                verbosity=0,
            )
    finally:
        os.chdir(here)
