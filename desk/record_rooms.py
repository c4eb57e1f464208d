"""The lines of the case page about the record itself: holds, erasure, an auditor's request."""

from __future__ import annotations

from django.db.models import Count, Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from cases.models import AuditPermission, Erasure
from cases.services.retention import standing_holds
from cases.workflow import OPEN_STATES
from desk.reading import CasePage
from desk.rooms import Figures, Line, Room


def _retention(page: CasePage, figures: Figures) -> Line | None:
    if figures["standing"]:
        return Line(_("Nothing may be erased"), tag="late", tag_label=_("Legal hold"))
    if page.case.state in OPEN_STATES:
        return None
    return Line(_("How long it is kept, holds, erasure"))


def _erasures(page: CasePage, figures: Figures) -> Line | None:
    if figures["done"]:
        return Line(_("The content was erased"), tag="neutral", tag_label=_("Erased"))
    if figures["open"]:
        return Line(tag="soon", tag_label=_("Waits for a second person"))
    return None


def _audit(page: CasePage, figures: Figures) -> Line | None:
    number = figures["open"]
    if not number:
        return None
    text = ngettext("%(n)s request waits", "%(n)s requests wait", number) % {"n": number}
    return Line(text, tag="soon", tag_label=_("Decide"))


RETENTION = Room(
    name="retention",
    label=gettext_lazy("Keeping and erasing"),
    url="desk:retention",
    rows=lambda user: standing_holds(),
    figures={"standing": Count("pk")},
    line=_retention,
)
ERASURE = Room(
    name="erasure",
    label=gettext_lazy("Erasure"),
    url="desk:retention",
    rows=lambda user: Erasure.objects.filter(declined_at=None),
    figures={
        "open": Count("pk", filter=Q(confirmed_at=None)),
        "done": Count("pk", filter=Q(confirmed_at__isnull=False, principal=None)),
    },
    line=_erasures,
)
AUDIT = Room(
    name="audit",
    label=gettext_lazy("Auditor's request"),
    url="desk:audit_requests",
    rows=lambda user: AuditPermission.objects.filter(decided_at=None),
    figures={"open": Count("pk")},
    line=_audit,
)
