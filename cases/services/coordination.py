"""NCPs agree who leads: a proposal with its reasons, invitations, replies, the arrangement."""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.roles import Role
from cases import ncps, permissions, rules
from cases.calendar import local_date
from cases.errors import Incomplete
from cases.events import record_event
from cases.kinds import EventKind
from cases.letters.drafts import said_to
from cases.models import Case, Coordination, Message, NcpContact, NcpInvitation
from cases.models.coordination import InvitedAs, NcpReply
from cases.models.correspondence import Correspondent
from cases.models.party import Side
from cases.services import deadlines
from cases.services.acting import locked, require, require_state
from cases.timeframes import compute
from cases.workflow import OPEN_STATES

if TYPE_CHECKING:
    from accounts.models import User

KIND = "coordination"


def usual_lead(case: Case) -> str:
    """Return the country where most of the issues arose, if it has an NCP; else the own country.

    By default the NCP of the country where the issues arose leads (Commentary to the
    Implementation Procedures, coordination between NCPs).
    """
    countries = Counter(issue.country for issue in case.issues.all() if issue.country)
    for country, _times in countries.most_common():
        if country in ncps.listed():
            return country
    return settings.NCP_COUNTRY


def begin(
    case: Case,
    *,
    proposed_lead: str,
    reasons: str,
    by: User,
    preference: str = "",
    parties_heard: str = "",
    version: int | None = None,
) -> Coordination:
    """Propose which NCP leads. The two months to agree run from the receipt of the case; for a
    change of lead, which needs both sides to be consulted first, from now.

    Raises:
        ValidationError: the reasons are missing, or how the parties were consulted.
        Incomplete: NCPs already coordinate on this case.
    """
    if proposed_lead not in ncps.listed():
        raise ValidationError(_("Choose the NCP."))
    if not reasons.strip():
        raise ValidationError(_("Give the reasons: the other NCPs and the parties ask for them."))
    with locked(case, version=version, by=by) as row:
        require(permissions.may_run_procedure(row, by))
        require_state(row, *OPEN_STATES)
        if row.coordinations.filter(concluded_at=None).exists():
            raise Incomplete(_("The NCPs are coordinating already."))
        is_change = row.coordinations.exists()
        if is_change and not parties_heard.strip():
            raise ValidationError(_("Say how and when both sides were consulted on the change."))
        item = Coordination.objects.create(
            case=row,
            is_change=is_change,
            proposed_lead=proposed_lead,
            reasons=reasons.strip(),
            preference=preference.strip(),
            parties_heard=parties_heard.strip(),
            begun_by=by,
        )
        event = record_event(
            row, EventKind.COORDINATION_BEGUN, by=by, coordination=item.pk, lead=proposed_lead
        )
        rule = rules.load(row.rule_set).deadline(KIND)
        opened_on = None if is_change else local_date(row.received_at, settings.TIME_ZONE)
        due_on = compute(rule, opened_on or deadlines.today(), calendar=deadlines.calendar()).due_on
        deadline = deadlines.open_one(
            row, KIND, event, side="", owed_by=rule.owed_by, due_on=due_on
        )
        if opened_on:
            deadline.opened_on = opened_on
            deadline.save(update_fields=["opened_on"])
            deadlines.recompute(row)
            row.save(update_fields=["next_due_on", "next_due_kind"])
    return item


def invite(
    item: Coordination,
    *,
    country: str,
    asked_to: str,
    by: User,
    question: str = "",
    sent_on: date | None = None,
    version: int | None = None,
) -> NcpInvitation:
    """Note that another NCP was asked to lead or to support. The letter goes by the usual mail
    between NCPs; nothing is sent from here.

    Raises:
        ValidationError: no such NCP, or the day lies ahead.
        Incomplete: it was asked already, or the coordination is over.
    """
    if country not in ncps.listed() or country == settings.NCP_COUNTRY:
        raise ValidationError(_("Choose the NCP."))
    with locked(item.case, version=version, by=by) as row:
        require(permissions.may_run_procedure(row, by))
        item = _open(row, item)
        if item.invitations.filter(country=country).exists():
            raise Incomplete(_("This NCP was asked already."))
        invitation = NcpInvitation.objects.create(
            coordination=item,
            country=country,
            asked_to=InvitedAs(asked_to),
            question=question.strip(),
            sent_on=_past(sent_on),
            sent_by=by,
        )
        record_event(row, EventKind.NCP_INVITED, by=by, invitation=invitation.pk, country=country)
    return invitation


