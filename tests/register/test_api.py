"""The open API shows what the pages show, in the same order, and no more."""

import pytest
from rest_framework.settings import api_settings

from register import open_data
from register.api import PublicThrottle, RecordSerializer
from tests.register import samples

pytestmark = pytest.mark.django_db


def test_the_documented_fields_are_the_fields_that_are_given(record_with_statement, client):
    given = client.get(f"/api/v1/records/{record_with_statement.pk}/").json()
    fields = RecordSerializer().fields
    assert set(given) == set(fields)
    assert set(given) == set(open_data.as_data(record_with_statement)) | {"page_url", "documents"}
    for name in ("complainants", "provisions", "documents"):
        assert set(given[name][0]) == set(fields[name].child.fields), name


def test_pages_of_the_api_follow_each_other(published, client):
    for _number in range(60):
        published()
    found, address, back = [], "http://testserver/api/v1/records/?sector=B", None
    while address:
        answer = client.get(address.removeprefix("http://testserver")).json()
        found.append([item["id"] for item in answer["results"]])
        address, back = answer["next"], answer["previous"]
    assert [len(page) for page in found] == [25, 25, 10]
    assert len({pk for page in found for pk in page}) == 60
    before = client.get(back.removeprefix("http://testserver")).json()
    assert [item["id"] for item in before["results"]] == found[1]
    assert "sector=B" in back


def test_a_forged_cursor_is_refused(record, client):
    assert client.get("/api/v1/records/?after=zzz").status_code == 400


def test_a_statement_is_listed_with_its_addresses(record_with_statement, client):
    document = client.get("/api/v1/records/").json()["results"][0]["documents"][0]
    assert document["language"] == "kk"
    page = client.get(document["pdf_url"].removeprefix("http://testserver"))
    assert page["Content-Type"] == "application/pdf"


def test_the_schema_describes_the_records_and_the_page_to_try_it_works(db, client):
    schema = client.get("/api/v1/schema/", headers={"Accept": "application/json"}).json()
    assert "/api/v1/records/" in schema["paths"]
    names = {p["name"] for p in schema["paths"]["/api/v1/records/"]["get"]["parameters"]}
    assert {"q", "year", "chapter", "sector", "country", "outcome", "lead_ncp", "after"} <= names
    page = client.get("/api/v1/docs/")
    assert page.status_code == 200
    policy = page["Content-Security-Policy"]
    assert "unsafe-inline" not in policy
    assert "img-src 'self' data:" in policy or "img-src data: 'self'" in policy


def test_too_many_requests_are_slowed_down_for_one_address_only(record, client, monkeypatch):
    monkeypatch.setattr(PublicThrottle, "THROTTLE_RATES", {"public": "3/min"})
    PublicThrottle.cache.clear()
    path = "/api/v1/records/"
    answers = [client.get(path, REMOTE_ADDR="192.0.2.1") for _number in range(4)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert "public" not in answers[-1]["Cache-Control"]
    assert client.get(path, REMOTE_ADDR="192.0.2.2").status_code == 200
    # A header that anybody can write does not make a new address.
    forged = client.get(path, REMOTE_ADDR="192.0.2.1", headers={"X-Forwarded-For": "192.0.2.9"})
    assert forged.status_code == 429
    PublicThrottle.cache.clear()


def test_behind_a_proxy_the_address_that_the_proxy_saw_counts(
    record, client, monkeypatch, settings
):
    settings.TRUSTED_PROXIES = 1
    monkeypatch.setattr(PublicThrottle, "THROTTLE_RATES", {"public": "2/min"})
    PublicThrottle.cache.clear()
    codes = [
        client.get(
            "/api/v1/records/", headers={"X-Forwarded-For": f"203.0.113.{number}, 198.51.100.7"}
        ).status_code
        for number in range(3)
    ]
    assert codes == [200, 200, 429]
    PublicThrottle.cache.clear()


def test_the_rate_is_set():
    assert api_settings.DEFAULT_THROTTLE_RATES["public"]


def test_a_token_of_somebody_is_neither_needed_nor_read(record, client, queries):
    with queries() as asked:
        answer = client.get("/api/v1/records/", headers={"Authorization": "Token nonsense"})
    assert answer.status_code == 200
    assert all("register_" in query["sql"] for query in asked)


def test_search_by_the_api_ranks_like_the_page(published, client):
    published(title="Other", summary="about lithium")
    best = published(title="Lithium", summary=samples.ENGLISH)
    results = client.get("/api/v1/records/?q=lithium").json()["results"]
    assert results[0]["id"] == str(best.pk)
    assert len(results) == 2
