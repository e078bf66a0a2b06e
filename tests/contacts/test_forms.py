from typing import Any

import pytest

from companies.models import Company
from companies.operations import save_company
from contacts.forms import ContactForm, TagsField, join_tags
from contacts.models import Contact
from crm.history.models import Change, Verb
from crm.history.recording import Author
from crm.teams.models import Team
from tests.factories import CompanyFactory, ContactFactory, TeamFactory
from tests.pages import Reader, words

pytestmark = [pytest.mark.django_db, pytest.mark.once]


@pytest.fixture
def team() -> Team:
    return TeamFactory.create()


@pytest.fixture
def reader(team: Team) -> Reader:
    return Reader(team)


@pytest.fixture
def company(team: Team) -> Company:
    return CompanyFactory.create(team=team, name="Meridian Last Mile")


def filled(**changes: Any) -> dict[str, Any]:
    required = {"first_name": "Priya", "last_name": "Raghunathan", "company": "Meridian Last Mile"}
    return {**required, "lead_status": "new", **changes}


def errors(response: Any) -> dict[str, list[str]]:
    assert response.status_code == 200
    found: dict[str, list[str]] = response.context["form"].errors
    return found


def values(response: Any) -> dict[str, Any]:
    return {field.name: field.value() for field in response.context["form"]}


def editing(contact: Contact, **changes: Any) -> dict[str, Any]:
    return filled(
        first_name=contact.first_name,
        last_name=contact.last_name,
        company=contact.company.name,
        version=contact.version,
        **changes,
    )


# Adding


@pytest.mark.usefixtures("company")
def test_adding_needs_two_names_and_a_company(reader: Reader) -> None:
    response = reader.post("contacts:create", notes="typed before")
    assert set(errors(response)) == {"first_name", "last_name", "company", "lead_status"}
    assert values(response)["notes"] == "typed before"
    assert not Contact.objects.exists()


@pytest.mark.usefixtures("company")
def test_an_added_contact_is_shown_with_every_field_in_its_form(reader: Reader) -> None:
    response = reader.post(
        "contacts:create",
        **filled(
            job_title="VP  Operations",
            email="Priya@Meridian.Example",
            phone="(415) 555-0182",
            phone_secondary="+44 20 7946 0315",
            lead_status="qualified",
            source="Trade fair",
            timezone="europe/berlin",
            preferred_contact_method="phone",
            do_not_call="on",
            notes="Call after lunch",
            external_id="C-1",
            tags='vip, "Berlin, Mitte", VIP',
        ),
    )
    contact = Contact.objects.get()
    assert response.url == reader.url("contacts:detail", contact.pk)
    assert (contact.first_name, contact.last_name) == ("Priya", "Raghunathan")
    assert contact.company.name == "Meridian Last Mile"
    assert contact.job_title == "VP Operations"
    assert contact.email == "priya@meridian.example"
    assert (contact.phone, contact.phone_secondary) == ("+14155550182", "+442079460315")
    assert (contact.lead_status, contact.do_not_call) == ("qualified", True)
    assert (contact.source, contact.external_id) == ("Trade fair", "C-1")
    assert contact.timezone == "Europe/Berlin"
    assert contact.preferred_contact_method == "phone"
    assert contact.notes == "Call after lunch"
    assert sorted(link.tag.name for link in contact.tag_links.all()) == ["Berlin, Mitte", "vip"]
    assert Change.objects.get(record_id=contact.pk).actor_user == reader.user


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("phone", "call me maybe"),
        ("phone_secondary", "12"),
        ("email", "priya at meridian"),
        ("timezone", "Berlin time"),
        ("lead_status", "hot"),
        ("preferred_contact_method", "pigeon"),
        ("tags", "x" * 51),
        ("notes", "x" * 20_001),
        ("first_name", "x" * 101),
    ],
)
@pytest.mark.usefixtures("company")
def test_bad_input_is_said_beside_its_field_and_nothing_typed_is_lost(
    reader: Reader, field: str, typed: str
) -> None:
    sent = filled(job_title="VP", tags="vip") | {field: typed}
    response = reader.post("contacts:create", **sent)
    assert set(errors(response)) == {field}
    assert {name: values(response)[name] for name in sent} == sent
    assert not Contact.objects.exists()


