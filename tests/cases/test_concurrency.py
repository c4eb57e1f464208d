"""Several people at once: one wins, the others are told who did what; nothing is lost or
doubled."""

import threading
import uuid

import pytest
from django.db import connection

from accounts import services as people
from cases.errors import Conflict
from cases.events import verify
from cases.models import Case, Submission
from cases.services import filing, registration
from cases.workflow import State
from sealing.models import DataKey
from tests import factories

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*calls):
    """Run calls in threads that begin together; return their results or exceptions."""
    barrier = threading.Barrier(len(calls))
    results = [None] * len(calls)

    def run(index, call):
        try:
            barrier.wait()
            results[index] = call()
        except Exception as error:
            results[index] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=item) for item in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def test_of_conflicting_moves_one_wins_and_the_others_learn_who_did_it():
    case = factories.filed_case()
    officers = [factories.person("officer") for _ in range(6)]
    moves = [
        (lambda by=by: registration.register(case, by=by))
        if index % 2
        else (
            lambda by=by: registration.decline_registration(
                case, by=by, reason="enquiry", reply="Please ask elsewhere."
            )
        )
        for index, by in enumerate(officers)
    ]
    results = at_once(*moves)
    won = [result for result in results if isinstance(result, Case)]
    lost = [result for result in results if isinstance(result, Conflict)]
    assert (len(won), len(lost)) == (1, 5)
    assert all(any(o.name in str(error.message) for o in officers) for error in lost)
    case = Case.objects.get(pk=case.pk)
    assert case.state in (State.INITIAL_ASSESSMENT, State.NOT_REGISTERED)
    assert case.history_length == case.events.count() == 2
    assert list(verify(case)) == []


def test_reference_numbers_given_at_once_have_no_gap_and_no_twin():
    officer = factories.person("officer")
    cases = [factories.filed_case() for _ in range(8)]
    at_once(*[(lambda case=case: registration.register(case, by=officer)) for case in cases])
    numbers = sorted(Case.objects.values_list("reference", flat=True))
    assert [number[-3:] for number in numbers] == [f"{n:03d}" for n in range(1, 9)]


def test_a_registration_that_fails_leaves_no_gap():
    officer = factories.person("officer")
    first, second = factories.filed_case(), factories.filed_case()
    version = first.row_version
    registration.register(first, by=officer)
    with pytest.raises(Conflict):
        registration.register(first, by=officer, version=version)
    assert registration.register(second, by=officer).reference.endswith("-002")


def test_a_double_click_on_send_files_one_case():
    user = people.party_user()
    key, data_key = uuid.uuid4(), DataKey.generate()
    results = at_once(
        *[
            lambda: filing.file_submission(
                factories.submission(), filed_by=user, data_key=data_key, idempotency_key=key
            )
        ]
        * 4
    )
    assert Case.objects.count() == Submission.objects.count() == 1
    assert not [result for result in results if isinstance(result, Exception)], results
    assert {result.receipt.receipt_id for result in results} == {Case.objects.get().receipt_id}
