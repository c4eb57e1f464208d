"""The public pages: what they show, what they cost, what they ask the database for."""

import csv
import io
import json
import re
from itertools import pairwise
from urllib.parse import quote
from uuid import uuid4
from xml.etree import ElementTree

import pytest
from django.db import ProgrammingError, connection, transaction
from django.utils import translation

from register.dates import PartialDate
from register.facets import sort_key
from register.models import PublishedRecord
from register.payload import PartyData, ProvisionData, TimelineEntry, TranslationData
from tests.register import samples

pytestmark = pytest.mark.django_db
ATOM = "{http://www.w3.org/2005/Atom}"
TABLE = re.compile(r'(?:FROM|JOIN|INTO|UPDATE)\s+"?([a-z_]+)"?', re.IGNORECASE)


def public_paths(record) -> list[str]:
    document = record.documents.get()
    return [
        "/register/",
        "/register/?q=mining",
        "/register/?q=" + quote("мұнайшы") + "&year=2020&country=KZ",
        "/register/?year=2020&chapter=IV&sector=B&country=KZ&outcome=agreement&lead_ncp=KZ",
        "/register/statistics/",
        "/register/about/",
        "/register/feed/",
        "/register/feed/?sector=B",
        "/register/records.csv",
        "/register/records.json",
        "/register/sitemap.xml",
        "/register/sitemap-2020.xml",
        "/register/sitemap-0.xml",
        f"/register/{record.pk}/",
        f"/register/{record.pk}/{document.pk}/",
        f"/register/{record.pk}/{document.pk}.pdf",
        "/api/v1/records/",
        "/api/v1/records/?q=mining",
        f"/api/v1/records/{record.pk}/",
    ]


def test_public_pages_ask_only_the_tables_of_the_register(record_with_statement, client, queries):
    for path in public_paths(record_with_statement):
        with queries() as asked:
            response = client.get(path)
            response.getvalue()
        assert response.status_code == 200, path
        assert len(asked) <= 8, path
        tables = {name for query in asked for name in TABLE.findall(query["sql"])}
        # "t", "term" and "unnest" are parts of the search statement itself.
        private = {name for name in map(str.lower, tables) if not name.startswith("register_")} - {
            "t",
            "term",
            "unnest",
            "lateral",
        }
        assert not private, (path, private)


def test_a_database_role_that_reads_only_the_register_serves_every_page(
    record_with_statement, client
):
    """Started with `config.settings_register`, a process holds a role like this one."""
    paths = public_paths(record_with_statement)
    tables = [name for name in connection.introspection.table_names() if "register_" in name[:9]]
    with connection.cursor() as cursor:
        cursor.execute("CREATE ROLE register_reader_in_test")
        cursor.execute(f"GRANT SELECT ON {', '.join(tables)} TO register_reader_in_test")
        cursor.execute("SET LOCAL ROLE register_reader_in_test")
        for path in paths:
            response = client.get(path)
            response.getvalue()
            assert response.status_code == 200, path
        with pytest.raises(ProgrammingError), transaction.atomic():
            cursor.execute("SELECT 1 FROM cases_case")
        cursor.execute("RESET ROLE")


def test_public_pages_are_cacheable_and_set_no_cookie(record_with_statement, client):
    for path in public_paths(record_with_statement):
        response = client.get(path)
        assert "public" in response["Cache-Control"], path
        assert "max-age" in response["Cache-Control"], path
        assert response["ETag"] and response["Last-Modified"], path
        assert not response.cookies, path


def test_an_unchanged_page_costs_one_statement_and_a_change_is_seen(
    record_with_statement, client, queries, published
):
    for path in public_paths(record_with_statement):
        etag = client.get(path)["ETag"]
        with queries() as asked:
            response = client.get(path, headers={"If-None-Match": etag})
        assert response.status_code == 304, path
        assert len(asked) == 1, path
    etag = client.get("/register/")["ETag"]
    published()
    assert client.get("/register/", headers={"If-None-Match": etag}).status_code == 200


def test_each_language_has_an_etag_of_its_own(record, client):
    marks = {
        client.get("/register/", headers={"Accept-Language": language})["ETag"]
        for language in ("en", "ru", "kk")
    }
    assert len(marks) == 3


