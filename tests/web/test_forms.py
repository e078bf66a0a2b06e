from django import forms
from django.template.loader import render_to_string

from crm.web.forms import Combobox, FoldedFieldsMixin, Switch


class PersonForm(FoldedFieldsMixin, forms.Form):
    rare_field_names = ("fax",)

    name = forms.CharField(help_text="As they say it.")
    company = forms.CharField(widget=Combobox(options_url="/options", create_field="new_company"))
    new_company = forms.CharField(required=False, widget=forms.HiddenInput)
    quiet = forms.BooleanField(required=False, widget=Switch)
    fax = forms.IntegerField(required=False)


def test_help_and_error_are_tied_to_the_field() -> None:
    html = PersonForm({"name": ""})["name"].as_field_group()
    assert 'aria-describedby="id_name_helptext id_name_error"' in html
    assert 'aria-invalid="true"' in html
    assert 'id="id_name_helptext">As they say it.' in html
    assert 'id="id_name_error"' in html
    assert "This field is required." in html


def test_what_was_typed_stays_and_is_text() -> None:
    html = PersonForm({"name": '"><script>alert(1)</script>'})["name"].as_field_group()
    assert "<script>" not in html
    assert "&quot;&gt;&lt;script&gt;" in html


def test_every_field_has_a_label() -> None:
    html = render_to_string("forms/_fields.html", {"form": PersonForm()})
    for name in ("name", "company", "quiet", "fax"):
        assert f'for="id_{name}"' in html


def test_rare_fields_fold_away() -> None:
    form = PersonForm()
    assert [field.name for field in form.main_fields] == ["name", "company", "quiet"]
    assert [field.name for field in form.rare_fields] == ["fax"]
    assert "<details" in render_to_string("forms/_fields.html", {"form": form})
    assert not form.rare_fields_open


def test_an_error_unfolds_the_rare_fields() -> None:
    form = PersonForm({"name": "A", "company": "B", "fax": "x"})
    html = render_to_string("forms/_fields.html", {"form": form})
    assert '<details class="folded-fields" open>' in html


def test_an_error_of_the_whole_form_stands_on_top() -> None:
    form = PersonForm({"name": "A", "company": "B"})
    form.add_error(None, "Somebody else changed this.")
    html = render_to_string("forms/_fields.html", {"form": form})
    assert html.index("Somebody else changed this.") < html.index("id_name")


def test_a_combobox_is_a_text_input_that_knows_its_options() -> None:
    html = PersonForm({"company": "Skärgård"})["company"].as_field_group()
    assert 'data-combobox="/options"' in html
    assert 'data-combobox-new="new_company"' in html
    assert 'value="Skärgård"' in html
    assert 'role="combobox"' in html
    assert 'aria-controls="id_company-list"' in html
    assert 'id="id_company-list"' in html


def test_a_switch_says_what_it_is() -> None:
    assert 'role="switch"' in str(PersonForm()["quiet"])
