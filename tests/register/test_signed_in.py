"""Somebody who is signed in reads the same register as everybody."""

import pytest

from tests import factories

pytestmark = pytest.mark.django_db


def test_a_signed_in_officer_gets_the_very_page_that_the_public_gets(record, client):
    public = client.get("/register/")
    client.force_login(factories.person("officer"))
    own = client.get("/register/")
    assert own.content == public.content
    assert own["ETag"] == public["ETag"]
    assert "public" in own["Cache-Control"]
    assert not own.cookies
