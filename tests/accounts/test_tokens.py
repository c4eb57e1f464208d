from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from rest_framework.decorators import api_view, authentication_classes, permission_classes
from rest_framework.permissions import IsAuthenticated
from rest_framework.response import Response
from rest_framework.test import APIRequestFactory

from accounts import services
from accounts.authentication import HasScope, PersonalTokenAuthentication
from accounts.models import PersonalToken, RoleAssignment
from tests.accounts.conftest import enrol, sign_in, with_password
from tests.factories import person

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("second_factor_optional")]


@api_view(["GET"])
@authentication_classes([PersonalTokenAuthentication])
@permission_classes([IsAuthenticated, HasScope])
def whoami(request):
    return Response({"user": str(request.user.pk)})


whoami.cls.required_scope = "cases:read"


def ask(header):
    headers = {} if header is None else {"HTTP_AUTHORIZATION": header}
    response = whoami(APIRequestFactory().get("/", **headers))
    response.render()
    return response


@pytest.fixture
def erlan():
    return with_password("officer")


def make(user, *, days=30, scopes=("cases:read",)):
    return services.create_token(
        user,
        name="Statistics",
        scopes=list(scopes),
        expires_at=timezone.now() + timedelta(days=days),
    )


def test_token_opens_the_api(erlan):
    token, secret = make(erlan)
    assert ask(f"Bearer {secret}").status_code == 200
    token.refresh_from_db()
    assert token.last_used_at is not None


def test_only_a_digest_is_stored_and_a_prefix_for_recognition(erlan):
    token, secret = make(erlan)
    assert secret not in str(vars(token))
    assert secret.startswith(token.prefix)
    assert len(token.prefix) <= 8


def wrong_tokens(erlan):
    _old, expired = make(erlan, days=-1)
    gone, revoked = make(erlan)
    services.revoke_token(gone)
    closed = person("officer")
    _t, inactive = make(closed)
    closed.is_active = False
    closed.save()
    without_role = person("officer")
    _t, roleless = make(without_role)
    RoleAssignment.objects.filter(user=without_role).update(until=timezone.now())
    return [expired, revoked, inactive, roleless, "go_wrong", "é", ""]


def test_every_wrong_token_gets_one_and_the_same_401(erlan):
    answers = [ask(f"Bearer {secret}") for secret in wrong_tokens(erlan)]
    answers += [ask("Bearer"), ask("Bearer a b"), ask("Basic YTpi")]
    assert {answer.status_code for answer in answers} == {401}
    assert len({answer.content for answer in answers}) == 1
    assert {answer["WWW-Authenticate"] for answer in answers} == {"Bearer"}


def test_nobody_without_a_token_gets_in():
    assert ask(None).status_code == 401


def test_token_is_refused_for_what_it_was_not_made_for(erlan):
    _token, secret = make(erlan, scopes=())
    assert ask(f"Bearer {secret}").status_code == 403


def test_token_does_not_go_around_the_second_factor(erlan, settings):
    settings.REQUIRE_SECOND_FACTOR = True
    _token, secret = make(erlan)
    assert ask(f"Bearer {secret}").status_code == 401
    enrol(erlan)
    assert ask(f"Bearer {secret}").status_code == 200


def test_session_cookie_does_not_open_the_api(erlan):
    client = sign_in(erlan)
    request = APIRequestFactory().get("/")
    request.COOKIES = {key: morsel.value for key, morsel in client.cookies.items()}
    assert whoami(request).status_code == 401


# Pages


def tomorrow():
    return (timezone.localdate() + timedelta(days=1)).isoformat()


def test_token_is_shown_once_and_revoked(erlan):
    client = sign_in(erlan)
    made = client.post(
        reverse("accounts:create_token"),
        {"name": "Mine", "scopes": ["cases:read"], "expires_on": tomorrow()},
    )
    secret = made.context["secret"]
    assert secret in made.content.decode()
    assert secret not in client.get(reverse("accounts:tokens")).content.decode()
    assert ask(f"Bearer {secret}").status_code == 200
    token = PersonalToken.objects.get()
    path = reverse("accounts:revoke_token", args=[token.pk])
    client.get(path)
    assert ask(f"Bearer {secret}").status_code == 200
    client.post(path)
    assert ask(f"Bearer {secret}").status_code == 401


@pytest.mark.parametrize(
    "bad",
    [
        {"name": ""},
        {"scopes": []},
        {"scopes": ["cases:everything"]},
        {"expires_on": "2020-01-01"},
        {"expires_on": "2099-01-01"},
        {"expires_on": "soon"},
    ],
)
def test_bad_token_form_makes_none(erlan, bad):
    data = {"name": "Mine", "scopes": ["cases:read"], "expires_on": tomorrow(), **bad}
    response = sign_in(erlan).post(reverse("accounts:create_token"), data)
    assert response.context["form"].errors
    assert not PersonalToken.objects.exists()


def test_token_of_somebody_else_is_not_found(erlan):
    token, secret = make(person("officer"))
    client = sign_in(erlan)
    path = reverse("accounts:revoke_token", args=[token.pk])
    assert client.get(path).status_code == client.post(path).status_code == 404
    assert ask(f"Bearer {secret}").status_code == 200


def test_parties_have_no_tokens():
    client = Client()
    client.force_login(services.party_user())
    for name in ("accounts:tokens", "accounts:create_token"):
        assert client.get(reverse(name)).status_code == 404
