"""A new key takes over; nothing is unreadable on the way, and the old key can go afterwards."""

import pytest
from cryptography.fernet import Fernet
from django.core.management import call_command

from cases.models import Party
from sealing import fields, keys
from sealing.models import DataKey
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def under_an_old_key(settings):
    old = Fernet.generate_key().decode()
    settings.SEALING_KEYS = [old]
    keys.check_keys()
    case = factories.filed_case()
    return case, old


def name_of(case):
    fields._opened.clear()
    return Party.objects.get(case=case, side="complainant").name


def test_after_rotation_the_old_key_may_go(under_an_old_key, settings):
    case, old = under_an_old_key
    new = Fernet.generate_key().decode()
    settings.SEALING_KEYS = [new, old]
    assert name_of(case) == "Айгүл Серікқызы"
    call_command("rotate_keys")
    settings.SEALING_KEYS = [new]
    assert name_of(case) == "Айгүл Серікқызы"
    keys.check_keys()


def test_without_rotation_the_old_key_is_missed(under_an_old_key, settings):
    settings.SEALING_KEYS = [Fernet.generate_key().decode()]
    with pytest.raises(keys.WrongKey):
        keys.check_keys()


def test_an_erased_key_stays_erased(under_an_old_key, settings):
    case, old = under_an_old_key
    case.data_key.destroy()
    settings.SEALING_KEYS = [Fernet.generate_key().decode(), old]
    call_command("rotate_keys")
    assert DataKey.objects.get(pk=case.data_key_id).wrapped is None
    assert name_of(case) == fields.ERASED


def test_a_second_run_finds_nothing_to_do(under_an_old_key, settings, capsys):
    _case, old = under_an_old_key
    settings.SEALING_KEYS = [Fernet.generate_key().decode(), old]
    call_command("rotate_keys")
    capsys.readouterr()
    call_command("rotate_keys")
    assert capsys.readouterr().out.startswith("0 data keys")
