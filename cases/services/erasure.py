"""Two persons erase a case: its content goes, the history, the published record and a tombstone
stay."""

from __future__ import annotations

import logging
from functools import lru_cache
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pgtrigger
from django.apps import apps
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.storage import default_storage
from django.db import connection, models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import services as people
from accounts.models import AccessCode, OneTimeLink, PersonalToken, SecurityMail, User
from cases import permissions, retention
from cases.errors import Conflict, Incomplete
from cases.events import record_event
from cases.kinds import EventKind
from cases.models import (
    Case,
    CaseEvent,
    Change,
    Erasure,
    Organisation,
    Participation,
    Principal,
    Submission,
    Transfer,
)
from cases.models.retention import ErasureBasis
from cases.services.acting import locked, require
from cases.services.passing import path_of
from cases.services.retention import is_held
from cases.tracking import path_to_case
from cases.workflow import OPEN_STATES
from documents import services as files
from documents.models import Document

if TYPE_CHECKING:
    from collections.abc import Iterator

log = logging.getLogger(__name__)

STAY = frozenset(
    {"cases.Case", "cases.CaseEvent", "cases.Submission", "cases.Erasure", "cases.Reading"}
)
"""What stays of an erased case: the row that carries the reference, the chain, the submission
(its seal can never be opened again, its digest still proves the receipt), the tombstone, and who
read what."""

KEPT_COLUMNS = frozenset(
    {
        "id", "receipt_id", "reference", "state", "outcome", "not_registered_reason", "rule_set",
        "language", "channel", "history_head", "title",
    }
)  # fmt: skip
"""Text columns of a case that say nothing of its content; `title` becomes the reference."""


def may_erase(case: Case, user: User) -> bool:
    """Officers and members of the NCP propose and confirm, never the same person both."""
    return permissions.may_run_procedure(case, user) or permissions.may_decide(case, user)


def may_confirm(erasure: Erasure, user: User) -> bool:
    """Tell whether this person may be the second one."""
    return erasure.is_open and erasure.proposed_by_id != user.pk and may_erase(erasure.case, user)


def is_erased(case: Case) -> bool:
    """Tell whether the content of a case was erased, or is being."""
    return Erasure.objects.filter(case=case, principal=None, confirmed_at__isnull=False).exists()


def propose(
    case: Case,
    *,
    basis: str,
    by: User,
    legal_basis: str = "",
    note: str = "",
    principal: Principal | None = None,
    version: int | None = None,
) -> Erasure:
    """Propose to erase a case that is over, or what is kept of one represented person.

    Args:
        legal_basis: stays on the tombstone for good: no name and nothing of the case belongs there.
        note: for the second person; it is removed when the erasure is done.

    Raises:
        ValidationError: the legal basis is missing.
        Incomplete: the case is not over, or the rules keep it longer and no other basis is given.
        Conflict: a hold stands, or the same was proposed already.
    """
    with locked(case, version=version, by=by) as row:
        require(may_erase(row, by))
        rule = None
        if principal is None:
            rule = _require_over(row, basis)
            legal_basis = legal_basis.strip() or (rule.legal_basis if rule else "")
        if not legal_basis.strip():
            raise ValidationError({"legal_basis": _("Name the law or the rule.")})
        _require_no_hold(row)
        standing = row.erasures.filter(
            principal=principal.pk if principal else None, declined_at=None
        )
        if standing.exists():
            raise Conflict(_("This was proposed already."))
        erasure = Erasure.objects.create(
            case=row,
            principal=principal.pk if principal else None,
            basis=ErasureBasis(basis),
            rule=rule.code if rule else "",
            legal_basis=legal_basis.strip(),
            note=note.strip(),
            proposed_by=by,
        )
        record_event(row, EventKind.ERASURE_PROPOSED, by=by, erasure=erasure.pk)
    return erasure


def _require_over(case: Case, basis: str) -> retention.Rule | None:
    if case.state in OPEN_STATES:
        raise Incomplete(_("A case that is not over cannot be erased."))
    rule = retention.load().rule_for(case)
    if basis == ErasureBasis.RETENTION and (
        rule is None or rule.ends_on(case) > timezone.localdate()
    ):
        raise Incomplete(_("The rules keep this case longer. Give another basis, if there is one."))
    return rule


def _require_no_hold(case: Case) -> None:
    if is_held(case):
        raise Conflict(_("A legal hold stands: nothing of this case may be erased."))