@pytest.mark.parametrize("path", ["/register/", "/register/?q=case", "/register/?sector=B",
                                  "/api/v1/records/", "/api/v1/records/?q=case"])  # fmt: skip
def test_a_list_costs_the_same_for_3_and_for_60_records(published, client, queries, path):
    counts = []
    for more in (3, 57):
        for _number in range(more):
            published(title=f"Case {_number}")
        with queries() as asked:
            client.get(path)
        counts.append(len(asked))
    assert counts[0] == counts[1]
    assert counts[0] <= 8


def test_a_record_costs_the_same_with_3_and_with_60_parties_and_documents(
    published, client, queries
):
    def many(n):
        return tuple(PartyData(f"Village {number}", type="community") for number in range(n))

    row = published(source_key="a", complainants=many(3))
    published(samples.statement(language="en"), source_key="a", complainants=many(3))
    with queries() as few:
        client.get(f"/register/{row.pk}/")
    for number in range(12):
        text = samples.statement(language="en", markdown=f"# {number}")
        published(text, source_key="a", complainants=many(60))
    with queries() as lots:
        body = client.get(f"/register/{row.pk}/").content.decode()
    assert len(few) == len(lots) <= 5
    assert "Village 59" in body


def test_pages_follow_each_other_without_gaps_and_back(published, client):
    for number in range(60):
        published(submitted_on=PartialDate.parse(f"20{10 + number % 3}-01"))
    found: list[str] = []
    path = "/register/"
    pages = 0
    while True:
        body = client.get(path).content.decode()
        found += re.findall(r'<h2[^>]*><a href="/register/([0-9a-f-]{36})/"', body)
        pages += 1
        older = re.search(r'href="\?([^"]+)" rel="next"', body)
        if not older:
            break
        path = "/register/?" + older.group(1).replace("&amp;", "&")
    assert (pages, len(found), len(set(found))) == (3, 60, 60)
    newer = re.search(r'href="\?([^"]+)" rel="prev"', body)
    body = client.get("/register/?" + newer.group(1).replace("&amp;", "&")).content.decode()
    assert re.findall(r'<h2[^>]*><a href="/register/([0-9a-f-]{36})/"', body) == found[25:50]


def test_ranked_pages_follow_each_other_without_gaps(published, client):
    for _number in range(60):
        published(title="Lithium case")
    found, path = [], "/register/?q=lithium"
    while path:
        body = client.get(path).content.decode()
        found += re.findall(r'<h2[^>]*><a href="/register/([0-9a-f-]{36})/"', body)
        older = re.search(r'href="\?([^"]+)" rel="next"', body)
        path = older and "/register/?" + older.group(1).replace("&amp;", "&")
    assert len(found) == len(set(found)) == 60


@pytest.mark.parametrize(
    "forged", ["x", "AAAA", "A" * 400, "%00", "-1", "////////////////////////////", "é", "' OR 1=1",
               "_____________________________w==", "7d0f1d9e-3a52-4f0b-9b1e-0f6f1c1f2a11"],
)  # fmt: skip
def test_a_forged_page_leads_to_the_list(record, client, forged):
    for name in ("after", "before"):
        for extra in ("", "&q=case"):
            assert client.get(f"/register/?{name}={quote(forged)}{extra}").status_code == 200


@pytest.mark.parametrize(
    "query", ["year=abc", "year=-1", "year=99999999999999999999", "chapter=XIV", "country=XX",
              "outcome=magic", "lead_ncp=%00", "sector=ZZ", "year=²"],
)  # fmt: skip
def test_an_unknown_filter_is_left_out_and_said_by_the_page_and_refused_by_the_api(
    record, client, query
):
    page = client.get(f"/register/?{query}")
    assert page.status_code == 200
    assert "does not know" in page.content.decode()
    answer = client.get(f"/api/v1/records/?{query}")
    assert answer.status_code == 400
    assert query.split("=")[0] in answer.json()["errors"]
    assert "public" not in answer["Cache-Control"]


