"""What a CSV brings in, by the pages and over REST."""

from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from contacts.imports.tasks import work_on_import
from crm.history.models import Change, Origin
from tests.doors.world import Door, World, door

PAGE_IMPORT: dict[str, Door] = {}
API_IMPORT: dict[str, Door] = {}

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
