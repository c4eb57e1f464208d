"""Fifty people try what excludes each other at one moment: one wins, the others learn who did what,
no event is lost and nobody waits for ever."""

import threading
import time

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django.test import Client

from cases.errors import Conflict
from cases.events import verify
from cases.models import Case, GoodOfficesReply
from cases.services import ending, good_offices, registration
from mediation import services as mediation
from mediation.models import MediationBody, Referral
from tests import factories

pytestmark = pytest.mark.django_db(transaction=True)

MANY = 50
PATIENCE = 120  # seconds: far above what it takes, far below for ever


def at_once(calls):
    """Run calls in threads that begin together, each with a connection of its own; return what
    came of them."""
    barrier = threading.Barrier(len(calls))
    results = [None] * len(calls)

    def run(index, call):
        try:
            with connection.cursor() as cursor:
                # A deadlock is a failure at once; so is waiting longer than a person would.
                cursor.execute("SET lock_timeout = '60s'")
            barrier.wait(PATIENCE)
            results[index] = call()
        except Exception as error:
            results[index] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=item, daemon=True) for item in enumerate(calls)]
    for thread in threads:
        thread.start()
    end = time.monotonic() + PATIENCE
    for thread in threads:
        thread.join(max(end - time.monotonic(), 0))
    assert not [thread for thread in threads if thread.is_alive()], "somebody waits for ever"
    return results


def one_won(results, *, lost=Conflict):
    """Check that one call succeeded and every other was told that it came too late."""
    errors = [item for item in results if isinstance(item, Exception)]
    strange = [item for item in errors if not isinstance(item, lost)]
    assert not strange, strange[:3]
    assert len(results) - len(errors) == 1


def history_holds(pk, *, events):
    """Check that nothing is missing from a history and nothing is there twice."""
    case = Case.objects.get(pk=pk)
    assert case.history_length == case.events.count() == events
    assert list(verify(case)) == []
    return case


def test_registering_and_declining_exclude_each_other():
    case = factories.filed_case()
    officers = [factories.person("officer") for _ in range(5)]
    calls = []
    for number in range(MANY):
        by = officers[number % 5]
        if number % 2:
            calls.append(lambda by=by: registration.register(case, by=by))
        else:
            calls.append(
                lambda by=by: registration.decline_registration(
                    case, by=by, reason="enquiry", reply="Please ask elsewhere."
                )
            )
    results = at_once(calls)
    one_won(results)
    lost = [item for item in results if isinstance(item, Conflict)]
    assert all(any(by.name in str(item.message) for by in officers) for item in lost)
    history_holds(case.pk, events=2)


def test_withdrawing_and_concluding_exclude_each_other():
    scene = factories.case_in("mediation")
    before = scene.case.history_length
    calls = []
    for number in range(MANY):
        if number % 2:
            calls.append(lambda: ending.withdraw(scene.case, by=scene.complainant))
        else:
            calls.append(
                lambda: good_offices.conclude(scene.case, outcome="no_agreement", by=scene.officer)
            )
    one_won(at_once(calls))
    case = history_holds(scene.case.pk, events=before + 1)
    assert case.state == "final_statement"
    assert case.outcome in ("withdrawn", "no_agreement")


def test_a_referral_is_accepted_once_and_not_also_declined():
    scene = factories.case_in("mediation")
    body = MediationBody.objects.create(name="Bridge")
    coordinators = [factories.person("coordinator") for _ in range(4)]
    for person in coordinators:
        body.members.create(user=person, role="coordinator")
    referral = mediation.propose_referral(
        scene.case, body, by=scene.officer, issues=[row.pk for row in scene.case.issues.all()]
    )
    before = scene.reload().history_length
    calls = []
    for number in range(MANY):
        by = coordinators[number % 4]
        if number % 5:
            calls.append(lambda by=by: mediation.accept_referral(referral, by=by))
        else:
            calls.append(
                lambda by=by: mediation.decline_referral(referral, by=by, reason="Nobody is free.")
            )
    # Whoever comes after a refusal is out of the case: the office took the names back.
    one_won(at_once(calls), lost=(Conflict, PermissionDenied))
    history_holds(scene.case.pk, events=before + 1)
    assert Referral.objects.get(pk=referral.pk).state in ("accepted", "declined")


def test_a_double_click_counts_once():
    scene = factories.case_in("mediation")
    before = scene.case.history_length
    calls = [
        lambda: good_offices.reply(
            scene.case, side="complainant", accepts=True, by=scene.complainant
        )
    ] * MANY
    one_won(at_once(calls))
    assert GoodOfficesReply.objects.filter(case=scene.case).count() == 1
    history_holds(scene.case.pk, events=before + 1)


def test_what_does_not_exclude_each_other_is_all_recorded():
    """Fifty messages in one second: each waits for its turn, none is lost, none waits for ever."""
    from cases.services import correspondence

    scene = factories.case_in("initial_assessment")
    before = scene.case.history_length
    calls = [
        lambda number=number: correspondence.send_message(
            scene.case, side="complainant", text=f"Message {number}", by=scene.complainant
        )
        for number in range(MANY)
    ]
    results = at_once(calls)
    assert not [item for item in results if isinstance(item, Exception)], results
    history_holds(scene.case.pk, events=before + MANY)


def test_in_the_browser_the_others_get_a_page_that_says_who_did_what():
    case = factories.filed_case()
    officers = [factories.person("officer") for _ in range(10)]
    browsers = []
    for number in range(MANY):
        client = Client()
        client.force_login(officers[number % 10], backend="accounts.backends.PasswordBackend")
        browsers.append(client)
    address = f"/desk/cases/{case.pk}/register/"
    version = {"row_version": Case.objects.get(pk=case.pk).row_version}
    results = at_once([lambda c=client: c.post(address, version) for client in browsers])
    statuses = sorted(item.status_code for item in results)
    assert statuses == [302] + [409] * (MANY - 1)
    late = next(item for item in results if item.status_code == 409)
    assert any(by.name in late.text for by in officers)
    assert "<h1" in late.text
    history_holds(case.pk, events=2)


def test_an_act_that_fails_half_way_leaves_nothing_for_the_next_to_stumble_over():
    case = factories.filed_case()
    officer = factories.person("officer")

    def fail():
        with transaction.atomic():
            registration.register(case, by=officer)
            raise Conflict("The light went out.")

    results = at_once([fail] * (MANY - 1) + [lambda: registration.register(case, by=officer)])
    one_won(results)
    registered = history_holds(case.pk, events=2)
    assert registered.reference.endswith("-001")
