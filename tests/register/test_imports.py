"""One record of the JSON shape: what is read, and how each fault is told."""

import json
from pathlib import Path

import pytest
from django.conf import settings
from hypothesis import HealthCheck, given
from hypothesis import settings as trying
from hypothesis import strategies as st

from register.imports import read_record

REAL = json.loads((settings.BASE_DIR / "data" / "specific_instances.json").read_text())


def raw(**fields) -> dict:
    return {"id": "a-v-b", "title": "A v B", "lead_ncp": "Norway"} | fields


def faults(**fields) -> dict[str, str]:
    record, problems = read_record(raw(**fields), 7)
    assert (record is None) == bool(problems)
    assert all(problem.position == 7 for problem in problems)
    return {problem.field: problem.sentence for problem in problems}


@pytest.mark.parametrize("item", REAL, ids=lambda item: item["id"][:40])
def test_every_real_record_is_read_whole(item):
    record, problems = read_record(item, 1)
    assert problems == []
    assert record.source_key == f"import:{item['id']}"
    assert [party.name for party in record.complainants] == [
        party["name"] for party in item["complainants"]
    ]
    assert len(record.host_countries) == len(set(item["host_countries"]))
    assert [provision.code for provision in record.provisions] == item["chapters"]
    assert len(record.timeline) == len(item["timeline"])


def test_the_least_record_needs_an_id_a_title_and_a_lead_ncp():
    assert faults() == {}
    assert set(faults(id=None, title="", lead_ncp=None)) == {"id", "title", "lead_ncp"}


def test_nulls_mean_not_known():
    empty = dict.fromkeys(
        ["submitted", "concluded", "determination", "mediator", "notes", "summary", "timeline",
         "chapters", "languages", "supporting_ncps", "host_countries", "complainants",
         "enterprises", "sector_isic", "source", "outcome"]
    )  # fmt: skip
    record, problems = read_record(raw(**empty), 1)
    assert problems == []
    assert (record.outcome, record.submitted_on, record.determination) == ("unknown", None, None)


def test_dates_keep_their_precision():
    record, _problems = read_record(
        raw(submitted="2013", concluded="2017-11", timeline={"x_1": "2014-02-03"}), 1
    )
    assert record.submitted_on.isoformat() == "2013"
    assert record.concluded_on.isoformat() == "2017-11"
    assert record.timeline[0].on.isoformat() == "2014-02-03"


@pytest.mark.parametrize(
    "bad", ["2013-13", "13", 2013, "yesterday", "2013-02-30", [], {}, "", True]
)
def test_a_bad_date_is_told_with_its_field(bad):
    assert set(faults(submitted=bad)) == {"submitted"}
    assert set(faults(timeline={"final": bad})) == {"timeline.final"}


def test_a_conclusion_before_the_submission_is_told_but_the_same_year_is_fine():
    assert set(faults(submitted="2014-05", concluded="2014-04-30")) == {"concluded"}
    assert faults(submitted="2014-05-06", concluded="2014") == {}


def test_hundreds_of_complainants_are_read():
    many = [{"name": f"Person {number}", "type": "individual"} for number in range(474)]
    record, problems = read_record(raw(complainants=many), 1)
    assert problems == []
    assert len(record.complainants) == 474


def test_a_fault_in_a_list_is_told_with_its_place():
    parties = [{"name": "A", "type": "ngo"}, {"name": "", "type": "alien"}, "x", {"name": 5}]
    assert set(faults(complainants=parties)) == {
        "complainants[1].name",
        "complainants[1].type",
        "complainants[2]",
        "complainants[3].name",
    }
    assert set(faults(host_countries=["Peru", "Atlantis", 3])) == {
        "host_countries[1]",
        "host_countries[2]",
    }
    assert set(faults(chapters=["IV.3", "XX", ""])) == {"chapters[1]"}


def test_a_misspelt_field_is_told_and_not_lost():
    assert set(faults(sumbitted="2014")) == {"sumbitted"}
    assert set(faults(enterprises=[{"name": "A", "home": "Peru"}])) == {"enterprises[0].home"}


def test_names_that_registers_use_become_countries():
    record, problems = read_record(
        raw(
            host_countries=["Korea", "Turkey", "Viet Nam", "Palestinian Authority", "Korea"],
            enterprises=[{"name": "X", "home_country": "Unknown"}],
            supporting_ncps=["United States", "GB"],
        ),
        1,
    )
    assert problems == []
    assert record.host_countries == ("KR", "TR", "VN", "PS")
    assert record.supporting_ncps == ("US", "GB")
    assert record.respondents[0].home_country == ""


def test_the_edition_is_inferred_only_where_no_doubt_is_left():
    def edition(**fields):
        record, _problems = read_record(raw(chapters=["IV.1"], **fields), 1)
        return record.provisions[0].edition, record.provisions[0].edition_inferred

    assert edition(submitted="2010-05") == ("", False)
    assert edition(submitted="2013") == ("2011", True)
    assert edition(submitted="2024-01-01") == ("2023", True)
    assert edition(submitted="2010-05", edition="2000") == ("2000", False)
    assert edition() == ("", False)


def test_unknown_words_are_told_with_the_choices():
    assert "agreement" in faults(outcome="won")["outcome"]
    assert "U" in faults(sector_isic="ZZ")["sector_isic"]
    assert set(faults(determination="yes", languages=["english"], edition="1999")) == {
        "determination",
        "languages[0]",
        "edition",
    }


@pytest.mark.parametrize("bad", [None, 7, "x", [], True])
def test_what_is_no_object_is_told(bad):
    record, problems = read_record(bad, 3)
    assert record is None
    assert [problem.position for problem in problems] == [3]


_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4)
    ),
    max_leaves=8,
)


@trying(deadline=None, suppress_health_check=[HealthCheck.too_slow], max_examples=60)
@given(st.dictionaries(st.sampled_from(sorted(REAL[0])), _json))
def test_whatever_stands_in_a_field_it_is_read_or_told(fields):
    record, problems = read_record(raw(**fields), 1)
    assert (record is None) == bool(problems)
    assert all(str(problem) for problem in problems)


def test_the_file_of_real_cases_is_in_the_project():
    assert len(REAL) == 42
    assert Path(settings.BASE_DIR / "data" / "specific_instances.json").stat().st_size > 40_000
