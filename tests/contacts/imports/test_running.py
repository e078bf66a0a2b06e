"""What the review says of the rows is what becomes of them when they are written."""

import random
from collections.abc import Iterator
from typing import Any

import pytest

from contacts.imports import running
from contacts.imports.models import ImportRow
from crm.teams.models import Role
from tests.contacts.imports.pages import Browser
from tests.counts import counts
from tests.factories import CompanyFactory, ContactFactory

pytestmark = pytest.mark.django_db(transaction=True)

HEADER = "First name,Last name,Company,Email,Phone,External ID,Title,Tags,Notes,Rank,City"


@pytest.fixture(autouse=True)
def paces(monkeypatch: pytest.MonkeyPatch) -> None:
    """Files are planned and written in small steps, which are not the same."""
    monkeypatch.setattr(running, "PACE", running.Pace(3, 0.0))
    monkeypatch.setattr(running, "PACES", {"sqlite": running.Pace(2, 0.0)})


def lines(chance: random.Random, rows: int) -> Iterator[str]:
    """Rows about few people, so that most say again, change or add to what one before has said."""
    for _ in range(rows):
        number = chance.randrange(6)
        yield ",".join(
            [
                f"Ann{number}",
                "Berg",
                chance.choice(["Acme", "Beta", "Gamma"]),
                chance.choice([f"ann{number}@x.example", f"ann{number}@x.example", ""]),
                chance.choice([f"(415) 555-010{number}", ""]),
                chance.choice([f"id-{number}", "", ""]),
                chance.choice(["Buyer", "Head", ""]),
                chance.choice(["vip", '"vip, new"', ""]),
                chance.choice(["Met", "", ""]),
                chance.choice(["1", "2", "many", ""]),
                chance.choice(["Rome", "Bonn", ""]),
            ]
        )


def told(rows: list[ImportRow]) -> list[Any]:
    """What is said of each row, but for what a plan cannot know: the ids of what it will make."""
    return [
        (
            row.number,
            row.outcome,
            (row.detail("reason") or {}).get("code"),
            plain(row.detail("fields")) if row.outcome == "updated" else None,
            plain(row.detail("companyFields")) if row.outcome == "updated" else None,
        )
        for row in rows
    ]


def shown(value: Any) -> Any:
    if isinstance(value, dict):
        return value["name"]
    return sorted(value) if isinstance(value, list) else value


def plain(changes: Any) -> Any:
    return {
        name: [shown(each) for each in values]
        for name, values in (changes or {}).items()
        # What a company is made with is shown before, and then its own.
        if values[0] is not None or name == "custom_fields.rank"
    }


@pytest.mark.parametrize("seed", range(counts(6, 200)))
def test_the_review_foretells_each_row(seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311
    browser = Browser(Role.ADMIN)
    browser.team.region = "US"
    browser.team.save()
    for number, name in enumerate(["Acme", "Old"]):
        company = CompanyFactory.create(team=browser.team, name=name, city="Oslo")
        ContactFactory.create(
            company=company, first_name=f"Ann{number}", email=f"ann{number}@x.example", tags=["old"]
        )
    page = browser.upload("\n".join([HEADER, *lines(chance, 25)]))
    page = browser.columns(
        page,
        column_10="new:number",
        on_duplicate="update",
        import_company_fields="on",
        default_region="US",
        tags="imported",
    )
    planned = told(list(browser.run.rows.order_by("number")))
    assert len(planned) == 25
    browser.press("start", reviewed=browser.run.revision)
    assert browser.run.status == "finished"
    assert told(list(browser.run.rows.order_by("number"))) == planned
