"""What members write on the pages."""

from typing import Any

from tests.doors.world import ANNA, Door, World, door

PAGES: dict[str, Door] = {}


@door(PAGES)
def page_adds_a_company(world: World) -> Any:
    return world.pages.post(world.page("companies/new"), {"name": "New"})


@door(PAGES)
def page_edits_a_company(world: World) -> Any:
    data = {"name": "Renamed", "version": "1"}
    return world.pages.post(world.page(f"companies/{world.company.pk}/edit"), data)


@door(PAGES)
def page_deletes_a_company(world: World) -> Any:
    return world.pages.post(world.page(f"companies/{world.empty.pk}/delete"))


@door(PAGES)
def page_adds_a_contact(world: World) -> Any:
    data = {**ANNA, "company": "Acme", "lead_status": "new", "tags": "a, b"}
    return world.pages.post(world.page("contacts/new"), data)


@door(PAGES)
def page_adds_a_contact_and_its_company(world: World) -> Any:
    data = {**ANNA, "company": "New", "new_company": "New", "lead_status": "new"}
    return world.pages.post(world.page("contacts/new"), data)


@door(PAGES)
def page_edits_a_contact(world: World) -> Any:
    data = {**ANNA, "company": "Acme", "lead_status": "customer", "tags": "c", "version": "1"}
    return world.pages.post(world.page(f"contacts/{world.contact.pk}/edit"), data)


@door(PAGES)
def page_changes_a_fact_of_a_contact(world: World) -> Any:
    data = {"lead_status": "do_not_contact"}
    return world.pages.post(world.page(f"contacts/{world.contact.pk}/facts/lead_status"), data)


@door(PAGES)
def page_changes_a_fact_of_a_company(world: World) -> Any:
    data = {"industry": "Freight"}
    return world.pages.post(world.page(f"companies/{world.company.pk}/facts/industry"), data)


@door(PAGES)
def page_deletes_a_contact(world: World) -> Any:
    return world.pages.post(world.page(f"contacts/{world.contact.pk}/delete"))


LOGGED = {"direction": "inbound", "outcome": "connected", "started_at": "2025-11-24T12:40"}


@door(PAGES)
def page_logs_a_call(world: World) -> Any:
    return world.pages.post(world.page(f"contacts/{world.contact.pk}/calls/new"), LOGGED)


@door(PAGES)
def page_edits_a_logged_call(world: World) -> Any:
    data = {**LOGGED, "summary": "Asked for a price.", "version": "1"}
    return world.pages.post(world.page(f"calls/{world.logged.pk}/edit"), data)


@door(PAGES)
def page_deletes_a_logged_call(world: World) -> Any:
    return world.pages.post(world.page(f"calls/{world.logged.pk}/delete"))


@door(PAGES)
def page_adds_a_tag(world: World) -> Any:
    return world.pages.post(world.page("settings/tags/new"), {"name": "new", "color": "3"})


@door(PAGES)
def page_edits_a_tag(world: World) -> Any:
    data = {"name": "key", "color": "3"}
    return world.pages.post(world.page(f"settings/tags/{world.tag.pk}"), data)


@door(PAGES)
def page_merges_a_tag(world: World) -> Any:
    data = {"into": world.other_tag.pk}
    return world.pages.post(world.page(f"settings/tags/{world.tag.pk}/merge"), data)


@door(PAGES)
def page_deletes_a_tag(world: World) -> Any:
    return world.pages.post(world.page(f"settings/tags/{world.tag.pk}/delete"))


@door(PAGES)
def page_assigns_the_calls_of_a_number(world: World) -> Any:
    data = {"contact": "", "contact_id": str(world.contact.pk), "others": "on"}
    return world.pages.post(world.page(f"calls/{world.unmatched[0].pk}/assign"), data)


@door(PAGES)
def page_moves_a_call(world: World) -> Any:
    data = {"contact_id": str(world.contact.pk), "contact_before": str(world.call.contact_id)}
    return world.pages.post(world.page(f"calls/{world.call.pk}/assign"), data)


@door(PAGES)
def page_adds_the_contact_of_unmatched_calls(world: World) -> Any:
    data = {**ANNA, "company": "New", "new_company": "New", "lead_status": "new", "others": "on"}
    return world.pages.post(world.page(f"calls/{world.unmatched[0].pk}/contact"), data)
