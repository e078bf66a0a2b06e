import datetime as dt
import re
from html import unescape

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from calls.operations import Sound, save_call
from calls.recordings.models import RecordingCopy
from contacts.models import Contact
from crm.history.recording import Author
from crm.teams.models import Role, Team
from tests.factories import CallFactory, CompanyFactory, ContactFactory
from tests.pages import Reader, names, words

pytestmark = pytest.mark.django_db

HOSTILE = '<script>alert("x")</script>'
TURNS = [
    {"speaker": "assistant", "text": "Good morning, this is Nora.", "startSeconds": 0.4},
    {"speaker": "contact", "text": "The contract runs out in May.", "startSeconds": 130.2},
]


@pytest.fixture
def contact(team: Team) -> Contact:
    company = CompanyFactory.create(team=team, name="Skärgård")
    return ContactFactory.create(
        company=company, first_name="Marguerite", last_name="Okonkwo", phone="+14155550182"
    )


# The list


def test_the_list_shows_what_came_of_each_call(reader: Reader, contact: Contact) -> None:
    CallFactory.create(
        contact=contact,
        outcome="transferred",
        assistant_name="Nora",
        duration_seconds=206,
        summary="Sees the pilot in January.",
    )
    page = words(reader.get("calls:list"))
    for text in ("Marguerite Okonkwo", "Skärgård", "Transferred", "Nora", "3:26", "Outbound"):
        assert text in page
    assert "Sees the pilot in January." in page


def test_a_call_of_nobody_shows_the_number_of_the_other_side(reader: Reader, team: Team) -> None:
    numbers = {"from_number": "+14155550111", "to_number": "+14155550222"}
    CallFactory.create(team=team, direction="inbound", **numbers)
    CallFactory.create(team=team, direction="outbound", **numbers)
    CallFactory.create(team=team, direction="unknown")
    response = reader.get("calls:list", sort="started")
    assert names(response) == ["(415) 555-0111", "(415) 555-0222", "Unknown number"]
    assert words(response).count("No contact") == 3


def test_a_running_call_says_how_it_stands(reader: Reader, team: Team) -> None:
    CallFactory.create(team=team, status="in_progress", outcome="unknown", duration_seconds=None)
    assert "In progress" in words(reader.get("calls:list"))


def test_days_have_headings_in_the_viewers_timezone(team: Team) -> None:
    reader = Reader(team, timezone="Asia/Tokyo")
    late = dt.datetime(2025, 3, 3, 20, 0, tzinfo=dt.UTC)
    for hours in (0, 1, -8):
        CallFactory.create(team=team, started_at=late + dt.timedelta(hours=hours))
    CallFactory.create(team=team)
    rows = reader.get("calls:list").context["page"].rows
    assert [row["heading"] for row in rows] == ["Today", "Tue 4 Mar 2025", "", "Mon 3 Mar 2025"]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"outcome": "voicemail"}, "yesterday"),
        ({"direction": "inbound"}, "yesterday"),
        ({"status": "failed"}, "month"),
        ({"unmatched": "true"}, "month"),
        ({"unmatched": "false"}, "today yesterday"),
        ({"period": "today"}, "today"),
        ({"period": "yesterday"}, "yesterday"),
        ({"period": "7d"}, "today yesterday"),
        ({"period": "30d"}, "today yesterday month"),
        ({"search": "marguerite"}, "today yesterday"),
        ({"search": "contract may"}, "today"),
        ({"search": "month"}, "month"),
        ({"search": "pelican"}, ""),
    ],
)
def test_the_address_holds_search_and_filters(
    reader: Reader, team: Team, contact: Contact, query: dict[str, str], expected: str
) -> None:
    now = timezone.now()
    CallFactory.create(contact=contact, summary="today", turns=TURNS)
    CallFactory.create(
        contact=contact,
        summary="yesterday",
        outcome="voicemail",
        direction="inbound",
        started_at=now - dt.timedelta(days=1),
    )
    CallFactory.create(
        team=team, summary="month", status="failed", started_at=now - dt.timedelta(days=20)
    )
    rows = reader.get("calls:list", **query).context["page"].rows
    assert " ".join(re.sub("<[^>]*>", "", row["summary"]) for row in rows) == expected


def test_a_search_shows_what_was_said_and_leads_there(reader: Reader, contact: Contact) -> None:
    call = CallFactory.create(contact=contact, turns=TURNS, summary="Nothing of note.")
    response = reader.get("calls:list", search="contract")
    assert "2:10 Marguerite: The contract runs out in May." in words(response)
    assert "The <mark>contract</mark> runs out" in response.content.decode()
    (row,) = response.context["page"].rows
    address = unescape(row["url"])
    assert address == f"{reader.url('calls:detail', call.pk)}?search=contract&t=130.2"
    opened = reader.client.get(address)
    page = opened.content.decode()
    assert "<mark>contract</mark>" in page
    assert [hit["startSeconds"] for hit in opened.context["hits"]] == [130.2]
    (spoken,) = re.findall(r'<li class="turn [^"]*is-now" id="([^"]*)"', page)
    assert spoken == f"call-{call.pk}-turn-{opened.context['hits'][0]['place']}"
    assert f'href="#{spoken}"' in page


