"""Addresses that the desk points to."""

from typing import Any

from django.urls import NoReverseMatch, reverse


def of_action(case_id: Any, name: str) -> str:
    """Return the address of an action of a case."""
    return reverse(f"desk:{name.replace('-', '_')}", args=[case_id])


def elsewhere(name: str, *args: Any) -> str:
    """Return the address of a page of another room, or "" where this process does not serve it."""
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        return ""


def of_case(case: Any) -> str:
    """Return the address of the page of a case."""
    return reverse("desk:case", args=[case.pk])
