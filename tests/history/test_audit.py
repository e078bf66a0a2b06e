"""The audit log of a team: every change, who made it, filtered by person, record, verb and time."""

import datetime as dt
import re
import uuid
from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries

from calls.models import Call
from calls.operations import delete_calls
from companies.operations import save_company
from contacts.models import Contact
from contacts.operations import delete_contact, save_contact
from crm.history.models import Change, Origin, Verb
from crm.history.recording import Author, Entry, record_changes
from crm.records.operations import save_custom_field
from crm.team_settings.operations import create_api_key, revoke_api_key, save_team
from crm.team_settings.people.operations import change_role, remove_member
from crm.teams.models import Role, Team
from tests.factories import (
    ApiKeyFactory,
    CallFactory,
    CompanyFactory,
    ContactFactory,
    CustomFieldFactory,
    TeamFactory,
    UserFactory,
    member_of,
)
from tests.pages import Reader, plain, words

pytestmark = pytest.mark.django_db


@pytest.fixture
def team() -> Team:
    return TeamFactory.create(name="South")


@pytest.fixture
def owner(team: Team) -> Reader:
    return Reader(team, Role.OWNER, name="Isolde Ravn")


def rows(page: Any) -> list[str]:
    """The words of each entry, without its time."""
    found = re.findall(r'<li class="audit-entry.*?</li>', page.text, re.DOTALL)
    return [plain(re.sub(r"<time.*?</time>", "", each)) for each in found]


def log(owner: Reader, **query: Any) -> list[str]:
    return rows(owner.get("history:audit", **query))


def edit(contact: Contact, by: Author, **values: Any) -> None:
    for name, value in values.items():
        setattr(contact, name, value)
    save_contact(contact, by=by)


def note(team: Team, by: Author, record_type: str, verb: Verb, **fields: list[Any]) -> None:
    entry = Entry(team.pk, record_type, uuid.uuid4(), verb, fields)
    record_changes([entry], by=by, at=dt.datetime.now(dt.UTC))


def test_everything_is_there_newest_first(team: Team, owner: Reader) -> None:
    key = ApiKeyFactory.create(team=team, name="Website form")
    Change.objects.all().delete()
    company = CompanyFactory.create(team=team, name="Acme")
    contact = ContactFactory.create(company=company, first_name="Anna", last_name="Berg")
    CallFactory.create(contact=contact)
    edit(contact, Author.person(owner.user), lead_status="qualified")
    company.industry = "Cold storage"
    save_company(company, by=Author.api_key(key))
    page = owner.get("history:audit")
    assert rows(page) == [
        "API key Website form Company Acme Industry changed from empty to Cold storage",
        "Isolde Ravn Contact Anna Berg Status changed from New to Qualified",
        "Demo data Call Outbound call with Anna Berg created",
        "Demo data Contact Anna Berg created",
        "Demo data Company Acme created",
    ]
    for name, pk in (("contacts:detail", contact.pk), ("companies:detail", company.pk)):
        assert f'href="{owner.url(name, pk)}"' in page.text


def test_a_deleted_record_is_seen_with_its_last_values(team: Team, owner: Reader) -> None:
    contact = ContactFactory.create(
        company=CompanyFactory.create(team=team, name="Acme"),
        first_name="Anna",
        last_name="Berg",
        phone="+14155550182",
        do_not_call=True,
    )
    edit(contact, Author(Origin.API), job_title="Head")
    call = CallFactory.create(contact=contact)
    delete_calls([Call.objects.get(pk=call.pk)], by=Author.person(owner.user))
    delete_contact(Contact.objects.get(pk=contact.pk), by=Author.person(owner.user))
    page = owner.get("history:audit")
    deleted, _, called, edited, created, _ = rows(page)
    assert deleted.startswith("Isolde Ravn Contact Anna Berg deleted Last values Company Acme")
    assert "Job title Head" in deleted
    assert "Phone (415) 555-0182" in deleted
    assert "Do not call Yes" in deleted
    assert edited.startswith("An API key Contact Anna Berg Job title changed")
    assert created == "Demo data Contact Anna Berg created"
    assert called == "Demo data Call Outbound call created"
    assert owner.url("contacts:detail", contact.pk) not in page.text


def test_things_it_knows_nothing_of(team: Team, owner: Reader) -> None:
    by = Author.person(owner.user)
    note(
        team, by, "invitation", Verb.CREATED, email=[None, "new@acme.example"], role=[None, "Admin"]
    )
    note(
        team, by, "field_policy", Verb.UPDATED, fill_from_calls=["off", "empty"], ready=[None, True]
    )
    note(
        team,
        by,
        "invitation",
        Verb.DELETED,
        email=["old@acme.example", None],
        expires_at=["2026-12-01T10:00:00Z", None],
        teams=[["A", "B"], None],
        more=[{"a": 1}, None],
    )
    assert log(owner) == [
        (
            "Isolde Ravn Invitation old@acme.example deleted Last values Email old@acme.example "
            'Expires at Tue 1 Dec 2026, 10:00 UTC More {"a": 1} Teams A, B'
        ),
        (
            "Isolde Ravn Field policy Fill from calls changed from off to empty "
            "Ready changed from empty to Yes"
        ),
        "Isolde Ravn Invitation new@acme.example created Email new@acme.example Role Admin",
    ]


