"""Every door by which a record can be written, each opened as its users open it."""

import dataclasses
import json
from collections.abc import Callable
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from calls.models import Call
from calls.providers.models import ProviderConnection
from companies.models import Company
from contacts.imports.tasks import work_on_import
from contacts.models import Contact, Tag
from crm.accounts.models import User
from crm.history.models import Change, Origin
from crm.records.models import Record
from crm.teams.models import Role, Team
from tests.admin.kit import BACKEND, Staff, add, change, url
from tests.calls.providers.kit import SECRETS, post, read_all, retell
from tests.factories import (
    ApiKeyFactory,
    CallFactory,
    CompanyFactory,
    ConnectionFactory,
    ContactFactory,
    TagFactory,
    TeamFactory,
    member_of,
)


@dataclasses.dataclass
class World:
    """A team with one of each record, and everybody who may write."""

    team: Team
    member: User
    staff: Staff
    key: Any
    company: Company
    empty: Company
    contact: Contact
    tag: Tag
    other_tag: Tag
    call: Call
    logged: Call
    #: Two of one number, which nobody has.
    unmatched: list[Call]
    #: One of each of another team, which staff may write all the same.
    theirs: tuple[Company, Contact, Call]
    connection: ProviderConnection

    @property
    def pages(self) -> Client:
        """The browser of a member of the team."""
        client = Client()
        client.force_login(self.member, backend=BACKEND)
        return client

    def page(self, path: str) -> str:
        """The address of one of the team's pages."""
        return f"/t/{self.team.slug}/{path}"

    def api(self, method: str, path: str, **body: Any) -> Any:
        """Ask the API with the team's key."""
        return Client().generic(
            method,
            f"/api/crm/{path}",
            data=json.dumps(body),
            content_type="application/json",
            headers={"Authorization": f"Bearer {self.key.secret}"},
        )


def build_world() -> World:
    """Make it."""
    team = TeamFactory.create()
    company = CompanyFactory.create(team=team, name="Acme")
    contact = ContactFactory.create()
    return World(
        team=team,
        member=member_of(team, Role.MEMBER),
        staff=Staff(),
        key=ApiKeyFactory.create(team=team),
        company=company,
        empty=CompanyFactory.create(team=team),
        contact=ContactFactory.create(company=company, phone="+14155550182"),
        tag=TagFactory.create(team=team, name="vip"),
        other_tag=TagFactory.create(team=team, name="north"),
        call=CallFactory.create(contact=ContactFactory.create(company=company)),
        logged=CallFactory.create(
            contact=ContactFactory.create(company=company), provider="manual"
        ),
        unmatched=CallFactory.create_batch(2, team=team, to_number="+12125550199"),
        theirs=(CompanyFactory.create(team=contact.team), contact, CallFactory.create()),
        connection=ConnectionFactory.create(team=team, secret=SECRETS["retell"]),
    )


type Door = Callable[[World], Any]
PAGES: dict[str, Door] = {}
API: dict[str, Door] = {}
ADMIN: dict[str, Door] = {}
IMPORT: dict[str, Door] = {}
VOICE: dict[str, Door] = {}
PAGE_IMPORT: dict[str, Door] = {}
API_IMPORT: dict[str, Door] = {}


def door(doors: dict[str, Door]) -> Callable[[Door], Door]:
    """Name a door by its function."""

    def register(function: Door) -> Door:
        doors[function.__name__] = function
        return function

    return register


ANNA = {"first_name": "Anna", "last_name": "Berg"}


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


@door(ADMIN)
def admin_adds_a_company(world: World) -> Any:
    return add(world.staff, Company, world.team, name="New")


@door(ADMIN)
def admin_edits_a_company(world: World) -> Any:
    return change(world.staff, world.company, name="Renamed")


@door(ADMIN)
def admin_deletes_a_company(world: World) -> Any:
    return world.staff.post(url(world.empty, "delete"), {"post": "yes"})


@door(ADMIN)
def admin_adds_a_contact(world: World) -> Any:
    return add(world.staff, Contact, world.team, company=world.company.pk, tags="a, b", **ANNA)


@door(ADMIN)
def admin_edits_a_contact(world: World) -> Any:
    return change(world.staff, world.contact, last_name="Other", tags="c")


@door(ADMIN)
def admin_deletes_a_contact(world: World) -> Any:
    return world.staff.post(url(world.contact, "delete"), {"post": "yes"})


@door(ADMIN)
def admin_adds_a_tag(world: World) -> Any:
    return add(world.staff, Tag, world.team, name="new", color=3)


