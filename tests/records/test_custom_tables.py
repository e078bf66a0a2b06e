"""Tables by a team's own fields: the same rows, in the same order, as plain Python finds."""

from collections.abc import Callable
from typing import Any

import pytest

from contacts.models import Contact
from crm.queries import listings
from crm.records.models import CustomField
from crm.teams.models import Team
from tests.conftest import Unblock
from tests.contacts.worlds import PLANS, fill_customs
from tests.pages import Reader, words

type Values = dict[str, Any]

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def team(module_db: Unblock) -> Team:
    """A team with a field of each type, and 300 contacts; some have no value, or none at all."""
    with module_db():
        return fill_customs(300, 7)


@pytest.fixture
def reader(team: Team) -> Reader:
    return Reader(team)


def stored(team: Team) -> list[tuple[str, Values]]:
    rows = Contact.objects.filter(team=team).order_by("created_at", "id")
    return [(f"{row.first_name} {row.last_name}", row.custom_fields) for row in rows]


def shown(reader: Reader, **query: str) -> list[str]:
    names: list[str] = []
    for page in range(1, 8):
        rows = reader.get_part("contacts:list", page=page, **query).context["page"].rows
        names += [str(row["name"]) for row in rows]
    return names


def has(key: str, test: Callable[[Any], bool]) -> Callable[[Values], bool]:
    return lambda values: key in values and test(values[key])


@pytest.mark.parametrize(
    ("query", "passes"),
    [
        ({"plan": "Gold"}, has("plan", lambda value: value == "Gold")),
        ({"renews": "true"}, has("renews", lambda value: value is True)),
        ({"renews": "false"}, has("renews", lambda value: value is False)),
        ({"nickname": "ÄN"}, has("nickname", lambda value: "än" in value.lower())),
        ({"nickname": "50%_["}, has("nickname", lambda value: "50%_[" in value)),
        ({"story": "second"}, has("story", lambda value: "second" in value.lower())),
        ({"budget.from": "1,000"}, has("budget", lambda value: value >= 1000)),
        ({"budget.to": "-0.5"}, has("budget", lambda value: value <= -0.5)),
        (
            {"budget.from": "9", "budget.to": "1e3"},
            has("budget", lambda value: 9 <= value <= 1000),
        ),
        ({"start.from": "2026-02-10"}, has("start", lambda value: value >= "2026-02-10")),
        ({"start.to": "10 Feb 2026"}, has("start", lambda value: value <= "2026-02-10")),
        (
            {"plan": "Silver", "renews": "true", "budget.from": "0"},
            lambda values: (
                values.get("plan") == "Silver"
                and values.get("renews") is True
                and values.get("budget", -1) >= 0
            ),
        ),
    ],
)
def test_a_filter_finds_what_python_finds(
    reader: Reader, team: Team, query: dict[str, str], passes: Callable[[Values], bool]
) -> None:
    expected = [name for name, values in stored(team) if passes(values)]
    asked = {f"customFields.{name}": value for name, value in query.items()}
    assert 3 < len(expected) < 290
    assert shown(reader, sort="created", **asked) == expected


@pytest.mark.parametrize("key", ["nickname", "budget", "start", "renews", "plan", "story"])
def test_a_column_sorts_as_python_does(reader: Reader, team: Team, key: str) -> None:
    rank = {plan: place for place, plan in enumerate(PLANS)}
    valued = [(name, values[key]) for name, values in stored(team) if key in values]
    empty = [name for name, values in stored(team) if key not in values]
    valued.sort(key=lambda row: rank.get(row[1], row[1]))
    assert shown(reader, sort=f"customFields.{key}") == [name for name, _ in valued] + empty
    # Backwards the ids go backwards too.
    valued.reverse()
    backwards = [name for name, _ in valued] + empty[::-1]
    assert shown(reader, sort=f"-customFields.{key}") == backwards


def test_a_search_and_a_deep_page_keep_the_order(
    reader: Reader, team: Team, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listings, "DEEP", 3)
    valued = [(name, values.get("budget")) for name, values in stored(team)]
    assert shown(reader, sort="customFields.budget") == in_order(valued)
    found = [row for row in valued if row[0].startswith("Number 7")]
    assert shown(reader, search="Number 7", sort="customFields.budget") == in_order(found)


def in_order(rows: list[tuple[str, Any]]) -> list[str]:
    valued = sorted((row for row in rows if row[1] is not None), key=lambda row: row[1])
    return [name for name, _ in valued] + [name for name, value in rows if value is None]


@pytest.mark.once
def test_orders_of_teams_are_not_remembered_without_end() -> None:
    assert listings._frame.cache_info().maxsize == listings.MOST_KNOWN


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("plan", "Bronze", "“Bronze” is not one of: Starter, Silver, Gold."),
        ("renews", "perhaps", "“perhaps” is not one of: true, false."),
        ("budget.from", "much", "“much” is not a number."),
        ("start.to", "soon", "“soon” is not a date."),
        ("nickname", "\0", "Null characters are not allowed."),
        ("nickname", "x" * 201, "at most 200 characters"),
    ],
)
def test_a_bad_value_narrows_nothing_and_says_so(
    reader: Reader, name: str, value: str, said: str
) -> None:
    page = reader.get("contacts:list", **{f"customFields.{name}": value})
    assert page.context["page"].count == 300
    assert said in words(page)


def test_chips_say_what_is_asked_and_take_it_back(reader: Reader) -> None:
    query = {
        "customFields.budget.from": "1000",
        "customFields.start.to": "2026-02-10",
        "customFields.nickname": "an",
        "customFields.renews": "true",
        "search": "Number",
    }
    page = reader.get("contacts:list", **query)
    text = words(page)
    for said in (
        "Budget is at least 1,000",
        "Start is on or before 10 Feb 2026",
        "Nickname contains an",
        "Renews is Yes",
    ):
        assert said in text
    chips = {chip.name: chip.remove_url for chip in page.context["chips"]}
    assert "budget" not in chips["customFields.budget.from"]
    assert "start.to=2026-02-10" in chips["customFields.budget.from"]
    # The menu shows them too, so that the form sends them all again.
    controls = {control.name: control for control in page.context["filter_controls"]}
    assert [end.value for end in controls["customFields.budget"].ends] == ["1000", ""]
    assert page.context["kept_filters"] == []


def test_an_archived_field_is_no_filter_column_or_order(reader: Reader, team: Team) -> None:
    CustomField.objects.filter(team=team, key="budget").update(active=False)
    query = {"customFields.budget.from": "1000", "sort": "customFields.budget"}
    page = reader.get("contacts:list", **query)
    assert page.context["page"].count == 300
    assert page.context["chips"] == []
    assert "Budget" not in words(page)


def test_another_teams_field_is_no_filter(reader: Reader, team: Team) -> None:
    stranger = Reader(fill_customs(1, 1, key="secret"))
    assert stranger.get("contacts:list", **{"customFields.secret": "x"}).context["chips"]
    assert not reader.get("contacts:list", **{"customFields.secret": "x"}).context["chips"]
