"""Somebody told it by voice or video: the office writes it down, and she says whether it is right.

The sealed submission stays the recording. Only what she confirmed goes into the case.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from cases.errors import Conflict, Incomplete
from cases.models import Case, WriteUp
from cases.models.party import Side
from cases.payload import SubmissionData
from cases.services.correspondence import send_message
from cases.services.filing import complete
from intake import services
from intake.answers import Answers
from intake.models import Draft
from intake.submission import composed, missing
from sealing.models import DataKey

if TYPE_CHECKING:
    from accounts.models import User


class Overtaken(Conflict):
    """The office wrote it down anew, or it was confirmed in another window."""


def told_in(case: Case) -> SubmissionData | None:
    """Return what was sent where it was a recording, otherwise None."""
    submission = getattr(case, "submission", None)
    data = SubmissionData.from_json(json.loads(submission.content)) if submission else None
    return data if data and data.told_by_recording else None


def latest(case: Case) -> WriteUp | None:
    """Return the newest text of a case with its meaning still sealed."""
    row = WriteUp.objects.filter(case=case).first()
    if row:
        row.case = case
    return row


def read(row: WriteUp) -> SubmissionData:
    return SubmissionData.from_json(json.loads(row.content))


@transaction.atomic
def begin(case: Case, sent: SubmissionData, *, by: User) -> Draft:
    """Begin to write down a recording, with what is known of whoever sent it."""
    draft = services.begin(
        privacy_notice_version=settings.PRIVACY_NOTICE_VERSION,
        entered_by=by,
        write_up_of=str(case.pk),
    )
    teller = sent.complainants[0]

    def prefill(answers: Answers) -> None:
        known = {"name": teller.name, "email": teller.email, "phone": teller.phone}
        answers.put_item(
            "complainants", "00000001", {name: [value] for name, value in known.items() if value}
        )
        answers.put("safety", {"safe_contact": [sent.safe_contact]})
        answers.put("contact", {"language": [sent.language]})

    services.change(draft, prefill)
    return draft


@transaction.atomic
def hand_in(draft: Draft, *, language: str, by: User) -> Case:
    """Put the text before whoever told it, with a message that asks; the draft is destroyed.

    Raises:
        Incomplete: something that cannot be done without is missing.
        PermissionDenied: the officer may not write to this case (any more).
        DraftGone: it was handed in before.
    """
    locked = Draft.objects.select_for_update(no_key=True).get(pk=draft.pk)
    if not locked.is_open:
        raise services.DraftGone
    answers = Answers.loads(locked.payload)
    if lacking := missing(answers, by_staff=True):
        raise Incomplete(" ".join(remark.text for remark in lacking))
    case = Case.objects.visible_to(by).get(pk=answers.write_up_of)
    data = composed(answers, language=language, by_staff=True)
    # The key of the case stands first in the line of locks, as where a case is filed.
    DataKey.objects.select_for_update(no_key=True).get(pk=case.data_key_id)
    if WriteUp.objects.filter(case=case).exclude(confirmed_at=None).exists():
        raise Overtaken(_("What was written down is confirmed already."))
    WriteUp.objects.create(case=case, content=json.dumps(data.as_json(), ensure_ascii=False), by=by)
    with translation.override(case.language):
        address = settings.SITE_URL + reverse("intake:confirm", args=[case.pk])
        send_message(
            case,
            side=Side.COMPLAINANT,
            subject=_("Is this what you told us?"),
            text=_(
                "We listened to your recording and wrote it down. Please read it and tell us "
                "whether it is right. You find it here, and under “What you sent”: %(address)s"
            )
            % {"address": address},
            by=by,
        )
    services.discard(locked)
    return case


@transaction.atomic
def confirm(case: Case, row: WriteUp, *, by: User) -> Case:
    """Take the text into the case: whoever told it says that it is right.

    Raises:
        Overtaken: it was confirmed already, or the office wrote it down anew.
    """
    DataKey.objects.select_for_update(no_key=True).get(pk=case.data_key_id)
    newest = latest(case)
    if newest is None or newest.pk != row.pk or newest.confirmed_at:
        raise Overtaken(_("The text changed or was confirmed in the meantime. Read it again."))
    done = complete(case, read(newest), by=by)
    newest.confirmed_by, newest.confirmed_at = by, timezone.now()
    newest.save(update_fields=["confirmed_by", "confirmed_at"])
    return done
