import dataclasses
import tomllib

import pytest
from django.utils.translation import override

from cases import rules
from cases.rules import RuleSetError, UnknownRuleSet, load

NCP_RULES = """
id = "xx"
version = 2
extends = "oecd-2023@1"
[title]
en = "X"
ru = "X"
kk = "X"
"""


@pytest.fixture
def folder(tmp_path):
    """A folder of rule sets with the OECD's own, to which a test adds files."""
    for path in rules.FOLDER.glob("*.toml"):
        (tmp_path / path.name).write_text(path.read_text())
    return tmp_path


@pytest.mark.parametrize("name", ["oecd-2023", "oecd-2011", "kz"])
def test_every_rule_set_reads_and_is_named_by_its_version(name):
    rule_set = load(name)
    assert load(rule_set.name) is load(rule_set.name)
    assert rule_set.name == f"{name}@{rule_set.version}"
    assert rule_set.name in rules.available()


@pytest.mark.parametrize("name", ["oecd-2023", "oecd-2011", "kz"])
def test_events_named_by_the_rules_exist(name):
    from cases.kinds import EventKind

    known = set(EventKind.values)
    for rule in load(name).deadlines:
        named = {*rule.starts, *rule.ends, *rule.lapses, *rule.restarts}
        named |= {more.event for more in rule.lengthened}
        assert named <= known, rule.kind


def test_outcomes_and_reasons_named_by_the_rules_exist():
    from cases.workflow import NotRegisteredReason, Outcome

    rule_set = load("kz")
    assert {reason.code for reason in rule_set.not_registered} == set(NotRegisteredReason.values)
    for rule in rule_set.deadlines:
        assert set(rule.outcomes) <= set(Outcome.values)


def test_lengths_of_the_official_text():
    rule_set = load("oecd-2023")
    lengths = {rule.kind: (rule.length, rule.unit) for rule in rule_set.deadlines}
    assert lengths["coordination"] == (2, "months")
    assert lengths["initial_assessment"] == (3, "months")
    assert lengths["good_offices"] == (6, "months")
    assert lengths["conclusion"] == (3, "months")
    assert lengths["whole_procedure"] == (12, "months")


def test_receipt_starts_the_clocks_that_need_no_further_fact():
    opened = {rule.kind for rule in load("kz").deadlines_opened_by("case.received")}
    assert opened == {"acknowledgement", "initial_assessment", "whole_procedure"}


def test_a_conditional_deadline_opens_only_where_its_condition_holds():
    rule_set = load("kz")
    plain = rule_set.deadlines_opened_by("mediation.started")
    formal = rule_set.deadlines_opened_by("mediation.started", conditions=["formal_mediation"])
    assert plain == ()
    assert [rule.kind for rule in formal] == ["formal_mediation"]
    assert formal[0].extension.length == 30


def test_the_end_of_coordination_begins_the_assessment_again_and_lengthens_the_whole():
    effects = load("kz").effects_of("case.coordination_concluded")
    assert [rule.kind for rule in effects.met] == ["coordination"]
    assert [rule.kind for rule in effects.restarted] == ["initial_assessment"]
    assert [(rule.kind, more.length) for rule, more in effects.lengthened] == [
        ("whole_procedure", 2)
    ]


def test_follow_up_is_due_only_after_an_outcome_that_can_be_followed_up():
    rule_set = load("kz")
    agreed = rule_set.deadlines_opened_by("case.closed", outcome="agreement")
    assert [rule.kind for rule in agreed] == ["follow_up"]
    assert rule_set.deadlines_opened_by("case.closed", outcome="not_accepted") == ()


def test_withdrawal_ends_what_is_open_but_not_the_statement():
    lapsed = {rule.kind for rule in load("kz").deadlines_lapsed_by("case.withdrawn")}
    assert {"initial_assessment", "response", "good_offices"} <= lapsed
    assert "conclusion" not in lapsed


def test_a_switched_off_clock_does_not_start_but_one_that_runs_can_end():
    rule_set = load("kz")
    assert "appeal" not in {rule.kind for rule in rule_set.deadlines_opened_by("case.received")}
    assert "appeal" in {rule.kind for rule in rule_set.deadlines_met_by("case.registered")}


