"""Addresses that the desk points to."""

from typing import Any

from django.urls import NoReverseMatch, reverse


def of_action(case_id: Any, name: str) -> str:
    """Return the address of an action of a case."""
    return reverse(f"desk:{name.replace('-', '_')}", args=[case_id])


def of_reason(case_id: Any, why: str) -> str:
    """Return where one sees to what a case waits for, or "" where its next step is the place."""
    if why in _SECTIONS:
        return f"{reverse('desk:case', args=[case_id])}#{_SECTIONS[why]}"
    if why == "sign_off":
        return elsewhere("statements:workshop", case_id)
    return reverse(f"desk:{_PLACES[why]}", args=[case_id]) if why in _PLACES else ""


_PLACES = {
    "vote": "vote",
    "challenge": "declarations",
    "challenge_reply": "declarations",
    "correction": "settle_correction",
    "recall": "recalls",
    "erasure": "retention",
    "audit": "audit_requests",
    "task": "tasks",
}
_SECTIONS = {
    "message": "messages",
    "time": "requests",
    "authority": "parties",
    "report": "good-offices",
}
"""Parts of the page of the case."""


def elsewhere(name: str, *args: Any) -> str:
    """Return the address of a page of another room, or "" where this process does not serve it."""
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        return ""


def of_case(case: Any) -> str:
    """Return the address of the page of a case."""
    return reverse("desk:case", args=[case.pk])