@door(ADMIN)
def admin_edits_a_tag(world: World) -> Any:
    return change(world.staff, world.tag, name="key")


@door(ADMIN)
def admin_deletes_a_tag(world: World) -> Any:
    return world.staff.post(url(world.tag, "delete"), {"post": "yes"})


@door(ADMIN)
def admin_adds_a_call(world: World) -> Any:
    turns = json.dumps([{"speaker": "contact", "text": "Hello"}])
    more = {"to_number": "415 555 0182", "turns": turns}
    return add(world.staff, Call, world.team, direction="outbound", **more)


@door(ADMIN)
def admin_edits_a_call(world: World) -> Any:
    return change(world.staff, world.call, summary="Asked for a price.", outcome="voicemail")


@door(ADMIN)
def admin_deletes_a_call(world: World) -> Any:
    return world.staff.post(url(world.call, "delete"), {"post": "yes"})


def delete_selected(world: World, *records: Record) -> Any:
    chosen = {"_selected_action": [record.pk for record in records]}
    data = {"action": "delete_selected", "post": "yes", **chosen}
    return world.staff.post(url(type(records[0])), data)


@door(ADMIN)
def admin_deletes_the_selected_companies(world: World) -> Any:
    return delete_selected(world, world.empty, world.theirs[0])


@door(ADMIN)
def admin_deletes_the_selected_contacts(world: World) -> Any:
    return delete_selected(world, world.contact, world.theirs[1])


@door(ADMIN)
def admin_deletes_the_selected_calls(world: World) -> Any:
    return delete_selected(world, world.call, world.theirs[2])


def import_rows(world: World, model: type[Record], *rows: str) -> Any:
    file = SimpleUploadedFile("rows.csv", "\n".join(rows).encode())
    data = {"team": world.team.pk, "resource": "0", "format": "0", "import_file": file}
    preview = world.staff.post(url(model, "import"), data)
    assert not Change.objects.filter(origin=Origin.IMPORT).exists()
    form = {bound.html_name: bound.value() for bound in preview.context["confirm_form"]}
    return world.staff.post(url(model, "process_import"), form)


@door(IMPORT)
def admin_imports_companies(world: World) -> Any:
    return import_rows(world, Company, "id,name", ",New", f"{world.company.pk},Renamed")


@door(IMPORT)
def admin_imports_contacts_and_their_companies(world: World) -> Any:
    columns = "id,first_name,last_name,company_name,tags"
    rows = (",Anna,Berg,Acme,a", ",Ben,Berg,New,", f"{world.contact.pk},Carla,Berg,New,b")
    return import_rows(world, Contact, columns, *rows)


@door(VOICE)
def platform_tells_of_a_call(world: World) -> Any:
    answer = post(world.connection, retell()[0])
    read_all(world.connection)
    return answer


@door(VOICE)
def platform_tells_who_is_not_to_be_called(world: World) -> Any:
    ended = retell(contact_id=str(world.contact.pk), reason="user_requested_dnc")[1]
    answer = post(world.connection, ended)
    read_all(world.connection)
    return answer


#: The last of them is the world's own contact, by the phone.
PEOPLE = """First name,Last name,Company,Phone,Tags
Anna,Berg,Acme,,a
Ben,Berg,New,,
Carla,Berg,New,(415) 555-0182,b
"""


def send(client: Client, path: str, name: str, **form: str) -> Any:
    file = SimpleUploadedFile("people.csv", PEOPLE.encode(), content_type="text/csv")
    return client.post(path, {name: file, **form})


def work_off(world: World) -> None:
    """Do what the worker would."""
    run = world.team.imports.get()
    work_on_import.call(str(world.team.pk), str(run.pk))


@door(PAGE_IMPORT)
def pages_import_a_file(world: World) -> Any:
    client = world.pages
    address = send(client, world.page("imports/new"), "file")["Location"]
    run = world.team.imports.get()
    fields = {f"column_{each['column']}": each["field"] or "" for each in run.mapping}
    client.post(address, {**fields, "on_duplicate": "update", "default_region": "US"})
    work_off(world)
    assert not Change.objects.filter(origin=Origin.IMPORT).exists()
    response = client.post(world.page(f"imports/{run.pk}/start"))
    work_off(world)
    return response


@door(API_IMPORT)
def api_imports_a_file(world: World) -> Any:
    client = Client(headers={"Authorization": f"Bearer {world.key.secret}"})
    form = {"teamId": str(world.team.pk), "onDuplicate": "update", "defaultRegion": "US"}
    response = send(client, "/api/crm/contacts/import", "file", **form)
    work_off(world)
    return response
