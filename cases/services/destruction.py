"""A confirmed erasure is carried out: the files, the rows and the key of a case go."""

from __future__ import annotations

import logging
from functools import lru_cache
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pgtrigger
from django.apps import apps
from django.core.files.storage import default_storage
from django.db import connection, models, transaction
from django.utils import timezone

from accounts import services as people
from accounts.models import (
    AccessCode,
    KeptAnswer,
    OneTimeLink,
    PersonalToken,
    SecurityMail,
    User,
)
from cases import retention
from cases.models import (
    Case,
    Change,
    Erasure,
    Organisation,
    Participation,
    Principal,
    Submission,
    Transfer,
)
from cases.services.passing import path_of
from cases.tracking import path_to_case
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
    KeptAnswer.objects.filter(about=case.pk).delete()
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
    values |= {"next_due_on": None, "next_due_kind": "", "follow_up_on": None}
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
    # What programs were told of the case may name the person.
    KeptAnswer.objects.filter(about=case.pk).delete()
    Principal.objects.filter(pk=erasure.principal, representation__case=case).delete()