def test_filters_narrow_down(published, client):
    one = published(
        sector="K",
        host_countries=("UZ",),
        lead_ncp="NO",
        outcome="withdrawn",
        submitted_on=PartialDate.parse("2011-06"),
        provisions=(ProvisionData("VI.1", "2011"),),
    )
    published()
    for query in ("sector=K", "country=UZ", "lead_ncp=NO", "outcome=withdrawn", "year=2011",
                  "chapter=VI"):  # fmt: skip
        results = client.get(f"/api/v1/records/?{query}").json()["results"]
        assert [result["id"] for result in results] == [str(one.pk)], query


def test_dates_are_as_exact_as_their_source_in_three_languages():
    month, year = PartialDate.parse("2017-11"), PartialDate.parse("2017")
    day = PartialDate.parse("2013-06-17")
    with translation.override("en"):
        assert (month.display(), year.display(), day.display()) == (
            "November 2017",
            "2017",
            "17 June 2013",
        )
    with translation.override("ru"):
        assert "17 июня 2013" in day.display()
    with translation.override("kk"):
        assert "2013" in day.display()


@pytest.mark.parametrize("text", ["2017-13", "17", "2017-1", "2017-02-30", "0000", "٢٠١٧", "", "x"])
def test_a_text_that_is_no_date_is_refused(text):
    with pytest.raises(ValueError):
        PartialDate.parse(text)


def test_the_record_shows_what_was_published(published, client):
    row = published(
        title="Original",
        translations={"ru": TranslationData(title="Заголовок", summary="Кратко")},
        reference="KZ-2020-001",
        complainants=(
            PartyData("Watch", native_name="기업인권네트워크", type="ngo"),
            PartyData(type="individual", withheld=True),
        ),
        timeline=(TimelineEntry("revised_protocol", PartialDate.parse("2020-05")),),
        source="https://example.org/a?b=1&c=2 ; page",
        provisions=(ProvisionData("V", ""),),
    )
    body = client.get(f"/register/{row.pk}/").content.decode()
    for text in ("Original", "KZ-2020-001", "기업인권네트워크", "Name withheld", "Revised protocol",
                 "May 2020", "Altyn Tau", 'href="https://example.org/a?b=1&amp;c=2"',
                 "The edition is not recorded"):  # fmt: skip
        assert text in body, text
    russian = client.get(f"/register/{row.pk}/", headers={"Accept-Language": "ru"}).content.decode()
    assert '<h1 lang="ru">Заголовок</h1>' in russian
    assert "Казахстан" in russian


def test_titles_and_addresses_hold_no_names(record_with_statement, client):
    record = record_with_statement
    document = record.documents.get()
    for path in (f"/register/{record.pk}/", f"/register/{record.pk}/{document.pk}/"):
        body = client.get(path).content.decode()
        title = re.search("<title>(.*?)</title>", body, re.DOTALL).group(1)
        assert record.title not in title


def test_statements_cannot_carry_scripts(published, client):
    text = samples.statement(
        title="<b>x</b>",
        markdown='<script>alert(1)</script>\n\n[a](javascript:alert(2)) <img src=x onerror="y">'
        "\n\n![pic](https://evil.example/x.png)",
    )
    row = published(text, title="<i>t</i>", summary="<script>s</script>")
    body = client.get(f"/register/{row.pk}/").content.decode()
    for bad in ("<script>alert", "javascript:alert(2)\"", "<img", "evil.example", "<b>x", "<i>t",
                "<script>s"):  # fmt: skip
        assert bad not in body, bad


def test_headings_follow_each_other_on_the_record(record_with_statement, client):
    body = client.get(f"/register/{record_with_statement.pk}/").content.decode()
    levels = [int(level) for level in re.findall(r"<h([1-6])\b", body.split("<main")[1])]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))


def test_the_feed_is_valid_and_follows_the_filter(published, client):
    one = published(title="One & <two>", sector="K")
    published(title="Other")
    root = ElementTree.fromstring(client.get("/register/feed/?sector=K").content)  # noqa: S314
    entries = root.findall(f"{ATOM}entry")
    assert [entry.find(f"{ATOM}id").text for entry in entries] == [f"urn:uuid:{one.pk}"]
    assert entries[0].find(f"{ATOM}title").text == "One & <two>"
    assert root.find(f"{ATOM}updated").text
    assert any(
        link.get("rel") == "self" and "sector=K" in link.get("href")
        for link in root.findall(f"{ATOM}link")
    )


