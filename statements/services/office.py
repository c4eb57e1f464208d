"""The NCP's own data change: for letters and mails, and on every public page at once."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from django.db import transaction

from office import services
from register.branding import Branding
from register.services import set_branding

if TYPE_CHECKING:
    from accounts.models import User
    from office.current import Office
    from office.models import OfficeVersion


@transaction.atomic
def change_office(office: Office, *, based_on: int, by: User) -> OfficeVersion:
    """Put new data of the NCP in force and publish them.

    Records that were published before keep the name under which they were published.

    Raises:
        office.services.ChangedMeanwhile: there is a newer version than the form was opened with.
    """
    row = services.change(office, based_on=based_on, by=by)
    shown = asdict(office)
    shown.pop("number")
    set_branding(Branding(**shown))
    return row