def test_what_happens_to_the_team_itself(team: Team, owner: Reader) -> None:
    by = Author.person(owner.user)
    maya = member_of(team, Role.VIEWER, name="Maya Lindholm", email="maya@example.com")
    gone = member_of(team, email="bo@example.com")
    Change.objects.all().delete()
    change_role(
        maya.memberships.get(), Role.MEMBER, by=by, rights_of=team.memberships.get(user=owner.user)
    )
    remove_member(gone.memberships.get(), by=by, rights_of=team.memberships.get(user=owner.user))
    key, _ = create_api_key(team, "Website form", scopes=["contacts:read"], by=by)
    revoke_api_key(key, by=by)
    team.name = "North"
    save_team(team, by=by)
    field = CustomFieldFactory.create(
        team=team, label="Plan", field_type="select", options=["Gold", "Silver"], by=by
    )
    field.set_options(["Silver"])
    save_custom_field(field, by=by)
    assert log(owner, person=owner.user.pk) == [
        (
            "Isolde Ravn Custom field Plan Options changed from Gold, Silver "
            "to Silver, Gold (retired)"
        ),
        "Isolde Ravn Custom field Plan created",
        "Isolde Ravn Team North Name changed from South to North",
        "Isolde Ravn API key Website form State changed from Active to Revoked",
        "Isolde Ravn API key Website form created Name Website form Scopes Read contacts",
        "Isolde Ravn Member bo@example.com deleted Last values Email bo@example.com Role Member",
        "Isolde Ravn Member Maya Lindholm Role changed from Viewer to Member",
    ]


# Filters


@pytest.fixture
def full(team: Team, owner: Reader) -> Contact:
    """A contact with a change by everybody."""
    maya = member_of(team, name="Maya Lindholm")
    key = ApiKeyFactory.create(team=team, name="Website form")
    Change.objects.all().delete()
    contact = ContactFactory.create(
        company=CompanyFactory.create(team=team), first_name="Anna", last_name="Berg"
    )
    edit(contact, Author.person(maya), job_title="By Maya")
    edit(contact, Author.api_key(key), job_title="By the key")
    edit(contact, Author(Origin.IMPORT, user=owner.user), job_title="By import")
    delete_contact(ContactFactory.create(company=contact.company), by=Author.person(owner.user))
    return contact


def test_filters(team: Team, owner: Reader, full: Contact) -> None:
    maya = team.memberships.get(user__name="Maya Lindholm").user
    key = team.api_keys.get()
    assert len(log(owner)) == 7
    for query, number in (
        ({"person": maya.pk}, 1),
        ({"person": owner.user.pk}, 2),
        ({"key": key.pk}, 1),
        ({"type": "company"}, 1),
        ({"type": "invitation"}, 0),
        ({"record": f"contact-{full.pk}"}, 4),
        ({"record": f"contact-{full.pk}", "person": maya.pk}, 1),
        ({"record": f"company-{full.pk}"}, 0),
        ({"verb": "deleted"}, 1),
        ({"verb": "created", "type": "contact"}, 2),
        ({"source": "import"}, 1),
        ({"source": "demo", "verb": "updated"}, 0),
        ({"sort": "at"}, 7),
    ):
        assert len(log(owner, **query)) == number, query
    oldest, *_ = log(owner, sort="at")
    assert oldest == log(owner)[-1]


def test_chips_say_what_is_asked_for_in_words(owner: Reader, full: Contact) -> None:
    page = owner.get(
        "history:audit",
        person=owner.user.pk,
        record=f"contact-{full.pk}",
        verb="updated",
        source="import",
        type="contact",
        **{"from": "2026-01-01", "to": "2036-01-31"},
    )
    assert [(chip.label, chip.text, chip.error) for chip in page.context["chips"]] == [
        ("Person", "Isolde Ravn", ""),
        ("Type", "Contact", ""),
        ("Record", "Anna Berg", ""),
        ("What happened", "Updated", ""),
        ("Source", "Import", ""),
        ("First day", "1 Jan 2026", ""),
        ("Last day", "31 Jan 2036", ""),
    ]
    assert len(rows(page)) == 1


