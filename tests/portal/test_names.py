"""Who may know a name is decided anew by those whose name it is; what was shown stays shown.

The form promised that one can change one's mind; nobody could, neither at the portal nor at the
desk."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse

from cases.disclosure import Audience, disclosed
from cases.models import Message
from cases.services import members, naming
from tests import factories
from tests.portal.conftest import page, signed_in, token_of

NAME = "Айгүл Серікқызы"
NOBODY = {"mediator": False, "respondent": False, "public": False}
ALL = dict.fromkeys(NOBODY, True)


def only(case):
    [one] = naming.named(case)
    return one.key


def names(case, to):
    return [party.name for party in disclosed(case, to=to).complainants]


def fields(case, **choices):
    return {
        f"{one.key}-{audience}": choices.get(audience, "yes" if may else "no")
        for one in naming.named(case)
        for audience, may in one.choices.items()
        if audience not in one.known_to
    }


def send(scene, client, **data):
    address = page("names", scene.case)
    choices = {key: value for key, value in data.items() if key in NOBODY}
    more = {key: value for key, value in data.items() if key not in NOBODY}
    token = token_of(client.get(address))
    return client.post(address, {"token": token, **fields(scene.case, **choices), **more})


def test_a_name_can_be_hidden_as_long_as_nobody_was_told(db):
    scene = factories.case_in("initial_assessment", served=False)
    assert NAME in names(scene.case, Audience.RESPONDENT)
    client = signed_in(scene.complainant)
    assert send(scene, client, respondent="no", public="no").status_code == 302
    assert NAME not in names(scene.reload(), Audience.RESPONDENT)
    assert NAME in names(scene.case, Audience.COMPLAINANT)
    assert scene.case.events.filter(kind="names.decided", by=scene.complainant).exists()


def test_what_the_enterprise_read_is_not_hidden_from_it_again(scene):
    with pytest.raises(ValidationError, match="cannot be taken back"):
        naming.decide(scene.case, {only(scene.case): NOBODY}, by=scene.complainant)
    client = signed_in(scene.complainant)
    text = client.get(page("names", scene.case)).text
    assert "It was shown already. That cannot be taken back." in text
    assert send(scene, client, public="no").status_code == 302
    assert NAME in names(scene.reload(), Audience.RESPONDENT)
    assert NAME not in names(scene.case, Audience.PUBLIC), "the public has read nothing yet"


def test_a_name_is_shown_only_by_somebody_who_knows_that_it_cannot_be_hidden_again(withheld_scene):
    scene = withheld_scene
    client = signed_in(scene.complainant)
    refused = send(scene, client, respondent="yes")
    assert refused.status_code == 200
    assert "Tick the box if you want to show a name." in refused.text
    assert NAME not in names(scene.reload(), Audience.RESPONDENT)
    assert send(scene, client, respondent="yes", sure="on").status_code == 302
    assert NAME in names(scene.reload(), Audience.RESPONDENT)
    assert NAME not in names(scene.case, Audience.PUBLIC)


def test_only_the_main_person_of_the_side_decides_and_the_other_side_learns_nothing(scene):
    added, _code = members.add(scene.case, name="Cousin", by=scene.complainant)
    for person in (added.user, scene.enterprise):
        assert signed_in(person).get(page("names", scene.case)).status_code == 403
        with pytest.raises(PermissionDenied):
            naming.decide(scene.case, {only(scene.case): ALL}, by=person)
    naming.decide(scene.case, {only(scene.case): {"public": False}}, by=scene.complainant)
    assert "Decided anew" in signed_in(scene.complainant).get(page("case", scene.case)).text
    assert "Decided anew" not in signed_in(scene.enterprise).get(page("case", scene.case)).text


def test_a_representative_is_asked_about_too(db):
    scene = factories.case_in("received", data=factories.represented())
    keys = [one.key for one in naming.named(scene.case)]
    assert [key.split("-")[0] for key in keys] == ["party", "representation"]
    naming.decide(scene.case, {keys[1]: NOBODY}, by=scene.complainant)
    shown = disclosed(scene.reload(), to=Audience.RESPONDENT).representatives
    assert [item.name for item in shown] == ["Representative"]


def test_an_officer_changes_it_for_people_on_paper_and_they_read_why(scene, client, other_officer):
    client.force_login(scene.officer)
    address = reverse("desk:names", args=[scene.case.pk])
    assert (
        reverse("desk:names", args=[scene.case.pk])
        in client.get(reverse("desk:case", args=[scene.case.pk])).text
    )
    sent = {"row_version": scene.reload().row_version, **fields(scene.case, public="no")}
    refused = client.post(address, sent)
    assert "Say how you were asked, and how you know who asked." in refused.text
    assert client.post(address, {**sent, "note": "By telephone, her voice."}).status_code == 302
    assert NAME not in names(scene.reload(), Audience.PUBLIC)
    assert "her voice" in Message.objects.latest("sent_at").text
    client.force_login(other_officer)
    assert client.get(address).status_code == 403, "an officer who is not named on the case"
