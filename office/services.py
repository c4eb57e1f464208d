"""The office's own data are changed: a new version, the ones before stay."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction

from office import current
from office.models import OfficeVersion

if TYPE_CHECKING:
    from office.current import Office


class ChangedMeanwhile(Exception):
    """Somebody else saved a newer version after this form was opened."""


def change(office: Office, *, based_on: int, by: Any) -> OfficeVersion:
    """Put new data in force.

    Args:
        based_on: number of the version that the form was opened with; 0 for the settings.
        by: a `User`; this app stands below `accounts`.

    Raises:
        ChangedMeanwhile: there is a newer one.
    """
    values = asdict(office)
    values.pop("number")
    try:
        with transaction.atomic():
            newest = OfficeVersion.objects.values_list("number", flat=True).first() or 0
            if newest != based_on:
                raise ChangedMeanwhile
            row = OfficeVersion.objects.create(number=newest + 1, changed_by=by, **values)
    except IntegrityError as error:
        raise ChangedMeanwhile from error
    transaction.on_commit(current.forget)
    current.forget()
    return row
