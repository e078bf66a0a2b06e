"""What fits where: values that are never cut, and no page that scrolls sideways on a phone."""

import datetime as dt

import pytest
from django.utils import timezone
from playwright.sync_api import Page

from calls.models import Outcome
from contacts.models import LeadStatus
from tests.browser.chromium import NARROW
from tests.browser.world import World
from tests.factories import CallFactory, ContactFactory

pytestmark = pytest.mark.django_db(transaction=True)

NEVER_CUT = ".is-phone, .last-call, td:has(.status), td:has(.tag)"


def test_numbers_statuses_tags_and_times_are_never_cut(signed_in: Page, world: World) -> None:
    contact = ContactFactory.create(
        company=world.company,
        phone="+5581991234567",
        lead_status=LeadStatus.DO_NOT_CONTACT,
        tags=["decision-maker", "food", "pilot"],
    )
    yesterday = timezone.now() - dt.timedelta(days=1)
    CallFactory.create(contact=contact, outcome=Outcome.TRANSFERRED, started_at=yesterday)
    page = signed_in
    page.goto(world.url("contacts"))
    cells = page.get_by_role("row", name="+55 81").locator(NEVER_CUT)
    assert cells.count() == 4
    cut = "cells => cells.filter(c => c.scrollWidth > c.clientWidth).map(c => c.textContent)"
    assert cells.evaluate_all(cut) == []
    assert cells.locator(".tag").evaluate_all(cut) == []


@pytest.mark.parametrize("viewport", [NARROW], ids=["narrow"])
def test_no_page_scrolls_sideways_on_a_phone(signed_in: Page, world: World) -> None:
    page = signed_in
    for address in (
        "contacts",
        f"contacts/{world.ada.pk}",
        f"contacts/{world.ada.pk}/edit",
        f"contacts/{world.ada.pk}/delete",
        "contacts/new",
        "companies",
        f"companies/{world.company.pk}",
        f"companies/{world.company.pk}/edit",
        "calls",
        f"calls/{world.call.pk}",
        "calls/unmatched",
        f"calls/{world.unmatched.pk}",
        f"calls/{world.unmatched.pk}/assign",
        f"calls/{world.unmatched.pk}/contact",
        "settings",
    ):
        page.goto(world.url(address))
        width = page.evaluate("document.scrollingElement.scrollWidth")
        assert width == NARROW["width"], address
