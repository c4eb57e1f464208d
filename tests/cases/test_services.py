import pytest

from cases import events
from cases.workflow import State
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "state",
    [
        State.RECEIVED,
        State.NOT_REGISTERED,
        State.WITHDRAWN,
        State.INITIAL_ASSESSMENT,
        State.MEDIATION,
        State.FINAL_STATEMENT,
    ],
)
def test_services_drive_a_case_and_its_history_holds(state):
    scene = factories.case_in(state)
    assert scene.case.state == state
    assert scene.case.history_length == scene.case.events.count() > 0
    assert list(events.verify(scene.case)) == []
