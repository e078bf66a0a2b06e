"""The admin in a real browser: its scripts run under our policy, and the forms work with them."""

import re

import pytest
from playwright.sync_api import Page, expect

from contacts.models import Contact
from crm.accounts.models import User
from crm.teams.models import Team
from tests.browser.chromium import WIDE
from tests.browser.kit import assert_accessible, sign_in
from tests.factories import CallFactory, CompanyFactory, ContactFactory, TeamFactory, UserFactory


@pytest.fixture
def team(transactional_db: None) -> Team:
    TeamFactory.create(name="Another")
    return TeamFactory.create(name="Tidewater Fleet")


@pytest.fixture
def staff(page: Page, team: Team) -> User:
    user = UserFactory.superuser()
    sign_in(page, user)
    return user


def pick(page: Page, field: str, text: str) -> None:
    """Choose from an autocomplete field by typing."""
    page.locator(f"{field} + .select2-container").click()
    page.locator(".select2-search__field").fill(text)
    page.locator(".select2-results__option", has_text=text).click()


def test_a_contact_is_added_with_a_company_made_on_the_way(
    page: Page, staff: User, team: Team
) -> None:
    page.goto("/admin/contacts/contact/add/")
    pick(page, "#id_team", "Tidewater")
    page.get_by_role("button", name="Continue").click()
    with page.expect_popup() as popup:
        page.locator("#add_id_company").click()
    popup.value.locator("#id_name").fill("Acme")
    popup.value.get_by_role("button", name="Save").click()
    expect(page.locator("#id_company + .select2-container")).to_contain_text("Acme")
    page.locator("#id_first_name").fill("Anna")
    page.locator("#id_last_name").fill("Berg")
    page.locator("#id_phone").fill("12")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator(".field-phone .errorlist")).to_contain_text("is not a phone number")
    page.locator("#id_phone").fill("(415) 555-0182")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator(".messagelist")).to_contain_text("was added successfully")
    contact = Contact.objects.get()
    assert (contact.team, contact.company.name, contact.company.team) == (team, "Acme", team)


def test_the_form_suggests_companies_of_its_team_only(page: Page, staff: User, team: Team) -> None:
    CompanyFactory.create(team=team, name="Acme Here")
    CompanyFactory.create(name="Acme Elsewhere")
    page.goto(f"/admin/contacts/contact/add/?team={team.pk}")
    page.locator("#id_company + .select2-container").click()
    page.locator(".select2-search__field").fill("acme")
    expect(page.locator(".select2-results__option")).to_have_text(["Acme Here"])


def test_a_list_is_filtered_by_a_team_that_is_typed(page: Page, staff: User, team: Team) -> None:
    ContactFactory.create(team=team, first_name="Anna")
    ContactFactory.create(first_name="Zoe")
    page.goto("/admin/contacts/contact/?lead_status__exact=new")
    expect(page.locator("#result_list tbody tr")).to_have_count(2)
    pick(page, "#filter-team", "Tidewater")
    page.locator(".suggest-filter", has=page.locator("#filter-team")).get_by_role("button").click()
    expect(page.locator("#result_list tbody tr")).to_have_count(1)
    expect(page).to_have_url(re.compile(rf"lead_status__exact=new&team={team.pk}$"))
    expect(page.locator("#filter-team + .select2-container")).to_contain_text("Tidewater")


def test_a_file_is_imported_and_exported(page: Page, staff: User, team: Team) -> None:
    page.goto(f"/admin/contacts/contact/import/?team={team.pk}")
    file = b"First name,Last name,Company name,Phone\nAnna,Berg,Acme,(415) 555-0182\n"
    page.locator("#id_import_file").set_input_files(
        {"name": "people.csv", "mimeType": "text/csv", "buffer": file}
    )
    expect(page.locator("#id_format")).to_have_value("0")
    page.get_by_role("button", name="Preview").click()
    expect(page.locator(".import-preview tbody tr")).to_contain_text("+14155550182")
    page.get_by_role("button", name="Import").click()
    expect(page.locator(".messagelist")).to_contain_text("Import finished: 1 added")
    page.goto(f"/admin/contacts/contact/export/?team={team.pk}")
    page.locator("#id_format").select_option("csv")
    with page.expect_download() as download:
        page.get_by_role("button", name="Submit").click()
    assert "'+14155550182" in download.value.path().read_text()


def test_the_selected_rows_are_deleted(page: Page, staff: User, team: Team) -> None:
    ContactFactory.create(team=team)
    page.goto("/admin/contacts/contact/")
    page.locator("#action-toggle").check()
    page.locator("select[name=action]").select_option("delete_selected")
    page.get_by_role("button", name="Run").click()
    page.get_by_role("button", name="Yes, I’m sure").click()
    expect(page.locator(".messagelist")).to_contain_text("Successfully deleted 1 contact.")


def test_a_recording_plays(page: Page, staff: User, team: Team) -> None:
    call = CallFactory.create(team=team, recorded=True)
    page.goto(f"/admin/calls/call/{call.pk}/change/")
    page.locator("audio").evaluate("sound => sound.play()")
    expect(page.locator("audio")).to_have_js_property("duration", 1)


def test_no_page_complains_and_all_are_accessible(page: Page, staff: User, team: Team) -> None:
    contact = ContactFactory.create(team=team, tags=["vip"])
    call = CallFactory.create(contact=contact, recorded=True)
    for path in (
        "",
        "accounts/user/",
        "accounts/user/add/",
        f"accounts/user/{staff.pk}/change/",
        f"accounts/user/{staff.pk}/password/",
        "axes/accessattempt/",
        f"calls/call/{call.pk}/change/",
        f"companies/company/{contact.company_id}/change/",
        f"contacts/contact/{contact.pk}/change/",
        f"contacts/contact/{contact.pk}/delete/",
        "contacts/contact/",
        "contacts/contact/add/",
        "contacts/contact/import/",
        "contacts/contact/export/",
        "history/change/",
        "password_change/",
        "teams/apikey/add/",
        f"teams/team/{team.pk}/change/",
        "teams/team/add/",
    ):
        answer = page.goto(f"/admin/{path}")
        assert answer is not None
        assert answer.status == 200, path
        page.wait_for_load_state("load")
        assert_accessible(page, [WIDE])


def test_the_sign_in_is_accessible(page: Page, transactional_db: None) -> None:
    page.goto("/admin/login/")
    assert_accessible(page, [WIDE])
