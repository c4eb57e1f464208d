"""Keys with which other NCPs sign their packages: trusted once, remembered, taken back.

A signature proves that a package is whole, not who made it. Somebody compares the fingerprint of
the key with the NCP by another way; from then on the key is known, and another one is a warning.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from cases import ncps, packages
from cases.errors import Conflict
from cases.models import NcpContact, TakenIn
from cases.services.acting import require
from cases.services.coordination import may_keep_contacts

if TYPE_CHECKING:
    from accounts.models import User


class UnknownKey(Conflict):
    """The package is signed, but not with a key that its NCP told us by another way."""


class ChangedKey(UnknownKey):
    """The NCP signed with another key before."""


class Known(StrEnum):
    """What this office knows of a key."""

    TRUSTED = "trusted"
    NEVER = "never"
    SEEN = "seen"
    """A package under it was taken in, and nobody's trust in it stands."""
    OTHER = "other"
    """This NCP signed with another key before."""


@dataclass(frozen=True)
class KeyOfPackage:
    """The key of a package beside what is known of its NCP.

    Args:
        trusted: the key that is remembered, empty where none is.
        before: the other key, the trusted one or that of the last package; only for `OTHER`.
    """

    standing: Known
    trusted: str = ""
    before: str = ""

    @property
    def is_trusted(self) -> bool:
        return self.standing == Known.TRUSTED

    @property
    def is_other(self) -> bool:
        return self.standing == Known.OTHER

    @property
    def is_seen(self) -> bool:
        return self.standing == Known.SEEN

    @property
    def fingerprint_before(self) -> str:
        return packages.fingerprint(self.before) if self.before else ""


@dataclass(frozen=True)
class Trust:
    """A key that is trusted. `compared_at` and `by` are empty where it was typed in."""

    public_key: str
    compared_at: datetime | None = None
    by: str = ""

    @property
    def fingerprint(self) -> str:
        return packages.fingerprint(self.public_key)


def judged(country: str, public_key: str) -> KeyOfPackage:
    """Return what is known of the key under which a package of an NCP comes."""
    known = ncps.of(country)
    trusted = known.public_key if known else ""
    if trusted:
        if trusted == public_key:
            return KeyOfPackage(Known.TRUSTED, trusted)
        return KeyOfPackage(Known.OTHER, trusted, trusted)
    rows = TakenIn.objects.filter(country=country).order_by("-taken_at")
    earlier = list(rows.values_list("public_key", flat=True))
    if public_key in earlier:
        return KeyOfPackage(Known.SEEN)
    return KeyOfPackage(Known.OTHER, before=earlier[0]) if earlier else KeyOfPackage(Known.NEVER)


def trust_in(country: str) -> Trust | None:
    """Return the key that is trusted for an NCP, and who compared it when."""
    known = ncps.of(country)
    if known is None or not known.public_key:
        return None
    compared = (
        TakenIn.objects.filter(country=country, public_key=known.public_key, is_key_known=False)
        .select_related("taken_by")
        .order_by("taken_at")
        .last()
    )
    if compared is None:
        return Trust(known.public_key)
    by = compared.taken_by.name if compared.taken_by else ""
    return Trust(known.public_key, compared.taken_at, by)


def check(key: KeyOfPackage, *, trust: bool, replace: bool) -> None:
    """Refuse a key that nobody compared.

    Args:
        trust: somebody compared the fingerprint of a key that is new.
        replace: somebody asked the NCP whether it signs with another key now.

    Raises:
        ChangedKey: it is another key than before, and nobody asked the NCP about it.
        UnknownKey: the key is new, and nobody compared it.
    """
    if key.is_other and not replace:
        raise ChangedKey(
            _(
                "The key of this package is not the key that this NCP used before. Ask the NCP by "
                "telephone or letter: somebody else may have made the package."
            )
        )
    if not (key.is_trusted or trust or replace):
        raise UnknownKey(
            _("The key of this package is not known. Compare its fingerprint with the NCP first.")
        )


def remember(country: str, public_key: str, *, key: KeyOfPackage, by: User | None) -> None:
    """Keep a key that was compared; inside the transaction that takes its package in.

    Args:
        key: what was known of it when somebody looked.

    Raises:
        ChangedKey: somebody changed the key of this NCP since.
    """
    row = _locked(country)
    if row.public_key != key.trusted:
        raise ChangedKey(_("The key of this NCP was changed meanwhile. Look again."))
    _keep(row, public_key, by)


@transaction.atomic
def forget(country: str, public_key: str, *, by: User) -> None:
    """Trust a key no more. Cases that came under it stay; the next package is asked about again.

    Raises:
        Conflict: the key that is trusted is another one by now.
        PermissionDenied: the person keeps no list of NCPs.
    """
    require(may_keep_contacts(by))
    row = _locked(country)
    if not row.public_key or row.public_key != public_key:
        raise Conflict(_("The key of this NCP was changed meanwhile. Look again."))
    _keep(row, "", by)


def _locked(country: str) -> NcpContact:
    rows = NcpContact.objects.select_for_update(no_key=True)
    return rows.get_or_create(country=country, defaults=ncps.first_values(country))[0]


def _keep(row: NcpContact, public_key: str, by: User | None) -> None:
    row.public_key = public_key
    row.changed_by, row.changed_at = by, timezone.now()
    row.save(update_fields=["public_key", "changed_by", "changed_at"])
