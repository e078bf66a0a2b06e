"""The pages of an import's columns and values, without JavaScript."""

from typing import Any

import pytest

from crm.records.models import CustomField
from crm.teams.models import Role
from tests.contacts.imports.kit import HEADER
from tests.contacts.imports.pages import Browser, words
from tests.factories import ContactFactory, CustomFieldFactory

pytestmark = pytest.mark.django_db(transaction=True)


def test_values_that_the_team_lacks_are_asked_about_once() -> None:
    browser = Browser(Role.ADMIN)
    CustomFieldFactory.create(
        team=browser.team, key="plan", label="Plan", field_type="select", options=["Gold"]
    )
    rows = ["Anna,Berg,Acme,hot,Silver", "Bob,Chen,Acme,hot,Silver", "Eve,Doe,Acme,New,Gold"]
    page = browser.upload("\n".join(["First name,Last name,Company,Status,Plan", *rows]))
    page = browser.columns(page)
    assert [(each.value, each.count) for each in page.context["unknown"]] == [
        ("hot", 2), ("Silver", 2),
    ]  # fmt: skip
    page = browser.choose(
        ("leadStatus", "hot", "qualified"), ("customFields.plan", "Silver", "new:option")
    )
    assert page.context["run"].warned == 0
    browser.press("start")
    anna = browser.team.contacts.get(first_name="Anna")
    assert (anna.lead_status, anna.custom_fields) == ("qualified", {"plan": "Silver"})


def test_a_column_may_become_a_new_field() -> None:
    browser = Browser(Role.ADMIN)
    page = browser.upload("First name,Last name,Company,Trailer type\nAnna,Berg,Acme,Reefer\n")
    browser.columns(page, column_4="new:text")
    assert not CustomField.objects.exists()
    browser.press("start")
    assert CustomField.objects.get().label == "Trailer type"
    assert browser.team.contacts.get().custom_fields == {"trailer_type": "Reefer"}


def test_a_new_field_that_cannot_be_is_told_beside_its_column_and_none_is_made() -> None:
    browser = Browser(Role.ADMIN)
    page = browser.upload("First name,Last name,Company,Zone,Zone\nAnna,Berg,Acme,1,2\n")
    form = page.context["form"]
    given = {name: form[name].value() for name in form.fields if form[name].value()}
    again = browser.post(
        f"/{browser.run.pk}/columns", **given, column_4="new:text", column_5="new:text"
    )
    assert again.status_code == 200
    assert again.context["form"].errors == {"column_5": ["There is a field “Zone” already."]}
    assert not CustomField.objects.exists()
    browser.columns(page, column_4="new:text")
    # Once reviewed, it is chosen still, and made when the import starts.
    browser.columns(browser.get(f"/{browser.run.pk}/columns"))
    browser.press("start")
    assert CustomField.objects.get().label == "Zone"
    assert browser.team.contacts.get().custom_fields == {"zone": "1"}
    again = browser.upload("First name,Last name,Company,Zone,Area\nBo,Li,Acme,1,2\n")
    offered = [name for name, _choices in again.context["form"].fields["column_4"].choices]
    assert "New field “Zone”" not in offered


def test_the_file_may_be_read_otherwise() -> None:
    browser = Browser()
    browser.upload("First name,Last name,Company\nAnna,Berg,Acme\nx,y,z\n")
    browser.post(f"/{browser.run.pk}/reading", header_row="2", delimiter=",")
    assert [column["header"] for column in browser.run.mapping] == ["Anna", "Berg", "Acme"]
    page = browser.post(f"/{browser.run.pk}/reading", header_row="9")
    assert "The file has no line 9 for a header." in words(page)


def test_wrong_choices_are_said_beside_their_column() -> None:
    browser = Browser()
    page = browser.upload(f"{HEADER}\nAnna,Berg,Acme,,\n")
    page = browser.post(
        f"/{browser.run.pk}/columns", column_1="email", column_4="email", on_duplicate="skip",
        default_region="US",
    )  # fmt: skip
    said = words(page)
    assert "Two columns are Email. Choose one of them." in said
    assert "Say which columns hold the first and the last name." in said
    assert "No column is the company." in said


NEW_TYPES = [
    (["12", "1.234,50"], "number"),
    (["0123", "0456"], "text"),
    (["yes", "no"], "boolean"),
    (["1", "0"], "number"),
    (["04/15/2027", "2027-01-02"], "date"),
    (["a\nb"], "textarea"),
    (["Reefer"], "text"),
    ([""], "text"),
]


