"""Our content security policy holds on a page that others have written: any word of it fails."""

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_api_s_documentation(page: Page) -> None:
    page.goto("/api/docs")
    expect(page.get_by_text("/api/crm/contacts", exact=True).first).to_be_visible()