QUESTION = [
    {"speaker": "assistant", "text": "Is it about our pricing?", "startSeconds": 3.0},
    {
        "speaker": "contact",
        "text": "Yes. What is your pricing for ten people?",
        "startSeconds": 6.5,
    },
]


@pytest.mark.parametrize("query", ["who asked about pricing?", "Pricing?", "What about PRICING"])
def test_a_question_finds_what_it_is_about(reader: Reader, contact: Contact, query: str) -> None:
    CallFactory.create(contact=contact, turns=QUESTION)
    CallFactory.create(contact=contact, turns=TURNS)
    response = reader.get("calls:list", search=query)
    if " " in query:
        assert "Calls about pricing" in words(response)
        (row,) = response.context["page"].rows
        assert "t=6.5" in row["url"]
        assert f"{contact.first_name}:" in words(response)


def test_a_recording_opens_at_the_second_that_was_asked_for(
    reader: Reader, contact: Contact
) -> None:
    call = CallFactory.create(contact=contact, turns=TURNS, recorded=True)
    page = reader.get("calls:detail", call.pk, t="130.2").content.decode()
    assert 'data-at="130.2"' in page
    assert f'src="{reader.url("calls:recording", call.pk)}#t=130.2"' in page
    for nonsense in ("", "-1", "1e9", "nan", "٣", "1<2"):
        page = reader.get("calls:detail", call.pk, t=nonsense).content.decode()
        assert "data-at" not in page
        assert "is-now" not in page


def test_a_call_is_searched_for_words(reader: Reader, contact: Contact) -> None:
    call = CallFactory.create(contact=contact, turns=TURNS, recorded=True)
    response = reader.get("calls:transcript", call.pk, search="contract")
    assert "1 turn: 2:10" in words(response)
    assert 'data-seek="130.2"' in response.content.decode()
    assert "Nobody said “pelican”" in words(
        reader.get("calls:transcript", call.pk, search="pelican")
    )
    assert reader.get("calls:transcript", call.pk, search="\0").status_code == 200


def test_a_hit_far_into_a_long_text_is_shown_from_shortly_before(
    reader: Reader, contact: Contact
) -> None:
    long = "word " * 40
    CallFactory.create(contact=contact, summary=f"{long}and the pelican came back.")
    (row,) = reader.get("calls:list", search="pelican").context["page"].rows
    assert row["summary"] == "…word word word and the <mark>pelican</mark> came back."


def test_what_was_redacted_is_not_quoted(reader: Reader, contact: Contact) -> None:
    call = CallFactory.create(contact=contact, turns=TURNS)
    call.transcript_status = "redacted"
    save_call(call, by=Author.person(reader.user))
    for response in (
        reader.get("calls:list", search="contract"),
        reader.get("calls:detail", call.pk),
        reader.get("calls:transcript", call.pk),
        reader.get("contacts:detail", contact.pk),
    ):
        assert "runs out in May" not in words(response)


def test_the_contact_of_the_address_is_named(reader: Reader, contact: Contact) -> None:
    CallFactory.create(contact=contact)
    CallFactory.create(team=contact.team)
    response = reader.get("calls:list", contactId=contact.pk)
    assert len(names(response)) == 1
    assert "Contact is Marguerite Okonkwo" in words(response)


def test_no_calls_yet_is_another_page_than_nothing_matches(reader: Reader, team: Team) -> None:
    assert "Every call, with what was said" in words(reader.get("calls:list"))
    CallFactory.create(team=team)
    assert "Nothing matches" in words(reader.get("calls:list", outcome="busy"))


