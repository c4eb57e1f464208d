"""An officer who is away has a deputy from one day to another."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User as Person
from accounts.roles import Role
from cases.deputies import forget_who
from cases.errors import Conflict
from cases.models import Deputy
from cases.services import deadlines
from cases.services.acting import require

if TYPE_CHECKING:
    from accounts.models import User

LONGEST = 366


def may_name(absent: User, by: User) -> bool:
    """Officers name their own deputy; an administrator does it for those who cannot. Nobody
    reaches for the cases of somebody else."""
    return absent.has_role(Role.OFFICER) and (by.pk == absent.pk or by.has_role(Role.ADMINISTRATOR))


def may_end(row: Deputy, by: User) -> bool:
    """Whoever is concerned ends it, and an administrator."""
    return by.pk in (row.absent_id, row.deputy_id) or by.has_role(Role.ADMINISTRATOR)


@transaction.atomic
def name(absent: User, *, deputy: User, since: date, until: date, by: User) -> Deputy:
    """Name a deputy for some days, both included.

    Raises:
        PermissionDenied: `by` is neither the person nor an administrator, or names themselves for
            somebody else.
        ValidationError: the days are wrong, or the deputy is no officer.
        Conflict: there is a deputy for some of these days.
    """
    require(may_name(absent, by) and not (deputy.pk == by.pk and absent.pk != by.pk))
    if deputy.pk == absent.pk or not deputy.has_role(Role.OFFICER):
        raise ValidationError({"deputy": _("Choose another officer.")})
    if until < since:
        raise ValidationError({"until": _("The last day lies before the first.")})
    if until < deadlines.today():
        raise ValidationError({"until": _("This day has passed.")})
    if (until - since).days >= LONGEST:
        raise ValidationError({"until": _("A deputy is named for a year at most.")})
    # Two at once wait here: the row of the person is the lock.
    Person.objects.select_for_update(no_key=True).get(pk=absent.pk)
    overlaps = Deputy.objects.filter(
        absent=absent, ended_at=None, since__lte=until, until__gte=since
    )
    if overlaps.exists():
        raise Conflict(_("There is a deputy for some of these days. End that first."))
    row = Deputy.objects.create(absent=absent, deputy=deputy, since=since, until=until, named_by=by)
    forget_who(deputy, by)
    return row


@transaction.atomic
def end(row: Deputy, *, by: User) -> Deputy:
    """End it now, or take back what has not begun.

    Raises:
        PermissionDenied: somebody else's.
        Conflict: it has ended already.
    """
    require(may_end(row, by))
    row = Deputy.objects.select_for_update(no_key=True).select_related("deputy").get(pk=row.pk)
    if row.ended_at is not None or row.until < deadlines.today():
        raise Conflict(_("This has ended already."))
    row.ended_at, row.ended_by = timezone.now(), by
    row.save(update_fields=["ended_at", "ended_by"])
    forget_who(row.deputy, by)
    return row


def concerning(user: User) -> Q:
    """Return the condition for rows that a person may read: their own; an administrator all."""
    if user.has_role(Role.ADMINISTRATOR):
        return Q()
    return Q(absent=user) | Q(deputy=user)
