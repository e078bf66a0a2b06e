"""A team's tags, made, renamed, coloured, merged and deleted."""

import threading
import time
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection, connections, transaction
from django.test.utils import CaptureQueriesContext

from contacts.models import Contact, ContactTag, Tag, TagColor
from contacts.operations import save_contact
from contacts.tags.operations import delete_tag, merge_tags, save_tag
from crm.history.models import Change, Origin, Verb
from crm.history.recording import Author
from crm.teams.models import Team
from tests.counts import counts
from tests.factories import CompanyFactory, ContactFactory, TagFactory, TeamFactory, UserFactory

pytestmark = pytest.mark.django_db

BY = Author(Origin.DEMO)


@pytest.fixture
def team() -> Team:
    return TeamFactory.create()


def tagged(team: Team, *names: str) -> Contact:
    return ContactFactory.create(team=team, tags=list(names))


def tags_of(contact: Contact) -> list[str]:
    return sorted(link.tag.name for link in contact.tag_links.select_related("tag"))


def last_change(tag: Tag) -> Change:
    return Change.objects.filter(record_type="tag", record_id=tag.pk).latest("at", "id")


def told(tag: Tag) -> tuple[str, dict[str, list[Any]]]:
    change = last_change(tag)
    return change.verb, change.fields


# Making and changing


def test_a_tag_keeps_its_name_to_itself(team: Team) -> None:
    TagFactory.create(team=team, name="vip")
    with pytest.raises(ValidationError):
        save_tag(Tag(team=team, name="VIP"), by=BY)
    TagFactory.create(name="vip")


def test_a_tag_that_a_contact_brings_is_told_of_like_one_made_by_hand(team: Team) -> None:
    person = Author.person(UserFactory.create())
    save_tag(Tag(team=team, name="by hand"), by=person)
    ContactFactory.create(team=team, tags=["brought", "by hand"], by=person)
    changes = Change.objects.filter(record_type="tag")
    assert {(change.record_id, change.verb, change.actor_user) for change in changes} == {
        (tag.pk, Verb.CREATED, person.user) for tag in team.tags.all()
    }
    assert len(changes) == 2


def test_a_new_name_and_colour_are_told_with_the_old_ones(team: Team) -> None:
    tag = TagFactory.create(team=team, name="vip", color=TagColor.TEAL)
    contact = tagged(team, "vip")
    tag.name, tag.color = "Key account", TagColor.RED
    save_tag(tag, by=BY)
    assert tags_of(contact) == ["Key account"]
    assert told(tag) == (
        Verb.UPDATED,
        {"name": ["vip", "Key account"], "color": [TagColor.TEAL, TagColor.RED]},
    )


def test_another_case_of_its_own_name_is_a_new_name(team: Team) -> None:
    tag = TagFactory.create(team=team, name="vip")
    tag.name = "VIP"
    save_tag(tag, by=BY)
    assert told(tag) == (Verb.UPDATED, {"name": ["vip", "VIP"]})


def test_nothing_changed_is_nothing_told(team: Team) -> None:
    tag = TagFactory.create(team=team)
    save_tag(tag, by=BY)
    assert Change.objects.filter(record_id=tag.pk).count() == 1


def test_a_renamed_tag_leaves_its_contacts_versions_and_histories_alone(team: Team) -> None:
    contact = tagged(team, "vip")
    before = Contact.objects.values().get(pk=contact.pk)
    told_before = Change.objects.filter(record_id=contact.pk).count()
    tag = team.tags.get()
    tag.name = "Key account"
    save_tag(tag, by=BY)
    merge_tags([tag], TagFactory.create(team=team, name="top"), by=BY)
    assert tags_of(contact) == ["top"]
    assert Contact.objects.values().get(pk=contact.pk) == before
    assert Change.objects.filter(record_id=contact.pk).count() == told_before


def test_a_colour_that_there_is_not_is_refused(team: Team) -> None:
    with pytest.raises(ValidationError) as error:
        save_tag(Tag(team=team, name="vip", color=len(TagColor)), by=BY)
    assert set(error.value.error_dict) == {"color"}


def test_a_tag_deleted_meanwhile_is_not_changed(team: Team) -> None:
    tag = TagFactory.create(team=team, name="vip")
    delete_tag(team.tags.get(), by=BY)
    tag.color = TagColor.RED
    for change in (
        lambda: save_tag(tag, by=BY),
        lambda: delete_tag(tag, by=BY),
        lambda: merge_tags([TagFactory.create(team=team)], tag, by=BY),
    ):
        with pytest.raises(ValidationError, match="deleted the tag “vip” meanwhile"):
            change()
    assert not team.tags.filter(name="vip").exists()


# Merging


