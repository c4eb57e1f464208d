"""Markdown: headings never skip a level, HTML never carries anything active."""

import re

import pytest
from hypothesis import given
from hypothesis import settings as trying
from hypothesis import strategies as st

from register.markdown import (
    clean_text,
    headings_without_text,
    normalise_headings,
    to_html,
    to_text,
    to_tree,
)


@pytest.mark.parametrize(
    ("written", "levels"),
    [
        ("### a\n\n##### b\n\n#### c\n\n# d", [1, 2, 2, 1]),
        ("# a\n\n#### b\n\n## c\n\n### d", [1, 2, 2, 3]),
        ("## a\n\n## b\n\n### c", [1, 1, 2]),
        ("Title\n===\n\nPart\n---\n\n##### x", [1, 2, 3]),
    ],
)
def test_headings_begin_at_one_and_skip_none(written, levels):
    once = normalise_headings(written)
    assert [len(mark) for mark in re.findall(r"^(#+) ", once, re.MULTILINE)] == levels
    assert normalise_headings(once) == once
    found = [int(level) for level in re.findall(r"<h(\d)>", to_html(once, first_level=2))]
    assert found == [level + 1 for level in levels]


def test_empty_headings_are_left_out():
    """PDF/UA refuses them, and somebody who listens to a page is led to nothing."""
    assert "<h" not in to_html("#\n\n## ![](x.png)\n\ntext")
    assert [node["t"] for node in to_tree("#\n\ntext\n\n### a")] == ["paragraph", "heading"]
    assert to_tree("#\n\n### a")[0]["level"] == 1


def test_headings_under_which_nothing_stands_are_named():
    text = "# Parties\n\nWho\n\n# Conclusions\n\n# Way\n\n## Talks\n\n## Days\n\n- one\n\n# *Last*"
    assert headings_without_text(text) == ["Conclusions", "Talks", "Last"]
    assert headings_without_text("No heading") == []


def test_hashes_in_code_and_lists_are_left_alone():
    text = "```\n### not a heading\n```\n\n- item\n\n        ## code"
    assert normalise_headings(text) == text


@pytest.mark.parametrize(
    "attack",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "[a](javascript:alert(1))",
        "[a](JaVaScRiPt:alert(1))",
        "[a](data:text/html,x)",
        "[a](vbscript:x)",
        '[a](https://e.org "x\\" onclick=\\"y")',
        '<https://e.org/"onclick=alert(1)>',
        "![a](javascript:x)",
        "<svg/onload=alert(1)>",
        "&lt;script&gt;",
        "[a]: javascript:x\n\n[a]",
        "`<script>`",
        "<a href='x' style='y'>z</a>",
        "<!-- x --><iframe src=x>",
    ],
)
def test_html_carries_nothing_active(attack):
    html = to_html(attack)
    tags = re.findall(r"<[^>]+>", html)
    assert not any(re.search(r"<(script|img|svg|iframe|style)|\son\w+\s*=", tag) for tag in tags)
    assert not re.search(r'href="(?!https?://|mailto:)', html)


@trying(deadline=None)
@given(st.text(max_size=300))
def test_any_text_gives_clean_html_and_a_tree(text):
    assert "<script" not in to_html(text)
    to_tree(text)
    to_text(text)
    normalise_headings(text)


@trying(deadline=None)
@given(st.text())
def test_cleaning_twice_is_cleaning_once(text):
    assert clean_text(clean_text(text)) == clean_text(text)
    assert "\x00" not in clean_text(text)


def test_text_for_search_has_the_words_and_no_marks():
    assert to_text("# A\n\n**b** [c](https://d.org) `e`\n\n```\nf\n```") == "A\nb c e\nf\n"
