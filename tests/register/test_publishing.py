"""Publishing: the same again changes nothing, a new text is a new version, withdrawal forgets."""

import pytest
from django.core.management import call_command

from register.models import PublishedDocument, PublishedRecord, RegisterFacet, RegisterWord
from register.payload import PartyData, ProvisionData
from register.services import Change, publish, unpublish, upsert_record
from register.vocabulary import chapter_of
from tests.register import samples

pytestmark = pytest.mark.django_db


def test_publishing_the_same_twice_changes_nothing():
    data, text = samples.record(), samples.statement()
    first = publish(data, text)
    again = publish(data, text)
    assert again.pk == first.pk
    assert again.changed_at == first.changed_at
    assert PublishedDocument.objects.get().version == 1


def test_a_changed_record_keeps_its_address_and_says_so():
    data = samples.record(source_key="k")
    row, change = upsert_record(data)
    assert change is Change.CREATED
    same, change = upsert_record(samples.record(source_key="k", title=data.title))
    assert (same.pk, change) == (row.pk, Change.UNCHANGED)
    changed, change = upsert_record(samples.record(source_key="k", title="New"))
    assert (changed.pk, change) == (row.pk, Change.UPDATED)


def test_a_corrected_statement_supersedes_the_first_which_stays_public(client):
    data = samples.record()
    row = publish(data, samples.statement())
    publish(data, samples.statement(markdown="# Жаңа", correction_note="Бір қате түзетілді"))
    old, new = PublishedDocument.objects.order_by("version")
    assert (old.is_current, new.is_current, new.supersedes_id) == (False, True, old.pk)
    page = client.get(f"/register/{row.pk}/{old.pk}/")
    assert page.status_code == 200
    assert f"/register/{row.pk}/{new.pk}/" in page.content.decode()
    assert "Бір қате түзетілді" in client.get(f"/register/{row.pk}/").content.decode()
    kept, valid = (client.get(f"/register/{row.pk}/{item.pk}.pdf") for item in (old, new))
    assert kept.status_code == valid.status_code == 200
    # Two files in a folder of downloads looked as valid as each other.
    assert "-v1-not-valid-" in kept["Content-Disposition"]
    assert "not-valid" not in valid["Content-Disposition"]


@pytest.mark.parametrize(
    ("language", "not_valid"),
    [
        ("en", "This version is not valid any more."),
        ("ru", "Эта версия больше не действует."),
        ("kk", "Бұл нұсқа енді жарамсыз."),
    ],
)
def test_a_superseded_text_says_first_which_version_is_valid_and_what_changed(
    client, language, not_valid
):
    """A reader who came by an old link was offered the PDF first; the notice under it led to the
    next version, which may itself be replaced, and never said what was corrected or why."""
    data = samples.record()
    row = publish(data, samples.statement())
    publish(data, samples.statement(markdown="# Two", correction_note="The day was wrong."))
    publish(data, samples.statement(markdown="# Three", correction_note="A place was wrong."))
    old, _middle, valid = PublishedDocument.objects.order_by("version")
    client.cookies["language"] = language
    page = client.get(
        f"/register/{row.pk}/{old.pk}/", headers={"accept-language": language}
    ).content.decode()
    assert page.index(not_valid) < page.index(f"{old.pk}.pdf")
    assert f"/register/{row.pk}/{valid.pk}/" in page
    assert "The day was wrong." in page
    assert not_valid not in client.get(f"/register/{row.pk}/{valid.pk}/").content.decode()


def test_statements_in_several_languages_stand_beside_each_other():
    data = samples.record()
    for language in ("kk", "ru", "en"):
        publish(data, samples.statement(language=language))
    assert PublishedDocument.objects.filter(is_current=True, version=1).count() == 3


def test_a_withheld_party_is_stored_without_any_name():
    secret = PartyData("Айгүл Сәрсенова", type="individual", native_name="X", withheld=True)
    row = publish(samples.record(complainants=(secret,)))
    row.refresh_from_db()
    assert row.complainants[0]["name"] == row.complainants[0]["native_name"] == ""
    assert not RegisterWord.objects.filter(word__contains="айгул").exists()


def test_withdrawing_deletes_text_files_and_words_and_answers_gone(client):
    row = publish(samples.record(source_key="k", title="Uniquename v Company"), samples.statement())
    document = row.documents.get()
    assert unpublish("k")
    assert not unpublish("k")
    row = PublishedRecord.objects.get(pk=row.pk)
    assert (row.title, row.summary, row.search_text, row.complainants) == ("", "", "", [])
    assert not PublishedDocument.objects.exists()
    assert not RegisterWord.objects.filter(word="uniquename").exists()
    assert not RegisterFacet.objects.exists()
    page = client.get(f"/register/{row.pk}/")
    assert page.status_code == 410
    assert "Uniquename" not in page.content.decode()
    assert client.get(f"/register/{row.pk}/{document.pk}/").status_code == 410
    assert client.get(f"/register/{row.pk}/{document.pk}.pdf").status_code == 404
    assert client.get(f"/api/v1/records/{row.pk}/").status_code == 410
    for path in ("/register/", "/register/?q=uniquename", "/register/feed/", "/api/v1/records/"):
        assert str(row.pk) not in client.get(path).content.decode()
    for path in ("/register/records.csv", "/register/records.json", "/register/sitemap-2020.xml"):
        body = client.get(path).getvalue().decode()
        assert str(row.pk) not in body
        assert "Uniquename" not in body


def test_words_that_other_records_hold_stay_when_one_is_withdrawn(published):
    published(source_key="a", title="Shared word")
    published(source_key="b", title="Shared thing")
    unpublish("a")
    assert RegisterWord.objects.filter(word="shared").exists()


def test_a_withdrawn_record_comes_back_under_its_address():
    data = samples.record(source_key="k")
    row = publish(data)
    unpublish("k")
    again = publish(data)
    assert (again.pk, again.withdrawn_at, again.title) == (row.pk, None, data.title)


def test_a_filter_value_goes_with_the_last_record_that_had_it(published):
    published(source_key="a", host_countries=("KZ", "UZ"))
    published(source_key="a", host_countries=("KZ",))
    assert set(RegisterFacet.objects.filter(kind="country").values_list("value", flat=True)) == {
        "KZ"
    }


def test_chapters_of_the_2000_edition_are_counted_under_todays_numbers():
    assert chapter_of("IV.1", "2000") == "V"
    assert chapter_of("IV.1", "2011") == "IV"
    assert chapter_of("IV.1", "") is None
    assert chapter_of("II.12", "") == "II"
    assert chapter_of("somewhere", "2011") is None
    row = publish(samples.record(provisions=(ProvisionData("IV", "2000"), ProvisionData("V", ""))))
    assert row.chapters == ["V"]


def test_characters_that_databases_and_feeds_cannot_hold_are_left_out():
    row = publish(samples.record(title="A\x00B\x0bC\u202eD"))
    assert row.title == "ABCD"


def test_indexing_anew_finds_the_same(published, client, capsys):
    published(title="Uniquename")
    RegisterWord.objects.all().delete()
    call_command("reindex_register")
    assert "1 records indexed" in capsys.readouterr().out
    assert "Uniquename" in client.get("/register/?q=uniquename&country=KZ").content.decode()
