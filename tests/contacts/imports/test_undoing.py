"""An import that is undone leaves the team as it was, but for what was done since."""

import json
from typing import Any

import pytest
from django.db.models import QuerySet

from contacts.imports.cards import choose_rows, heading, kept_rows, tabs
from contacts.imports.models import Import
from contacts.imports.undoing.foreseeing import foresee
from crm.history.models import Change
from crm.teams.models import Team
from tests.api.client import errors
from tests.contacts.imports.kit import HEADER, Importer, counts
from tests.factories import (
    CallFactory,
    CompanyFactory,
    ContactFactory,
    CustomFieldFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db(transaction=True)

TWO = f"{HEADER}\nAnna,Berg,Acme,Anna@Acme.example,(415) 555-0182\nBob,Chen,acme,,call me\n"


def written() -> QuerySet[Change]:
    """What history says of contacts and companies."""
    return Change.objects.filter(record_type__in=("contact", "company"))


def people(team: Team) -> list[str]:
    return [contact.name for contact in team.contacts.order_by("first_name")]


def snapshot(team: Team) -> list[Any]:
    kept = ("id", "version", "updated_at")
    rows = [
        {name: value for name, value in row.items() if name not in kept[1:]}
        for row in team.contacts.order_by("id").values()
    ]
    tags = sorted(team.contacts.values_list("id", "tag_links__tag__name"))
    companies = [
        {name: value for name, value in row.items() if name not in kept[1:]}
        for row in team.companies.order_by("id").values()
    ]
    return [rows, tags, companies]


def effect(team: Team, said: dict[str, Any]) -> tuple[int, int, int | None, int]:
    """How many the undo page says will go, come back, stay, and come back in part."""
    found = foresee(team.imports.get(pk=said["id"]))
    return found.removed, found.restored, found.kept, found.partly


def test_undo_restores_the_team_exactly(importer: Importer) -> None:
    team = importer.team
    CustomFieldFactory.create(team=team, key="plan", label="Plan")
    acme = CompanyFactory.create(team=team, name="Acme", city="Rome")
    ContactFactory.create(company=acme, email="a@b.example", tags=["old"], notes="Before")
    ContactFactory.create(company=acme, phone="+14155550182", custom_fields={"plan": "Gold"})
    before = snapshot(team)
    text = (
        f"{HEADER},Tags,Plan,City,Status,Notes\n"
        'Ann,New,Beta,a@b.example,,"vip, old",Silver,Bonn,Do Not Contact,After\n'
        "Ann,Newer,Gamma,a@b.example,,,,,,\n"
        "Bob,Chen,Acme,,+14155550182,,Silver,Bonn,,\n"
        "Eve,Doe,Delta,e@f.example,,vip,,,,\n"
    )
    said = importer.run(text, onDuplicate="update", importCompanyFields="true")
    assert counts(said) == (1, 3, 0, 0, 0)
    assert snapshot(team) != before
    undone = importer.undo(said["id"])
    assert (undone["status"], undone["kept"]) == ("undone", 0)
    assert snapshot(team) == before


def test_undo_removes_a_company_that_it_made_and_changed_many_rows_later(
    importer: Importer,
) -> None:
    lines = [
        f"Ann,No{number},Delta,,,{'Bonn' if number < 300 else 'Köln'}" for number in range(301)
    ]
    said = importer.run(
        "\n".join([f"{HEADER},City", *lines]), onDuplicate="create", importCompanyFields="true"
    )
    assert importer.team.companies.get().city == "Köln"
    assert importer.undo(said["id"])["kept"] == 0
    assert not importer.team.companies.exists()


def test_undo_keeps_what_was_changed_or_called_since(importer: Importer) -> None:
    said = importer.run(f"{HEADER}\nAnna,Berg,A,,\nBob,Chen,B,,\nEve,Doe,C,,\n")
    anna, bob, _eve = importer.team.contacts.order_by("first_name")
    CallFactory.create(contact=bob)
    importer.client.patch(
        f"/api/crm/contacts/{anna.pk}", json.dumps({"notes": "Nice"}), "application/json"
    )
    undone = importer.undo(said["id"])
    assert undone["kept"] == 2
    assert people(importer.team) == ["Anna Berg", "Bob Chen"]
    assert [row["undone"] for row in importer.rows(said["id"])] == ["changed", "called", "done"]
    assert sorted(importer.team.companies.values_list("name", flat=True)) == ["A", "B"]
    response = importer.client.post(f"/api/crm/imports/{said['id']}/undo")
    assert response.status_code == 409


def test_an_import_that_has_not_run_cannot_be_undone(importer: Importer) -> None:
    said = importer.check(TWO)
    response = importer.client.post(f"/api/crm/imports/{said['id']}/undo")
    assert (response.status_code, errors(response)) == (409, {None: "conflict"})


def test_where_a_company_of_before_is_gone_the_rest_comes_back(
    importer: Importer,
) -> None:
    team = importer.team
    first = importer.run(f"{HEADER}\nAx,One,CoX,ax@x.example,\n")
    ContactFactory.create(team=team, email="b@x.example", job_title="Before")
    second = importer.run(
        f"{HEADER},Title\nAx,One,CoY,ax@x.example,,\nBo,Li,CoY,b@x.example,,After\n",
        onDuplicate="update",
    )
    # Undoing the first import keeps Ax, and takes the company that nobody is in any more.
    assert importer.undo(first["id"])["kept"] == 1
    assert not team.companies.filter(name="CoX").exists()
    assert effect(team, second) == (0, 2, 0, 1)
    said = importer.undo(second["id"])
    assert (said["status"], said["kept"]) == ("undone", 0)
    undone = {row["row"]: row["undone"] for row in importer.rows(second["id"])}
    assert undone == {1: "partly", 2: "done"}
    assert team.contacts.get(email="b@x.example").job_title == "Before"
    ax = team.contacts.get(email="ax@x.example")
    assert (ax.company.name, ax.job_title) == ("CoY", "")
    run = team.imports.get(pk=second["id"])
    assert [(tab.name, tab.count) for tab in tabs(run)][1:] == [
        ("restored", 1),
        ("partly", 1),
        ("kept", 0),
    ]
    show, rows = choose_rows(run, "")
    assert show == "partly"
    assert [row["problem"] for row in kept_rows(team, list(rows))] == [
        "Put back, but for what is no longer there: Company"
    ]


def test_where_an_option_or_a_field_is_gone_the_rest_comes_back(importer: Importer) -> None:
    team = importer.team
    tier = CustomFieldFactory.create(
        team=team, key="tier", label="Tier", field_type="select", options=("Ay", "Bee", "Cee")
    )
    arch = CustomFieldFactory.create(team=team, key="arch", label="Arch")
    acme = CompanyFactory.create(team=team, name="Acme")
    for name, custom in (("a", {"tier": "Ay", "arch": "g1"}), ("b", {"tier": "Cee"})):
        ContactFactory.create(
            company=acme, email=f"{name}@x.example", notes="Before", custom_fields=custom
        )
    said = importer.run(
        f"{HEADER},Tier,Arch,Notes\nA,A,Acme,a@x.example,,Bee,g2,After\n"
        "B,B,Acme,b@x.example,,Bee,,After\n",
        onDuplicate="update",
    )
    tier.set_options(["Bee", "Cee"])
    tier.save()
    assert effect(team, said) == (0, 2, 0, 1)
    arch.active = False
    arch.save()
    assert effect(team, said) == (0, 2, 0, 1)
    assert importer.undo(said["id"])["kept"] == 0
    a, b = team.contacts.order_by("email")
    assert (a.notes, a.custom_fields) == ("Before", {"tier": "Bee", "arch": "g2"})
    assert (b.notes, b.custom_fields) == ("Before", {"tier": "Cee"})
    run = team.imports.get(pk=said["id"])
    (row,) = kept_rows(team, list(choose_rows(run, "")[1]))
    assert row["problem"] == "Put back, but for what is no longer there: Arch, Tier"


def test_imports_of_the_same_contacts_are_undone_one_after_the_other(importer: Importer) -> None:
    team = importer.team
    nobody = snapshot(team)
    files = [
        f"{HEADER},Title,City\nA,A,Acme,a@x.example,,{title},{city}\nB,B,Beta,b@x.example,,{title},\n"
        for title, city in (("One", "Rome"), ("Two", "Bonn"), ("Three", "Oslo"))
    ]
    runs = [importer.run(text, onDuplicate="update", importCompanyFields="true") for text in files]
    first = foresee(team.imports.get(pk=runs[0]["id"]))
    assert (first.removed, first.kept, first.later) == (0, 2, ["people.csv", "people.csv"])
    for said in reversed(runs):
        assert not foresee(team.imports.get(pk=said["id"])).later
        assert importer.undo(said["id"])["kept"] == 0
    assert snapshot(team) == nobody


def test_what_somebody_changed_between_two_imports_is_kept_by_undoing_both(
    importer: Importer,
) -> None:
    one, two = (f"{HEADER},Title\nA,A,Acme,a@x.example,,{title}\n" for title in ("One", "Two"))
    first = importer.run(one)
    contact = importer.team.contacts.get()
    path, notes = f"/api/crm/contacts/{contact.pk}", json.dumps({"notes": "By hand"})
    assert importer.client.patch(path, notes, "application/json").status_code == 200
    second = importer.run(two, onDuplicate="update")
    assert importer.undo(second["id"])["kept"] == 0
    assert importer.undo(first["id"])["kept"] == 1
    contact.refresh_from_db()
    assert (contact.notes, contact.job_title) == ("By hand", "One")


def test_a_failed_undo_says_that_it_was_the_undo() -> None:
    user = UserFactory.create()
    assert heading(Import(status="failed")).startswith("The import has failed.")
    assert heading(Import(status="failed", undone_by_user=user)).startswith("Undoing has failed.")
