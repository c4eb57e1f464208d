"""Wrong codes find nothing, lock out nobody, and cannot be told apart."""

import secrets
import statistics
import time
from datetime import timedelta

from django.test import Client
from django.utils import timezone

from accounts import codes
from accounts import services as people
from accounts.models import AccessCode

TRIES = 300


def post(code, address="198.51.100.7"):
    began = time.perf_counter()
    answer = Client().post("/portal/sign-in/", {"code": code}, REMOTE_ADDR=address)
    return answer, time.perf_counter() - began


def test_hundreds_of_wrong_codes_find_nothing_and_lock_out_nobody(scene):
    for addresses in (1, 200):
        for number in range(TRIES // 2):
            address = f"198.51.100.{number % addresses + 1}"
            assert post(codes.new_code(), address)[0].status_code in (200, 429)
        assert post(scene.enterprise_code, "198.51.100.1")[0].status_code == 302


def test_wrong_old_and_missing_codes_take_the_same_time(scene):
    """Median times, taken in turns; the bound is wide because machines are noisy."""
    old = people.issue_access_code(scene.complainant, label="old")
    AccessCode.objects.filter(label="old").update(revoked_at=timezone.now() - timedelta(days=1))
    tried = {"wrong": lambda: codes.new_code(), "old": lambda: old, "missing": secrets.token_hex}
    times = {name: [] for name in tried}
    for code in tried.values():
        post(code())
    for _ in range(40):
        for name, code in tried.items():
            times[name].append(post(code())[1])
    middle = {name: statistics.median(found) for name, found in times.items()}
    assert max(middle.values()) < 1.5 * min(middle.values()) + 0.005, middle