def decline(erasure: Erasure, *, by: User) -> Erasure:
    """Refuse what somebody proposed, or take one's own proposal back.

    Raises:
        Conflict: it was decided already.
    """
    with locked(erasure.case, by=by) as row:
        require(may_erase(row, by))
        erasure = _open(erasure)
        erasure.declined_by, erasure.declined_at = by, timezone.now()
        erasure.note = ""
        erasure.save()
        record_event(row, EventKind.ERASURE_DECLINED, by=by, erasure=erasure.pk)
    return erasure


def confirm(erasure: Erasure, *, by: User, version: int | None = None) -> Erasure:
    """Confirm as the second person. From this moment it cannot be taken back; the worker does the
    rest (`carry_out_all`), and goes on after a stop.

    Raises:
        Conflict: it was decided already, a hold stands, or the case is no longer over.
        PermissionDenied: the person proposed it, or may not.
    """
    with locked(erasure.case, version=version, by=by) as row:
        erasure = _open(erasure)
        erasure.case = row
        if not may_confirm(erasure, by):
            raise PermissionDenied(_("Somebody else than the one who proposed it confirms."))
        _require_no_hold(row)
        if not erasure.is_of_a_person and row.state in OPEN_STATES:
            raise Incomplete(_("A case that is not over cannot be erased."))
        erasure.confirmed_by, erasure.confirmed_at = by, timezone.now()
        kind = EventKind.PERSON_ERASED if erasure.is_of_a_person else EventKind.ERASED
        # The last entry of the history, and so the head that the tombstone keeps.
        record_event(row, kind, by=by, erasure=erasure.pk, basis=erasure.basis)
        _write_tombstone(erasure, row)
        erasure.save()
    return erasure


def _open(erasure: Erasure) -> Erasure:
    row = Erasure.objects.select_for_update().select_related("case").get(pk=erasure.pk)
    if not row.is_open:
        raise Conflict(_("This was decided already."))
    return row


def _write_tombstone(erasure: Erasure, case: Case) -> None:
    def day(moment: Any) -> Any:
        return timezone.localtime(moment).date() if moment else None

    erasure.reference = case.reference or ""
    erasure.state, erasure.outcome = case.state, case.outcome
    erasure.not_registered_reason = case.not_registered_reason
    erasure.rule_set = case.rule_set
    erasure.received_on, erasure.registered_on = day(case.received_at), day(case.registered_at)
    erasure.ended_on, erasure.closed_on = day(case.ended_at), day(case.closed_at)
    erasure.history_length, erasure.history_head = case.history_length, case.history_head
    erasure.documents = Document.objects.filter(data_key=case.data_key_id).count()


def carry_out_all() -> int:
    """Carry out every confirmed erasure that is not complete; return how many were completed."""
    done = 0
    waiting = Erasure.objects.filter(confirmed_at__isnull=False, completed_at=None)
    for pk in list(waiting.order_by("confirmed_at").values_list("pk", flat=True)):
        try:
            done += carry_out(pk)
        except Exception:
            # One that fails (a store that does not answer) must not keep the others waiting.
            log.exception("Erasure %s is not complete; it is tried again.", pk)
    return done


def carry_out(pk: UUID) -> bool:
    """Do what was confirmed. Run twice, or again after a stop at any place, it ends the same.

    Files go first, while their rows still name them; then everything else and the key in one
    transaction, which also completes the tombstone.
    """
    erasure = Erasure.objects.select_related("case").get(pk=pk)
    if erasure.completed_at or not erasure.confirmed_at:
        return False
    if not erasure.is_of_a_person:
        _erase_files(erasure.case)
    with transaction.atomic():
        case = Case.objects.select_for_update().get(pk=erasure.case_id)
        erasure = Erasure.objects.select_for_update().get(pk=pk)
        if erasure.completed_at:
            return False
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('good_offices.erasing', %s, true)", [str(case.pk)])
        if erasure.is_of_a_person:
            _erase_person(case, erasure)
        else:
            _erase_files(case)  # what came in between
            _erase_rows(case, erasure)
        erasure.note = ""
        erasure.completed_at = timezone.now()
        erasure.save()
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('good_offices.erasing', '', true)")
    return True


