import pytest
from django.test import Client
from django.urls import reverse

from accounts import services
from tests.accounts.conftest import is_signed_in
from tests.factories import person

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("second_factor_optional")]
PATH = "/demo/sign-in/"


@pytest.fixture
def demonstration(settings):
    settings.DEMONSTRATION = True


def test_invented_person_is_one_click_away(demonstration):
    invented = person("officer", demonstration="Officer of the secretariat")
    client = Client()
    assert "Officer of the secretariat" in client.get(PATH).content.decode()
    client.post(PATH, {"person": str(invented.pk)})
    assert is_signed_in(client)


def test_who_somebody_is_stands_there_in_the_language_of_the_reader(demonstration):
    person("officer", demonstration="Officer of the secretariat: runs the procedure")
    page = Client(headers={"accept-language": "ru"}).get(PATH).content.decode()
    assert "Сотрудник секретариата: ведёт процедуру" in page


def test_invented_party_can_be_chosen_too(demonstration):
    party = services.party_user()
    party.demonstration = "Complainant"
    party.save()
    client = Client()
    client.post(PATH, {"person": str(party.pk)})
    assert client.session["_auth_user_id"] == str(party.pk)


def test_real_person_is_neither_listed_nor_signed_in(demonstration):
    real = person("officer", name="Real Person")
    client = Client()
    assert "Real Person" not in client.get(PATH).content.decode()
    assert client.post(PATH, {"person": str(real.pk)}).status_code == 404
    assert not is_signed_in(client)


@pytest.mark.parametrize("sent", ["", "x", "1", "00000000-0000-0000-0000-000000000000"])
def test_rubbish_finds_nobody(demonstration, sent):
    assert Client().post(PATH, {"person": sent}).status_code == 404


def test_page_does_not_exist_without_the_demonstration(settings):
    settings.DEMONSTRATION = False
    invented = person("officer", demonstration="Officer")
    assert Client().get(PATH).status_code == 404
    assert Client().post(PATH, {"person": str(invented.pk)}).status_code == 404


def test_page_is_named():
    assert reverse("demo_sign_in") == PATH
