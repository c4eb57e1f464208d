"""Controls are written without templates, letter by letter as Django writes them."""

import pytest
from django import forms

from config import widgets

TYPED = {"a": "x", "b": "<\"&'", "c": "on", "d": "2026-01-02", "e": "1234", "g": "1"}


class Every(forms.Form):
    a = forms.ChoiceField(choices=[("", "–"), ("a&b", "A <b>"), ("G", [("x", "X"), ("y", "Y")])])
    b = forms.CharField(
        widget=forms.TextInput(attrs={"required": True, "data-x": '"q"', "disabled": False})
    )
    c = forms.BooleanField()
    d = forms.DateField()
    e = forms.IntegerField()
    g = forms.CharField(widget=forms.HiddenInput)


@pytest.mark.parametrize("data", [None, TYPED])
def test_a_control_is_what_django_makes_of_it(data, monkeypatch):
    quick = [str(field) for field in Every(data)]
    monkeypatch.setattr(widgets, "html", lambda *_arguments: None)
    assert quick == [str(field) for field in Every(data)]


def test_what_is_typed_cannot_leave_its_control():
    shown = str(Every({"b": '"><script>alert(1)</script>'})["b"])
    assert "<script>" not in shown
    assert "&quot;&gt;&lt;script&gt;" in shown
