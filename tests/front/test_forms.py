"""How a form is rendered: label, hint, error and control belong together."""

import pkgutil
from datetime import date
from importlib import import_module

from django import forms
from django.apps import apps
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.module_loading import module_has_submodule


class Sample(forms.Form):
    name = forms.CharField(label="Name", help_text="As in the passport.")
    note = forms.CharField(label="Note", required=False)
    kind = forms.ChoiceField(
        label="Kind", choices=[("a", "First"), ("b", "Second")], widget=forms.RadioSelect
    )
    agreed = forms.BooleanField(label="I agree")


def test_hint_and_error_are_read_with_the_control():
    html = str(Sample({"note": "x"}))

    assert 'aria-describedby="id_name_helptext id_name_error"' in html
    assert 'aria-invalid="true"' in html
    assert html.index("id_name_helptext") < html.index('id="id_name_error"') < html.index("<input")


def test_only_what_may_be_left_out_is_marked():
    html = str(Sample())

    assert html.count("(optional)") == 1


def test_a_filter_marks_nothing():
    form = Sample()
    form.mark_optional = False

    assert "(optional)" not in str(form)


def test_choices_stand_in_a_fieldset_with_their_question():
    html = str(Sample())

    fieldset = html[html.index("<fieldset") : html.index("</fieldset>")]
    assert "<legend" in fieldset
    assert fieldset.count('type="radio"') == 2


def test_error_summary_links_to_each_control():
    form = Sample({})
    html = render_to_string("_error_summary.html", {"form": form})
    page = str(form)

    for target in ("id_name", "id_kind_0", "id_agreed"):
        assert f'href="#{target}"' in html
        assert f'id="{target}"' in page


def test_typed_text_is_escaped():
    form = Sample({"name": "<script>alert(1)</script>"})

    assert "<script>" not in str(form)


def every_form(of=forms.BaseForm):
    for kind in of.__subclasses__():
        yield kind
        yield from every_form(kind)


def test_a_day_is_given_to_the_browser_as_it_takes_it_in_every_language():
    """On Russian and Kazakh pages the day of today, filled in by the coordination of NCPs, came
    as 12.03.2026: a browser shows that as an empty field."""
    for app in apps.get_app_configs():
        if module_has_submodule(app.module, "forms"):
            found = import_module(f"{app.name}.forms")
            for item in pkgutil.iter_modules(getattr(found, "__path__", ())):
                import_module(f"{app.name}.forms.{item.name}")
    seen = 0
    with translation.override("ru"):
        for form in every_form():
            for name, field in getattr(form, "base_fields", {}).items():
                if getattr(field.widget, "input_type", "") == "date":
                    seen += 1
                    given = field.widget.format_value(date(2026, 3, 12))
                    assert given == "2026-03-12", f"{form.__module__}.{form.__name__}.{name}"
    assert seen > 20
