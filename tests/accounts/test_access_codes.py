import logging
from datetime import timedelta

import pytest
from axes.models import AccessAttempt
from django.contrib.auth import authenticate
from django.test import Client, RequestFactory
from django.utils import timezone

from accounts import backends, codes, services
from accounts.models import AccessCode, RoleAssignment, Tally

pytestmark = pytest.mark.django_db
BACKEND = "accounts.backends.AccessCodeBackend"


@pytest.fixture
def complainant():
    return services.party_user()


@pytest.fixture
def code(complainant):
    return services.issue_access_code(complainant, label="Filing")


def try_code(text, address="203.0.113.7"):
    return authenticate(RequestFactory().post("/portal/", REMOTE_ADDR=address), access_code=text)


def test_code_opens_however_it_is_typed(complainant, code):
    assert try_code(code) == complainant
    assert try_code(code.lower().replace("-", " ").replace("0", "о")) == complainant


def test_use_of_a_code_is_noted(code):
    try_code(code)
    assert AccessCode.objects.get().last_used_at is not None


def test_only_a_peppered_digest_is_stored(code):
    row = AccessCode.objects.get()
    assert row.digest == codes.digest(code)
    assert codes.normalised(code) not in str(vars(row))


def test_code_shown_before_its_user_existed_can_be_stored(complainant):
    code = codes.new_code()
    services.store_access_code(complainant, code, label="Filing")
    assert try_code(code) == complainant


def test_weak_code_is_never_stored(complainant):
    with pytest.raises(ValueError, match="no access code"):
        services.store_access_code(complainant, "1234", label="Filing")


def test_old_code_opens_nothing(complainant):
    past = timezone.now() - timedelta(seconds=1)
    assert try_code(services.issue_access_code(complainant, label="Old", expires_at=past)) is None


def test_revoked_code_opens_nothing_and_its_session_ends(complainant, code, settings):
    client = Client()
    client.force_login(complainant, backend=BACKEND)
    services.revoke_access_code(AccessCode.objects.get())
    assert try_code(code) is None
    assert client.get("/account/").status_code == 302


def test_changed_code_replaces_the_old_one(complainant, code):
    new = services.change_access_code(AccessCode.objects.get())
    assert try_code(code) is None
    assert try_code(new) == complainant


def test_code_of_a_closed_account_opens_nothing(complainant, code):
    complainant.is_active = False
    complainant.save()
    assert try_code(code) is None


def test_code_never_signs_in_somebody_who_works_here(complainant, code):
    RoleAssignment.objects.create(user=complainant, role="officer")
    assert try_code(code) is None


@pytest.mark.parametrize("typed", ["", "wrong", "0000-0000-0000-0000-0000-0000", "é" * 500])
def test_wrong_code_opens_nothing(code, typed):
    assert try_code(typed) is None


def test_wrong_old_and_missing_codes_take_the_same_way(complainant, django_assert_num_queries):
    old = services.issue_access_code(
        complainant, label="Old", expires_at=timezone.now() - timedelta(days=1)
    )
    for typed in (old, codes.new_code(), "nothing like a code", ""):
        with django_assert_num_queries(3):
            try_code(typed)


def test_ten_thousand_wrong_tries_do_not_lock_out_a_right_code(complainant, code):
    for number in range(200):
        try_code(codes.new_code(), address=f"203.0.113.{number % 3}")
    Tally.objects.update(count=10_000)
    request = RequestFactory().post("/portal/", REMOTE_ADDR="203.0.113.1")
    assert backends.may_be_guessing(request)
    assert try_code(code, address="203.0.113.1") == complainant


def test_axes_neither_counts_nor_keeps_access_codes(code):
    for _ in range(30):
        try_code(codes.new_code())
    assert not AccessAttempt.objects.exists()
    assert try_code(code) is not None


def test_alarm_is_raised_without_code_and_address(caplog, monkeypatch):
    monkeypatch.setattr(backends, "WRONG_CODES_OF_A_NETWORK", 3)
    typed = codes.new_code()
    with caplog.at_level(logging.WARNING):
        for _ in range(3):
            try_code(typed)
    said = [record.getMessage() for record in caplog.records if record.name == "accounts.backends"]
    assert len(said) == 1
    assert typed not in said[0]
    assert "203.0.113" not in said[0]


def test_tally_holds_no_address():
    try_code("wrong")
    assert not any("203.0.113" in row.key for row in Tally.objects.all())
