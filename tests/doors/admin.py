"""What staff write in the admin, and import there."""

import json
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from calls.models import Call
from companies.models import Company
from contacts.models import Contact, Tag
from crm.history.models import Change, Origin
from crm.records.models import Record
from tests.admin.kit import add, change, url
from tests.doors.world import ANNA, Door, World, door

ADMIN: dict[str, Door] = {}
IMPORT: dict[str, Door] = {}


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
