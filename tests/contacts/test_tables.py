import pytest
from pytest_django import DjangoAssertNumQueries

from contacts.models import Contact, LeadStatus
from crm.teams.models import Team
from tests.factories import CallFactory, CompanyFactory, ContactFactory, TeamFactory
from tests.pages import Reader, names, words

pytestmark = pytest.mark.django_db


@pytest.fixture
def team() -> Team:
    return TeamFactory.create()


@pytest.fixture
def reader(team: Team) -> Reader:
    return Reader(team)


def fill(team: Team, count: int) -> None:
    company = CompanyFactory.create(team=team)
    for number in range(count):
        contact = ContactFactory.create(company=company, tags=["vip", f"tag {number % 7}"])
        CallFactory.create(contact=contact)


def test_the_table_shows_what_is_known_of_a_contact(reader: Reader, team: Team) -> None:
    contact = ContactFactory.create(
        company=CompanyFactory.create(team=team, name="Meridian Last Mile"),
        first_name="Priya",
        last_name="Raghunathan",
        job_title="VP Operations",
        phone="+1 415 555 0182",
        email="priya@meridian.example",
        lead_status=LeadStatus.QUALIFIED,
        tags=["cold-chain"],
    )
    CallFactory.create(contact=contact, outcome="voicemail")
    page = words(reader.get("contacts:list"))
    for text in (
        "Priya Raghunathan",
        "VP Operations",
        "Meridian Last Mile",
        "(415) 555-0182",
        "priya@meridian.example",
        "Qualified",
        "cold-chain",
        "Voicemail",
        "Just now",
    ):
        assert text in page


def test_phones_are_shown_as_the_teams_country_writes_them() -> None:
    team = TeamFactory.create(region="GB")
    ContactFactory.create(team=team, phone="020 7946 0315")
    ContactFactory.create(team=team, phone="+1 415 555 0182")
    page = words(Reader(team).get("contacts:list"))
    assert "020 7946 0315" in page
    assert "+1 415-555-0182" in page


def test_a_row_leads_to_its_contact(reader: Reader, team: Team) -> None:
    contact = ContactFactory.create(team=team)
    (row,) = reader.get("contacts:list").context["page"].rows
    assert row["url"] == reader.url("contacts:detail", contact.pk)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"search": "priya"}, ["Priya Raghunathan"]),
        ({"search": "(415) 555-0182"}, ["Priya Raghunathan"]),
        ({"leadStatus": "customer"}, ["Bo Li"]),
        ({"hasPhone": "false"}, ["Bo Li"]),
        ({"doNotCall": "true"}, ["Walt Szymanski"]),
        ({"tag": "VIP"}, ["Walt Szymanski"]),
        ({"company": "meridian"}, ["Priya Raghunathan"]),
        ({"sort": "name"}, ["Bo Li", "Priya Raghunathan", "Walt Szymanski"]),
        ({"sort": "-name"}, ["Walt Szymanski", "Priya Raghunathan", "Bo Li"]),
    ],
)
def test_the_address_holds_search_filters_and_order(
    reader: Reader, team: Team, query: dict[str, str], expected: list[str]
) -> None:
    ContactFactory.create(
        company=CompanyFactory.create(team=team, name="Meridian Last Mile"),
        first_name="Priya",
        last_name="Raghunathan",
        phone="+14155550182",
    )
    ContactFactory.create(team=team, first_name="Bo", last_name="Li", lead_status="customer")
    ContactFactory.create(
        team=team,
        first_name="Walt",
        last_name="Szymanski",
        phone="+14155550183",
        do_not_call=True,
        tags=["vip"],
    )
    assert names(reader.get("contacts:list", **query)) == expected
    assert names(reader.get_part("contacts:list", **query)) == expected


def test_a_bad_filter_is_left_out_and_says_so(reader: Reader, team: Team) -> None:
    ContactFactory.create(team=team)
    response = reader.get("contacts:list", hasPhone="perhaps", nonsense="1")
    assert len(names(response)) == 1
    assert "Has phone is perhaps was left out" in words(response)


def test_a_company_from_elsewhere_in_the_address_finds_nothing(reader: Reader) -> None:
    theirs = ContactFactory.create(company__name="Secret Ltd")
    response = reader.get("contacts:list", companyId=theirs.company_id)
    assert names(response) == []
    assert "Secret Ltd" not in words(response)


def test_a_filter_without_a_control_survives_the_next_choice(reader: Reader, team: Team) -> None:
    contact = ContactFactory.create(team=team)
    page = reader.get("contacts:list", companyId=contact.company_id).content.decode()
    assert f'<input type="hidden" name="companyId" value="{contact.company_id}">' in page
    assert f"Company <em>is</em> <b>{contact.company.name}</b>" in page


def test_fifty_a_page_and_the_count_stops_at_a_thousand(reader: Reader, team: Team) -> None:
    company = CompanyFactory.create(team=team)
    Contact.objects.bulk_create(
        Contact(team=team, company=company, first_name="A", last_name=f"{number:04}")
        for number in range(1002)
    )
    first = reader.get("contacts:list", sort="name").context["page"]
    last = reader.get("contacts:list", sort="name", page=21).context["page"]
    assert (len(first.rows), first.count_text) == (50, "1,000+")
    assert [row["name"] for row in last.rows] == ["A 1000", "A 1001"]
    assert "page=2" in first.next_url
    assert last.next_url == ""


def test_no_contacts_yet_is_another_page_than_nothing_matches(reader: Reader, team: Team) -> None:
    empty = words(reader.get("contacts:list"))
    assert "Everyone you call, in one table" in empty
    assert "Start with a company" in empty
    ContactFactory.create(team=team)
    unmatched = words(reader.get("contacts:list", search="nobody"))
    assert "Nothing matches" in unmatched
    assert "Everyone you call" not in unmatched


def test_the_table_asks_the_database_as_often_for_fifty_as_for_one(
    reader: Reader, team: Team, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    fill(team, 1)
    # session, user, memberships · the team's own fields · tags to choose from, contacts · their
    # tags, their last outcomes
    with django_assert_num_queries(8):
        reader.get("contacts:list")
    fill(team, 49)
    with django_assert_num_queries(8):
        assert len(names(reader.get("contacts:list"))) == 50