@pytest.mark.parametrize(("query", "count"), [({}, 6), ({"search": "note"}, 8)])
def test_the_list_asks_the_database_as_often_for_fifty_as_for_one(
    reader: Reader,
    contact: Contact,
    query: dict[str, str],
    count: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    CallFactory.create(contact=contact, summary="Nothing of note.")
    # session, user, memberships · calls, those without a contact; searching, also the hits, and
    # what was said
    with django_assert_num_queries(count):
        reader.get("calls:list", **query)
    for _ in range(49):
        CallFactory.create(contact=contact, turns=TURNS, summary="Nothing of note.")
    with django_assert_num_queries(count):
        assert len(names(reader.get("calls:list", **query))) == 50


# A call


def test_a_call_shows_transcript_facts_and_its_contact(reader: Reader, contact: Contact) -> None:
    call = CallFactory.create(
        contact=contact,
        turns=TURNS,
        recorded=True,
        ended_by="contact",
        ended_reason="customer-ended-call",
        sentiment="positive",
        success=True,
        cost_amount="0.026900",
        cost_currency="USD",
        provider="retell",
        assistant_name="Nora",
        summary="Wants:\n\n- a price",
    )
    response = reader.get("calls:detail", call.pk)
    page, text = response.content.decode(), words(response)
    assert "<li>a price</li>" in page
    for fact in ("customer-ended-call", "Positive", "0.0269 USD", "retell", "2 turns"):
        assert fact in text
    assert "0:00 Nora Good morning, this is Nora." in text
    assert "2:10 Marguerite The contract runs out in May." in text
    assert reader.url("contacts:detail", contact.pk) in page
    assert f'<audio src="{reader.url("calls:recording", call.pk)}"' in page
    assert "<html" not in reader.get_part("calls:detail", call.pk).content.decode()


def test_what_was_said_is_text_and_no_markup(reader: Reader, team: Team) -> None:
    contact = ContactFactory.create(team=team, first_name=HOSTILE)
    call = CallFactory.create(
        contact=contact,
        summary=HOSTILE,
        ended_reason=HOSTILE,
        assistant_name=HOSTILE,
        transferred_to=HOSTILE,
        turns=[{"speaker": speaker, "text": HOSTILE} for speaker in ("assistant", "contact")],
        recorded=True,
    )
    answers = [
        reader.get("calls:list"),
        reader.get("calls:list", search="alert"),
        reader.get("calls:detail", call.pk),
        reader.get("calls:detail", call.pk, search="alert"),
        reader.get("calls:transcript", call.pk),
        reader.get("calls:of_contact", contact.pk),
    ]
    for answer in answers:
        assert "<script>alert" not in answer.content.decode()
        assert "&lt;script&gt;" in answer.content.decode()


@pytest.mark.parametrize(
    ("status", "said"),
    [
        ("waiting", "The recording is being fetched."),
        ("failed", "The recording could not be fetched. The platform does not have it (404)."),
        ("", "The recording is only at the platform so far."),
    ],
)
def test_a_recording_that_is_not_stored_says_why(team: Team, status: str, said: str) -> None:
    address = "https://platform.example/rec/1.wav"
    call = CallFactory.create(team=team, sound=Sound(source_url=address))
    reason = "The platform does not have it (404)." if status == "failed" else ""
    copies = RecordingCopy.objects.all()
    copies.update(status=status, reason=reason) if status else copies.delete()
    for role in (Role.MEMBER, Role.VIEWER):
        reader = Reader(team, role)
        response = reader.get("calls:detail", call.pk)
        page = response.content.decode()
        assert said in words(response)
        assert "<audio" not in page
        is_over = status != "waiting"
        assert (f'href="{address}" rel="noopener noreferrer"' in page) is is_over
        offered = is_over and role == Role.MEMBER
        assert (reader.url("calls:fetch_recording", call.pk) in page) is offered


def test_a_recording_that_was_not_fetched_can_be_fetched_again(team: Team) -> None:
    call = CallFactory.create(team=team, sound=Sound(source_url="https://platform.example/1.wav"))
    RecordingCopy.objects.update(status="failed", attempts=10)
    reader = Reader(team, Role.MEMBER)
    response = reader.client.post(reader.url("calls:fetch_recording", call.pk), follow=True)
    assert "The recording is being fetched." in words(response)
    run = RecordingCopy.objects.get()
    assert (run.status, run.attempts) == ("waiting", 0)
    again = reader.client.post(reader.url("calls:fetch_recording", call.pk), follow=True)
    assert "There is nothing to fetch." in words(again)


def test_an_unmatched_call_names_the_contacts_that_share_its_number(
    reader: Reader, team: Team, contact: Contact
) -> None:
    other = ContactFactory.create(team=team, phone_secondary=contact.phone)
    call = CallFactory.create(team=team, to_number=contact.phone)
    text = words(reader.get("calls:detail", call.pk))
    assert "Not linked: this is the number of" in text
    assert contact.name in text
    assert other.name in text


@pytest.mark.parametrize(("role", "offered"), [(Role.MEMBER, True), (Role.VIEWER, False)])
def test_who_may_write_can_say_whose_a_call_is(team: Team, role: Role, offered: bool) -> None:
    reader = Reader(team, role)
    call = CallFactory.create(team=team, to_number="+14155550199")
    page = reader.get("calls:detail", call.pk).content.decode()
    for name in ("calls:assign", "calls:add_contact"):
        assert (reader.url(name, call.pk) in page) is offered


def test_a_call_of_another_team_is_not_there(reader: Reader) -> None:
    theirs = CallFactory.create(recorded=True, turns=TURNS, contact=ContactFactory.create())
    for name in ("calls:detail", "calls:transcript", "calls:recording"):
        assert reader.get(name, theirs.pk).status_code == 404
    assert reader.get("calls:of_contact", theirs.contact_id).status_code == 404
