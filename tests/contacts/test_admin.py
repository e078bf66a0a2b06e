import pytest

from companies.models import Company
from contacts.models import Contact, Tag
from crm.history.models import Change, Origin, Verb
from crm.teams.models import Team
from tests.admin.kit import Staff, add, change, errors, filled, messages, url, values
from tests.factories import (
    CompanyFactory,
    ContactFactory,
    CustomFieldFactory,
    TagFactory,
    TeamFactory,
)

pytestmark = [pytest.mark.django_db, pytest.mark.once]


@pytest.fixture
def browser() -> Staff:
    return Staff()


@pytest.fixture
def company() -> Company:
    TeamFactory.create(name="Another")
    return CompanyFactory.create(team=TeamFactory.create(region="US"))


@pytest.fixture
def team(company: Company) -> Team:
    return company.team


def tags_of(contact: Contact) -> list[str]:
    return sorted(link.tag.name for link in contact.tag_links.select_related("tag"))


def only_change(contact: Contact) -> Change:
    return Change.objects.get(record_id=contact.pk, origin=Origin.MANUAL)


def test_a_teams_own_fields_are_in_the_form_that_adds(browser: Staff, company: Company) -> None:
    CustomFieldFactory.create(team=company.team, key="plan", label="Plan")
    address = f"{url(Contact, 'add')}?team={company.team.pk}"
    assert "custom_fields.plan" in values(browser.get(address))
    sent = {"first_name": "Anna", "last_name": "Berg", "custom_fields.plan": "Gold"}
    add(browser, Contact, company.team, company=company.pk, **sent)
    assert Contact.objects.get().custom_fields == {"plan": "Gold"}


def test_a_contact_is_added_through_the_operations(browser: Staff, company: Company) -> None:
    response = add(
        browser,
        Contact,
        company.team,
        company=company.pk,
        first_name=" Anna ",
        last_name="Berg",
        phone="(415) 555-0182",
        email="Anna@Example.com",
        tags="VIP, hot lead",
    )
    assert response.status_code == 302
    contact = Contact.objects.get()
    assert (contact.team, contact.company, contact.name) == (company.team, company, "Anna Berg")
    assert (contact.phone, contact.email) == ("+14155550182", "anna@example.com")
    assert tags_of(contact) == ["VIP", "hot lead"]
    change = only_change(contact)
    assert (change.verb, change.actor_user) == (Verb.CREATED, browser.user)


def test_the_team_is_asked_for_before_the_form(browser: Staff, company: Company) -> None:
    page = browser.get(url(Contact, "add") + "?_popup=1").content.decode()
    assert 'name="first_name"' not in page
    assert '<input type="hidden" name="_popup" value="1">' in page
    for nonsense in ("nonsense", "00000000-0000-7000-8000-000000000000"):
        page = browser.get(f"{url(Contact, 'add')}?team={nonsense}").content.decode()
        assert "Select a valid choice." in page
    browser.post(url(Contact, "add"), {"first_name": "Anna", "last_name": "Berg"})
    assert not Contact.objects.exists()


def test_where_there_is_one_team_nobody_is_asked(browser: Staff) -> None:
    team = TeamFactory.create()
    response = browser.get(url(Contact, "add") + "?_popup=1")
    assert response["Location"] == f"{url(Contact, 'add')}?_popup=1&team={team.pk}"


def test_another_one_is_added_to_the_same_team(browser: Staff, team: Team) -> None:
    response = add(browser, Tag, team, name="VIP", color=0, _addanother="1")
    assert response["Location"] == f"{url(Tag, 'add')}?team={team.pk}"


def test_the_team_stays_what_it_was(browser: Staff, company: Company) -> None:
    contact = ContactFactory.create(company=company)
    elsewhere = TeamFactory.create()
    change(browser, contact, team=elsewhere.pk, first_name="Berta")
    contact.refresh_from_db()
    assert (contact.team, contact.first_name) == (company.team, "Berta")


def test_a_company_of_another_team_is_refused_beside_the_field(
    browser: Staff, company: Company
) -> None:
    foreign = CompanyFactory.create(name="Zanzibar")
    response = add(
        browser,
        Contact,
        company.team,
        company=foreign.pk,
        first_name="Anna",
        last_name="Berg",
    )
    assert errors(response) == {"company": ["There is no such company in this team."]}
    assert b"Zanzibar" not in response.content
    assert not Contact.objects.exists()


def test_what_is_wrong_stands_beside_its_field_and_nothing_typed_is_lost(
    browser: Staff, company: Company
) -> None:
    response = add(
        browser, Contact, company.team, company=company.pk, first_name="Anna", phone="12"
    )
    assert set(errors(response)) == {"last_name", "phone"}
    assert b'value="Anna"' in response.content
    assert b'value="12"' in response.content


