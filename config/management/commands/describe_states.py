from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser
from django.utils.translation import override

from cases.workflow import MOVES, NEXT_STEP, State

PATH = "docs/states.md"


def describe() -> str:
    """Return docs/states.md as the table of moves makes it."""
    with override("en"):
        lines = [
            "# States of a case",
            "",
            "Made by `script/manage describe_states` from `cases/workflow.py`; a test compares "
            "both.",
            "",
            "```mermaid",
            "stateDiagram-v2",
            "    [*] --> received",
            *(
                f"    {source.value} --> {move.target.value}: {move.name}"
                for move in MOVES
                for source in move.sources
            ),
            *(f"    {end} --> [*]" for end in ("not_registered", "withdrawn", "closed")),
            "```",
            "",
            "| State | Shown as | What happens next |",
            "| --- | --- | --- |",
            *(f"| `{state.value}` | {state.label} | {NEXT_STEP[state]} |" for state in State),
            "",
            "A mistaken step is taken back by two persons; nothing is deleted. Pausing is no "
            "state: it is a row in the ledger of deadlines.",
            "",
        ]
    return "\n".join(lines)


class Command(BaseCommand):
    help = "Write docs/states.md from the table of moves."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--check", action="store_true", help="Only say whether it is current.")

    def handle(self, *_args: Any, **options: Any) -> None:
        path = Path(settings.BASE_DIR) / PATH
        if options["check"]:
            if path.read_text() != describe():
                raise SystemExit(f"{PATH} is not current: run script/manage describe_states")
            return
        path.write_text(describe())