def record_reply(
    invitation: NcpInvitation,
    *,
    reply: str,
    by: User,
    text: str = "",
    replied_on: date | None = None,
    version: int | None = None,
) -> NcpInvitation:
    """Note what another NCP replied. A later reply takes the place of an earlier one; the history
    keeps both."""
    with locked(invitation.coordination.case, version=version, by=by) as row:
        require(permissions.may_run_procedure(row, by))
        item = _open(row, invitation.coordination)
        invitation = item.invitations.get(pk=invitation.pk)
        invitation.coordination = item
        invitation.reply = NcpReply(reply)
        invitation.reply_text = text.strip()
        invitation.replied_on = _past(replied_on)
        invitation.recorded_by, invitation.recorded_at = by, timezone.now()
        invitation.save()
        record_event(
            row,
            EventKind.NCP_REPLIED,
            by=by,
            invitation=invitation.pk,
            country=invitation.country,
            reply=reply,
        )
    return invitation


def conclude(
    item: Coordination,
    *,
    lead: str,
    arrangement: str,
    by: User,
    by_letter: bool = False,
    version: int | None = None,
) -> Coordination:
    """Put the arrangement on record and tell the parties in the same words: who leads, who
    supports, whose rules govern.

    The time for the initial assessment runs anew, as the rule set has it.

    Args:
        by_letter: the caller sends letters to the parties in the same transaction.

    Raises:
        ValidationError: the arrangement or the lead is missing.
        Incomplete: an NCP was asked and has neither replied nor let the two months pass.
    """
    if lead not in ncps.listed():
        raise ValidationError(_("Choose the NCP."))
    if not arrangement.strip():
        raise ValidationError(_("Write what the parties are told."))
    with locked(item.case, version=version, by=by) as row:
        require(permissions.may_run_procedure(row, by))
        item = _open(row, item)
        waiting = item.invitations.filter(reply="")
        if waiting.exists() and not _time_is_up(row):
            raise Incomplete(
                _("Not every NCP has replied, and the time to agree has not passed yet.")
            )
        if lead != settings.NCP_COUNTRY and not item.invitations.filter(
            country=lead, reply=NcpReply.LEADS
        ):
            raise Incomplete(_("The NCP that is to lead has not said that it leads."))
        item.lead, item.arrangement = lead, arrangement.strip()
        item.concluded_by, item.concluded_at = by, timezone.now()
        item.save()
        if not by_letter:
            tell_sides(row, item.arrangement, subject=gettext_lazy("Who handles the case"), by=by)
        record_event(row, EventKind.COORDINATION_CONCLUDED, by=by, coordination=item.pk, lead=lead)
    return item


def tell_sides(case: Case, text: str, *, subject: Any, by: User) -> None:
    """Write the same to both sides in the same second; to the enterprise once it was told of the
    case. The caller holds the lock and records the event that they read."""
    now = timezone.now()
    sides = [Side.COMPLAINANT, *([Side.RESPONDENT] if case.is_served else [])]
    Message.objects.bulk_create(
        Message(
            case=case,
            side=side,
            sender=Correspondent.NCP,
            sent_by=by,
            subject=said_to(case, side, subject),
            text=text,
            sent_at=now,
        )
        for side in sides
    )


@transaction.atomic
def save_contact(
    country: str, *, by: User, key_before: str | None = None, **values: str | bool
) -> NcpContact:
    """Keep what this office knows of another NCP.

    Args:
        key_before: the key that stood on the page; a page that is older than the trust in a key,
            or than its end, does not bring the key of then back.

    Raises:
        ValidationError: no country of this code adheres, a value does not fit, or the key was
            changed meanwhile.
    """
    require(may_keep_contacts(by))
    if country not in ncps.listed():
        raise ValidationError(_("Choose the NCP."))
    row = NcpContact.objects.select_for_update(no_key=True).filter(pk=country).first()
    row = row or NcpContact(country=country, **ncps.first_values(country))
    if key_before is not None and row.public_key not in (key_before, values.get("public_key")):
        raise ValidationError(_("The key of this NCP was changed meanwhile. Look again."))
    for name, value in values.items():
        setattr(row, name, value.strip() if isinstance(value, str) else value)
    row.changed_by, row.changed_at = by, timezone.now()
    row.full_clean(exclude=["email", "phone", "address", "changed_by"])
    row.save()
    return row


def may_keep_contacts(user: User) -> bool:
    """Officers and administrators keep the list of NCPs."""
    return user.has_role(Role.OFFICER, Role.ADMINISTRATOR)


def _open(case: Case, item: Coordination) -> Coordination:
    item = case.coordinations.get(pk=item.pk)
    item.case = case
    if not item.is_open:
        raise Incomplete(_("This coordination is over."))
    return item


def _time_is_up(case: Case) -> bool:
    open_one = case.deadlines.open().filter(kind=KIND).first()
    return open_one is None or open_one.due_on < deadlines.today()


def _past(day: date | None) -> date:
    today = deadlines.today()
    if day and day > today:
        raise ValidationError(_("The day lies in the future."))
    return day or today