def test_what_only_the_operation_knows_stands_beside_its_field_too(
    browser: Staff, company: Company
) -> None:
    ContactFactory.create(company=company, external_id="A1")
    response = add(
        browser,
        Contact,
        company.team,
        company=company.pk,
        first_name="Anna",
        last_name="Berg",
        external_id="A1",
        tags="VIP",
    )
    assert errors(response) == {"external_id": ["Another contact has this external ID."]}
    assert b'value="VIP"' in response.content
    assert Contact.objects.count() == 1
    assert not Tag.objects.exists()


def test_an_edit_leaves_one_change_with_what_changed(browser: Staff, company: Company) -> None:
    contact = ContactFactory.create(company=company, first_name="Anna", tags=["VIP"])
    response = change(browser, contact, first_name="Berta", tags="vip, new")
    assert response.status_code == 302
    contact.refresh_from_db()
    assert (contact.first_name, contact.version) == ("Berta", 2)
    written = only_change(contact)
    assert written.fields == {"first_name": ["Anna", "Berta"], "tags": [["VIP"], ["new", "vip"]]}
    assert (written.verb, written.actor_user) == (Verb.UPDATED, browser.user)


def test_saving_without_a_change_writes_nothing(browser: Staff, company: Company) -> None:
    contact = ContactFactory.create(company=company, phone="+14155550182", tags=["b", "a"])
    assert change(browser, contact).status_code == 302
    contact.refresh_from_db()
    assert contact.version == 1
    assert not Change.objects.filter(origin=Origin.MANUAL).exists()


def test_do_not_contact_switches_do_not_call_on(browser: Staff, company: Company) -> None:
    contact = ContactFactory.create(company=company)
    change(browser, contact, lead_status="do_not_contact")
    contact.refresh_from_db()
    assert contact.do_not_call
    response = change(browser, contact, do_not_call=None)
    assert set(errors(response)) == {"do_not_call"}


def test_an_edit_of_what_somebody_else_changed_meanwhile_overwrites_nothing(
    browser: Staff, company: Company
) -> None:
    contact = ContactFactory.create(company=company, first_name="Anna", job_title="Buyer")
    old_form = filled(browser, url(contact, "change"))
    change(browser, contact, job_title="Head of Purchasing")
    response = browser.post(url(contact, "change"), old_form | {"job_title": "Chef"})
    found = errors(response)
    assert found["job_title"] == ["Stored now: Head of Purchasing"]
    assert "Somebody else changed this contact" in found["__all__"][0]
    contact.refresh_from_db()
    assert contact.job_title == "Head of Purchasing"
    meant = values(response)
    assert meant["job_title"] == "Chef"
    assert browser.post(url(contact, "change"), meant).status_code == 302
    contact.refresh_from_db()
    assert contact.job_title == "Chef"


def test_what_a_person_may_not_edit_cannot_be_posted(browser: Staff, company: Company) -> None:
    contact = ContactFactory.create(company=company)
    change(browser, contact, last_call_at_0="2020-01-01", last_call_at_1="10:00", search="x")
    contact.refresh_from_db()
    assert contact.last_call_at is None
    assert contact.version == 1


def test_markup_is_shown_as_text(browser: Staff, company: Company) -> None:
    contact = ContactFactory.create(company=company, first_name="<script>alert(1)</script>")
    for page in (url(Contact), url(contact, "change"), url(contact, "delete")):
        assert b"<script>alert(1)</script>" not in browser.get(page).content


def test_a_contact_is_deleted_and_leaves_what_it_was(browser: Staff, company: Company) -> None:
    contact = ContactFactory.create(company=company, first_name="Anna")
    assert browser.get(url(contact, "delete")).status_code == 200
    browser.post(url(contact, "delete"), {"post": "yes"})
    assert not Contact.objects.exists()
    change = only_change(contact)
    assert (change.verb, change.actor_user) == (Verb.DELETED, browser.user)
    assert change.fields["first_name"] == ["Anna", None]


def test_the_selected_ones_of_several_teams_are_deleted(browser: Staff) -> None:
    contacts = [
        ContactFactory.create(notes="a lot"),
        ContactFactory.create(),
        ContactFactory.create(),
    ]
    stays = ContactFactory.create()
    data = {"action": "delete_selected", "_selected_action": [row.pk for row in contacts]}
    asked = browser.post(url(Contact), data)
    assert b"Are you sure" in asked.content
    assert Contact.objects.count() == 4
    browser.post(url(Contact), data | {"post": "yes"})
    assert list(Contact.objects.all()) == [stays]
    changes = Change.objects.filter(origin=Origin.MANUAL, verb=Verb.DELETED)
    assert {change.record_id for change in changes} == {row.pk for row in contacts}
    assert {change.team_id for change in changes} == {row.team_id for row in contacts}
    # The list read neither the notes nor much else, and history has them all the same.
    assert changes.get(record_id=contacts[0].pk).fields["notes"] == ["a lot", None]