@pytest.mark.parametrize(("values", "suggested"), NEW_TYPES)
def test_a_new_field_s_type_is_suggested_by_the_values(values: list[str], suggested: str) -> None:
    browser = Browser(Role.ADMIN)
    rows = [f'Anna,Berg,Acme,"{value}"' for value in values]
    page = browser.upload("\n".join(["First name,Last name,Company,Neues", *rows]))
    _left_out, (name, new), *_fields = page.context["form"].fields["column_4"].choices
    assert name == "New field “Neues”"
    assert new[0][0] == f"new:{suggested}"
    assert len(new) == 5


def test_a_new_field_is_reviewed_before_it_is_made_and_read_as_its_type() -> None:
    browser = Browser(Role.ADMIN)
    page = browser.upload("First name,Last name,Company,Renewal\nAnna,Berg,Acme,15/04/2027\n"
                          "Bo,Li,Acme,soon\n")  # fmt: skip
    page = browser.columns(page, column_4="new:date")
    assert "Renewal empty 15 Apr 2027" in words(page)
    assert page.context["run"].warned == 1
    browser.press("start")
    field = CustomField.objects.get()
    assert (field.key, field.field_type) == ("renewal", "date")
    anna = browser.team.contacts.get(first_name="Anna")
    assert anna.custom_fields == {"renewal": "2027-04-15"}


def test_reading_it_otherwise_loses_nothing_that_was_chosen() -> None:
    browser = Browser()
    page = browser.upload("x\nFirst name,Last name,Company,Rolle im Team\nAnna,Berg,Acme,Boss\n")
    form = page.context["form"]
    given = {name: form[name].value() for name in form.fields if form[name].value()}
    browser.post(
        f"/{browser.run.pk}/reading",
        **given | {"column_4": "jobTitle", "on_duplicate": "update", "tags": "vip, fair"},
        header_row="2", delimiter=",",
    )  # fmt: skip
    page = browser.get(f"/{browser.run.pk}/columns")
    form = page.context["form"]
    assert form["column_4"].value() == "jobTitle"
    assert form["on_duplicate"].value() == "update"
    assert form["tags"].value() == "vip, fair"


def test_company_fields_that_are_not_imported_are_not_called_matched() -> None:
    browser = Browser()
    page = browser.upload("First name,Last name,Company,City\nAnna,Berg,Acme,Bonn\n")
    assert "4 columns: 3 matched, 0 left out, 1 not imported" in words(page)
    page = browser.columns(page, import_company_fields="on")
    assert "Company city empty Bonn" in words(page)
    page = browser.get(f"/{browser.run.pk}/columns")
    assert "4 columns: 4 matched, 0 left out" in words(page)


def test_a_file_without_a_header_loses_nobody() -> None:
    browser = Browser()
    rows = ["Anna,Berg,Acme,a@x.example", "Bo,Li,Acme,b@x.example,415 555 0182"]
    page = browser.upload("\n".join(rows))
    assert "without a header" in words(page)
    assert "Review 2 rows" in words(page)
    names = {"column_1": "firstName", "column_2": "lastName", "column_3": "companyName"}
    browser.columns(page, **names, column_4="email")
    browser.press("start")
    assert browser.team.contacts.count() == 2
    # Where it cannot be seen, it can be said.
    page = browser.upload("Anna,Berg,Acme\nBo,Li,Acme\n")
    assert "Review 1 row" in words(page)
    page = browser.post(f"/{browser.run.pk}/reading", header_row="1", no_header="on")
    assert "Review 2 rows" in words(page)


def test_checking_is_stopped_without_losing_the_choices() -> None:
    browser = Browser()
    page = browser.upload(f"{HEADER},Rolle\nAnna,Berg,Acme,,,Boss\n")
    form = page.context["form"]
    given = {name: form[name].value() for name in form.fields if form[name].value()}
    browser.post(f"/{browser.run.pk}/columns", **given | {"column_6": "jobTitle"})
    assert browser.run.status == "planning"
    page = browser.post(f"/{browser.run.pk}/stop")
    assert page.context["form"]["column_6"].value() == "jobTitle"
    browser.columns(page)
    browser.press("start")
    assert browser.team.contacts.get().job_title == "Boss"


