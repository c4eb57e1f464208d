"""How a form is rendered: label, hint, error and control belong together."""

from django import forms
from django.template.loader import render_to_string


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
