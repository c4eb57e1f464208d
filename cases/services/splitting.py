"""One case becomes two: some enterprises, with their issues, go on as a case of their own."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from cases import permissions
from cases.errors import Incomplete
from cases.events import record_event
from cases.kinds import EventKind
from cases.models import Case, CaseDocument, CaseLink, CaseTie, Issue, Party, Serving
from cases.models.case import Channel
from cases.models.correspondence import DocumentAudience
from cases.models.issue import LinkKind
from cases.models.party import Side
from cases.models.serving import ServingState
from cases.services import deadlines
from cases.services.acting import locked, require, require_state
from cases.services.coordination import tell_sides
from cases.services.registration import _next_reference
from cases.workflow import State
from documents.duplicates import duplicate
from documents.models import Document
from sealing.models import DataKey

if TYPE_CHECKING:
    from django.db import models

    from accounts.models import User

STAYS, GOES, BOTH = "stays", "goes", "both"
STATES = (State.RECEIVED, State.INITIAL_ASSESSMENT)
"""Later the issues are decided on, and the decision belongs to the case in which it was made."""


def may_go(issue: Issue) -> bool:
    """Tell whether an issue can leave its case: nothing was said of it there yet. Otherwise it
    stays, or is handled in both."""
    return not any(
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
    written stays in the first case, which the new one names. Both keep their own history; the
    parties are told in the words of `told`.

    Args:
        issues: for each issue "stays", "goes" or "both".

    Raises:
        ValidationError: something is missing, or a case would have no enterprise or no issue.
        Incomplete: a decision or a correction is open, or an issue cannot leave any more.
    """
    if not why.strip():
        raise ValidationError(_("Say why."))
    if not told.strip():
        raise ValidationError(_("Write what the parties are told."))
    with locked(case, version=version, by=by) as row:
        require(permissions.may_run_procedure(row, by))
        require_state(row, *STATES)
        if row.decisions.exists() or row.corrections.filter(settled_at=None).exists():
            raise Incomplete(_("First bring the open decision or correction to its end."))
        standing = {party.pk: party for party in row.parties.standing()}
        going = [standing[party.pk] for party in respondents if party.pk in standing]
        _check(list(standing.values()), going, list(row.issues.all()), issues)
        new = _new_case(row, going)
        record_event(new, EventKind.SPLIT_OFF, by=by, other=row.pk, received=row.received_at)
        parties = _copy_parties(row, new, going)
        _copy_people(row, new, parties, going)
        _share_out(row, new, issues)
        # The next look at another proceeding is owed in the first case.
        _copy_rows(row, new, "proceedings", deadline=None, next_check_on=None)
        _copy_documents(row, new, parties)
        _copy_clock(row, new)
        if new.registered_at:
            new.reference = _next_reference()
        new.save()
        for party in going:
            party.case = row
            party.left_at = timezone.now()
            party.save(update_fields=["left_at"])
        row.participations.filter(party__in=going, until=None).update(until=timezone.now())
        row.title = _title(row)
        link = CaseLink.objects.create(case=new, other=row, kind=LinkKind.SPLIT_FROM)
        CaseTie.objects.create(link=link, why=why.strip(), made_by=by)
        for item in (row, new):
            tell_sides(item, told.strip(), subject=_("One case became two"), by=by)
        record_event(row, EventKind.CASE_SPLIT, by=by, other=new.pk)
        record_event(new, EventKind.LINKED, by=by, other=row.pk, reference=new.reference)
    return new


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
        state=case.state,
        rule_set=case.rule_set,
        language=case.language,
        channel=case.channel or Channel.IMPORTED,
        reprisal_risk=case.reprisal_risk,
        data_key=DataKey.generate(),
        officer=case.officer,
        received_at=case.received_at,
        registered_at=case.registered_at,
        served_at=case.served_at,
        follow_up_on=case.follow_up_on,
        sector=case.sector,
    )


def _title(case: Case) -> str:
    """Name a case by its enterprises, as when it was filed."""
    rows = case.parties.standing().filter(side=Side.RESPONDENT)
    return "; ".join(party.name for party in rows)[:300] or case.title


def _copied(row: models.Model, **changes: Any) -> Any:
    """Return an unsaved copy of a row; sealed texts are sealed anew under the new case's key."""
    copy = type(row)()
    for field in row._meta.concrete_fields:
        if not field.primary_key:
            setattr(copy, field.attname, getattr(row, field.attname))
    for name, value in changes.items():
        setattr(copy, name, value)
    return copy


def _copy_rows(case: Case, new: Case, name: str, **changes: Any) -> list[Any]:
    copies = [_copied(row, case=new, **changes) for row in getattr(case, name).all()]
    for copy in copies:
        copy.save(force_insert=True)
    return copies


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
        parties[party.pk] = _copied(party, case=new, position=place)
        parties[party.pk].save(force_insert=True)
    return parties


def _copy_people(case: Case, new: Case, parties: Mapping[UUID, Party], going: list[Party]) -> None:
    """Let the same people take part who had to do with what goes; a declared conflict goes too."""
    for held in case.representations.filter(side=Side.COMPLAINANT, until=None):
        acting = _copied(held, case=new)
        acting.save(force_insert=True)
        for principal in held.principals.all():
            _copied(principal, representation=acting).save(force_insert=True)
    gone = {party.pk for party in going}
    for row in case.participations.filter(until=None):
        concerned = row.role == "officer" or row.side == Side.COMPLAINANT or row.party_id in gone
        if concerned:
            party = parties.get(row.party_id) if row.party_id else None
            _copied(row, case=new, party=party).save(force_insert=True)
    for declared in case.conflicts.filter(superseded_at=None):
        _copied(declared, case=new).save(force_insert=True)


def _share_out(case: Case, new: Case, chosen: Mapping[UUID, str]) -> None:
    number = 0
    for issue in case.issues.prefetch_related("provisions"):
        way = chosen.get(issue.pk, STAYS)
        if way == STAYS:
            continue
        number += 1
        if way == GOES:
            issue.case, issue.number = new, number
            issue.save()
            continue
        copy = _copied(issue, case=new, number=number, accepted=None, outcome="")
        copy.save(force_insert=True)
        for provision in issue.provisions.all():
            _copied(provision, issue=copy, finding="").save(force_insert=True)


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
        copy: CaseDocument = _copied(
            item, case=new, document=main, served_copy=shown, id=uuid.uuid4()
        )
        if not shown:
            copy.audience = DocumentAudience.PARTY_AND_NCP if item.side else DocumentAudience.NCP
            copy.served_at = None
        copy.save(force_insert=True)
        served = item.servings.filter(state=ServingState.SERVED).first()
        if shown and served:
            serving: Serving = _copied(served, case_document=copy, copy=shown, answer="")
            serving.save(force_insert=True)


def _copy_clock(case: Case, new: Case) -> None:
    """Keep the time frames of the procedure as they run: the same days, pauses and extensions."""
    _copy_rows(case, new, "pauses")
    for item in case.deadlines.exclude(kind__in=deadlines.ABOUT_SOMETHING).prefetch_related(
        "extensions"
    ):
        if item.side:
            continue
        copy = _copied(item, case=new, opened_by_event=item.opened_by_event)
        copy.save(force_insert=True)
        for more in item.extensions.all():
            more.deadline = item
            _copied(more, deadline=copy).save(force_insert=True)
    deadlines.recompute(new)
