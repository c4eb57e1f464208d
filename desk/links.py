"""Addresses that the desk points to."""

from typing import Any

from django.urls import NoReverseMatch, reverse


def of_action(case_id: Any, name: str) -> str:
    """Return the address of an action of a case."""
    return reverse(f"desk:{name.replace('-', '_')}", args=[case_id])


def of_reason(case_id: Any, why: str) -> str:
    """Return where one sees to what a case waits for, or "" where its next step is the place."""
    if why == "message":
        return f"{reverse('desk:case', args=[case_id])}#messages"
    if why not in _PLACES:
        return ""
    return reverse(f"desk:{_PLACES[why]}", args=[case_id])


_PLACES = {
    "vote": "vote",
    "correction": "settle_correction",
    "recall": "recalls",
    "audit": "audit_requests",
    "task": "tasks",
}


def elsewhere(name: str, *args: Any) -> str:
    """Return the address of a page of another room, or "" where this process does not serve it."""
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        return ""


def of_case(case: Any) -> str:
    """Return the address of the page of a case."""
    return reverse("desk:case", args=[case.pk])