def test_criteria_of_2011_and_2023():
    assert [item.code for item in load("oecd-2023").criteria] == [
        "interest", "substantiated", "covered", "link", "proceedings", "purpose",
    ]  # fmt: skip
    assert [item.code for item in load("oecd-2011").criteria] == [
        "interest", "substantiated", "link", "law", "similar", "purpose",
    ]  # fmt: skip


def test_kazakhstan_decides_by_vote_and_says_what_is_to_be_confirmed():
    kz = load("kz")
    assert (kz.decision.by, kz.decision.quorum) == ("vote", 2)
    assert "decision" in kz.to_confirm
    assert "deadline.acknowledgement" in kz.to_confirm
    assert "deadline.initial_assessment" not in kz.to_confirm


@pytest.mark.parametrize(
    ("majority", "votes_for", "votes_against", "members", "carried"),
    [
        ("simple", 2, 1, 7, True),
        ("simple", 2, 2, 7, False),
        ("simple", 0, 0, 7, False),
        ("absolute", 3, 1, 7, False),
        ("absolute", 4, 3, 7, True),
        ("two_thirds", 4, 2, 7, True),
        ("two_thirds", 3, 2, 7, False),
    ],
)
def test_majorities(majority, votes_for, votes_against, members, carried):
    rule = dataclasses.replace(load("kz").decision, majority=majority)
    result = rule.is_carried(votes_for=votes_for, votes_against=votes_against, members=members)
    assert result is carried


@pytest.mark.parametrize(
    ("votes_for", "votes_against", "chair", "carried"),
    [
        (2, 2, "for", True),
        (2, 2, "against", False),
        (2, 2, "", False),
        (2, 1, "against", True),
        (1, 2, "for", False),
        (0, 0, "for", False),
    ],
)
def test_the_chair_breaks_a_tie_and_nothing_else(votes_for, votes_against, chair, carried):
    rule = dataclasses.replace(load("kz").decision, casting_vote=True)
    result = rule.is_carried(
        votes_for=votes_for, votes_against=votes_against, members=7, chair=chair
    )
    assert result is carried
    without = dataclasses.replace(rule, casting_vote=False)
    assert not without.is_carried(votes_for=2, votes_against=2, members=7, chair="for")


def test_cases_of_the_first_version_keep_its_way_of_deciding():
    assert not load("kz@1").decision.casting_vote
    assert not load("kz@1").decision.consensus
    assert load("kz@2").decision.casting_vote


def test_a_label_reads_in_the_language_of_the_page():
    label = load("kz").deadline("initial_assessment").label
    assert label.in_language("ru-kz") == "Первоначальная оценка"
    assert label.in_language("fr") == "Initial assessment"
    with override("kk"):
        assert str(label) == "Бастапқы бағалау"


def test_a_case_keeps_the_version_that_it_began_under(folder):
    text = (folder / "kz.toml").read_text()
    (folder / "kz@2.toml").write_text(text)
    new = text.replace("version = 2", "version = 3", 1).replace("quorum = 2", "quorum = 5")
    (folder / "kz.toml").write_text(new)
    assert load("kz", folder=folder).decision.quorum == 5
    assert load("kz@3", folder=folder).decision.quorum == 5
    assert load("kz@2", folder=folder).decision.quorum == 2


def test_a_child_changes_one_figure_and_inherits_the_rest(folder):
    more = '[[deadline]]\nkind = "acknowledgement"\nlength = 5\n[[criterion]]\ncode = "entity"\n'
    names = "".join(
        f'[criterion.{part}]\nen = "Entity"\nru = "Лицо"\nkk = "Тұлға"\n'
        for part in ("title", "question")
    )
    (folder / "xx.toml").write_text(NCP_RULES + more + names)
    rule_set = load("xx", folder=folder)
    parent = load("oecd-2023", folder=folder)
    assert rule_set.deadline("acknowledgement").length == 5
    assert rule_set.deadline("acknowledgement").label == parent.deadline("acknowledgement").label
    assert [rule.kind for rule in rule_set.deadlines] == [rule.kind for rule in parent.deadlines]
    assert rule_set.criteria[-1].code == "entity"
    assert rule_set.edition == "2023"


