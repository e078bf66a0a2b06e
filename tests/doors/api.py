"""What programs write over REST."""

from typing import Any

from tests.doors.world import Door, World, door

API: dict[str, Door] = {}


@door(API)
def api_adds_a_company(world: World) -> Any:
    return world.api("POST", "companies", teamId=str(world.team.pk), name="New")


@door(API)
def api_edits_a_company(world: World) -> Any:
    return world.api("PATCH", f"companies/{world.company.pk}", city="Berlin")


@door(API)
def api_deletes_a_company(world: World) -> Any:
    return world.api("DELETE", f"companies/{world.empty.pk}")


@door(API)
def api_adds_a_contact(world: World) -> Any:
    company = str(world.company.pk)
    body = {"firstName": "Anna", "lastName": "Berg", "companyId": company, "tags": ["a"]}
    return world.api("POST", "contacts", teamId=str(world.team.pk), **body)


@door(API)
def api_edits_a_contact(world: World) -> Any:
    return world.api("PATCH", f"contacts/{world.contact.pk}", lastName="Other", tags=["b"])


@door(API)
def api_deletes_a_contact(world: World) -> Any:
    return world.api("DELETE", f"contacts/{world.contact.pk}")


@door(API)
def api_adds_a_call(world: World) -> Any:
    body = {
        "direction": "outbound",
        "toNumber": "+14155550182",
        "turns": [{"speaker": "contact", "text": "Hello"}],
        "recordingUrl": "https://example.com/call.wav",
    }
    return world.api("POST", "calls", teamId=str(world.team.pk), **body)


@door(API)
def api_edits_a_call(world: World) -> Any:
    return world.api("PATCH", f"calls/{world.call.pk}", summary="Asked for a price.")
