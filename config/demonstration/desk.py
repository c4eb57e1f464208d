"""What makes the desk of the demonstration look used: a saved view, a deputy, sectors."""

from __future__ import annotations

from datetime import timedelta

from accounts.models import User
from cases.models import Case
from cases.services import deadlines, deputies, describing
from cases.workflow import State
from desk.models import SavedView

VIEWS = (
    ("Что просрочено", "late=late&order=due", True),
    ("Первоначальная оценка", "state=initial_assessment&order=due&columns=title&columns=next"
     "&columns=officer&columns=deadline", True),
    ("Мои добрые услуги", "state=mediation&mine=on", False),
)  # fmt: skip
SECTORS = ("B", "C", "D")


def furnish(people: dict[str, User]) -> None:
    """Let an officer save views, name a deputy for next week, and say what some cases are about."""
    officer = people["officer"]
    for name, query, is_shared in VIEWS:
        SavedView.objects.create(owner=officer, name=name, query=query, is_shared=is_shared)
    begin = deadlines.today() + timedelta(days=7)
    deputies.name(
        officer,
        deputy=people["officer2"],
        since=begin,
        until=begin + timedelta(days=6),
        by=officer,
    )
    own = Case.objects.filter(officer=officer, state=State.INITIAL_ASSESSMENT)
    for case, sector in zip(own.order_by("received_at"), SECTORS, strict=False):
        describing.name_sector(case, sector=sector, by=officer)
