"""What is stored, and that it went through the operations like everything else."""

import datetime as dt
import wave

import pytest

from calls.enrichment.models import EnrichmentRun, Proposal
from calls.models import Call, Recording, Transcript
from companies.models import Company
from contacts.matching import find_contact_by_number
from contacts.models import Contact
from crm.accounts.models import User
from crm.demo.seeding import HOMES, USERS, Size, seed, seeded
from crm.history.models import Change, Origin, Verb
from crm.teams.models import Team
from tests.conftest import Unblock
from tests.demo.planning import NOW

SMALL = Size(contacts=70, calls=130, recordings=8)


@pytest.fixture(scope="module")
def demo(module_db: Unblock) -> None:
    """One small seed for the whole module."""
    with module_db():
        seed(now=NOW, password="a-password", is_staff=False, size=SMALL)


pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("demo")]


def test_both_teams_have_their_share() -> None:
    assert seeded()
    assert {team.slug: team.name for team in Team.objects.all()} == {
        slug: home.team for slug, home in HOMES.items()
    }
    assert (Contact.objects.count(), Call.objects.count()) == (SMALL.contacts, SMALL.calls)
    assert Recording.objects.count() == SMALL.recordings
    assert all(team.contacts.exists() and team.calls.exists() for team in Team.objects.all())


def test_users_have_their_roles_and_nobody_is_staff() -> None:
    for email, name, roles in USERS:
        user = User.objects.get(email=email)
        assert user.name == name
        assert user.check_password("a-password")
        assert {m.team.slug: m.role for m in user.memberships.all()} == roles
    assert not User.objects.filter(is_staff=True).exists()


def test_history_says_that_it_is_demo_data_or_was_heard_on_its_calls() -> None:
    changes = Change.objects.all()
    assert set(changes.values_list("origin", "actor_user", "actor_key")) == {
        (Origin.DEMO, None, None),
        (Origin.EXTRACTOR, None, None),
    }
    kinds = {"team", "membership", "customfield", "company", "contact", "tag", "call"}
    assert set(changes.values_list("record_type", flat=True)) == kinds


def test_teams_have_fields_of_their_own_that_are_filled() -> None:
    for team in Team.objects.all():
        assert team.custom_fields.filter(created_by="user").count() == 5
        assert all(company.custom_fields for company in team.companies.all())
        customers = team.contacts.filter(lead_status="customer")
        assert all({"plan", "renewal"} <= set(each.custom_fields) for each in customers)


def test_calls_have_taught_something_and_something_waits() -> None:
    heard = Change.objects.filter(origin=Origin.EXTRACTOR, record_type="contact")
    assert heard.exists()
    assert all(change.evidence["fields"] for change in heard)
    assert Proposal.objects.filter(team__slug="demo", status="open").exists()
    assert not EnrichmentRun.objects.filter(status="waiting").exists()


def test_every_record_has_one_change_that_tells_of_its_beginning() -> None:
    for name, model in (("company", Company), ("contact", Contact), ("call", Call)):
        created = Change.objects.filter(verb=Verb.CREATED, record_type=name)
        ids = model.objects.values_list("pk", flat=True)
        assert sorted(created.values_list("record_id", flat=True)) == sorted(ids)


def test_calls_have_what_there_is_to_know() -> None:
    for call in Call.objects.filter(outcome="connected"):
        assert call.summary
        assert call.duration_seconds
        assert call.ended_reason
    spoken = Call.objects.filter(started_at__isnull=False)
    assert Transcript.objects.count() == spoken.count()
    assert not Call.objects.filter(started_at=None).exclude(transcript_status="none").exists()


def test_contacts_were_known_before_their_first_call() -> None:
    for call in Call.objects.select_related("contact").exclude(contact=None):
        assert call.contact.created_at < call.started_or_created_at
        assert call.contact.last_call_at >= call.started_or_created_at


def test_a_shared_switchboard_is_never_guessed() -> None:
    for team in Team.objects.all():
        [number] = {
            company.phone
            for company in team.companies.all()
            if team.contacts.with_number(company.phone).count() == 2
        }
        assert find_contact_by_number(team, number) is None
        assert not team.calls.filter(from_number=number).exclude(contact=None).exists()


def test_recordings_are_stored_with_their_waveform() -> None:
    for stored in Recording.objects.select_related("call"):
        assert stored.size < 1_250_000
        assert stored.content_type == "audio/wav"
        assert stored.duration_seconds is not None
        assert abs(stored.duration_seconds - (stored.call.duration_seconds or 0)) < 1
        assert max(stored.peaks["assistant"]) > 0.2
        assert max(stored.peaks["contact"]) > 0.2
        with stored.file.open() as file, wave.open(file) as sound:
            assert sound.getnchannels() == 2


def test_only_calls_of_the_last_sixty_days_or_so() -> None:
    oldest = Call.objects.order_by("started_or_created_at").first()
    assert oldest is not None
    assert NOW - dt.timedelta(days=75) < oldest.started_or_created_at


def test_users_left_from_earlier_demo_data_are_taken_again() -> None:
    before = User.objects.get(email=USERS[0][0])
    # As when an operator has deleted the demo's teams and seeds again.
    for team in Team.objects.all():
        Call.objects.filter(team=team).delete()
        Contact.objects.filter(team=team).delete()
        team.delete()
    seed(now=NOW, password="another", is_staff=True, size=Size(contacts=4, calls=2, recordings=0))
    again = User.objects.get(email=USERS[0][0])
    assert again.pk == before.pk
    assert again.check_password("another")
    assert again.is_staff
