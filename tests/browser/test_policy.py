"""The content security policy holds on pages that others have written: any word of it fails."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.kit import sign_in
from tests.browser.world import World
from tests.factories import UserFactory

CSV = b"first_name,last_name,company_name\nEmmy,Noether,Northwind Foods\n"

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_admin(page: Page, world: World) -> None:
    sign_in(page, UserFactory.superuser())
    contact = f"contacts/contact/{world.ada.pk}"
    for address, words in (
        ("", "Contacts"),
        ("contacts/contact/", "Lovelace"),
        ("contacts/contact/?q=lovelace", "Lovelace"),
        (f"contacts/contact/add/?team={world.team.pk}", "First name"),
        (f"{contact}/change/", "First name"),
        (f"{contact}/history/", "Created"),
        (f"{contact}/delete/", "Are you sure"),
        ("contacts/contact/import/", "Import"),
        ("contacts/contact/export/", "Export"),
        ("companies/company/import/", "Import"),
        (f"companies/company/{world.company.pk}/change/", "Website"),
        (f"calls/call/{world.call.pk}/change/", "Recording"),
        ("history/change/", "Created"),
        ("teams/apikey/add/", "Scopes"),
        (f"accounts/user/{world.member.pk}/change/", "Email"),
    ):
        page.goto(f"/admin/{address}")
        expect(page.locator("#content, #content-main").first).to_contain_text(words)


def test_the_admin_finds_a_company_by_typing(page: Page, world: World) -> None:
    sign_in(page, UserFactory.superuser())
    page.goto(f"/admin/contacts/contact/{world.ada.pk}/change/")
    page.locator(".field-company").get_by_role("combobox").click()
    page.locator(".select2-search__field").fill("meri")
    expect(page.get_by_role("option", name="Meridian Last Mile")).to_be_visible()


def choose_team(page: Page) -> None:
    page.locator(".select2-selection").first.click()
    page.get_by_role("option", name="Acme Sales").click()


def test_the_admin_s_import_and_export(page: Page, world: World) -> None:
    sign_in(page, UserFactory.superuser())
    page.goto("/admin/contacts/contact/import/")
    choose_team(page)
    page.get_by_label("File").set_input_files(
        {"name": "people.csv", "mimeType": "text/csv", "buffer": CSV}
    )
    page.get_by_role("button", name="Preview").click()
    expect(page.get_by_role("row", name="Noether")).to_contain_text("New")
    page.get_by_role("button", name="Import").click()
    expect(page.get_by_role("link", name="Noether")).to_be_visible()
    page.goto("/admin/contacts/contact/export/")
    choose_team(page)
    page.get_by_label("Format").select_option("csv")
    with page.expect_download() as download:
        page.get_by_role("button", name="Submit").click()
    assert "Noether" in download.value.path().read_text()


def test_the_api_s_documentation(page: Page) -> None:
    page.goto("/api/docs")
    expect(page.get_by_text("/api/crm/contacts", exact=True).first).to_be_visible()
