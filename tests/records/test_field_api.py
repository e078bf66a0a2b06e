"""Custom fields over REST."""

from typing import Any

import pytest

from crm.records.models import CustomField
from crm.teams.models import Team
from tests.api.client import Program, errors
from tests.factories import ContactFactory, CustomFieldFactory, TeamFactory


@pytest.fixture
def team(db: None) -> Team:
    return TeamFactory.create()


@pytest.fixture
def api(team: Team) -> Program:
    return Program(team)


def test_a_field_is_added_changed_archived_and_deleted(api: Program, team: Team) -> None:
    body = {
        "teamId": str(team.pk),
        "entityType": "contact",
        "label": "Tier",
        "fieldType": "select",
        "options": ["Gold", "Silver"],
    }
    created = api.post("custom-fields", body)
    assert created.status_code == 201
    field = created.json()
    assert field == body | {
        "id": field["id"],
        "key": "tier",
        "description": "",
        "required": False,
        "position": 1,
        "active": True,
        "createdBy": "user",
    }
    path = f"custom-fields/{field['id']}"
    assert api.get(path).json() == field
    changes = {"label": "Level", "options": ["Silver", "Bronze"], "required": True}
    changed = api.patch(path, changes)
    assert changed.json() == field | changes
    assert changed["ETag"] == '"2"'
    assert api.patch(path, {"active": False}).json()["active"] is False
    assert api.list("custom-fields", active="true").json()["results"] == []
    assert api.delete(path).status_code == 204
    assert not CustomField.objects.exists()


def test_fields_are_listed_in_their_order_by_kind(api: Program, team: Team) -> None:
    for key in ("beta", "alpha"):
        CustomFieldFactory.create(team=team, key=key)
    CustomFieldFactory.create(team=team, key="region", entity_type="company")
    CustomFieldFactory.create(key="theirs")
    listed = api.list("custom-fields", entityType="contact").json()["results"]
    assert [row["key"] for row in listed] == ["beta", "alpha"]
    assert api.list("custom-fields").json()["count"] == 3


@pytest.mark.parametrize(
    ("body", "wrong"),
    [
        ({"key": "Plan"}, {"key": "invalid_key"}),
        ({"label": "Email"}, {"label": "unique"}),
        ({"fieldType": "select"}, {"options": "required"}),
        ({"entityType": "call"}, {"entityType": "invalid_choice"}),
        ({"createdBy": "user"}, {"createdBy": "read_only"}),
        ({"fieldType": "select", "options": ["A", "a"]}, {"options": "unique"}),
    ],
)
def test_what_is_wrong_is_named(
    api: Program, team: Team, body: dict[str, object], wrong: dict[str, str]
) -> None:
    whole = {"teamId": str(team.pk), "entityType": "contact", "label": "Plan", "fieldType": "text"}
    response = api.post("custom-fields", whole | body)
    assert (response.status_code, errors(response)) == (400, wrong)


def test_what_is_fixed_stays(api: Program, team: Team) -> None:
    field = CustomFieldFactory.create(team=team, key="plan")
    for body in ({"key": "other"}, {"entityType": "company"}):
        response = api.patch(f"custom-fields/{field.pk}", body)
        assert (response.status_code, set(errors(response).values())) == (400, {"immutable"})


def test_a_field_with_values_stays(api: Program, team: Team) -> None:
    field = CustomFieldFactory.create(team=team, key="plan", label="Plan")
    ContactFactory.create(team=team, custom_fields={"plan": "x"})
    response = api.delete(f"custom-fields/{field.pk}")
    assert (response.status_code, errors(response)) == (409, {None: "has_values"})
    assert "1 contact has a value in Plan" in response.json()["errors"][0]["detail"]


def test_another_type_is_tried_then_taken_and_taken_back(api: Program, team: Team) -> None:
    field = CustomFieldFactory.create(team=team, key="budget", label="Budget")
    for text in ("1,204", "soon", "1.50"):
        ContactFactory.create(team=team, custom_fields={"budget": text})
    path = f"custom-fields/{field.pk}"
    tried = api.send("PATCH", f"{path}?dryRun=true", {"fieldType": "number"})
    assert tried.json() == {
        "total": 3,
        "convertible": 2,
        "kept": 1,
        "examples": [{"value": "soon", "reason": "“soon” is not a number."}],
    }
    assert api.get(path).json()["fieldType"] == "text"
    changed = api.patch(path, {"fieldType": "number", "label": "Money"}).json()
    assert (changed["fieldType"], changed["label"]) == ("number", "Money")
    assert changed["conversion"] == {
        "status": "finished",
        "total": 3,
        "convertible": 2,
        "kept": 1,
    }
    assert sorted(row["customFields"].get("budget", 0) for row in rows(api)) == [0, 1.5, 1204]
    assert api.patch(path, {"fieldType": "text"}).json()["conversion"]["kept"] == 0
    assert {row["customFields"]["budget"] for row in rows(api)} == {"1,204", "soon", "1.50"}


def rows(api: Program) -> list[dict[str, Any]]:
    return api.list("contacts").json()["results"]


def test_what_is_wrong_with_a_dry_run_is_told(api: Program, team: Team) -> None:
    field = CustomFieldFactory.create(team=team)
    path = f"custom-fields/{field.pk}"
    assert errors(api.send("PATCH", f"{path}?dryRun=maybe", {})) == {"dryRun": "invalid"}
    wrong = api.send("PATCH", f"{path}?dryRun=true", {"fieldType": "colour"})
    assert errors(wrong) == {"fieldType": "invalid_choice"}