def test_merged_tags_become_one_which_every_contact_has_once(team: Team) -> None:
    contacts = {
        names: tagged(team, *names)
        for names in (
            ("prospect",),
            ("Prospects", "vip"),
            ("prospect", "Prospects"),
            ("prospect", "lead"),
            ("lead",),
            ("vip",),
        )
    }
    theirs = ContactFactory.create(tags=["prospect", "lead"])
    by_name = {tag.name: tag for tag in team.tags.all()}
    sources, lead = [by_name["prospect"], by_name["Prospects"]], by_name["lead"]
    merge_tags(sources, lead, by=BY)
    assert {names: tags_of(contact) for names, contact in contacts.items()} == {
        ("prospect",): ["lead"],
        ("Prospects", "vip"): ["lead", "vip"],
        ("prospect", "Prospects"): ["lead"],
        ("prospect", "lead"): ["lead"],
        ("lead",): ["lead"],
        ("vip",): ["vip"],
    }
    assert sorted(team.tags.values_list("name", flat=True)) == ["lead", "vip"]
    assert tags_of(theirs) == ["lead", "prospect"]
    assert told(sources[0]) == (
        Verb.DELETED,
        {
            "name": ["prospect", None],
            "color": [sources[0].color, None],
            "contacts": [3, 0],
            "merged_into": ["lead", None],
        },
    )
    assert told(sources[1])[1]["contacts"] == [2, 0]
    assert told(lead)[0] == Verb.CREATED


def test_a_tag_merged_into_itself_stays(team: Team) -> None:
    contact = tagged(team, "vip", "key")
    vip, key = team.tags.get(name="vip"), team.tags.get(name="key")
    merge_tags([vip, key], vip, by=BY)
    assert tags_of(contact) == ["vip"]


def test_a_source_that_is_gone_already_is_left_out(team: Team) -> None:
    contact = tagged(team, "vip", "key")
    vip, key = team.tags.get(name="vip"), team.tags.get(name="key")
    delete_tag(team.tags.get(name="key"), by=BY)
    merge_tags([key], vip, by=BY)
    assert tags_of(contact) == ["vip"]
    assert "merged_into" not in told(key)[1]


def test_another_teams_tag_is_neither_source_nor_target(team: Team) -> None:
    ours, theirs = TagFactory.create(team=team), TagFactory.create()
    merge_tags([theirs], ours, by=BY)
    merge_tags([ours], theirs, by=BY)
    assert Tag.objects.count() == 2


# Deleting


def test_a_deleted_tag_leaves_its_contacts(team: Team) -> None:
    contact = tagged(team, "vip", "north")
    theirs = ContactFactory.create(tags=["vip"])
    tag = team.tags.get(name="vip")
    delete_tag(tag, by=BY)
    assert tags_of(contact) == ["north"]
    assert tags_of(theirs) == ["vip"]
    assert told(tag) == (
        Verb.DELETED,
        {"name": ["vip", None], "color": [tag.color, None], "contacts": [1, 0]},
    )


# However many contacts have it


def many(team: Team, number: int) -> None:
    """Give the team contacts: all of them "a", every second "b", every third "target"."""
    company = CompanyFactory.create(team=team)
    tags = {name: TagFactory.create(team=team, name=name) for name in ("a", "b", "target")}
    contacts = Contact.objects.bulk_create(
        [
            Contact(team=team, company=company, first_name="F", last_name=str(place))
            for place in range(number)
        ],
        batch_size=5000,
    )
    ContactTag.objects.bulk_create(
        [
            ContactTag(team=team, contact=contact, tag=tags[name])
            for place, contact in enumerate(contacts)
            for name, step in (("a", 1), ("b", 2), ("target", 3))
            if not place % step
        ],
        batch_size=5000,
    )


def test_the_database_is_asked_as_often_for_many_contacts_as_for_few() -> None:
    asked = []
    for number in (6, counts(600, 100_000)):
        team = TeamFactory.create()
        many(team, number)
        a, b, target = team.tags.order_by("name")
        started = time.monotonic()
        with CaptureQueriesContext(connection) as merging:
            merge_tags([b], target, by=BY)
        with CaptureQueriesContext(connection) as deleting:
            delete_tag(a, by=BY)
        asked.append((len(merging), len(deleting)))
        assert time.monotonic() - started < 60
        assert {tag.name: tag.contacts_count for tag in team.tags.with_counts()} == {
            "target": sum(1 for place in range(number) if not place % 2 or not place % 3),
        }
    assert asked[0] == asked[1]


# Two at a time


@pytest.mark.django_db(transaction=True)
def test_a_contact_saved_meanwhile_loses_no_tag() -> None:
    team = TeamFactory.create()
    contact = tagged(team)
    source, target = (TagFactory.create(team=team, name=name) for name in ("prospect", "lead"))

    def merge() -> None:
        merge_tags([source], target, by=BY)
        connections.close_all()

    other = threading.Thread(target=merge)
    with transaction.atomic():
        save_contact(contact, by=BY, tags=["prospect"])
        other.start()
        time.sleep(0.2)
        assert other.is_alive()
    other.join(timeout=20)
    assert tags_of(contact) == ["lead"]
