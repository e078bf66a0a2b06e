"""Records have one writer: the operations. Nothing else writes, and every door leads to them."""

import ast
import re
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from calls.models import Call
from companies.models import Company
from contacts.models import Contact, Tag
from crm.history.models import Change, Origin
from crm.records.models import CustomField
from tests.doors import (
    ADMIN,
    API,
    API_IMPORT,
    IMPORT,
    PAGE_IMPORT,
    PAGES,
    VOICE,
    Door,
    build_world,
)

# The source: who calls what writes?

ROOT = Path(__file__).parents[1]
PACKAGES = ("crm", "companies", "contacts", "calls")
WRITERS = {"crm/records/writing.py", "crm/history/recording.py", "crm/queries/inserting.py"}
WRITES = {
    name
    for verb in ("save", "create", "update", "delete", "get_or_create", "update_or_create")
    for name in (verb, f"a{verb}")
} | {"bulk_create", "bulk_update", "abulk_create", "abulk_update"}
MANY = {"insert_many", "delete_rows"}
SQL = re.compile(r"\s*(INSERT INTO|UPDATE \S+ SET|DELETE FROM|COPY \S+ |TRUNCATE )")

#: What writes no record, and why it may write.
EXCUSED = {
    ("calls/dialling/views.py", "form.save"): "LineForm.save, which asks the operation",
    ("calls/enrichment/extractors/llm/endpoint.py", "client.chat.completions.create"): (
        "a question to a model"
    ),
    ("calls/unmatched.py", "form.save"): "AssignForm.save, which asks the operation",
    ("calls/recordings/copying.py", "recording.file.storage.delete"): "a file left half done",
    ("calls/recordings/copying.py", "storage.delete"): "a file that no recording names",
    ("calls/recordings/copying.py", "storage.save"): "the file, before its recording names it",
    ("crm/teams/db.py", "super().save"): "the guard of a team that never changes",
    ("crm/teams/db.py", "collector.delete"): "how a row of a team is deleted, and many",
    ("crm/teams/db.py", "delete_rows"): "the same for one",
    ("contacts/tags/views.py", "form.save"): "TagForm.save, which asks the operation",
    ("crm/accounts/models.py", "user.save"): "the manager that makes users",
    ("crm/accounts/views.py", "form.save"): "one's own account and password",
    ("crm/demo/seeding.py", "users[0].save"): "the demo's sign-ins",
    ("crm/demo/seeding.py", "left.save"): "the demo's sign-ins",
    ("crm/jobs/housekeeping.py", "done.delete"): "old rows of the queue",
    ("crm/jobs/housekeeping.py", "failures.delete"): "old failed sign-ins",
    ("crm/jobs/housekeeping.py", "sign_ins.delete"): "old sessions",
    ("crm/records/api.py", "self.create"): "the API's own step, which asks the operation",
    ("crm/records/api.py", "self.save"): "the API's own step, which asks the operation",
    ("crm/records/form_admin.py", "form.save"): "RecordForm.save, which asks the operation",
    ("crm/records/field_views.py", "form.save"): "RecordForm.save, which asks the operation",
    ("crm/records/views.py", "form.save"): "RecordForm.save, which asks the operation",
    ("crm/records/resources.py", "self.delete"): "the resource's own step, to the operation",
    ("crm/records/resources.py", "self.save"): "the resource's own step, to the operation",
    ("crm/records/uploads.py", "default_storage.delete"): "a file that was imported",
    ("crm/records/uploads.py", "default_storage.save"): "a file that waits for its import",
    ("crm/team_settings/views.py", "form.create"): "a form that asks the operation for a key",
}


def sources() -> Iterator[tuple[str, ast.Module]]:
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            name = path.relative_to(ROOT).as_posix()
            if "/migrations/" not in name and path.name != "operations.py" and name not in WRITERS:
                yield name, ast.parse(path.read_text())


def writes(tree: ast.Module) -> Iterator[str]:
    """What in a module writes to the database, or might."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and SQL.match(node.value):
            yield node.value
        called = node.func if isinstance(node, ast.Call) else None
        if isinstance(called, ast.Attribute) and called.attr in WRITES:
            yield ast.unparse(called)
        if isinstance(called, ast.Name) and called.id in MANY:
            yield called.id


@pytest.mark.once
def test_nothing_but_the_operations_writes() -> None:
    found = {(name, call) for name, tree in sources() for call in writes(tree)}
    assert found == set(EXCUSED)


@pytest.mark.once
@pytest.mark.parametrize(
    "source",
    [
        "contact.save()",
        "super().delete()",
        "team.contacts.filter(pk=1).update(name='x')",
        "Contact.objects.bulk_create([])",
        "insert_many([contact])",
        "delete_rows([contact])",
        "type(record)._default_manager.bulk_update([], ['x'])",
        "cursor.execute('UPDATE contacts_contact SET first_name = %s')",
    ],
)
def test_a_write_is_seen(source: str) -> None:
    assert list(writes(ast.parse(source)))


# The doors: what does each leave in history?


DOORS = [
    pytest.param(function, origin, actor, id=name)
    for doors, origin, actor in (
        (PAGES, Origin.MANUAL, "member"),
        (API, Origin.API, "key"),
        (ADMIN, Origin.MANUAL, "staff"),
        (IMPORT, Origin.IMPORT, "staff"),
        (VOICE, Origin.CALL, "platform"),
        (PAGE_IMPORT, Origin.IMPORT, "member"),
        (API_IMPORT, Origin.IMPORT, "key"),
    )
    for name, function in doors.items()
]

type Rows = dict[tuple[str, uuid.UUID], dict[str, Any]]


def snapshot() -> Rows:
    """Every record as it is stored, without what the operations keep outside history."""
    rows: Rows = {}
    for model in (Company, Contact, Tag, Call, CustomField):
        for row in model._default_manager.values():
            row.pop("last_call_at", None)
            rows[model._meta.model_name or "", row["id"]] = row
    return rows


def differences(before: Rows, after: Rows) -> set[tuple[str, uuid.UUID, str]]:
    """What became of which record."""
    changed = {key for key in before.keys() & after.keys() if before[key] != after[key]}
    return (
        {(*key, "created") for key in after.keys() - before.keys()}
        | {(*key, "updated") for key in changed}
        | {(*key, "deleted") for key in before.keys() - after.keys()}
    )


def new_changes(known: set[uuid.UUID]) -> list[Change]:
    return [row for row in Change.objects.all() if row.pk not in known]


@pytest.fixture(autouse=True)
def _own_media(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.mark.parametrize(("open_door", "origin", "actor"), DOORS)
def test_every_written_record_leaves_one_change(
    db: None, open_door: Door, origin: Origin, actor: str
) -> None:
    world = build_world()
    known = set(Change.objects.values_list("pk", flat=True))
    before = snapshot()
    response = open_door(world)
    assert response.status_code in (200, 201, 202, 204, 302), response.content
    expected = differences(before, snapshot())
    written = [row for row in Change.objects.all() if row.pk not in known]
    assert expected
    assert sorted((row.record_type, row.record_id, row.verb) for row in written) == sorted(expected)
    assert {row.origin for row in written} == {origin}
    person = {"member": world.member, "staff": world.staff.user}.get(actor)
    assert {row.actor_user for row in written} == {person}
    assert {row.actor_key_id for row in written} == {world.key.pk if actor == "key" else None}
