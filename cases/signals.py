"""One signal: something was recorded. It is sent inside the transaction; only `notifications`
listens."""

from django.dispatch import Signal

event_recorded = Signal()
"""Sent with `event` (a `CaseEvent`) and `case`."""
