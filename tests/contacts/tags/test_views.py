"""The pages of a team's tags."""

import uuid

import pytest
from pytest_django import DjangoAssertNumQueries

from contacts.models import Tag, TagColor
from crm.history.models import Change, Verb
from crm.teams.models import Role, Team
from tests.factories import CompanyFactory, ContactFactory, TagFactory, TeamFactory
from tests.pages import Reader, words

pytestmark = [pytest.mark.django_db, pytest.mark.once]


@pytest.fixture
def team() -> Team:
    return TeamFactory.create()


@pytest.fixture
def reader(team: Team) -> Reader:
    return Reader(team)


def give(team: Team, *names: str) -> None:
    ContactFactory.create(company=CompanyFactory.create(team=team), tags=list(names))


def changes(reader: Reader, tag_id: uuid.UUID) -> list[str]:
    told = Change.objects.filter(record_type="tag", record_id=tag_id, actor_user=reader.user)
    return list(told.values_list("verb", flat=True))


def test_the_list_leads_to_the_contacts_of_each_tag(reader: Reader, team: Team) -> None:
    for _ in range(2):
        give(team, "R&D")
    TagFactory.create(team=team, name="unused")
    give(TeamFactory.create(), "R&D", "theirs")
    page = reader.get("tags:list")
    assert "R&D 2 contacts with R&D unused No contacts" in words(page)
    assert "theirs" not in words(page)
    link = reader.url("contacts:list") + "?tag=R%26D"
    assert f'href="{link}"' in page.text
    assert len(reader.client.get(link).context["page"].rows) == 2


def test_the_list_asks_as_often_for_many_tags_as_for_few(
    reader: Reader, team: Team, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    give(team, *(str(number) for number in range(30)))
    reader.get("tags:list")
    with django_assert_num_queries(4):
        reader.get("tags:list")


def test_a_team_without_tags_is_told_what_they_are_for(reader: Reader, team: Team) -> None:
    assert "Add the first tag" in words(reader.get("tags:list"))
    assert "Add the first tag" not in words(Reader(team, Role.VIEWER).get("tags:list"))


def test_a_viewer_sees_and_changes_nothing(team: Team) -> None:
    give(team, "vip")
    page = Reader(team, Role.VIEWER).get("tags:list")
    assert "1 contact with vip" in words(page)
    assert "settings/tags/" not in page.text


def test_adding_a_tag(reader: Reader, team: Team) -> None:
    form = reader.get("tags:create")
    assert all(label in words(form) for label in TagColor.labels)
    response = reader.post("tags:create", name=" Key  account ", color=TagColor.RED, follow=True)
    assert "Key account was added." in words(response)
    tag = team.tags.get()
    assert (tag.name, tag.color) == ("Key account", TagColor.RED)
    assert changes(reader, tag.pk) == [Verb.CREATED]
    taken = reader.post("tags:create", name="KEY ACCOUNT", color=TagColor.RED)
    assert "This team has this tag already." in words(taken)
    refused = reader.post("tags:create", name="", color=len(TagColor))
    assert set(refused.context["form"].errors) == {"name", "color"}
    assert team.tags.count() == 1


def test_renaming_and_colouring_a_tag(reader: Reader, team: Team) -> None:
    give(team, "vip")
    tag = team.tags.get()
    response = reader.post("tags:edit", tag.pk, name="VIP", color=TagColor.PINK, follow=True)
    assert "VIP was saved." in words(response)
    tag.refresh_from_db()
    assert (tag.name, tag.color, tag.contact_links.count()) == ("VIP", TagColor.PINK, 1)
    assert changes(reader, tag.pk) == [Verb.UPDATED]


def test_a_name_that_is_taken_leads_to_merging(reader: Reader, team: Team) -> None:
    give(team, "vips")
    give(team, "vips", "VIP")
    tag, into = team.tags.get(name="vips"), team.tags.get(name="VIP")
    taken = reader.post("tags:edit", tag.pk, name="vip", color=0)
    assert "This team has this tag already." in words(taken)
    assert "Merge vips into VIP" in words(taken)
    link = f"{reader.url('tags:merge', tag.pk)}?into={into.pk}"
    assert f'href="{link}"' in taken.text
    ask = reader.client.get(link)
    assert "2 contacts get the tag that you choose in place of “vips”" in words(ask)
    assert f'<option value="{into.pk}" selected>' in ask.text
    done = reader.post("tags:merge", tag.pk, into=into.pk, follow=True)
    assert "vips was merged into VIP." in words(done)
    assert [(each.name, each.contacts_count) for each in team.tags.with_counts()] == [("VIP", 2)]
    assert changes(reader, tag.pk) == [Verb.DELETED]


def test_a_tag_is_merged_into_another_one_of_its_team_only(reader: Reader, team: Team) -> None:
    tag = TagFactory.create(team=team)
    theirs = TagFactory.create(name="theirs")
    assert "theirs" not in words(reader.get("tags:merge", tag.pk))
    for into in (tag.pk, theirs.pk, "nonsense", ""):
        response = reader.post("tags:merge", tag.pk, into=into)
        assert set(response.context["form"].errors) == {"into"}
    assert Tag.objects.count() == 2


def test_deleting_a_tag_says_who_loses_it(reader: Reader, team: Team) -> None:
    give(team, "vip")
    tag = team.tags.get()
    assert "The tag “vip” will be deleted. 1 contact loses it;" in words(
        reader.get("tags:delete", tag.pk)
    )
    assert "vip was deleted." in words(reader.post("tags:delete", tag.pk, follow=True))
    assert not team.tags.exists()
    assert team.contacts.count() == 1
    assert changes(reader, tag.pk) == [Verb.DELETED]
    assert reader.get("tags:delete", tag.pk).status_code == 404


def test_the_audit_log_tells_of_tags_in_words(team: Team) -> None:
    admin = Reader(team, Role.ADMIN)
    tag, into = (TagFactory.create(team=team, name=name) for name in ("vips", "VIP"))
    admin.post("tags:edit", tag.pk, name="top", color=TagColor.PINK)
    admin.post("tags:merge", tag.pk, into=into.pk)
    told = words(admin.get("history:audit"))
    assert "Colour changed from Grey to Pink" in told
    assert "Merged into VIP" in told