def test_a_bad_value_narrows_nothing_and_says_so(owner: Reader, full: Contact) -> None:
    for query in (
        {"person": "x"},
        {"record": "x"},
        {"record": "contact-x"},
        {"verb": "burnt"},
        {"source": "x"},
        {"from": "yesterday"},
        {"to": "2026-02-30"},
        {"type": "x" * 21},
    ):
        page = owner.get("history:audit", **query)
        assert len(rows(page)) == 7, query
        assert "was left out" in words(page), query
    far = {"from": "0001-01-01", "to": "9999-12-31", "page": "x"}
    assert len(log(owner, **far)) == 7


def test_who_has_left_can_still_be_asked_for(team: Team, owner: Reader, full: Contact) -> None:
    maya = team.memberships.get(user__name="Maya Lindholm")
    maya.delete()
    page = owner.get("history:audit", person=maya.user.pk)
    assert len(rows(page)) == 1
    assert [chip.text for chip in page.context["chips"]] == ["Maya Lindholm"]
    assert f"?person={maya.user.pk}" in owner.get("history:audit").text


def test_whom_the_team_does_not_know(owner: Reader, full: Contact) -> None:
    stranger = UserFactory.create(name="Zanzibar")
    for query in (
        {"person": stranger.pk},
        {"key": ApiKeyFactory.create(name="Zanzibar").pk},
        {"record": f"contact-{ContactFactory.create(first_name='Zanzibar').pk}"},
    ):
        page = owner.get("history:audit", **query)
        assert rows(page) == []
        assert "Zanzibar" not in page.text
        assert [chip.text for chip in page.context["chips"]] == ["unknown here"]


def test_days_are_the_viewers(team: Team) -> None:
    owner = Reader(team, Role.OWNER, timezone="America/New_York")
    Change.objects.all().delete()
    # In New York all but the last are of 2 March.
    for moment in ("2026-03-02T05:00:00Z", "2026-03-03T04:59:59Z", "2026-03-03T05:00:00Z"):
        entry = Entry(team.pk, "contact", uuid.uuid4(), Verb.CREATED)
        record_changes([entry], by=Author(Origin.API), at=dt.datetime.fromisoformat(moment))
    for first, last, number in (
        ("2026-03-02", "2026-03-02", 2),
        ("2026-03-03", "2026-03-03", 1),
        ("2026-03-01", "2026-03-01", 0),
        ("2026-03-02", "", 3),
        ("", "2026-03-02", 2),
    ):
        assert len(log(owner, **{"from": first, "to": last})) == number, (first, last)


# The page


def test_fifty_stand_on_a_page(team: Team, owner: Reader) -> None:
    entries = [Entry(team.pk, "contact", uuid.uuid4(), Verb.CREATED) for _ in range(1002)]
    record_changes(entries, by=Author(Origin.IMPORT), at=dt.datetime.now(dt.UTC))
    page = owner.get("history:audit", source="import")
    assert len(rows(page)) == 50
    assert "1–50 of 1,000+" in words(page)
    assert 'rel="next" href="?source=import&amp;page=2"' in page.text
    assert "51–100 of 1,000+" in words(owner.get("history:audit", source="import", page=2))
    assert len(log(owner, source="import", page=21)) == 2


def test_it_asks_as_often_for_fifty_as_for_one(
    team: Team, owner: Reader, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    key, contact = ApiKeyFactory.create(team=team), ContactFactory.create(team=team)

    def one_of_each() -> None:
        CallFactory.create(contact=contact)
        edit(contact, Author.api_key(key), company=CompanyFactory.create(team=team))
        delete_contact(ContactFactory.create(company=contact.company), by=Author(Origin.CALL))

    Change.objects.all().delete()
    one_of_each()
    # session, user, memberships · people, keys · changes with their count
    # · names of contacts, companies and calls, and of what is deleted
    with django_assert_num_queries(10):
        owner.get("history:audit")
    for _ in range(10):
        one_of_each()
    with django_assert_num_queries(10):
        assert len(log(owner)) == 50


def test_htmx_gets_the_results_alone(owner: Reader, full: Contact) -> None:
    part = owner.get_part("history:audit", verb="deleted")
    assert "<html" not in part.text
    assert len(rows(part)) == 1
    assert 'id="count"' in part.text


def test_a_team_in_which_nothing_has_happened(owner: Reader) -> None:
    Change.objects.all().delete()
    assert "What was changed, by whom" in words(owner.get("history:audit"))
    assert "Nothing matches" in words(owner.get("history:audit", verb="deleted"))


def test_it_is_for_owners_and_admins(team: Team, full: Contact) -> None:
    for role, status in (
        (Role.OWNER, 200),
        (Role.ADMIN, 200),
        (Role.MEMBER, 403),
        (Role.VIEWER, 403),
    ):
        reader = Reader(team, role)
        assert reader.get("history:audit").status_code == status
        is_led = reader.url("history:audit") in reader.get("team_settings:home").text
        assert is_led == (status == 200)
