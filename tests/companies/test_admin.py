import pytest

from companies.models import Company
from crm.history.models import Change, Origin, Verb
from tests.admin.kit import Staff, add, change, errors, messages, url
from tests.factories import CompanyFactory, ContactFactory, TeamFactory

pytestmark = [pytest.mark.django_db, pytest.mark.once]


@pytest.fixture
def browser() -> Staff:
    return Staff()


def manual_changes() -> list[tuple[str, str]]:
    changes = Change.objects.filter(origin=Origin.MANUAL).order_by("id")
    return [(change.verb, change.record_type) for change in changes]


def test_a_company_is_added_and_edited_through_the_operations(browser: Staff) -> None:
    team = TeamFactory.create(region="DE")
    response = add(
        browser, Company, team, name="Müller  GmbH", website="Mueller.de/", phone="030 123456"
    )
    assert response.status_code == 302
    company = Company.objects.get()
    assert (company.team, company.name, company.name_key) == (team, "Müller GmbH", "müller gmbh")
    assert (company.website, company.phone) == ("https://mueller.de", "+4930123456")
    assert change(browser, company, name="Müller AG", country="Germany").status_code == 302
    company.refresh_from_db()
    assert (company.name_key, company.country, company.version) == ("müller ag", "DE", 2)
    assert manual_changes() == [(Verb.CREATED, "company"), (Verb.UPDATED, "company")]
    assert {row.actor_user for row in Change.objects.all()} == {browser.user}


def test_the_country_shown_is_the_country_saved(browser: Staff) -> None:
    company = CompanyFactory.create(country="DE")
    assert b'value="Germany"' in browser.get(url(company, "change")).content
    change(browser, company, city="Berlin")
    company.refresh_from_db()
    assert (company.country, company.city) == ("DE", "Berlin")


def test_a_name_that_is_taken_is_refused_beside_the_field(browser: Staff) -> None:
    company = CompanyFactory.create(name="Acme")
    taken = {"name": ["This team has a company of this name already."]}
    assert errors(add(browser, Company, company.team, name="ACME")) == taken
    assert add(browser, Company, TeamFactory.create(), name="ACME").status_code == 302
    other = CompanyFactory.create(team=company.team)
    assert errors(change(browser, other, name="acme ")) == taken


@pytest.mark.parametrize(
    ("field", "value"),
    [("phone", "12"), ("website", "no site"), ("country", "Atlantis"), ("name", "x" * 201)],
)
def test_what_is_wrong_stands_beside_its_field(browser: Staff, field: str, value: str) -> None:
    team = TeamFactory.create()
    response = add(browser, Company, team, **{"name": "Acme", field: value})
    assert set(errors(response)) == {field}
    assert value.encode() in response.content


def test_a_company_with_contacts_stays_and_says_how_many(browser: Staff) -> None:
    company = CompanyFactory.create(name="Acme")
    for _ in range(2):
        ContactFactory.create(company=company)
    words = "2 contacts belong to Acme. Move or delete them first."
    for response in (
        browser.get(url(company, "delete"), follow=True),
        browser.post(url(company, "delete"), {"post": "yes"}, follow=True),
    ):
        assert response.redirect_chain == [(url(company, "change"), 302)]
        assert messages(response) == [words]
    assert Company.objects.count() == 1
    assert manual_changes() == []


def test_one_with_contacts_keeps_all_the_selected_ones(browser: Staff) -> None:
    empty, full = CompanyFactory.create(), CompanyFactory.create(name="Acme")
    ContactFactory.create(company=full)
    data = {"action": "delete_selected", "_selected_action": [empty.pk, full.pk]}
    for more in ({}, {"post": "yes"}):
        (words,) = messages(browser.post(url(Company), data | more, follow=True))
        assert words == "1 contact belongs to Acme. Move or delete them first."
    assert Company.objects.count() == 2
    browser.post(url(Company), data | {"_selected_action": [empty.pk], "post": "yes"})
    assert list(Company.objects.all()) == [full]
    assert manual_changes() == [(Verb.DELETED, "company")]


def test_a_contact_that_came_since_the_question_keeps_the_company(
    browser: Staff, monkeypatch: pytest.MonkeyPatch
) -> None:
    company = CompanyFactory.create(name="Acme")
    ContactFactory.create(company=company)
    monkeypatch.setattr("companies.admin.CompanyAdmin.reasons_to_keep", lambda *args: [])
    words = ["1 contact belongs to Acme. Move or delete them first."]
    one = browser.post(url(company, "delete"), {"post": "yes"}, follow=True)
    assert (messages(one), one.redirect_chain[0][0]) == (words, url(company, "change"))
    data = {"action": "delete_selected", "_selected_action": [company.pk], "post": "yes"}
    assert messages(browser.post(url(Company), data, follow=True)) == words
    assert Company.objects.count() == 1


def test_a_company_leads_to_its_contacts(browser: Staff) -> None:
    contact = ContactFactory.create()
    ContactFactory.create(team=contact.team)
    link = f"/admin/contacts/contact/?team={contact.team_id}&amp;company={contact.company_id}"
    assert link in browser.get(url(contact.company, "change")).content.decode()
    shown = browser.get(link.replace("&amp;", "&")).context["cl"].result_list
    assert [row.pk for row in shown] == [contact.pk]


@pytest.mark.parametrize("query", ["acme", "müll", "mull", "acme.de"])
def test_companies_are_found_by_name_and_website(browser: Staff, query: str) -> None:
    found = CompanyFactory.create(name="Acme Müller", website="https://acme.de")
    CompanyFactory.create(name="Other")
    shown = browser.get(url(Company), {"q": query}).context["cl"].result_list
    assert [row.pk for row in shown] == [found.pk]
