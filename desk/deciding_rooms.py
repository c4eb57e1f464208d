"""Lines of the case page for the assessment, the decision and the declarations."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Count, Max, Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from cases.models import Challenge, Decision
from desk.rooms import Line, Room

if TYPE_CHECKING:
    from desk.reading import CasePage
    from desk.rooms import Figures


def _of_declarations(page: CasePage, figures: Figures) -> Line | None:
    rows = page.declarations
    none = sum(1 for row in rows if not row.has_conflict)
    text = _("No conflict: %(none)s, conflict: %(has)s") % {"none": none, "has": len(rows) - none}
    if figures["open"]:
        label = ngettext("%(n)s challenge waits", "%(n)s challenges wait", figures["open"]) % {
            "n": figures["open"]
        }
        return Line(text, tag="soon", tag_label=label)
    return Line(text)


DECLARATIONS = Room(
    name="declarations",
    label=gettext_lazy("Conflicts of interest"),
    url="desk:declarations",
    rows=lambda user: Challenge.objects.visible_to(user),
    figures={"all": Count("pk"), "open": Count("pk", filter=Q(decided_at=None))},
    line=_of_declarations,
)


def _of_decision(page: CasePage, figures: Figures) -> Line | None:
    if not page.decisions:
        return None
    last = page.decisions[0]
    return Line(str(last.get_state_display()), on=last.closes_on, tag=last.tag)


DECISION = Room(
    name="decision",
    label=gettext_lazy("Decision"),
    url="desk:latest_decision",
    rows=lambda user: Decision.objects.all(),
    figures={"last": Max("proposed_at")},
    line=_of_decision,
)
