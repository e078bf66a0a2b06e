from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries

from companies.models import Company
from crm.history.models import Change, Origin, Verb
from crm.teams.models import Role, Team
from tests.factories import CompanyFactory, ContactFactory, TeamFactory
from tests.pages import Reader, names, words

pytestmark = pytest.mark.django_db

HOSTILE = '<script>alert("x")</script><b>bold</b>'


@pytest.fixture
def team() -> Team:
    return TeamFactory.create()


@pytest.fixture
def reader(team: Team) -> Reader:
    return Reader(team)


def errors(response: Any) -> dict[str, list[str]]:
    assert response.status_code == 200
    found: dict[str, list[str]] = response.context["form"].errors
    return found


# The table


def test_the_table_shows_what_is_known_of_a_company(reader: Reader, team: Team) -> None:
    company = CompanyFactory.create(
        team=team,
        name="Skärgård Kyltransport AB",
        industry="Cold chain",
        company_size="51–200",
        city="Stockholm",
        country="SE",
        website="https://www.skargard.example/om",
        phone="+46 8 465 004 23",
    )
    ContactFactory.create(company=company)
    ContactFactory.create(company=company)
    ContactFactory.create(team=team)
    page = words(reader.get("companies:list"))
    for text in (
        "Skärgård Kyltransport AB",
        "Cold chain",
        "51–200",
        "Stockholm, Sweden",
        "skargard.example/om",
        "+46 8 465 004 23",
        "2 contacts",
        "Just now",
    ):
        assert text in page


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({}, ["Aguirre", "Zebra"]),
        ({"sort": "-name"}, ["Zebra", "Aguirre"]),
        ({"sort": "created"}, ["Zebra", "Aguirre"]),
        ({"search": "zebra.example"}, ["Zebra"]),
        ({"industry": "Freight"}, ["Aguirre"]),
        ({"country": "MX"}, ["Aguirre"]),
        ({"search": "nobody"}, []),
    ],
)
def test_the_address_holds_search_filters_and_order(
    reader: Reader, team: Team, query: dict[str, str], expected: list[str]
) -> None:
    CompanyFactory.create(team=team, name="Zebra", website="zebra.example")
    CompanyFactory.create(team=team, name="Aguirre", industry="Freight", country="MX")
    assert names(reader.get("companies:list", **query)) == expected


def test_the_filters_offer_what_the_team_has(reader: Reader, team: Team) -> None:
    CompanyFactory.create(team=team, industry="Freight", country="MX")
    CompanyFactory.create(industry="Secret", country="DE")
    controls = {c.name: c.options for c in reader.get("companies:list").context["filter_controls"]}
    assert controls["industry"] == [("Freight", "Freight", False)]
    assert controls["country"] == [("MX", "Mexico", False)]


def test_no_companies_yet_is_another_page_than_nothing_matches(reader: Reader, team: Team) -> None:
    assert "The companies your contacts work for" in words(reader.get("companies:list"))
    CompanyFactory.create(team=team)
    assert "Nothing matches" in words(reader.get("companies:list", search="nobody"))


def test_the_table_asks_the_database_as_often_for_fifty_as_for_one(
    reader: Reader, team: Team, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    ContactFactory.create(team=team)
    # session, user, memberships · own fields · industries and countries, companies · their contacts
    with django_assert_num_queries(7):
        reader.get("companies:list")
    for _ in range(49):
        ContactFactory.create(team=team)
    with django_assert_num_queries(7):
        assert len(names(reader.get("companies:list"))) == 50


# The panel


def test_the_company_shows_its_facts_and_where_its_contacts_are(reader: Reader, team: Team) -> None:
    company = CompanyFactory.create(
        team=team,
        website="acme.example",
        address_line1="Storgatan 1",
        postal_code="111 22",
        city="Stockholm",
        country="SE",
        notes="**Rings back** on Fridays",
        external_id="K-9",
    )
    response = reader.get("companies:detail", company.pk)
    page, text = response.content.decode(), words(response)
    for fact in ("Storgatan 1", "111 22 Stockholm", "Sweden", "Rings back on Fridays", "K-9"):
        assert fact in text
    assert 'href="https://acme.example" rel="noopener noreferrer"' in page
    assert "<strong>Rings back</strong>" in page
    assert f'hx-get="{reader.url("contacts:of_company", company.pk)}"' in page
    assert "<html" not in reader.get_part("companies:detail", company.pk).content.decode()


def test_text_of_people_is_text_and_no_markup(reader: Reader, team: Team) -> None:
    company = CompanyFactory.create(
        team=team, name=HOSTILE, industry=HOSTILE, city=HOSTILE, notes=HOSTILE
    )
    ContactFactory.create(company=company)
    for name, args in (
        ("companies:list", ()),
        ("companies:detail", (company.pk,)),
        ("companies:edit", (company.pk,)),
        ("companies:delete", (company.pk,)),
        ("companies:options", ()),
    ):
        page = reader.get(name, *args, q="bold").content.decode()
        assert "<script>alert" not in page, name
        assert "<b>bold" not in page, name
        assert "&lt;script&gt;alert" in page, name


def test_a_company_of_another_team_is_not_there(reader: Reader) -> None:
    theirs = CompanyFactory.create()
    for name in ("companies:detail", "companies:edit", "companies:delete"):
        assert reader.get(name, theirs.pk).status_code == 404
    assert reader.post("companies:edit", theirs.pk, name="Ours").status_code == 404
    assert reader.post("companies:delete", theirs.pk).status_code == 404
    assert Company.objects.filter(pk=theirs.pk, name=theirs.name).exists()


# Adding, editing, deleting


def test_a_name_is_enough_for_a_company(reader: Reader) -> None:
    response = reader.post("companies:create", name="  Acme   GmbH ")
    company = Company.objects.get()
    assert company.name == "Acme GmbH"
    assert response.url == reader.url("companies:detail", company.pk)
    change = Change.objects.get(record_id=company.pk)
    assert (change.verb, change.origin) == (Verb.CREATED, Origin.MANUAL)
    assert change.actor_user == reader.user


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("name", ""),
        ("name", "acme  gmbh"),
        ("website", "not a website"),
        ("website", "javascript:alert(1)"),
        ("phone", "12"),
        ("country", "Atlantis"),
        ("external_id", "K-9"),
    ],
)
def test_bad_input_is_said_beside_its_field_and_nothing_typed_is_lost(
    reader: Reader, team: Team, field: str, typed: str
) -> None:
    CompanyFactory.create(team=team, name="Acme GmbH", external_id="K-9")
    sent = {"name": "New", "city": "Berlin", field: typed}
    response = reader.post("companies:create", **sent)
    assert set(errors(response)) == {field}
    form = response.context["form"]
    assert {name: form[name].value() for name in sent} == sent
    assert Company.objects.count() == 1


