import datetime as dt
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from crm.history.models import Change
from crm.teams.models import Role, Team
from tests.factories import TeamFactory
from tests.pages import Reader

pytestmark = [pytest.mark.django_db, pytest.mark.once]

GOOD = {
    "name": "Acme Sales",
    "region": "DE",
    "timezone": "Europe/Berlin",
    "calling_days": ["6", "1"],
    "calling_start": "08:30",
    "calling_end": "16:00",
}
PAGE = "team_settings:home"


@pytest.fixture
def team() -> Team:
    return TeamFactory.create(name="Acme", slug="acme")


@pytest.mark.parametrize("role", [Role.OWNER, Role.ADMIN])
def test_who_administers_the_team_says_what_it_is(team: Team, role: str) -> None:
    reader = Reader(team, role)
    page = reader.get(PAGE)
    assert page.context["form"]["calling_days"].value() == ["1", "2", "3", "4", "5"]
    assert 'value="09:00"' in page.text
    page = reader.post(PAGE, **GOOD, follow=True)
    assert "Saved." in page.text
    team.refresh_from_db()
    assert (team.name, team.region, team.timezone) == ("Acme Sales", "DE", "Europe/Berlin")
    assert (team.calling_days, team.calling_start) == ("16", dt.time(8, 30))
    change = Change.objects.get()
    assert (change.record_type, change.actor_user) == ("team", reader.user)
    assert change.fields == {
        "name": ["Acme", "Acme Sales"],
        "region": ["United States", "Germany"],
        "timezone": ["UTC", "Europe/Berlin"],
        "calling_days": ["Mon, Tue, Wed, Thu, Fri", "Mon, Sat"],
        "calling_start": ["09:00", "08:30"],
        "calling_end": ["17:00", "16:00"],
    }
    assert "Saved." not in reader.post(PAGE, **GOOD, follow=True).text
    assert Change.objects.count() == 1


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("name", "x" * 101),
        ("name", "nul\0"),
        ("region", "Atlantis"),
        ("timezone", ""),
        ("timezone", "Mars/Base"),
        ("calling_days", []),
        ("calling_days", ["8"]),
        ("calling_start", ""),
        ("calling_start", "noon"),
        ("calling_end", "08:30"),
    ],
)
def test_what_does_not_fit_is_said_beside_its_field(team: Team, field: str, value: Any) -> None:
    page = Reader(team, Role.ADMIN).post(PAGE, **GOOD | {field: value})
    assert page.status_code == 200
    assert list(page.context["form"].errors) == [field]
    assert f'id="id_{field}_error"' in page.text
    # The frame around the refused form still names the team as it is.
    assert page.context["team"].name == "Acme"
    assert not Change.objects.exists()


@pytest.mark.parametrize("role", [Role.MEMBER, Role.VIEWER])
def test_everybody_else_reads_it(team: Team, role: str) -> None:
    reader = Reader(team, role)
    page = reader.get(PAGE)
    for words in ("Acme", "/t/acme", "United States", "Mon, Tue, Wed, Thu, Fri, 09:00 to 17:00"):
        assert words in page.text
    for absent in ("settings/keys", 'name="calling_start"'):
        assert absent not in page.text
    assert reader.post(PAGE, **GOOD).status_code == 403
    assert not Change.objects.exists()


@pytest.mark.parametrize("days", ["", "0", "8", "21", "11", "12345678", "1\n"])
def test_days_are_stored_in_one_way(team: Team, days: str) -> None:
    team.calling_days = days
    with pytest.raises(ValidationError) as caught:
        team.full_clean()
    assert list(caught.value.message_dict) == ["calling_days"]
