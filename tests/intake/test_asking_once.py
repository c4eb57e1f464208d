"""Filing asks every page of the form once what it means."""

from collections import Counter

from intake.answers import Answers
from intake.forms import ComplainantForm, StepForm
from intake.submission import as_submission

TYPED = {
    "items": {
        "complainants": [{"id": "0000000a", "raw": {"name": ["Ada"], "country": ["KZ"]}}],
        "enterprises": [{"id": "0000000b", "raw": {"name": ["Steppe Mining"]}}],
        "issues": [{"id": "0000000c", "raw": {"description": ["Dust on our tables."]}}],
    },
    "forms": {
        "disclosure": {f"0000000a-{name}": ["yes"] for name in ("mediator", "respondent", "public")}
    },
    "access_code": "code",
    "code_confirmed": "code",
}


def test_what_is_missing_and_what_is_filed_are_read_from_the_same_forms(monkeypatch):
    """Half of the time of filing went into forms that had been judged a moment before."""
    asked = Counter()
    clean = StepForm.full_clean

    def counted(form):
        asked[type(form).__name__, form.prefix] += 1
        clean(form)

    monkeypatch.setattr(StepForm, "full_clean", counted)
    data = as_submission(Answers(TYPED), language="en", privacy_notice_version="1", by_staff=False)
    assert [party.name for party in data.complainants] == ["Ada"]
    assert asked["ComplainantForm", None] == 1
    assert set(asked.values()) == {1}, asked


def test_an_answer_that_changed_is_judged_anew():
    answers = Answers()
    answers.put("x", {"name": ["Ada"], "kind": ["individual"], "country": ["KZ"]})
    first = answers.judged(ComplainantForm, answers.raw("x"))
    assert first.is_valid(), first.errors
    assert answers.judged(ComplainantForm, answers.raw("x")) is first
    answers.raw("x")["country"] = ["QQ"]
    assert "country" in answers.judged(ComplainantForm, answers.raw("x")).errors
