"""A submission is filed: sealed as it was sent, with its receipt, and its case begins."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cases import permissions, receipts, rules
from cases.errors import Incomplete
from cases.events import record_event
from cases.kinds import EventKind
from cases.models import Case, Party, Submission
from cases.models.party import Side
from cases.payload import SubmissionData
from cases.receipts import Receipt
from cases.services.acting import locked, require, require_state
from cases.services.unfolding import (
    add_issues,
    add_proceedings,
    add_representation,
    complainants_of,
    respondents_of,
    title_of,
    unfold,
)
from cases.workflow import State
from sealing import chain
from sealing.models import DataKey, PublishedKey

if TYPE_CHECKING:
    from accounts.models import User


@dataclass(frozen=True)
class Filed:
    """What filing gave: the case and the signed receipt. `is_new` is False for a repeated click."""

    case: Case
    receipt: Receipt
    is_new: bool


@transaction.atomic(savepoint=False)
def file_submission(
    data: SubmissionData,
    *,
    filed_by: User | None,
    data_key: DataKey,
    idempotency_key: UUID,
    entered_by: User | None = None,
    arrived_at: datetime | None = None,
) -> Filed:
    """Seal a submission and open its case. The same idempotency key gives the same case again.

    Args:
        filed_by: the person who will follow the case with an access code; None where nobody will.
        data_key: the key of the draft; its files are already sealed with it.
        entered_by: the officer who typed in what came by post, e-mail or telephone.
        arrived_at: when it truly arrived, where it was entered later.
    """
    # A second click waits here until the first one is filed, then finds what it filed.
    DataKey.objects.select_for_update(no_key=True).get(pk=data_key.pk)
    earlier = Submission.objects.filter(idempotency_key=idempotency_key).first()
    if earlier:
        return Filed(earlier.case, receipts.of(earlier.case), is_new=False)
    return file_once(
        data,
        filed_by=filed_by,
        data_key=data_key,
        idempotency_key=idempotency_key,
        entered_by=entered_by,
        arrived_at=arrived_at,
    )


@transaction.atomic(savepoint=False)
def file_once(
    data: SubmissionData,
    *,
    filed_by: User | None,
    data_key: DataKey,
    idempotency_key: UUID,
    entered_by: User | None = None,
    arrived_at: datetime | None = None,
) -> Filed:
    """File a submission of which the caller knows, under a lock, that it was not filed before.

    The arguments are those of `file_submission`.
    """
    now = timezone.now()
    case = _new_case(data, data_key, arrived_at or now)
    content = chain.canonical(data.as_json()).decode()
    receipt = receipts.issue(case.receipt_id, now, receipts.digest(content))
    PublishedKey.ensure_published()
    Submission.objects.create(
        case=case,
        content=content,
        digest=receipt.digest,
        signature=receipt.signature,
        public_key=receipt.public_key,
        privacy_notice_version=data.privacy_notice_version,
        idempotency_key=idempotency_key,
        filed_by=filed_by,
        entered_by=entered_by,
        sealed_at=now,
    )
    unfold(case, data, filed_by=filed_by, by=filed_by or entered_by)
    # The row of the case is written here, once: what refers to it is checked at commit.
    record_event(
        case,
        EventKind.RECEIVED,
        by=filed_by or entered_by,
        at=now,
        digest=receipt.digest,
        channel=data.channel,
    )
    return Filed(case, receipt, is_new=True)


@contextmanager
def rehearsed(data: SubmissionData, *, data_key: DataKey) -> Iterator[Case]:
    """Give the case that filing would open, inside a transaction that is rolled back.

    For projections before anything is sent. There is no event, so nobody is told; no receipt, so
    nothing is signed; and no row stays.
    """
    with transaction.atomic():
        case = _new_case(data, data_key, timezone.now())
        case.save(force_insert=True)
        unfold(case, data, filed_by=None, by=None)
        yield case
        transaction.set_rollback(True)


def complete(case: Case, data: SubmissionData, *, by: User) -> Case:
    """Take what the office wrote down of a recording into the case, as its teller confirmed it.

    The sealed submission stays what was sent. The first complainant is who sent the recording.

    Raises:
        PermissionDenied: only the complainant's side confirms.
        WrongState: the assessment is over.
        Incomplete: the enterprise was told already.
    """
    with locked(case) as row:
        require(permissions.is_party_member(row, by, side=Side.COMPLAINANT))
        require_state(row, State.RECEIVED, State.INITIAL_ASSESSMENT)
        if row.is_served:
            raise Incomplete(_("The enterprise was told of the case already."))
        row.title = title_of(data)
        row.reprisal_risk = row.reprisal_risk or data.reprisal_risk
        first, *others = complainants_of(row, data)
        teller = row.parties.filter(side=Side.COMPLAINANT).order_by("position").first()
        if teller:
            _take_over(teller, first)
        else:
            others = [first, *others]
        Party.objects.bulk_create([*others, *respondents_of(row, data.respondents)])
        if data.representative:
            add_representation(row, data, None)
        add_issues(row, data.issues, edition=data.edition)
        add_proceedings(row, data.proceedings)
        content = chain.canonical(data.as_json()).decode()
        record_event(row, EventKind.ISSUE_CHANGED, by=by, digest=receipts.digest(content))
    return row


def _take_over(teller: Party, told: Party) -> None:
    """Put what was written down on the row of the teller; ways to reach her are never emptied."""
    for name in ("name", "name_index", "kind", "country", "withholding_reason"):
        setattr(teller, name, getattr(told, name))
    for name in ("email", "email_index", "phone", "address", "safe_contact"):
        setattr(teller, name, getattr(told, name) or getattr(teller, name))
    for name in ("shown_to_mediator", "shown_to_respondent", "shown_to_public"):
        setattr(teller, name, getattr(told, name))
    teller.save()


def _new_case(data: SubmissionData, data_key: DataKey, received_at: datetime) -> Case:
    return Case(
        title=title_of(data),
        rule_set=rules.load(settings.RULE_SET).name,
        language=data.language,
        channel=data.channel,
        reprisal_risk=data.reprisal_risk,
        data_key=data_key,
        received_at=received_at,
    )
