"""One case becomes two: some enterprises, with their issues, go on as a case of their own."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import TYPE_CHECKING
from uuid import UUID

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases import permissions, rules
from cases.errors import Incomplete
from cases.events import record_event
from cases.kinds import EventKind
from cases.models import Case, CaseDocument, CaseLink, CaseTie, Issue, Party, Serving
from cases.models.assessment import DecisionState
from cases.models.case import Channel
from cases.models.correspondence import DocumentAudience
from cases.models.issue import LinkKind
from cases.models.party import Side
from cases.models.serving import ServingState
from cases.ruleset import RuleSet
from cases.services import carrying_over, deadlines
from cases.services.acting import locked, require, require_state
from cases.services.carrying_over import copied, copy_rows
from cases.services.coordination import tell_sides
from cases.services.registration import _next_reference
from cases.workflow import OPEN_STATES, State
from documents.duplicates import duplicate
from documents.models import Document
from sealing.models import DataKey

if TYPE_CHECKING:
    from accounts.models import User

STAYS, GOES, BOTH = "stays", "goes", "both"
STATES = OPEN_STATES
DECIDED = OPEN_STATES - {State.RECEIVED, State.INITIAL_ASSESSMENT}
"""The issues are decided on: an issue of the new case is a copy, with the decision on it."""


def may_go(issue: Issue) -> bool:
    """Tell whether an issue can leave its case: it is not decided and nothing was said of it there
    yet. Otherwise it stays, or is handled in both."""
    return issue.accepted is None and not any(
        relation.related_model._default_manager.filter(**{relation.field.name: issue}).exists()
        for relation in Issue._meta.related_objects
        if relation.get_accessor_name() != "provisions"
    )


def split(
    case: Case,
    *,
    respondents: list[Party],
    issues: Mapping[UUID, str],
    why: str,
    told: str,
    by: User,
    version: int | None = None,
) -> Case:
    """Make a case of its own of some enterprises, and return it.

    The new case has the same complainants, the chosen issues, a copy of the documents that its
    parties gave or had been shown, the time frames as they run, and the same officers. What was
    decided on its issues, replied to the offer of good offices, asked of a review and promised goes
    along (`carrying_over`). What was written stays in the first case, which the new one names; so
    do a referral with its mediator and a statement that is being written. Both keep their own
    history; the parties are told in the words of `told`.

    Args:
        issues: for each issue "stays", "goes" or "both".

    Raises:
        ValidationError: something is missing, or a case would have no enterprise or no issue.
        Incomplete: something that both sides wait for is open, or an issue cannot leave any more.
    """
    if not why.strip():
        raise ValidationError(_("Say why."))
    if not told.strip():
        raise ValidationError(_("Write what the parties are told."))
    with locked(case, version=version, by=by) as row:
        require(permissions.may_run_procedure(row, by))
        require_state(row, *STATES)
        if (obstacle := obstacle_of(row)) is not None:
            raise Incomplete(obstacle)
        standing = {party.pk: party for party in row.parties.standing()}
        going = [standing[party.pk] for party in respondents if party.pk in standing]
        _check(list(standing.values()), going, list(row.issues.all()), issues)
        new = _new_case(row, going)
        record_event(new, EventKind.SPLIT_OFF, by=by, other=row.pk, received=row.received_at)
        parties = _copy_parties(row, new, going)
        _copy_people(row, new, parties, going)
        held = _share_out(row, new, issues)
        carrying_over.decisions(row, new, held)
        replies = carrying_over.replies(row, new, going)
        carrying_over.challenges(row, new)
        # The next look at another proceeding is owed in the first case.
        copy_rows(row, new, "proceedings", deadline=None, next_check_on=None)
        _copy_documents(row, new, parties)
        _copy_clock(row, new)
        if not replies.stands_in_new:
            carrying_over.ask_again(new, new.events.latest("sequence"))
        carrying_over.reviews(row, new, going)
        carrying_over.follow_up(row, new, going, by=by)
        if new.registered_at:
            new.reference = _next_reference()
        new.save()
        for party in going:
            party.case = row
            party.left_at = timezone.now()
            party.save(update_fields=["left_at"])
        _let_go(row, going)
        row.title = _title(row)
        link = CaseLink.objects.create(case=new, other=row, kind=LinkKind.SPLIT_FROM)
        CaseTie.objects.create(link=link, why=why.strip(), made_by=by)
        for item in (row, new):
            tell_sides(item, told.strip(), subject=gettext_lazy("One case became two"), by=by)
        event = record_event(row, EventKind.CASE_SPLIT, by=by, other=new.pk)
        if not replies.stands_in_old:
            carrying_over.ask_again(row, event)
        record_event(new, EventKind.LINKED, by=by, other=row.pk, reference=new.reference)
    return new


def obstacle_of(case: Case) -> str | None:
    """Return what must come to its end before a case is split, or None: a decision, a correction,
    or something on which both sides are being heard."""
    if case.decisions.filter(state=DecisionState.OPEN).exists():
        return _("First bring the open decision to its end.")
    if case.corrections.filter(settled_at=None).exists():
        return _("First bring the open correction to its end.")
    if case.recalls.filter(settled_at=None).exists():
        return _("First bring the open recall to its end.")
    heard = {
        "comments": _("First close the comments on the draft statement."),
        "last_notice": _("First bring the last notice to its end."),
        "settlement_reply": _("First hear both sides on the settlement."),
    }
    running = case.deadlines.open().filter(kind__in=heard).values_list("kind", flat=True)
    return next((heard[kind] for kind in running), None)


def what_follows(case: Case) -> list[str]:
    """Return what a split means for a case as it stands, one sentence each, for who splits it."""
    told = [_("Documents are copied, time frames run on, and both cases name each other.")]
    if case.state in DECIDED:
        told.append(_("What was decided on an issue that both handle stands in both cases."))
    if case.state == State.MEDIATION:
        if carrying_over.was_referred(case):
            told.append(
                _(
                    "The referral and the mediator stay with this case and are told. In the new "
                    "case the good offices begin without a mediator."
                )
            )
        else:
            told.append(
                _(
                    "A reply to the offer that people of one enterprise gave counts for that "
                    "enterprise alone: the others are asked again."
                )
            )
    if case.state == State.FINAL_STATEMENT:
        told.append(
            _(
                "A statement that is being written stays with this case and is signed off anew. "
                "The new case begins its own."
            )
        )
    if case.state == State.HELD_FOR_REVIEW:
        told.append(_("The new case is held where its own parties asked for a review."))
    if case.state == State.FOLLOW_UP:
        told.append(_("Commitments and reports stand in both cases."))
    return told


def _check(
    parties: list[Party], going: list[Party], issues: list[Issue], chosen: Mapping[UUID, str]
) -> None:
    staying = [party for party in parties if party.side == Side.RESPONDENT and party not in going]
    if not going or any(party.side != Side.RESPONDENT for party in going):
        raise ValidationError(_("Choose the enterprises of the new case."))
    if not staying:
        raise ValidationError(_("At least one enterprise must stay in this case."))
    ways = {issue.pk: chosen.get(issue.pk, STAYS) for issue in issues}
    if not any(way in (GOES, BOTH) for way in ways.values()):
        raise ValidationError(_("Choose at least one issue for the new case."))
    if not any(way in (STAYS, BOTH) for way in ways.values()):
        raise ValidationError(_("At least one issue must stay in this case."))
    if any(issue.accepted for issue in issues):
        # Once it is decided, each case goes on with something that was accepted.
        in_new = any(issue.accepted and ways[issue.pk] != STAYS for issue in issues)
        if not in_new:
            raise ValidationError(_("Choose at least one accepted issue for the new case."))
    for issue in issues:
        if ways[issue.pk] == GOES and not may_go(issue):
            raise Incomplete(
                _(
                    "Something was written on issue %(number)s already: it stays, or is handled "
                    "in both cases."
                )
                % {"number": issue.number}
            )


def _new_case(case: Case, going: list[Party]) -> Case:
    return Case(
        title="; ".join(party.name for party in going)[:300],
        state=carrying_over.state_of_new(case, going),
        rule_set=case.rule_set,
        language=case.language,
        channel=case.channel or Channel.IMPORTED,
        reprisal_risk=case.reprisal_risk,
        data_key=DataKey.generate(),
        officer=case.officer,
        received_at=case.received_at,
        outcome=case.outcome,
        registered_at=case.registered_at,
        served_at=case.served_at,
        assessment_concluded_at=case.assessment_concluded_at,
        good_offices_concluded_at=case.good_offices_concluded_at,
        ended_at=case.ended_at,
        closed_at=case.closed_at,
        follow_up_on=case.follow_up_on,
        sector=case.sector,
    )


def _title(case: Case) -> str:
    """Name a case by its enterprises, as when it was filed."""
    rows = case.parties.standing().filter(side=Side.RESPONDENT)
    return "; ".join(party.name for party in rows)[:300] or case.title


def _copy_parties(case: Case, new: Case, going: list[Party]) -> dict[UUID, Party]:
    """Copy the complainants and the enterprises that go, and return the new rows by the old ids."""
    parties: dict[UUID, Party] = {}
    position = 0
    for party in case.parties.standing():
        if party.side == Side.RESPONDENT:
            if party not in going:
                continue
            position += 1
        place = position if party.side == Side.RESPONDENT else party.position
        parties[party.pk] = copied(party, case=new, position=place)
        parties[party.pk].save(force_insert=True)
    return parties


def _copy_people(case: Case, new: Case, parties: Mapping[UUID, Party], going: list[Party]) -> None:
    """Let the same people take part who had to do with what goes; a declared conflict goes too."""
    acting_for = _acting_for(case, going)
    for held in case.representations.current():
        if held.side != Side.COMPLAINANT and held.user_id not in acting_for:
            continue
        acting = copied(held, case=new)
        acting.save(force_insert=True)
        for principal in held.principals.all():
            copied(principal, representation=acting).save(force_insert=True)
    gone = {party.pk for party in going}
    for row in case.participations.lasting():
        concerned = row.role == "officer" or row.side == Side.COMPLAINANT or row.party_id in gone
        if concerned:
            party = parties.get(row.party_id) if row.party_id else None
            copied(row, case=new, party=party).save(force_insert=True)
    for declared in case.conflicts.filter(superseded_at=None):
        copied(declared, case=new).save(force_insert=True)


def _acting_for(case: Case, going: list[Party]) -> set[UUID]:
    """Return who takes part for the enterprises that go."""
    return set(case.participations.filter(party__in=going).values_list("user_id", flat=True))


def _let_go(case: Case, going: list[Party]) -> None:
    """End in the first case what the people of the enterprises that go may see and do there."""
    now = timezone.now()
    acting_for = _acting_for(case, going)
    case.participations.lasting().filter(party__in=going).update(until=now)
    acts = case.representations.lasting().filter(side=Side.RESPONDENT, user__in=acting_for)
    acts.update(until=now)


def _share_out(case: Case, new: Case, chosen: Mapping[UUID, str]) -> dict[UUID, Issue]:
    """Move or copy the chosen issues; return the issues of the new case by the ids of the old
    ones."""
    number = 0
    held: dict[UUID, Issue] = {}
    for issue in case.issues.prefetch_related("provisions"):
        way = chosen.get(issue.pk, STAYS)
        if way == STAYS:
            continue
        number += 1
        if way == GOES:
            issue.case, issue.number = new, number
            issue.save()
            held[issue.pk] = issue
            continue
        copy = copied(issue, case=new, number=number)
        copy.save(force_insert=True)
        for provision in issue.provisions.all():
            copied(provision, issue=copy).save(force_insert=True)
        held[issue.pk] = copy
    return held


def _copy_documents(case: Case, new: Case, parties: Mapping[UUID, Party]) -> None:
    """Copy what the parties of the new case gave or were shown, each file under the new key."""
    of_enterprises = dict(
        case.participations.filter(side=Side.RESPONDENT).values_list("user_id", "party_id")
    )
    for item in case.documents.select_related("document", "served_copy"):
        is_own = item.side != Side.RESPONDENT or of_enterprises.get(item.provided_by_id) in parties
        if not is_own and not item.is_shown_to_others:
            continue
        copies: dict[UUID, Document] = {}
        for document in {item.document, item.served_copy} - {None}:
            # What another enterprise gave goes on as the copy that was shown, not as it came.
            if is_own or document.pk == item.served_copy_id:
                copies[document.pk] = duplicate(document, data_key=new.data_key)
        shown = copies.get(item.served_copy_id) if item.served_copy_id else None
        main = copies.get(item.document_id) or shown
        assert main is not None
        copy: CaseDocument = copied(
            item, case=new, document=main, served_copy=shown, id=uuid.uuid4()
        )
        if not shown:
            copy.audience = DocumentAudience.PARTY_AND_NCP if item.side else DocumentAudience.NCP
            copy.served_at = None
        copy.save(force_insert=True)
        served = item.servings.filter(state=ServingState.SERVED).first()
        if shown and served:
            serving: Serving = copied(served, case_document=copy, copy=shown, answer="")
            serving.save(force_insert=True)


def _copy_clock(case: Case, new: Case) -> None:
    """Keep the time frames of the procedure as they run: the same days, pauses and extensions."""
    copy_rows(case, new, "pauses")
    rule_set = rules.load(case.rule_set)
    for item in case.deadlines.exclude(kind__in=deadlines.ABOUT_SOMETHING).prefetch_related(
        "extensions"
    ):
        if item.side or _is_of_the_referral(rule_set, item.kind):
            continue
        copy = copied(item, case=new, opened_by_event=item.opened_by_event)
        copy.save(force_insert=True)
        for more in item.extensions.all():
            more.deadline = item
            copied(more, deadline=copy).save(force_insert=True)
    deadlines.recompute(new)


def _is_of_the_referral(rule_set: RuleSet, kind: str) -> bool:
    """Tell whether a time frame belongs to a referral, which stays with the first case."""
    starts = rule_set.deadline(kind).starts
    return all(start.startswith(("referral.", "mediation.")) for start in starts)
