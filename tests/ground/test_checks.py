"""The rule of `script/check` that no state is written past its transition."""

import pytest

from supervisor.checks import states_set


@pytest.mark.parametrize(
    "source",
    [
        "Case.objects.filter(pk=1).update(state=State.CLOSED)",
        "Case.objects.update(title='x', state='closed')",
        "case.referrals.update(\n    state=ReferralState.ACTIVE,\n)",
        "Case.objects.update(state=wanted)",
        "Case.objects.update_or_create(pk=1, defaults={'state': wanted})",
    ],
)
def test_a_guarded_state_written_by_a_query_is_found(source):
    assert list(states_set(source)) == [1]


@pytest.mark.parametrize(
    "source",
    [
        "Draft.objects.filter(state=DraftState.OPEN).update(state=DraftState.SENT)",
        "Case.objects.filter(state=State.CLOSED).update(title='x')",
        "{}.update(reason='x')",
    ],
)
def test_everything_else_is_let_through(source):
    assert list(states_set(source)) == []
