"""`import_instances`: loads, tells faults by place and field, changes nothing the second time."""

import io
import json

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from cases.models import Case
from register.models import PublishedRecord, RegisterRevision

pytestmark = pytest.mark.django_db
REAL = settings.BASE_DIR / "data" / "specific_instances.json"


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def run(file, *args, stderr=None) -> tuple[str, str]:
    out, err = io.StringIO(), stderr or io.StringIO()
    try:
        call_command("import_instances", str(file), *args, stdout=out, stderr=err)
        code = ""
    except CommandError as error:
        code = str(error)
    return out.getvalue(), err.getvalue() + code


@pytest.fixture
def file(tmp_path):
    def write(content):
        path = tmp_path / "x.json"
        text = content if isinstance(content, str) else json.dumps(content)
        path.write_text(text, encoding="utf-8")
        return path

    return write


OWN = {
    "id": "own", "title": "Own case", "lead_ncp": "Kazakhstan", "submitted": "2019",
    "concluded": "2020-05", "outcome": "partial agreement",
    "complainants": [{"name": "Кәсіподақ", "type": "trade union"}],
    "enterprises": [{"name": "Altyn Tau", "home_country": "Unknown"}],
}  # fmt: skip
FOREIGN = {"id": "other", "title": "Other", "lead_ncp": "Norway"}


def test_the_real_cases_load_and_a_second_run_changes_nothing():
    out, err = run(REAL)
    assert "42 created" in out
    assert err == ""
    revision = RegisterRevision.objects.get().number
    out, _err = run(REAL)
    assert "0 created, 0 updated, 42 unchanged" in out
    assert RegisterRevision.objects.get().number == revision
    assert not Case.objects.exists()


def test_a_case_of_the_own_ncp_becomes_an_archived_case_once(file):
    for _time in range(2):
        run(file([OWN, FOREIGN]))
    case = Case.objects.get()
    assert (case.is_archived, case.outcome, case.source_key) == (
        True,
        "partial_agreement",
        "import:own",
    )
    assert PublishedRecord.objects.count() == 2


def test_an_ongoing_case_of_the_own_ncp_is_not_archived_as_closed(file):
    run(file([OWN | {"outcome": "ongoing", "concluded": None}]))
    assert not Case.objects.exists()
    assert PublishedRecord.objects.get().outcome == "ongoing"


def test_a_bad_record_is_told_and_the_others_are_loaded(file):
    out, err = run(file([FOREIGN, {"id": "bad", "title": "", "lead_ncp": "Atlantis"}, 5, OWN]))
    assert "2 created" in out
    assert "2 refused" in out
    assert "Record 2, field title:" in err
    assert "Record 2, field lead_ncp:" in err
    assert "Record 3, field -:" in err
    assert "2 of 4 records were refused" in err


def test_the_same_id_twice_in_a_file_is_told(file):
    _out, err = run(file([FOREIGN, FOREIGN | {"title": "Another"}]))
    assert "Record 2, field id: Record 1 has the same id." in err
    assert PublishedRecord.objects.get().title == "Other"


def test_a_dry_run_says_what_it_would_do_and_writes_nothing(file):
    out, _err = run(file([OWN, FOREIGN]), "--dry-run")
    assert "2 created" in out
    assert "Nothing was written" in out
    assert not PublishedRecord.objects.exists()
    assert not Case.objects.exists()


def test_a_changed_record_is_updated(file):
    run(file([FOREIGN]))
    out, _err = run(file([FOREIGN | {"title": "New title"}]))
    assert "1 updated" in out
    assert PublishedRecord.objects.get().title == "New title"


@pytest.mark.parametrize(
    ("content", "said"),
    [("{", "is not JSON"), ("{}", "must hold a list"), ("[" * 100_000, "JSON|nested too deeply")],
)
def test_a_file_that_cannot_be_read_is_told_in_one_sentence(file, content, said):
    import re

    _out, err = run(file(content))
    assert re.search(said, err)


def test_a_missing_file_is_told(tmp_path):
    assert "cannot be read" in run(tmp_path / "none.json")[1]


def test_a_file_in_another_encoding_is_told(tmp_path):
    path = tmp_path / "x.json"
    path.write_bytes('["ә"]'.encode("utf-16"))
    assert "is not UTF-8" in run(path)[1]


def test_an_empty_list_is_fine(file):
    assert "0 records" in run(file([]))[0]


def test_a_progress_bar_is_shown_to_a_person_only(file):
    watched = Terminal()
    run(file([FOREIGN]), stderr=watched)
    assert "1/1" in watched.getvalue()
    assert "1/1" not in run(file([FOREIGN]))[1]