def test_an_error_in_a_rare_field_unfolds_it(reader: Reader, company: Company) -> None:
    page = reader.post("contacts:create", **filled(timezone="nowhere")).content.decode()
    assert '<details class="folded-fields" open>' in page
    assert company.name in page


@pytest.mark.usefixtures("company")
def test_an_external_id_that_is_taken_is_said_beside_the_field(reader: Reader, team: Team) -> None:
    ContactFactory.create(team=team, external_id="C-1")
    response = reader.post("contacts:create", **filled(external_id="C-1"))
    assert errors(response) == {"external_id": ["Another contact has this external ID."]}


def test_a_phone_is_read_in_the_teams_country() -> None:
    reader = Reader(TeamFactory.create(region="DE"))
    CompanyFactory.create(team=reader.team, name="Meridian Last Mile")
    reader.post("contacts:create", **filled(phone="030 23125 118"))
    assert Contact.objects.get().phone == "+493023125118"


def test_the_address_may_name_company_and_phone(reader: Reader, company: Company) -> None:
    response = reader.get("contacts:create", company=company.pk, phone="+14155550182")
    assert values(response)["company"] == company.name
    assert values(response)["phone"] == "(415) 555-0182"


def test_a_company_of_another_team_in_the_address_is_not_named(reader: Reader) -> None:
    theirs = CompanyFactory.create(name="Secret Ltd")
    for named in (str(theirs.pk), "no id"):
        response = reader.get("contacts:create", company=named)
        assert not values(response)["company"]


# The company: found by its name, or created on the spot


def test_with_no_company_yet_the_form_says_so(reader: Reader) -> None:
    page = reader.get("contacts:create")
    assert "Every contact belongs to a company, and there is none yet." in words(page)
    assert reader.url("companies:create") in page.content.decode()


def test_a_company_is_found_whatever_its_case_and_spacing(reader: Reader, company: Company) -> None:
    reader.post("contacts:create", **filled(company="  MERIDIAN  last mile "))
    assert Contact.objects.get().company == company


def test_a_new_company_is_created_only_where_it_is_meant(reader: Reader) -> None:
    first = reader.post("contacts:create", **filled(company="Aguirre & Sons", tags="vip"))
    (error,) = errors(first)["company"]
    assert error.startswith("No company is called “Aguirre & Sons” yet.")
    assert not Company.objects.exists()
    again = {name: value for name, value in values(first).items() if value is not None}
    assert again["tags"] == "vip"
    reader.post("contacts:create", **again)
    assert Contact.objects.get().company.name == "Aguirre & Sons"
    created = Change.objects.filter(verb=Verb.CREATED).values_list("record_type", flat=True)
    assert sorted(created) == ["company", "contact", "tag"]


def test_another_name_than_the_one_meant_is_asked_about_again(reader: Reader) -> None:
    response = reader.post(
        "contacts:create", **filled(company="Aguirre and Sons", new_company="Aguirre & Sons")
    )
    assert "company" in errors(response)
    assert values(response)["new_company"] == "Aguirre and Sons"
    assert not Company.objects.exists()


def test_contact_and_company_are_created_both_or_neither(reader: Reader, team: Team) -> None:
    ContactFactory.create(team=team, external_id="C-1")
    sent = filled(company="New Ltd", new_company="New Ltd", external_id="C-1")
    assert set(errors(reader.post("contacts:create", **sent))) == {"external_id"}
    assert not Company.objects.filter(name="New Ltd").exists()
    assert not Change.objects.filter(record_type="company", actor_user=reader.user).exists()


def test_what_is_wrong_with_a_new_company_stands_beside_the_company(reader: Reader) -> None:
    name = "x" * 201
    response = reader.post("contacts:create", **filled(company=name, new_company=name))
    assert set(errors(response)) == {"company"}