def test_a_new_field_is_reviewed_for_those_who_are_updated_too() -> None:
    browser = Browser(Role.ADMIN)
    anna = ContactFactory.create(team=browser.team, email="a@x.example")
    page = browser.upload(f"First name,Last name,Company,Email,Size\n{anna.first_name},"
                          f"{anna.last_name},{anna.company.name},a@x.example,12\n")  # fmt: skip
    page = browser.columns(page, column_5="new:number", on_duplicate="update")
    assert "Size empty 12" in words(page)
    browser.press("start")
    anna.refresh_from_db()
    assert anna.custom_fields == {"size": 12}
    browser.press("undo")
    anna.refresh_from_db()
    assert anna.custom_fields == {}


def sent(page: Any) -> dict[str, Any]:
    """What the page of columns sends as it is."""
    form = page.context["form"]
    return {name: form[name].value() for name in form.fields if form[name].value()}


STEPS = "First name,Last name,Company,Status\nA,X,Acme,Lead\nB,X,Acme,Prospect\nC,X,Acme,Lead\n"


@pytest.mark.parametrize("role", [Role.ADMIN, Role.MEMBER])
def test_a_value_may_mean_the_status_new(role: str) -> None:
    browser = Browser(role)
    page = browser.columns(browser.upload(STEPS))
    assert '<option value="new">New</option>' in page.content.decode()
    page = browser.choose(("leadStatus", "Lead", "new"), ("leadStatus", "Prospect", ""))
    assert page.context["run"].warned == 1


def test_what_a_value_means_is_said_of_the_value_and_may_be_changed() -> None:
    browser = Browser()
    browser.columns(browser.upload(STEPS))
    browser.choose(("leadStatus", "Lead", "qualified"))
    # From a page that was open before: Lead is no longer the first of those that are asked about.
    page = browser.choose(("leadStatus", "Prospect", "churned"), ("leadStatus", "Nobody's", "new"))
    assert [(each.value, each.count, each.chosen) for each in page.context["unknown"]] == [
        ("Lead", 2, "qualified"),
        ("Prospect", 1, "churned"),
    ]
    browser.choose(("leadStatus", "Lead", "contacted"))
    browser.press("start")
    steps = browser.team.contacts.order_by("first_name").values_list("lead_status", flat=True)
    assert list(steps) == ["contacted", "churned", "contacted"]
    page = browser.columns(browser.upload(STEPS))
    assert [each.chosen for each in page.context["unknown"]] == ["contacted", "churned"]


def test_choices_on_a_review_that_is_no_longer_there_change_nothing() -> None:
    browser = Browser()
    page = browser.columns(browser.upload(STEPS))
    browser.post(f"/{browser.run.pk}/reading", **sent(browser.get(f"/{browser.run.pk}/columns")))
    page = browser.post(
        f"/{browser.run.pk}/choices", field="leadStatus", value="Lead", choice="qualified"
    )
    assert "gone on with this import" in words(page)
    assert browser.run.status == "mapping"


def test_a_new_field_that_somebody_made_of_another_type_stops_the_start() -> None:
    browser = Browser(Role.ADMIN)
    page = browser.upload("First name,Last name,Company,Rank\nAnna,Berg,Acme,gold\n")
    page = browser.columns(page, column_4="new:text")
    CustomFieldFactory.create(team=browser.team, key="rank", label="Rank", field_type="number")
    page = browser.post(f"/{browser.run.pk}/start", reviewed=browser.run.revision)
    assert "made the field “Rank” meanwhile, of another type: number" in words(page)
    assert browser.run.status == "reviewing"
    assert browser.team.contacts.count() == 0


def test_reading_it_otherwise_keeps_what_is_wrong_and_what_has_no_name() -> None:
    browser = Browser()
    page = browser.upload("Anna,Berg,Acme,a@x.example\nBo,Li,Acme,b@x.example\n")
    chosen = {"column_1": "firstName", "column_2": "companyName", "column_3": "companyName"}
    said = sent(page) | chosen | {"tags": "vip", "on_duplicate": "update"}
    for reading in ({"encoding": "cp1252", "header_row": "1", "no_header": "on"},
                    {"encoding": "utf-16", "header_row": "1", "no_header": "on"}):  # fmt: skip
        page = browser.post(f"/{browser.run.pk}/reading", **said, **reading)
        form = page.context["form"]
        assert [form[f"column_{number}"].value() for number in (1, 2, 3)] == list(chosen.values())
        assert (form["tags"].value(), form["on_duplicate"].value()) == ("vip", "update")
    # Two columns that are one field are told of, not taken.
    page = browser.post(f"/{browser.run.pk}/columns", **sent(page))
    assert "Two columns are Company." in words(page)
