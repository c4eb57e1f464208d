"""The worker is woken. What waits stands in PostgreSQL: a broker that is down loses nothing, and
the clock finds it later.

It lives in the lowest room that has tasks, so that every other one can call it.
"""

from __future__ import annotations

import logging
from typing import Any

logger = logging.getLogger(__name__)


def wake(task: Any, *arguments: str) -> None:
    """Ask the worker for a task now. Never fails.

    Args:
        task: one that the clock repeats, or whose work a repeated one finds.
        arguments: ids and nothing else: they pass through the broker.
    """
    try:
        task.apply_async(args=list(arguments), retry=False)
    except Exception as error:
        # The class says enough: the text may hold the address and password of the broker.
        logger.warning(
            "The worker could not be woken for %s (%s); the clock will find what waits.",
            task.name,
            type(error).__name__,
        )