def _erase_files(case: Case) -> None:
    for document in Document.objects.filter(data_key=case.data_key_id).defer("original_name"):
        files.erase_files(document)
    for item in Transfer.objects.filter(case=case).only("pk"):
        default_storage.delete(path_of(item))


def _erase_rows(case: Case, erasure: Erasure) -> None:
    parties = list(
        Participation.objects.filter(case=case, user__role_assignments=None)
        .values_list("user_id", flat=True)
        .distinct()
    )
    filed_by = list(
        Submission.objects.filter(case=case, filed_by__isnull=False).values_list(
            "filed_by_id", flat=True
        )
    )
    organisations = list(
        case.parties.filter(organisation__isnull=False).values_list("organisation_id", flat=True)
    )
    rule = retention.load().rule(erasure.rule)
    _delete(case)
    for model in _sealed_with_the_case():
        model._default_manager.filter(data_key=case.data_key_id).delete()
    if rule is None or not rule.keeps_names:
        Organisation.objects.filter(pk__in=organisations, parties=None).delete()
    for user in User.objects.filter(pk__in={*parties, *filed_by}):
        _forget_person(user)
    _blank(case)
    case.data_key.destroy()


def _sealed_with_the_case() -> Iterator[type[models.Model]]:
    """Yield the models whose rows are sealed under the case's key and hang on no case."""
    for model in apps.get_models():
        names = {field.name for field in model._meta.local_fields}
        if "data_key" in names and model._meta.label != "cases.Case":
            yield model


@lru_cache(maxsize=1)
def erased_models() -> tuple[type[models.Model], ...]:
    """Return the models whose rows of a case are deleted.

    What a trigger protects from everybody stays, with the rows that it points to: only its text is
    left, and that is sealed under the key that is destroyed.
    """
    within = frozenset(app.label for app in apps.get_app_configs()) - {"register"}
    found = {
        model
        for model in apps.get_models(include_auto_created=True)
        if model._meta.managed
        and not model._meta.proxy
        and path_to_case(model, within=within) is not None
    }
    staying = {model for model in found if model._meta.label in STAY or _is_protected(model)}
    queue = [model for model in staying if model._meta.label not in STAY]
    while queue:
        for field in queue.pop()._meta.local_fields:
            to: Any = field.related_model
            if field.remote_field and to in found and to not in staying:
                staying.add(to)
                queue.append(to)
    return tuple(sorted(found - staying, key=lambda model: model._meta.label))


def _is_protected(model: type[models.Model]) -> bool:
    return any(
        isinstance(trigger, pgtrigger.Protect)
        and "DELETE" in str(trigger.operation)
        and trigger.condition is None
        for trigger in getattr(model._meta, "triggers", [])
    )


def _delete(case: Case) -> None:
    """Delete every row that hangs on the case. Foreign keys are checked when it is over."""
    within = frozenset(app.label for app in apps.get_app_configs()) - {"register"}
    rows: list[tuple[type[models.Model], list[Any]]] = []
    for model in erased_models():
        path = "__".join(path_to_case(model, within=within) or ())
        found = model._base_manager.filter(**{path: case.pk}).values_list("pk", flat=True)
        rows.append((model, list(found)))
    with connection.cursor() as cursor:
        for model, ids in rows:
            if not ids:
                continue
            table, pk = model._meta.db_table, model._meta.pk
            cursor.execute(
                f'DELETE FROM "{table}" WHERE "{pk.column}"::text = ANY(%s)',  # noqa: S608
                [[str(item) for item in ids]],
            )
        cursor.execute("DELETE FROM cases_stagedchange WHERE case_id = %s", [str(case.pk)])


def _blank(case: Case) -> None:
    """Take out of the case's own row what says something of its content."""
    values: dict[str, Any] = {"title": case.reference or case.receipt_id, "reprisal_risk": False}
    for field in Case._meta.local_fields:
        if isinstance(field, models.CharField | models.TextField | models.JSONField):
            if field.name in KEPT_COLUMNS or field.name in values:
                continue
            values[field.name] = None if field.null else field.get_default() or ""
    values |= {"next_due_on": None, "next_due_kind": ""}
    Case.objects.filter(pk=case.pk).update(**values)