def test_a_company_of_another_team_is_no_company_here(reader: Reader) -> None:
    CompanyFactory.create(name="Secret Ltd")
    assert set(errors(reader.post("contacts:create", **filled(company="Secret Ltd")))) == {
        "company"
    }


def test_a_company_that_appeared_meanwhile_is_taken(
    reader: Reader, team: Team, company: Company
) -> None:
    """Between finding no company and writing it, somebody else creates the same one."""
    form = ContactForm(
        filled(company="New Ltd", new_company="new ltd"), instance=Contact(team=team)
    )
    assert form.is_valid()
    save_company(Company(team=team, name="NEW ltd"), by=Author.person(reader.user))
    assert not form.save(Author.person(reader.user))
    assert form.errors == {"company": ["This team has a company of this name already."]}
    assert form.instance.team.contacts.count() == 0
    assert company.contacts.count() == 0


# Editing


def test_the_form_is_filled_with_what_is_stored(reader: Reader, company: Company) -> None:
    contact = ContactFactory.create(
        company=company, phone="+14155550182", tags=["vip", "a, b"], job_title="VP"
    )
    found = values(reader.get("contacts:edit", contact.pk))
    assert found["company"] == "Meridian Last Mile"
    assert found["phone"] == "(415) 555-0182"
    assert found["tags"] == '"a, b", vip'
    assert (found["job_title"], found["version"]) == ("VP", 1)


def test_saving_the_form_as_it_is_changes_nothing(reader: Reader, company: Company) -> None:
    contact = ContactFactory.create(
        company=company,
        phone="+493023125118",
        timezone="Europe/Berlin",
        tags=["vip", "a, b"],
        notes="One\ntwo",
        do_not_call=True,
    )
    found = values(reader.get("contacts:edit", contact.pk))
    sent = {name: value for name, value in found.items() if value not in (None, False)}
    sent["tags"] = join_tags(["a, b", "vip"])
    assert reader.post("contacts:edit", contact.pk, **sent).status_code == 302
    contact.refresh_from_db()
    assert contact.version == 1
    assert not Change.objects.filter(verb=Verb.UPDATED).exists()


def test_do_not_contact_forbids_to_switch_do_not_call_off(reader: Reader, company: Company) -> None:
    contact = ContactFactory.create(company=company, lead_status="do_not_contact")
    sent = editing(contact, lead_status="do_not_contact")
    response = reader.post("contacts:edit", contact.pk, **sent)
    assert set(errors(response)) == {"do_not_call"}
    assert (
        reader.post("contacts:edit", contact.pk, **sent | {"lead_status": "new"}).status_code == 302
    )
    contact.refresh_from_db()
    assert (contact.lead_status, contact.do_not_call) == ("new", False)


def test_the_title_keeps_the_stored_name_while_the_form_is_wrong(
    reader: Reader, company: Company
) -> None:
    contact = ContactFactory.create(company=company, first_name="Priya", last_name="Rao")
    response = reader.post("contacts:edit", contact.pk, **editing(contact) | {"first_name": ""})
    assert "Edit Priya Rao" in words(response)


def test_in_the_panel_the_form_comes_alone_and_saving_leads_to_the_record(
    reader: Reader, company: Company
) -> None:
    contact = ContactFactory.create(company=company)
    part = reader.get_part("contacts:edit", contact.pk).content.decode()
    assert "<html" not in part
    assert 'hx-post="' in part
    response = reader.post("contacts:edit", contact.pk, follow=True, **editing(contact, source="x"))
    assert response.redirect_chain == [(reader.url("contacts:detail", contact.pk), 302)]


@pytest.mark.parametrize("names", [["vip"], ["a, b", "c"], ['12" rack', "x"], ['"', ","]])
def test_tags_survive_being_written_and_read(names: list[str]) -> None:
    assert TagsField(required=False).clean(join_tags(names)) == names