def test_editing_keeps_the_country_that_is_shown_by_name(reader: Reader, team: Team) -> None:
    company = CompanyFactory.create(team=team, name="Acme", country="DE", city="Bonn")
    form = reader.get("companies:edit", company.pk).context["form"]
    assert form["country"].value() == "Germany"
    sent = {bound.name: bound.value() for bound in form if bound.value() is not None}
    reader.post("companies:edit", company.pk, **sent | {"city": "Berlin"})
    company.refresh_from_db()
    assert (company.city, company.country, company.version) == ("Berlin", "DE", 2)


def test_a_company_may_keep_its_name_in_another_case(reader: Reader, team: Team) -> None:
    company = CompanyFactory.create(team=team, name="ACME")
    response = reader.post("companies:edit", company.pk, name="Acme", version=1)
    assert response.status_code == 302
    company.refresh_from_db()
    assert company.name == "Acme"


def test_deleting_names_the_company(reader: Reader, team: Team) -> None:
    company = CompanyFactory.create(team=team, name="Acme")
    assert "Delete Acme" in words(reader.get("companies:delete", company.pk))
    response = reader.post("companies:delete", company.pk, follow=True)
    assert "Acme was deleted." in words(response)
    assert not Company.objects.exists()


def test_a_company_with_contacts_stays_and_says_how_many(reader: Reader, team: Team) -> None:
    company = CompanyFactory.create(team=team, name="Acme")
    ContactFactory.create(company=company)
    ContactFactory.create(company=company)
    for response, status in (
        (reader.get("companies:delete", company.pk), 200),
        (reader.post("companies:delete", company.pk), 409),
    ):
        assert response.status_code == status
        assert "Acme has 2 contacts." in words(response)
        link = f"{reader.url('contacts:list')}?companyId={company.pk}"
        assert link in response.content.decode()
    assert Company.objects.exists()


def test_viewers_see_no_button_and_get_403(team: Team) -> None:
    viewer = Reader(team, Role.VIEWER)
    company = CompanyFactory.create(team=team)
    for page in (viewer.get("companies:list"), viewer.get("companies:detail", company.pk)):
        text = page.content.decode()
        assert "/edit" not in text
        assert "/new" not in text
        assert "/delete" not in text
    answers = [
        viewer.get("companies:create"),
        viewer.get("companies:edit", company.pk),
        viewer.post("companies:create", name="A"),
        viewer.post("companies:edit", company.pk, name="A"),
        viewer.post("companies:delete", company.pk),
    ]
    assert [answer.status_code for answer in answers] == [403] * 5
    assert Company.objects.count() == 1


# Suggestions


def suggested(response: Any) -> list[str]:
    return [option["name"] for option in response.context["options"]]


def test_suggestions_are_the_teams_own_ten_at_most(reader: Reader, team: Team) -> None:
    for number in range(12):
        CompanyFactory.create(team=team, name=f"Acme {number:02}")
    CompanyFactory.create(team=team, name="Other")
    CompanyFactory.create(name="Acme of another team")
    response = reader.get("companies:options", q="ACM")
    assert suggested(response) == [f"Acme {number:02}" for number in range(10)]
    assert "another team" not in response.content.decode()


def test_the_company_of_exactly_this_name_comes_first(reader: Reader, team: Team) -> None:
    for number in range(12):
        CompanyFactory.create(team=team, name=f"A company called Bo {number:02}")
    CompanyFactory.create(team=team, name="Bo")
    response = reader.get("companies:options", q=" bo ")
    assert suggested(response)[0] == "Bo"
    assert "Create" not in words(response)


def test_a_name_that_is_nobodys_may_be_created(reader: Reader, team: Team) -> None:
    CompanyFactory.create(team=team, name="Acme North")
    response = reader.get("companies:options", q="Acme")
    assert suggested(response) == ["Acme North"]
    assert "Create “Acme”" in words(response)
    assert 'data-value="Acme" data-create' in response.content.decode()


@pytest.mark.parametrize("typed", ["", "   ", "\x00", "%", "_"])
def test_odd_questions_get_an_answer(reader: Reader, team: Team, typed: str) -> None:
    CompanyFactory.create(team=team, name="Acme")
    response = reader.get("companies:options", q=typed)
    assert response.status_code == 200
    assert suggested(response) == ([] if typed in "%_" and typed else ["Acme"])
