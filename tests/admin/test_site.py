"""The admin as a whole: every model can be found, and no page needs what the policy forbids."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.apps import apps
from django.contrib import admin
from django.contrib.auth.models import Group, Permission
from django.db import connection
from django.db.models import Model
from django.test import Client
from django.test.utils import CaptureQueriesContext

from calls.models import Call, Recording, Transcript
from companies.models import Company
from contacts.models import Contact, ContactTag, Tag
from crm.history.models import Change
from crm.team_settings.models import Invitation
from crm.teams.models import ApiKey, Membership, Team
from tests.admin.kit import inline_code, registered, url
from tests.factories import (
    ApiKeyFactory,
    CallFactory,
    CompanyFactory,
    ContactFactory,
    InvitationFactory,
    MembershipFactory,
    TeamFactory,
)

OURS = (
    "accounts",
    "teams",
    "team_settings",
    "history",
    "companies",
    "contacts",
    "imports",
    "calls",
    "providers",
)
OF_TEAMS = [
    Membership,
    ApiKey,
    Invitation,
    Change,
    Company,
    Contact,
    Tag,
    ContactTag,
    Call,
    Transcript,
    Recording,
]
BY_NAME = pytest.mark.parametrize("model", registered(), ids=lambda model: model._meta.label)


def fill(team: Team, rows: int = 1) -> None:
    """Give the team so many rows of everything."""
    for _ in range(rows):
        company = CompanyFactory.create(team=team)
        contact = ContactFactory.create(company=company, phone="+14155550182", tags=[company.name])
        turns = [{"speaker": "contact", "text": "Hello there"}]
        CallFactory.create(contact=contact, turns=turns, recorded=True)
        MembershipFactory.create(team=team)
        ApiKeyFactory.create(team=team)
        InvitationFactory.create(team=team)


@pytest.fixture
def team(db: None) -> Team:
    team = TeamFactory.create()
    fill(team)
    return team


def test_every_model_of_ours_is_there() -> None:
    ours = {model for label in OURS for model in apps.get_app_config(label).get_models()}
    assert ours <= set(registered())


def test_it_is_called_callbook(browser: Client) -> None:
    page = browser.get("/admin/").content.decode()
    assert "<title>Everything, of all teams | Callbook admin</title>" in page


def pages(model: type[Model]) -> Iterator[str]:
    yield url(model)
    yield url(model) + "?q=hello+%2B1415"
    yield url(model, "add")
    model_admin: Any = admin.site.get_model_admin(model)
    if hasattr(model_admin, "import_action"):
        yield url(model, "import")
        yield url(model, "export")
    row: Any = model._default_manager.first()
    if row is not None:
        yield url(row, "change")
        yield url(row, "delete")
        yield url(row, "history")
    if model in OF_TEAMS:
        yield f"{url(model)}?team={row.team_id}"
        yield f"{url(model, 'add')}?team={row.team_id}"


@BY_NAME
def test_every_page_opens_and_needs_nothing_inline(
    browser: Client, team: Team, model: type[Model]
) -> None:
    opened = 0
    for page in pages(model):
        response = browser.get(page)
        assert response.status_code in (200, 302, 403), page
        assert list(inline_code(response)) == [], page
        opened += response.status_code == 200
    assert opened >= 2


@BY_NAME
def test_every_list_is_searched_and_filtered(model: type[Model]) -> None:
    model_admin = admin.site.get_model_admin(model)
    assert model_admin.search_fields
    assert model_admin.list_filter or model in (Team, Group, Permission)


def asked_by(browser: Client, address: str) -> tuple[list[str], int]:
    """The queries that a list asks, and how many rows it finds by them."""
    with CaptureQueriesContext(connection) as queries:
        response = browser.get(address)
    return [query["sql"] for query in queries], response.context["cl"].result_count


@pytest.mark.once
def test_a_list_asks_as_often_for_fifty_rows_as_for_one(
    browser: Client, team: Team, subtests: pytest.Subtests
) -> None:
    addresses = [url(model) + search for model in OF_TEAMS for search in ("", "?q=e")]
    for address in addresses:
        browser.get(address)
    for_one = {address: asked_by(browser, address)[0] for address in addresses}
    fill(team, 49)
    for address in addresses:
        with subtests.test(address):
            for_fifty, found = asked_by(browser, address)
            assert "?" in address or found >= 50
            assert len(for_fifty) == len(for_one[address]), for_fifty


@pytest.mark.parametrize("model", OF_TEAMS, ids=lambda model: model._meta.label)
def test_a_list_counts_to_a_cap_and_sorts_along_the_key(
    browser: Client, team: Team, model: type[Model]
) -> None:
    table = f'FROM "{model._meta.db_table}"'
    with CaptureQueriesContext(connection) as asked:
        browser.get(url(model))
    of_table = [query["sql"] for query in asked if table in query["sql"]]
    assert of_table
    for sql in of_table:
        assert "LIMIT 10001" in sql or f'ORDER BY "{model._meta.db_table}"."id" DESC' in sql


@pytest.mark.parametrize(
    ("model", "column"),
    [
        (Company, "created_at"),
        (Contact, "created_at"),
        (Call, "started_or_created_at"),
        (Change, "at"),
    ],
)
def test_one_team_s_list_is_in_the_order_of_an_index(
    browser: Client, team: Team, model: type[Model], column: str
) -> None:
    table = model._meta.db_table
    assert any(
        [*index.fields_orders][:2] == [("team", ""), (column, "DESC")]
        for index in model._meta.indexes
    )
    with CaptureQueriesContext(connection) as asked:
        browser.get(f"{url(model)}?team={team.pk}")
    order = f'ORDER BY "{table}"."{column}" DESC, "{table}"."id" DESC'
    assert [query["sql"] for query in asked if order in query["sql"]]


def test_a_list_shows_the_teams_rows_only(browser: Client, team: Team) -> None:
    fill(TeamFactory.create())
    for model in OF_TEAMS:
        shown = browser.get(f"{url(model)}?team={team.pk}").context["cl"].result_list
        everything = browser.get(url(model)).context["cl"].result_list
        assert {row.team_id for row in shown} == {team.pk}
        assert len({row.team_id for row in everything}) == 2


@pytest.mark.parametrize("model", OF_TEAMS, ids=lambda model: model._meta.label)
def test_a_filter_that_makes_no_sense_breaks_nothing(
    browser: Client, team: Team, model: type[Model]
) -> None:
    response = browser.get(f"{url(model)}?team=nonsense", follow=True)
    assert response.status_code == 200


@pytest.mark.parametrize("model", [Change, Transcript, Recording, ContactTag])
def test_what_is_written_elsewhere_is_read_only(
    browser: Client, team: Team, model: type[Model]
) -> None:
    row = model._default_manager.first()
    assert row is not None
    assert browser.get(url(model, "add")).status_code == 403
    assert browser.post(url(row, "change"), {"_save": "1"}).status_code == 403
    assert browser.post(url(row, "delete"), {"post": "yes"}).status_code == 403
    assert b'name="_save"' not in browser.get(url(row, "change")).content