@pytest.mark.parametrize("bad", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "＝1", " =1", "\ufeff=1"])
def test_a_spreadsheet_finds_no_formula_in_the_csv(published, client, bad):
    published(title=bad, notes=bad, complainants=(PartyData(bad),))
    text = client.get("/register/records.csv").getvalue().decode("utf-8-sig")
    for row in csv.DictReader(io.StringIO(text)):
        for cell in row.values():
            assert not cell.lstrip(" \u00a0\ufeff").startswith(("=", "+", "-", "@", "\t", "＝"))


def test_downloads_hold_all_records_and_all_fields(published, client):
    parties = tuple(PartyData(f"Village {number}") for number in range(474))
    published(complainants=parties)
    for _number in range(30):
        published()
    rows = list(csv.DictReader(io.StringIO(
        client.get("/register/records.csv").getvalue().decode("utf-8-sig"))))  # fmt: skip
    data = json.loads(client.get("/register/records.json").getvalue())
    assert len(rows) == len(data) == 31
    assert any("Village 473" in row["complainants"] for row in rows)
    assert max(len(item["complainants"]) for item in data) == 474
    assert json.loads(client.get("/register/records.json?sector=K").getvalue()) == []


def test_statistics_count_what_is_published(published, client):
    published(outcome="agreement")
    published(outcome="no agreement", provisions=(ProvisionData("V", ""),))
    body = client.get("/register/statistics/").content.decode()
    assert "2 published cases." in body
    assert "18 months or less" in body
    assert "1 case is not counted" in body
    assert "style=" not in body
    published()
    assert "3 published cases." in client.get("/register/statistics/").content.decode()


def test_an_empty_register_says_so(db, client):
    assert "Nothing has been published yet" in client.get("/register/").content.decode()
    assert client.get("/register/statistics/").status_code == 200
    assert client.get("/register/feed/").status_code == 200


def test_an_unknown_record_is_not_found(db, client):
    for path in (f"/register/{uuid4()}/", f"/register/{uuid4()}/{uuid4()}/",
                 f"/register/{uuid4()}/{uuid4()}.pdf", f"/api/v1/records/{uuid4()}/",
                 "/register/sitemap-99999.xml"):  # fmt: skip
        assert client.get(path).status_code == 404, path


def test_a_document_is_found_only_under_its_own_record(published, client):
    one, other = published(samples.statement()), published(samples.statement())
    document = one.documents.get()
    assert client.get(f"/register/{other.pk}/{document.pk}/").status_code == 404
    assert client.get(f"/register/{other.pk}/{document.pk}.pdf").status_code == 404


def test_nothing_can_be_written_from_outside(record, client):
    for path in ("/register/", f"/register/{record.pk}/", "/api/v1/records/",
                 f"/api/v1/records/{record.pk}/"):  # fmt: skip
        for method in (client.post, client.put, client.patch, client.delete):
            assert method(path).status_code == 405


def test_kazakh_names_are_sorted_as_in_the_alphabet():
    names = ["Өзбекстан", "Оңтүстік Корея", "Польша", "Қытай", "Канада", "Ливан", "Ұлыбритания",
             "Үндістан", "Украина", "Фиджи"]  # fmt: skip
    assert sorted(names, key=sort_key) == [
        "Канада", "Қытай", "Ливан", "Оңтүстік Корея", "Өзбекстан", "Польша", "Украина",
        "Ұлыбритания", "Үндістан", "Фиджи",
    ]  # fmt: skip


def test_no_record_holds_the_key_of_its_case_on_any_page(record_with_statement, client):
    """`source_key` ties a record to the private part; it is nobody's business."""
    for path in public_paths(record_with_statement):
        body = client.get(path).getvalue()
        assert record_with_statement.source_key.encode() not in body, path
    assert PublishedRecord.objects.get().source_key.startswith("test:")
