"""Access codes of the demonstration: fixed, printed and worthless anywhere else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from config.demonstration import people
from config.demonstration.says import ABOUT, SIDES

if TYPE_CHECKING:
    from config.demonstration.stories import Story

CODES = {
    ("resettlement", "complainant"): "KA5M-P9W0-KDCC-AYG4-GY68-ZA3J",
    ("resettlement", "respondent"): "A0BE-XTSN-E8E4-R6ES-0Y71-Z8FE",
    ("hotel", "complainant"): "ZMG5-TTT7-KAE2-V39M-Q8HB-5GJ7",
    ("hotel", "respondent"): "R0Q3-4VC0-95NV-4GW2-JXX5-0T30",
}


def show_parties(story: Story, *, order: int) -> None:
    """List both sides of a case among the sign-ins."""
    key = story.row["key"]
    people.show(
        story.complainant,
        f"{SIDES['complainant']}: {ABOUT[key]}",
        order=order,
        code=CODES.get((key, "complainant"), ""),
    )
    for enterprise in story.enterprises[:1]:
        people.show(
            enterprise,
            f"{SIDES['respondent']}: {ABOUT[key]}",
            order=order + 1,
            code=CODES.get((key, "respondent"), ""),
        )


def listed() -> list[tuple[str, str]]:
    """Return each code with whom it signs in."""
    return [(code, f"{SIDES[side]}: {ABOUT[key]}") for (key, side), code in CODES.items()]
