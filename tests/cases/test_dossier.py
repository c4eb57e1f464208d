"""A case loaded at once reads like the case loaded piece by piece."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cases import dossier
from cases.actions import available_actions
from cases.disclosure import Audience, disclosed
from cases.models import Authority, Case
from cases.services import clock, correspondence
from cases.workflow import State
from sealing.fields import forget_key
from tests import factories

pytestmark = pytest.mark.django_db
STATES = (State.RECEIVED, State.INITIAL_ASSESSMENT, State.MEDIATION, State.FINAL_STATEMENT)


@pytest.fixture(params=STATES)
def scene(request):
    scene = factories.case_in(request.param, data=factories.withheld(factories.represented()))
    correspondence.send_message(scene.case, side="complainant", text="Salem", by=scene.officer)
    if request.param != State.RECEIVED:
        clock.pause(scene.case, reason="translation", by=scene.officer)
    return scene


@pytest.mark.parametrize("audience", list(Audience))
def test_loaded_case_is_disclosed_as_the_bare_one(scene, audience):
    bare = disclosed(Case.objects.get(pk=scene.case.pk), to=audience)
    (whole,) = dossier.load([Case.objects.get(pk=scene.case.pk)])
    assert disclosed(whole, to=audience) == bare


def test_loaded_case_offers_the_same_actions(scene):
    (whole,) = dossier.load([Case.objects.get(pk=scene.case.pk)])
    for user in (scene.officer, scene.complainant, *scene.members, factories.person("auditor")):
        bare = Case.objects.get(pk=scene.case.pk)
        assert available_actions(whole, user) == available_actions(bare, user)


def test_loaded_rows_equal_the_rows_of_the_database(scene):
    (whole,) = dossier.load([Case.objects.get(pk=scene.case.pk)])
    assert whole.submission.digest == Case.objects.get(pk=whole.pk).submission.digest
    for row in whole.participations.all():
        stored = Authority.objects.filter(participation=row).first()
        assert getattr(row, "authority", None) == stored
    for part in dossier.PARTS.values():
        if part.name in ("submission", "authority"):  # one row, not rows
            continue
        owners = [whole]
        if part.owner:
            owners = list(getattr(whole, part.owner).all())
        for owner in owners:
            loaded = list(getattr(owner, part.name).all())
            stored = list(type(owner).objects.get(pk=owner.pk).__getattribute__(part.name).all())
            assert {row.pk for row in loaded} == {row.pk for row in stored}
            by_pk = {row.pk: row for row in stored}
            for row in loaded:
                for column in type(row)._meta.concrete_fields:
                    assert getattr(row, column.attname) == getattr(by_pk[row.pk], column.attname)


@pytest.mark.parametrize("number", [1, 4])
def test_any_number_of_cases_takes_one_statement(number):
    for _ in range(number):
        forget_key(factories.filed_case().data_key_id)
    with CaptureQueriesContext(connection) as queries:
        dossier.load(list(Case.objects.all()), parts=dossier.FOR_ACTIONS)
    assert len(queries) == 3, "the cases, their keys, their parts"


def test_people_come_without_their_secrets(scene):
    (whole,) = dossier.load([Case.objects.get(pk=scene.case.pk)])
    event = whole.events.all()[1]
    assert "password" in event.by.get_deferred_fields()