@pytest.mark.parametrize(
    ("more", "key", "why"),
    [
        ('[[deadline]]\nkind = "comments"\nlength = 0\n', "deadline[comments].length", "1 or more"),
        ('[[deadline]]\nkind = "comments"\nlength = "10"\n', "deadline[comments].length", "whole"),
        ('[[deadline]]\nkind = "comments"\nunit = "weeks"\n', "deadline[comments].unit", "one of"),
        ('[[deadline]]\nkind = "comments"\nends = []\n', "deadline[comments].ends", "at least"),
        ('[[deadline]]\nkind = "comments"\nends = ["soon"]\n', "deadline[comments].ends", "event"),
        ('[[deadline]]\nkind = "comments"\nlenght = 5\n', "deadline[comments].lenght", "misspelt"),
        ('[[deadline]]\nkind = "comments"\nreminders = [-1]\n', "reminders", "whole numbers"),
        ('[[deadline]]\nkind = "new"\n', "deadline[new].label", "missing"),
        (
            "[[deadline]]\nlength = 3\n",
            f"deadline[{len(load('oecd-2023').deadlines) + 1}].kind",
            "missing",
        ),
        ('[[deadline]]\nkind="comments"\n[[deadline]]\nkind="comments"\n', "comments", "twice"),
        ('[[criterion]]\ncode = "x"\n[criterion.title]\nen = "X"\n', "title.ru", "missing"),
        ('[decision]\nby = "king"\n', "decision.by", "one of one, two, vote"),
        ("[decision]\ncasting_vote = true\n", "decision.casting_vote", "vote by simple majority"),
        ("[decision]\nconsensus = true\n", "decision.consensus", "needs a vote"),
        ('[decision]\ndissent = "loud"\n', "decision.dissent", "one of none"),
        (
            '[decision]\nvotes_shown_to = "names"\ndeciders_shown = "seats"\n',
            "decision.votes_shown_to",
            "would name",
        ),
        ('[options]\nallows_review = "no"\n', "options.allows_review", "true or false"),
        ('[options]\nto_confirm = ["rain"]\n', "options.to_confirm", "rain"),
        ("[oprions]\nallows_review = false\n", "oprions", "misspelt"),
    ],
)
def test_a_mistake_is_named_with_file_key_and_reason(folder, more, key, why):
    (folder / "xx.toml").write_text(NCP_RULES + more)
    with pytest.raises(RuleSetError) as caught:
        load("xx", folder=folder)
    assert "xx.toml" in str(caught.value)
    assert key in caught.value.key
    assert why in caught.value.why


@pytest.mark.parametrize(
    ("text", "key"),
    [
        (NCP_RULES.replace('id = "xx"', 'id = "yy"'), "id"),
        (NCP_RULES.replace("oecd-2023@1", "oecd-2023"), "extends"),
        (NCP_RULES.replace("oecd-2023@1", "nowhere@1"), "extends"),
        (NCP_RULES.replace("oecd-2023@1", "xx@2"), "extends"),
        (NCP_RULES + 'without_deadlines = ["rain"]', "title"),
        ('without_deadlines = ["rain"]' + NCP_RULES, "without_deadlines"),
        (NCP_RULES + "[[deadline", ""),
    ],
)
def test_a_file_that_contradicts_itself_is_refused(folder, text, key):
    (folder / "xx.toml").write_text(text)
    with pytest.raises(RuleSetError) as caught:
        load("xx", folder=folder)
    assert caught.value.key.startswith(key)


def test_two_files_that_extend_each_other_are_refused(folder):
    (folder / "xx.toml").write_text(NCP_RULES.replace("oecd-2023@1", "yy@1"))
    other = NCP_RULES.replace("xx", "yy").replace("version = 2", "version = 1")
    (folder / "yy.toml").write_text(other.replace("oecd-2023@1", "xx@2"))
    with pytest.raises(RuleSetError, match="itself"):
        load("xx", folder=folder)


@pytest.mark.parametrize("name", ["none", "kz@9", "../kz", "", "kz@", "KZ"])
def test_a_rule_set_that_is_not_there_is_said_to_be_unknown(name):
    with pytest.raises(UnknownRuleSet):
        load(name)


def test_no_figure_is_repeated_in_the_children():
    """What Kazakhstan takes over from the OECD stands in one file only."""
    stated = {}
    for name in ("oecd-2023", "kz"):
        data = tomllib.loads((rules.FOLDER / f"{name}.toml").read_text())
        stated[name] = {
            table["kind"]: (table["length"], table["unit"]) for table in data["deadline"]
        }
    both = stated["oecd-2023"].keys() & stated["kz"].keys()
    assert all(stated["oecd-2023"][kind] != stated["kz"][kind] for kind in both)
