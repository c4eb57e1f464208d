"""The protocol of a meeting: drafted from the records, completed, signed by chair and secretary."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import TYPE_CHECKING

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.roles import Role
from cases.errors import Conflict, Incomplete
from cases.events import record_event
from cases.kinds import EventKind
from cases.models import AgendaItem, Case, Decision, Meeting, ProtocolSignature, Vote
from cases.models.assessment import Ballot
from cases.models.meeting import Capacity, MeetingState, Presence
from cases.services import meetings
from cases.services.acting import locked, require
from sealing import signing

if TYPE_CHECKING:
    from uuid import UUID

    from accounts.models import User


def hold(meeting: Meeting, *, by: User, version: int | None = None) -> Meeting:
    """End the meeting and draft its protocol from the records.

    Raises:
        Incomplete: it has not begun, or nobody noted who was there.
    """
    require(meetings.may_prepare(by) or meeting.chair_id == by.pk)
    with meetings.at_work_on(meeting, version=version, by=by) as row:
        meetings.require_in(row, *meetings.OPEN)
        if row.begins_at > timezone.now():
            raise Incomplete(_("The meeting has not begun."))
        if not row.attendances.exists():
            raise Incomplete(_("Note first who was there."))
        row.state = MeetingState.HELD
        row.protocol = _opening(row)
        for item in row.items.select_related("case", "decision"):
            item.meeting = row
            item.protocol = _minutes(item)
            item.save()
    return row


def _opening(meeting: Meeting) -> str:
    names: dict[str, list[str]] = {}
    rows = meeting.attendances.select_related("user", "in_place_of").order_by("user__name")
    for row in rows:
        name = row.user.name
        if row.in_place_of:
            name = _("%(who)s (for %(member)s)") % {"who": name, "member": row.in_place_of.name}
        names.setdefault(row.presence, []).append(name)
    lines = [
        _("%(chair)s opened the meeting on %(day)s. %(secretary)s kept the protocol.")
        % {
            "chair": meeting.chair.name,
            "secretary": meeting.secretary.name,
            "day": date_format(timezone.localtime(meeting.begins_at), "j E Y, H:i"),
        }
    ]
    for presence in Presence:
        if names.get(presence):
            lines.append(f"{presence.label}: {', '.join(names[presence])}.")
    return "\n".join(lines)


def _minutes(item: AgendaItem) -> str:
    """Return what the records say of one point; the secretary completes it."""
    if item.case is None:
        return ""
    lines = []
    recused = item.case.conflicts.filter(has_conflict=True, superseded_at=None)
    names = sorted(
        row.user.name
        for row in recused.select_related("user")
        if row.user.has_role(Role.DECISION_MAKER)
    )
    if names:
        lines.append(
            _("Took no part, by a conflict of interest: %(names)s.") % {"names": ", ".join(names)}
        )
    if item.decision is None:
        return "\n".join(lines)
    decision = Decision.objects.get(agenda_items=item)
    decision.case = item.case
    for row in decision.on_issues.select_related("issue").order_by("issue__number"):
        row.decision = decision
        row.issue.case = item.case
        answer = _("accept") if row.accepted else _("do not accept")
        if row.accepted and row.scope:
            answer = _("accept in part")
        lines.append(
            _("Issue %(number)s, %(title)s: proposed to %(answer)s.")
            % {"number": row.issue.number, "title": row.issue.title, "answer": answer}
        )
    lines.append(_result_of(decision))
    return "\n".join(line for line in lines if line)


def _result_of(decision: Decision) -> str:
    if decision.by_consensus:
        return _("The members agreed without a vote. The proposal is adopted.")
    votes = list(Vote.objects.filter(decision=decision, set_aside_at=None))
    ballots = [vote.ballot for vote in votes]
    result = _("For: %(yes)s, against: %(no)s, abstained: %(none)s.") % {
        "yes": ballots.count(Ballot.FOR),
        "no": ballots.count(Ballot.AGAINST),
        "none": ballots.count(Ballot.ABSTAIN),
    }
    if decision.casting_vote_by:
        result += " " + _("The voice of the chair decided.")
    return f"{result} {decision.get_state_display()}."


def edit_protocol(
    meeting: Meeting,
    *,
    opening: str,
    texts: Mapping[UUID, str],
    by: User,
    version: int | None = None,
) -> Meeting:
    """Complete the protocol; a signature of an earlier text counts no more.

    Args:
        texts: by the id of a point, what was said and decided; points that are left out stay.

    Raises:
        PermissionDenied: the person neither chairs the meeting nor keeps its protocol.
    """
    with meetings.at_work_on(meeting, version=version, by=by) as row:
        meetings.require_in(row, MeetingState.HELD)
        require(by.pk in (row.chair_id, row.secretary_id))
        row.protocol = opening.strip()
        readable = set(readable_cases(row, by))
        for item in row.items.select_related("case"):
            if item.pk in texts and (item.case_id is None or item.case_id in readable):
                item.meeting = row
                item.protocol = texts[item.pk].strip()
                item.save()
    return row


def readable_cases(meeting: Meeting, user: User) -> list[UUID]:
    """Return the ids of the cases of an agenda whose matter the person may read."""
    cases = Case.objects.visible_to(user).filter(agenda_items__meeting=meeting)
    if not user.has_role(Role.OFFICER, Role.AUDITOR):
        cases = cases.filter(
            conflicts__user=user,
            conflicts__has_conflict=False,
            conflicts__superseded_at=None,
        )
    return list(cases.values_list("pk", flat=True))


def digest_of(meeting: Meeting) -> str:
    """Return the SHA-256 of all that the protocol says, in one order."""
    content = {
        "meeting": str(meeting.pk),
        "number": meeting.number,
        "begins_at": meeting.begins_at.astimezone(timezone.get_fixed_timezone(0)).isoformat(),
        "place": meeting.place,
        "chair": str(meeting.chair_id),
        "secretary": str(meeting.secretary_id),
        "opening": meeting.protocol,
        "attendance": sorted(
            [str(row.user_id), row.presence, str(row.in_place_of_id or "")]
            for row in meeting.attendances.all()
        ),
        "items": [
            [
                str(item.pk),
                item.position,
                str(item.case_id or ""),
                item.title,
                hashlib.sha256(item.protocol.encode()).hexdigest(),
            ]
            for item in meeting.items.order_by("position")
        ],
    }
    return hashlib.sha256(
        json.dumps(content, sort_keys=True, ensure_ascii=False).encode()
    ).hexdigest()


def signed_by(meeting: Meeting) -> dict[str, ProtocolSignature]:
    """Return, by capacity, the signatures of the protocol as it stands now."""
    digest = digest_of(meeting)
    return {
        row.capacity: row
        for row in meeting.signatures.select_related("by")
        if row.digest == digest
        and signing.is_genuine(
            _message(meeting, row.capacity, digest), row.signature, row.public_key
        )
    }


def _is_genuine(row: ProtocolSignature, meeting: Meeting) -> bool:
    message = _message(meeting, row.capacity, row.digest)
    return signing.is_genuine(message, row.signature, row.public_key)


def _message(meeting: Meeting, capacity: str, digest: str) -> bytes:
    return f"good-offices protocol {meeting.pk} {capacity} {digest}".encode()


def capacity_of(meeting: Meeting, user: User) -> str:
    """Return as what somebody signs the protocol, or ""."""
    if user.pk == meeting.chair_id:
        return Capacity.CHAIR
    return Capacity.SECRETARY if user.pk == meeting.secretary_id else ""


def sign(meeting: Meeting, *, by: User, version: int | None = None) -> ProtocolSignature:
    """Confirm the protocol as it stands; the system signs its digest. With both signatures it
    cannot be changed any more.

    Raises:
        Conflict: the person signed this text already, or the meeting was not held.
        PermissionDenied: the person neither chairs the meeting nor keeps its protocol.
        Incomplete: a proposal of the agenda is still being voted on without a day.
    """
    with meetings.at_work_on(meeting, version=version, by=by) as row:
        meetings.require_in(row, MeetingState.HELD)
        capacity = capacity_of(row, by)
        require(bool(capacity))
        if capacity in signed_by(row):
            raise Conflict(_("You signed this text already."))
        digest = digest_of(row)
        made = ProtocolSignature.objects.create(
            meeting=row,
            capacity=capacity,
            by=by,
            digest=digest,
            signature=signing.sign(_message(row, capacity, digest)),
            public_key=signing.public_key(),
        )
        if set(signed_by(row)) == set(Capacity.values):
            row.state = MeetingState.SIGNED
            for held in Case.objects.filter(agenda_items__meeting=row).order_by("pk"):
                with locked(held, by=by) as case:
                    record_event(case, EventKind.PROTOCOL_SIGNED, by=by, meeting=row.pk)
    return made