def test_more_than_a_thousand_are_never_deleted_at_once(
    browser: Staff, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("crm.records.record_admin.MOST_AT_ONCE", 2)
    for _ in range(3):
        ContactFactory.create()
    data = {"action": "delete_selected", "select_across": "1", "post": "yes"}
    chosen = {"_selected_action": [row.pk for row in Contact.objects.all()]}
    response = browser.post(url(Contact), data | chosen, follow=True)
    assert messages(response) == ["At most 2 contacts can go at a time."]
    assert Contact.objects.count() == 3


@pytest.mark.parametrize(
    "query", ["anna berg", "BERG", "(415) 555-0182", "+1 415 555", "anna@example.com"]
)
def test_contacts_are_found_as_in_the_dashboard(browser: Staff, query: str) -> None:
    found = ContactFactory.create(
        first_name="Anna", last_name="Berg", email="anna@example.com", phone="+14155550182"
    )
    ContactFactory.create(phone="+442079460958")
    response = browser.get(url(Contact), {"q": query})
    assert [row.pk for row in response.context["cl"].result_list] == [found.pk]


def test_the_list_filters_by_company_status_and_do_not_call(browser: Staff) -> None:
    contact = ContactFactory.create(lead_status="customer", do_not_call=True)
    ContactFactory.create()
    for query in (
        {"company": contact.company_id},
        {"lead_status__exact": "customer"},
        {"do_not_call__exact": "1"},
        {"team": contact.team_id, "q": contact.last_name},
    ):
        response = browser.get(url(Contact), query)
        assert [row.pk for row in response.context["cl"].result_list] == [contact.pk], query


def test_filters_keep_each_other(browser: Staff, company: Company) -> None:
    response = browser.get(url(Contact), {"lead_status__exact": "new", "q": "anna"})
    page = response.content.decode()
    assert (
        page.count('<input type="hidden" name="lead_status__exact" value="new">') == 3
    )  # the search and two filters
    assert page.count('<input type="hidden" name="q" value="anna">') >= 2


def suggestions(browser: Staff, **params: object) -> list[str]:
    asked = {"app_label": "contacts", "model_name": "contact", "field_name": "company"}
    response = browser.get("/admin/autocomplete/", asked | params)
    return [result["text"] for result in response.json()["results"]]


def test_the_form_suggests_companies_of_its_team_only(browser: Staff, company: Company) -> None:
    CompanyFactory.create(team=company.team, name="Acme")
    CompanyFactory.create(name="Zanzibar")
    page = browser.get(f"{url(Contact, 'add')}?team={company.team_id}").content.decode()
    assert f'data-ajax--url="/admin/autocomplete/?team={company.team_id}"' in page
    assert f"_source_model=contacts.contact&amp;team={company.team_id}" in page
    assert suggestions(browser, team=company.team_id) == ["Acme", company.name]
    assert suggestions(browser, team=company.team_id, term="acm") == ["Acme"]
    assert suggestions(browser, team="nonsense") == []


def test_suggestions_of_all_teams_say_which(browser: Staff, company: Company) -> None:
    assert suggestions(browser) == [f"{company.name} ({company.team.name})"]


def test_a_record_s_history_is_what_came_by_every_door(browser: Staff, company: Company) -> None:
    contact = ContactFactory.create(company=company)
    ContactFactory.create(company=company)
    change(browser, contact, first_name="Berta")
    response = browser.get(url(contact, "history"), follow=True)
    shown = response.context["cl"].result_list
    assert [(row.origin, row.verb) for row in shown] == [("manual", "updated"), ("demo", "created")]


def test_a_tag_is_written_in_its_team(browser: Staff, team: Team) -> None:
    assert add(browser, Tag, team, name=" Hot  Lead ", color=3).status_code == 302
    tag = Tag.objects.get()
    assert (tag.team, tag.name, tag.name_key, tag.color) == (team, "Hot Lead", "hot lead", 3)
    twice = add(browser, Tag, team, name="HOT LEAD", color=3)
    assert errors(twice) == {"name": ["This team has this tag already."]}
    assert set(errors(add(browser, Tag, team, name="", color=10))) == {"name", "color"}
    assert change(browser, tag, name="Warm lead").status_code == 302
    tag.refresh_from_db()
    assert tag.name_key == "warm lead"


def test_tags_are_deleted_from_their_contacts(browser: Staff, company: Company) -> None:
    contact = ContactFactory.create(company=company, tags=["a", "b"])
    first, second = Tag.objects.order_by("name")
    browser.post(url(first, "delete"), {"post": "yes"})
    assert tags_of(contact) == ["b"]
    data = {"action": "delete_selected", "_selected_action": [second.pk], "post": "yes"}
    assert "Successfully deleted 1 tag." in messages(browser.post(url(Tag), data, follow=True))
    assert tags_of(contact) == []


def test_a_tag_of_another_team_is_another_tag(browser: Staff, team: Team) -> None:
    TagFactory.create(name="VIP")
    assert add(browser, Tag, team, name="VIP", color=0).status_code == 302