def _forget_person(user: User) -> None:
    """Take everything from the row of a party who is in no other case. The row itself stays: the
    history names it by its id."""
    if user.roles or Participation.objects.filter(user=user).exists():
        return
    if Submission.objects.filter(filed_by=user).exclude(case__erasures__principal=None).exists():
        return
    for model in (AccessCode, OneTimeLink, PersonalToken, SecurityMail):
        model.objects.filter(user=user).delete()
    for label in ("account.EmailAddress", "mfa.Authenticator", "portal.OwnAddress", "portal.Sent"):
        if _known(label):
            apps.get_model(label)._default_manager.filter(user=user).delete()
    for label in ("axes.AccessAttempt", "axes.AccessLog", "axes.AccessFailureLog"):
        if user.email and _known(label):
            apps.get_model(label)._default_manager.filter(username=user.email).delete()
    user.email, user.name, user.demonstration = None, "", ""
    user.is_active = False
    user.set_unusable_password()
    user.save()
    people.end_sessions(user)


def _known(label: str) -> bool:
    try:
        apps.get_model(label)
    except LookupError:
        return False
    return True


def _erase_person(case: Case, erasure: Erasure) -> None:
    """Remove one represented person: the row, and what the history keeps of its changes.

    The submission is sealed as it was sent and cannot be changed: the name stands there until the
    case itself is erased; the page says so to who proposes it.
    """
    assert erasure.principal is not None
    row = str(erasure.principal)
    Change.objects.filter(case=case, model="cases.Principal", row=row).delete()
    Principal.objects.filter(pk=erasure.principal, representation__case=case).delete()


def tombstone(case: Case) -> Erasure | None:
    """Return what stays of an erased case."""
    return (
        Erasure.objects.filter(case=case, principal=None, confirmed_at__isnull=False)
        .select_related("proposed_by", "confirmed_by")
        .first()
    )


def holds(erasure: Erasure) -> bool:
    """Tell whether the history of an erased case still ends as its tombstone says."""
    last = CaseEvent.objects.filter(case=erasure.case_id, sequence=erasure.history_length).first()
    return last is not None and last.mac == erasure.history_head


def knows_principals(case: Case, user: User) -> bool:
    """Represented people are named to the officers of the case alone."""
    return permissions.may_see_identity(case, user)


def principals_of(case: Case) -> list[Principal]:
    """Return the represented people of a case."""
    rows = list(
        Principal.objects.filter(representation__case=case).select_related("representation__case")
    )
    return rows[:500]


def confirmed() -> list[dict[str, Any]]:
    """Return the confirmed erasures as ids, codes and moments, for a list kept apart."""
    rows = Erasure.objects.filter(confirmed_at__isnull=False).order_by("confirmed_at")
    return [
        {
            "id": str(row.pk),
            "case": str(row.case_id),
            "principal": row.principal,
            "basis": row.basis,
            "rule": row.rule,
            "legal_basis": row.legal_basis,
            "proposed_by": str(row.proposed_by_id),
            "confirmed_by": str(row.confirmed_by_id),
            "confirmed_at": row.confirmed_at.isoformat() if row.confirmed_at else "",
        }
        for row in rows
    ]


def repeat(rows: list[dict[str, Any]]) -> int:
    """Confirm anew what two persons had confirmed before a backup was restored; return how many.

    The history of the restored case has no entry of it: it gets one that says so.
    """
    again = 0
    for row in rows:
        cases = Case.objects.filter(pk=row["case"], data_key__destroyed_at=None)
        case = cases.first()  # one that is erased here too needs nothing
        people_known = User.objects.filter(pk__in=[row["proposed_by"], row["confirmed_by"]]).count()
        if case is None or people_known < 2:
            continue
        with locked(case) as held:
            same = Erasure.objects.filter(
                case=held, principal=row["principal"], confirmed_at__isnull=False
            )
            if same.exists():
                continue
            held.erasures.filter(principal=row["principal"], declined_at=None).update(
                declined_at=timezone.now()
            )
            erasure = Erasure(
                case=held,
                principal=row["principal"],
                basis=row["basis"],
                rule=row["rule"],
                legal_basis=row["legal_basis"],
                proposed_by_id=row["proposed_by"],
                confirmed_by_id=row["confirmed_by"],
                confirmed_at=row["confirmed_at"],
            )
            kind = EventKind.PERSON_ERASED if erasure.is_of_a_person else EventKind.ERASED
            record_event(held, kind, by=None, erasure=erasure.pk, basis=erasure.basis, again=True)
            _write_tombstone(erasure, held)
            erasure.save(force_insert=True)
        again += 1
    return again
