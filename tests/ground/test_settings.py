"""What settings refuse a start, in which words."""

import base64
import subprocess
import sys

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.urls import reverse

from config import checks
from tests.ground import stage

SOUND = {
    "DEMONSTRATION": False,
    "DEBUG": False,
    "REQUIRE_SECOND_FACTOR": True,
    "SITE_URL": "https://ncp.example.gov",
    "ALLOWED_HOSTS": ["ncp.example.gov"],
    "SECRET_KEY": "s" * 40,
    "INDEX_KEY": "i" * 40,
    "CHAIN_KEY": "c" * 40,
    "CODE_PEPPER": "p" * 40,
    "SEALING_KEYS": [base64.urlsafe_b64encode(b"k" * 32).decode()],
    "SIGNING_KEY": base64.b64encode(b"g" * 32).decode(),
}


def configure(settings, **changes):
    for name, value in (SOUND | changes).items():
        setattr(settings, name, value)


def test_sound_settings_are_not_refused(settings):
    configure(settings)
    assert list(checks.problems()) == []
    checks.require_sound_settings()


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"DEBUG": True}, "DEBUG is on"),
        ({"SITE_URL": "http://ncp.example.gov"}, "SITE_URL must begin with https://"),
        ({"ALLOWED_HOSTS": ["*"]}, "ALLOWED_HOSTS must name the hosts"),
        ({"REQUIRE_SECOND_FACTOR": False}, "REQUIRE_SECOND_FACTOR is off"),
        ({"INDEX_KEY": ""}, "INDEX_KEY is not set."),
        ({"CHAIN_KEY": "short"}, "CHAIN_KEY is shorter than 32 characters."),
        ({"CODE_PEPPER": "i" * 40}, "must differ from each other"),
        ({"SEALING_KEYS": []}, "SEALING_KEYS is not set."),
        ({"SEALING_KEYS": ["no key"]}, "SEALING_KEYS holds a value"),
        ({"SIGNING_KEY": ""}, "SIGNING_KEY is not set."),
        ({"SIGNING_KEY": "AAAA"}, "SIGNING_KEY is not 32 bytes"),
    ],
)
def test_each_setting_that_would_harm_somebody_refuses_a_start(settings, changes, sentence):
    configure(settings, **changes)
    with pytest.raises(ImproperlyConfigured, match="does not start") as refused:
        checks.require_sound_settings()
    assert sentence in str(refused.value)


def test_a_demonstration_may_be_served_without_https(settings):
    configure(settings, DEMONSTRATION=True, SITE_URL="http://10.0.0.5:8000")
    assert list(checks.problems()) == []


def test_a_demonstration_needs_its_secrets_too(settings):
    configure(settings, DEMONSTRATION=True, SIGNING_KEY="")
    assert list(checks.problems()) == ["SIGNING_KEY is not set."]


def test_invented_people_are_refused_outside_the_demonstration(db, settings):
    from accounts.models import User

    User.objects.create(name="Nobody", demonstration="officer")
    configure(
        settings, **{name: getattr(settings, name) for name in SOUND} | {"DEMONSTRATION": False}
    )
    with pytest.raises(ImproperlyConfigured, match="invented people"):
        checks.require_right_keys()


def test_the_web_process_does_not_start_without_a_secret(tmp_path):
    """gunicorn runs no system checks; this found a missing secret at the first page only."""
    done = subprocess.run(
        [sys.executable, "-c", "import config.wsgi"],
        cwd=stage.ROOT,
        env={"PATH": "/usr/bin:/bin", "VAR_DIR": str(tmp_path), "SECRET_KEY": "s" * 40},
        capture_output=True,
        text=True,
    )
    assert done.returncode != 0
    last = done.stderr.strip().splitlines()[-1]
    assert "Good Offices does not start: " in last and "INDEX_KEY is not set." in last


def test_the_register_alone_links_to_the_addresses_of_the_whole_site(tmp_path):
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            "from config import settings_register as s\n"
            "for name, url in s.SITE_LINKS.items(): print(name, url)",
        ],
        cwd=stage.ROOT,
        env={
            "PATH": "/usr/bin:/bin",
            "DJANGO_SETTINGS_MODULE": "config.settings_register",
            "MAIN_SITE_URL": "https://ncp.example.gov/",
            "VAR_DIR": str(tmp_path),
        },
        capture_output=True,
        text=True,
        check=True,
    )
    for line in done.stdout.splitlines():
        name, url = line.split()
        assert url == "https://ncp.example.gov" + reverse(name), name
