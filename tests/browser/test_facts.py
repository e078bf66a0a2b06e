"""Changing facts where they stand, by keyboard; and two people who change the same one."""

import pytest
from playwright.sync_api import Page, Route, ViewportSize, expect

from contacts.models import Contact
from crm.teams.models import Role
from tests.browser.chromium import NARROW, WIDE
from tests.browser.kit import assert_accessible, sign_in
from tests.browser.world import World
from tests.factories import CustomFieldFactory, member_of

pytestmark = pytest.mark.django_db(transaction=True)


def stored(world: World) -> Contact:
    return Contact.objects.get(pk=world.ada.pk)


@pytest.mark.parametrize("viewport", [WIDE, NARROW], ids=["wide", "narrow"])
def test_facts_are_changed_by_keyboard(
    signed_in: Page, world: World, viewport: ViewportSize
) -> None:
    CustomFieldFactory.create(team=world.team, key="renewal", label="Renewal", field_type="date")
    page = signed_in
    page.goto(world.url(f"contacts/{world.ada.pk}"))
    change = page.get_by_role("link", name="Change job title")
    change.focus()
    page.keyboard.press("Enter")
    field = page.get_by_role("textbox", name="Job title")
    expect(field).to_be_focused()
    assert_accessible(page, [viewport])
    field.fill("Given up")
    page.keyboard.press("Escape")
    expect(field).to_be_hidden()
    expect(change).to_be_focused()
    page.keyboard.press("Enter")
    page.get_by_role("textbox", name="Job title").fill("Admiral")
    page.keyboard.press("Enter")
    expect(page.get_by_title("Admiral")).to_be_visible()
    expect(change).to_be_focused()

    page.get_by_role("link", name="Change phone", exact=True).press("Enter")
    phone = page.get_by_role("textbox", name="Phone", exact=True)
    phone.fill("12")
    page.keyboard.press("Enter")
    expect(phone).to_have_attribute("aria-invalid", "true")
    expect(phone).to_have_value("12")
    assert_accessible(page, [viewport])
    page.keyboard.press("Escape")

    page.get_by_role("link", name="Change renewal").press("Enter")
    page.get_by_label("Renewal", exact=True).fill("2027-03-01")
    page.keyboard.press("Enter")
    expect(page.get_by_title("1 Mar 2027")).to_be_visible()
    contact = stored(world)
    assert (contact.job_title, contact.phone) == ("Admiral", world.ada.phone)
    assert contact.custom_fields == {"renewal": "2027-03-01"}


def test_a_form_arrives_though_the_facts_are_renewed_meanwhile(
    signed_in: Page, world: World
) -> None:
    page = signed_in
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.goto(world.url(f"contacts/{world.ada.pk}"))
    page.route("**/facts/job_title*", hold)
    page.get_by_role("link", name="Change job title").press("Enter")
    page.get_by_role("link", name="Change lead source").press("Enter")
    page.get_by_role("textbox", name="Lead source").fill("Fair")
    page.keyboard.press("Enter")
    expect(page.get_by_title("Fair")).to_be_visible()
    held[0].continue_()
    expect(page.get_by_role("textbox", name="Job title")).to_be_focused()
    page.unroute_all()


def test_the_second_of_two_people_sees_both_values_and_chooses(page: Page, world: World) -> None:
    first, second = (member_of(world.team, Role.MEMBER) for _ in range(2))
    sign_in(page, first)
    address = world.url(f"contacts/{world.ada.pk}")
    page.goto(address)
    page.get_by_role("link", name="Change job title").click()
    page.get_by_role("textbox", name="Job title").fill("Mine")

    sign_in(page, second)
    other = page.context.new_page()
    other.goto(address)
    for fact, label, typed in (("job title", "Job title", "Theirs"), ("source", "source", "Fair")):
        other.get_by_role("link", name=f"Change {fact}").or_(
            other.get_by_role("link", name=f"Change lead {fact}")
        ).first.click()
        other.get_by_role("textbox", name=label).fill(typed)
        other.keyboard.press("Enter")
        expect(other.get_by_title(typed).first).to_be_visible()
    other.close()

    sign_in(page, first)
    page.get_by_role("textbox", name="Job title").press("Enter")
    expect(page.get_by_text("Stored now: Theirs")).to_be_visible()
    expect(page.get_by_role("textbox", name="Job title")).to_have_value("Mine")
    assert_accessible(page)
    page.get_by_role("button", name="Keep mine").click()
    expect(page.get_by_title("Mine")).to_be_visible()
    contact = stored(world)
    assert (contact.job_title, contact.source) == ("Mine", "Fair")
