"""What an event changed, in words: which thing, which detail, from what to what."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.utils import formats, timezone
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from accounts.models import User
from cases.changes import REMOVED
from cases.disclosure import Audience
from cases.models import Deadline
from cases.services.deadlines import FOR_OFFICERS
from sealing.fields import SealedTextField

if TYPE_CHECKING:
    from cases.models import Case, Change

THINGS = {
    "cases.Case": gettext_lazy("Case"),
    "cases.Party": gettext_lazy("Party"),
    "cases.Representation": gettext_lazy("Representation"),
    "cases.Principal": gettext_lazy("Represented person"),
    "cases.Participation": gettext_lazy("Access to the case"),
    "cases.Authority": gettext_lazy("Proof of authority"),
    "cases.ConflictDeclaration": gettext_lazy("Declaration on conflicts of interest"),
    "cases.Issue": gettext_lazy("Issue"),
    "cases.IssueProvision": gettext_lazy("Cited provision"),
    "cases.Assessment": gettext_lazy("Answer to a criterion"),
    "cases.Decision": gettext_lazy("Proposed decision"),
    "cases.IssueDecision": gettext_lazy("Proposed decision on an issue"),
    "cases.Vote": pgettext_lazy("what a member voted", "Vote"),
    "cases.CaseDocument": gettext_lazy("Document"),
    "cases.Serving": gettext_lazy("Copy to be shown"),
    "cases.Message": gettext_lazy("Message"),
    "cases.Request": gettext_lazy("Request of the office"),
    "cases.Deadline": gettext_lazy("Deadline"),
    "cases.Extension": gettext_lazy("Extension"),
    "cases.Pause": gettext_lazy("Pause"),
    "cases.TimeRequest": gettext_lazy("Request for more time"),
    "cases.ParallelProceeding": gettext_lazy("Other proceeding"),
    "cases.CaseLink": gettext_lazy("Tie to another case"),
    "cases.Correction": gettext_lazy("Correction of a step"),
    "cases.LegalHold": gettext_lazy("Legal hold"),
    "cases.AuditPermission": gettext_lazy("Auditor's request"),
    "cases.Note": gettext_lazy("Internal note"),
    "cases.Task": gettext_lazy("Task"),
    "cases.Consultation": gettext_lazy("Question to another body"),
    "cases.LapseNotice": gettext_lazy("Last notice"),
    "cases.Settlement": gettext_lazy("Report of a settlement"),
    "cases.ReviewWindow": gettext_lazy("Time to ask for a review"),
    "cases.ReviewRequest": gettext_lazy("Request for a review"),
    "cases.ProceedingOverlap": gettext_lazy("Overlap with another proceeding"),
    "cases.FollowUpRound": gettext_lazy("Round of the follow-up"),
    "cases.Commitment": gettext_lazy("Commitment"),
    "cases.GoodOfficesReply": gettext_lazy("Reply to the offer of good offices"),
    "cases.Recall": gettext_lazy("Recall"),
    "cases.RecallReader": gettext_lazy("Promise to delete"),
    "mediation.Referral": gettext_lazy("Referral"),
    "mediation.Appointment": gettext_lazy("Appointment of a mediator"),
    "mediation.Consent": gettext_lazy("Consent to the mediator"),
    "statements.Statement": gettext_lazy("Statement"),
    "statements.Version": gettext_lazy("Text of the statement"),
    "statements.CommentRound": gettext_lazy("Comment round"),
    "statements.Comment": gettext_lazy("Comment on the draft"),
}

DETAILS = {
    "state": gettext_lazy("state"),
    "outcome": gettext_lazy("outcome"),
    "reference": gettext_lazy("reference number"),
    "officer": gettext_lazy("officer"),
    "title": gettext_lazy("title"),
    "description": gettext_lazy("description"),
    "name": gettext_lazy("name"),
    "email": gettext_lazy("e-mail address"),
    "phone": gettext_lazy("telephone"),
    "address": gettext_lazy("address"),
    "safe_contact": gettext_lazy("safe way of contact"),
    "country": gettext_lazy("country"),
    "language": gettext_lazy("language"),
    "registered_at": gettext_lazy("registered"),
    "served_at": gettext_lazy("told to the enterprise"),
    "assessment_concluded_at": gettext_lazy("initial assessment concluded"),
    "good_offices_concluded_at": gettext_lazy("good offices concluded"),
    "ended_at": gettext_lazy("ended"),
    "closed_at": gettext_lazy("closed"),
    "follow_up_on": gettext_lazy("day of the follow-up"),
    "reprisal_risk": gettext_lazy("risk of reprisals"),
    "due_on": gettext_lazy("due"),
    "met_on": gettext_lazy("met"),
    "cancelled_on": gettext_lazy("lapsed"),
    "overdue_reason": gettext_lazy("reason for the delay"),
    "audience": gettext_lazy("audience"),
    "read_at": gettext_lazy("read"),
    "until": gettext_lazy("until"),
    "since": gettext_lazy("since"),
    "settled_at": gettext_lazy("settled"),
    "answered_at": gettext_lazy("answered"),
    "accepted": gettext_lazy("accepted"),
    "finding": gettext_lazy("finding"),
    "reasoning": gettext_lazy("reasoning"),
}

READ_BY_THE_NCP = frozenset(
    {
        "cases.Issue", "cases.Assessment", "cases.Decision", "cases.IssueDecision",
        "cases.Deadline", "cases.Pause", "cases.Extension", "cases.ParallelProceeding",
        "cases.Request", "cases.LegalHold", "cases.Correction", "statements.Statement",
    }
)  # fmt: skip
"""Whose sealed texts every reader of the record may know; others only the officers named on it."""

NAMED_ONLY = frozenset({"cases.Representation", "cases.Principal"})
"""Models of which the others learn only that something changed."""

LONG = 1000


@dataclass(frozen=True)
class ReadChange:
    """One change in words. `is_hidden`: this reader learns that it changed, not from what to
    what."""

    thing: str
    detail: str
    before: str = ""
    after: str = ""
    is_hidden: bool = False
    is_removed: bool = False


class Words:
    """Puts changes of one case into words for one audience; one query for all people named."""

    def __init__(self, case: Case, to: Audience, changes: Iterable[Change]) -> None:
        self.to = to
        self.changes = list(changes)
        self.people = self._people()
        self.of_officers = (
            frozenset()
            if to == Audience.NAMED_OFFICER
            else frozenset(
                str(pk)
                for pk in Deadline.objects.filter(case=case, kind=FOR_OFFICERS).values_list(
                    "pk", flat=True
                )
            )
        )

    def _people(self) -> dict[str, str]:
        ids = set()
        for row in self.changes:
            field = _field(row.model, row.field)
            if field is not None and field.related_model is User:
                ids |= {value for value in (_load(row.before), _load(row.after)) if value}
        return {
            str(user.pk): user.name or _("a party")
            for user in User.objects.filter(pk__in=ids).only("name")
        }

    def read(self, rows: Iterable[Change]) -> list[ReadChange]:
        """Return the changes of one event that this audience may know of."""
        return [
            self._read(row)
            for row in rows
            if not (row.model == "cases.Deadline" and row.row in self.of_officers)
        ]

    def _read(self, row: Change) -> ReadChange:
        thing = str(THINGS.get(row.model) or _thing(row.model))
        if row.field == REMOVED:
            return ReadChange(thing, _("removed"), is_removed=True)
        detail = str(DETAILS.get(row.field) or _detail(row.model, row.field))
        if self._is_hidden(row):
            return ReadChange(thing, detail, is_hidden=True)
        return ReadChange(thing, detail, self.value(row, row.before), self.value(row, row.after))

    def _is_hidden(self, row: Change) -> bool:
        if self.to == Audience.NAMED_OFFICER:
            return False
        if row.model in NAMED_ONLY:
            return True
        sealed = isinstance(_field(row.model, row.field), SealedTextField)
        return (self.to == Audience.NOBODY and sealed) or (
            sealed and row.model not in READ_BY_THE_NCP
        )

    def value(self, row: Change, text: str) -> str:
        """Return a kept value in words."""
        return _words(_field(row.model, row.field), _load(text), self.people)


def _load(text: str) -> Any:
    try:
        return json.loads(text) if text else None
    except ValueError:
        return text  # erased


def _field(label: str, name: str) -> Any:
    try:
        return apps.get_model(label)._meta.get_field(name)
    except (FieldDoesNotExist, LookupError):
        return None


def _thing(label: str) -> str:
    try:
        return capfirst(str(apps.get_model(label)._meta.verbose_name))
    except LookupError:
        return label


def _detail(label: str, name: str) -> str:
    field = _field(label, name)
    return str(field.verbose_name) if field is not None else name


def _words(field: Any, value: Any, people: dict[str, str]) -> str:
    if value in (None, ""):
        return _("nothing")
    if value is True:
        return _("yes")
    if value is False:
        return _("no")
    if field is None:
        return str(value)[:LONG]
    if field.remote_field:
        if field.related_model is User:
            return people.get(str(value), _("somebody"))
        return _("another record")
    labels = dict(field.flatchoices or [])
    if value in labels:
        return str(labels[value])
    if isinstance(field, models.DateTimeField):
        moment = parse_datetime(str(value))
        if isinstance(moment, datetime):
            return formats.date_format(timezone.localtime(moment), "j E Y, H:i")
    elif isinstance(field, models.DateField):
        day = parse_date(str(value))
        if isinstance(day, date):
            return formats.date_format(day, "j E Y")
    return str(value)[:LONG]
