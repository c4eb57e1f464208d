"""What came of an agreement and of recommendations: commitments, reports of both sides, the NCP's
assessment, in one or several rounds."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from cases import permissions, rules
from cases.errors import Conflict, Incomplete
from cases.events import record_event
from cases.kinds import EventKind
from cases.models import Case, CaseDocument, Commitment, CommitmentReport, Deadline, FollowUpRound
from cases.models.follow_up import CommitmentStatus, Origin, Owner
from cases.models.party import Side
from cases.services import deadlines
from cases.services.acting import locked, perform, require, require_state
from cases.services.outsiders import withheld_names
from cases.services.requests import LONGEST
from cases.timeframes import day_text
from cases.workflow import State

if TYPE_CHECKING:
    from accounts.models import User

WHILE = (State.FINAL_STATEMENT, State.CLOSED, State.FOLLOW_UP)
"""States in which commitments are put on record and reported on."""


def add(
    case: Case,
    *,
    origin: str,
    owner: str,
    text: str,
    by: User,
    due_on: date | None = None,
    version: int | None = None,
) -> Commitment:
    """Put a commitment or a recommendation on record, in words that both sides may read.

    Raises:
        ValidationError: no text, a withheld name stands in it, or its day lies before the
            complaint.
    """
    if origin not in Origin.values or owner not in Owner.values:
        raise ValidationError(_("Choose one of the answers."))
    if not text.strip():
        raise ValidationError(_("Write what is to be done."))
    with locked(case, version=version, by=by) as row:
        require(permissions.may_run_procedure(row, by))
        require_state(row, *WHILE)
        _require_no_name(row, text)
        received_on = timezone.localdate(row.received_at)
        if due_on and due_on < received_on and not row.is_archived:
            raise ValidationError(
                _("The complaint was received on %(day)s. Give a day after that.")
                % {"day": day_text(received_on)}
            )
        item = Commitment.objects.create(
            case=row,
            number=row.commitments.count() + 1,
            origin=Origin(origin),
            owner=Owner(owner),
            text=text.strip(),
            due_on=due_on,
            added_by=by,
        )
        event = record_event(row, EventKind.COMMITMENT_RECORDED, by=by, commitment=item.pk)
        if due_on and due_on > deadlines.today() and not row.is_archived:
            owed_by = "ncp" if item.owner == Owner.OTHERS else str(item.owner)
            deadlines.open_one(row, "commitment", event, side="", owed_by=owed_by, due_on=due_on)
    return item


def _end_its_day(case: Case, item: Commitment, *, is_met: bool) -> None:
    """End the deadline of a commitment; the event that recorded it opened the deadline."""
    told = case.events.filter(
        kind=EventKind.COMMITMENT_RECORDED, data__commitment=str(item.pk)
    ).order_by("sequence")
    rows = case.deadlines.open().filter(
        kind="commitment", opened_by_event__in=list(told.values_list("sequence", flat=True))
    )
    for row in rows:
        deadlines.end_one(case, row, is_met=is_met)


def _require_no_name(case: Case, text: str) -> None:
    if names := withheld_names(case, text):
        raise ValidationError(
            _("Both sides and the public may read this. Take out: %(words)s")
            % {"words": ", ".join(names)}
        )


def drop(item: Commitment, *, by: User, version: int | None = None) -> Commitment:
    """Take a commitment off the list that was put there by mistake; it stays on record.

    Raises:
        Incomplete: a side reported on it already.
    """
    with locked(item.case, version=version, by=by) as row:
        require(permissions.may_run_procedure(row, by))
        item = _standing(row, item)
        if item.reports.exists():
            raise Incomplete(_("A side has reported on it. Assess it instead."))
        item.dropped_at = timezone.now()
        item.save()
        record_event(row, EventKind.COMMITMENT_RECORDED, by=by, commitment=item.pk, dropped=True)
        _end_its_day(row, item, is_met=False)
    return item


def _standing(case: Case, item: Commitment) -> Commitment:
    item = case.commitments.get(pk=item.pk)
    item.case = case
    if item.dropped_at:
        raise Conflict(_("It was taken off the list."))
    return item


def begin(
    case: Case, *, by: User, due_on: date | None = None, version: int | None = None
) -> FollowUpRound:
    """Begin a round: both sides are asked, for the same time, what came of each commitment.

    Args:
        due_on: by when they report; None: by the rule set.
    """
    if due_on is not None and not deadlines.today() < due_on <= deadlines.today() + LONGEST:
        raise ValidationError(_("Give a day ahead, within a year."))
    with locked(case, version=version, by=by) as row:
        perform(row.begin_follow_up, by=by)
        event = record_event(row, EventKind.FOLLOW_UP_BEGUN, by=by)
        rule = rules.load(row.rule_set).deadline("follow_up_reports")
        day = deadlines.calendar().working_day_from(due_on or deadlines.usual_day(rule))
        round = FollowUpRound.objects.create(
            case=row, number=row.follow_up_rounds.count() + 1, begun_by=by, due_on=day
        )
        if row.commitments.filter(dropped_at=None).exists() and not row.is_archived:
            deadlines.open_one(row, "follow_up_reports", event, side="", owed_by="both", due_on=day)
    return round


def open_round(case: Case) -> FollowUpRound | None:
    return case.follow_up_rounds.filter(concluded_at=None).first()


def report(
    item: Commitment,
    *,
    side: str,
    text: str,
    by: User,
    is_for_office: bool = False,
    documents: Iterable[CaseDocument] = (),
) -> CommitmentReport:
    """A side says what came of a commitment; an officer records what came on paper.

    The other side reads the text unless it is for the office alone. The office may rely on
    nothing that the other side has not seen, and says so.

    Raises:
        ValidationError: no text.
    """
    if not text.strip():
        raise ValidationError(_("Write what was done, or what was not."))
    with locked(item.case, by=by) as row:
        require(
            permissions.is_party_member(row, by, side=side)
            or permissions.may_run_procedure(row, by)
        )
        require_state(row, State.CLOSED, State.FOLLOW_UP)
        item = _standing(row, item)
        said = CommitmentReport.objects.create(
            commitment=item,
            round=open_round(row),
            side=Side(side),
            text=text.strip(),
            is_for_office=is_for_office,
            given_by=by,
        )
        said.documents.set(documents)
        record_event(
            row,
            EventKind.COMMITMENT_REPORTED,
            by=by,
            side=side,
            commitment=item.pk,
            report=said.pk,
            for_office=is_for_office or None,
        )
        _end_if_all_reported(row)
    return said


def _end_if_all_reported(case: Case) -> None:
    """End the time of the round once both sides said something to every commitment of theirs."""
    round = open_round(case)
    if round is None:
        return
    said = set(
        CommitmentReport.objects.filter(commitment__case=case, round=round).values_list(
            "side", flat=True
        )
    )
    if said == set(Side.values):
        waiting: Deadline | None = case.deadlines.open().filter(kind="follow_up_reports").first()
        if waiting:
            deadlines.end_one(case, waiting)


def assess(
    item: Commitment, *, status: str, text: str, by: User, version: int | None = None
) -> Commitment:
    """Say what the NCP finds came of a commitment, with the reasons; both sides read it.

    Raises:
        ValidationError: no reasons, or a withheld name stands in them.
    """
    if status not in CommitmentStatus.values or status == CommitmentStatus.OPEN:
        raise ValidationError(_("Choose what came of it."))
    if not text.strip():
        raise ValidationError(_("Give the reasons: both sides read them."))
    with locked(item.case, version=version, by=by) as row:
        require(permissions.may_run_procedure(row, by))
        require_state(row, State.FOLLOW_UP)
        item = _standing(row, item)
        _require_no_name(row, text)
        item.status, item.assessment = CommitmentStatus(status), text.strip()
        item.assessed_by, item.assessed_at = by, timezone.now()
        item.save()
        record_event(row, EventKind.COMMITMENT_ASSESSED, by=by, commitment=item.pk, status=status)
        _end_its_day(row, item, is_met=True)
    return item


def conclude(case: Case, *, by: User, version: int | None = None) -> Case:
    """End the round: its statement goes the same way to publication and may name the next day.

    Raises:
        Incomplete: a commitment has no assessment in this round.
    """
    with locked(case, version=version, by=by) as row:
        perform(row.conclude_follow_up, by=by)
        round = open_round(row)
        if round:
            standing = row.commitments.filter(dropped_at=None)
            left = standing.exclude(assessed_at__gte=round.begun_at).count()
            if left:
                raise Incomplete(
                    _("%(count)s commitments are not assessed in this round.") % {"count": left}
                )
            round.concluded_at = timezone.now()
            round.save(update_fields=["concluded_at"])
        for item in row.deadlines.open().filter(kind="follow_up_reports"):
            deadlines.end_one(row, item, is_met=False)
        record_event(row, EventKind.FOLLOW_UP_CONCLUDED, by=by)
    return row
