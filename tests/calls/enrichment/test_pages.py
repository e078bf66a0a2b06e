"""The pages on which people decide, and those of the settings."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.html import escape

from calls.enrichment.models import EnrichmentRun, Proposal
from calls.models import Call
from contacts.models import Contact
from crm.records.models import CustomField
from crm.teams.models import Role
from tests.calls.enrichment.kit import SAID, Script, make_call, read
from tests.factories import ContactFactory, CustomFieldFactory
from tests.pages import Reader

pytestmark = [pytest.mark.django_db, pytest.mark.once]


@pytest.fixture
def contact() -> Contact:
    return ContactFactory.create(first_name="Ann", job_title="")


@pytest.fixture
def admin(contact: Contact) -> Client:
    return Reader(contact.team, Role.ADMIN).client


@pytest.fixture
def call(contact: Contact, script: Script) -> Call:
    script.values = {"job_title": "Head of Sales", "first_name": "Anne", "lead_status": "Qualified"}
    call = make_call(contact)
    read(call)
    return call


def page(client: Client, contact: Contact, name: str, *args: Any) -> str:
    return client.get(reverse(name, args=[contact.team.slug, *args])).content.decode()


def send(client: Client, contact: Contact, name: str, *args: Any, **data: Any) -> str:
    url = reverse(name, args=[contact.team.slug, *args])
    return client.post(url, data, follow=True).content.decode()


def test_the_panel_shows_marks_proposals_and_what_was_learned(
    admin: Client, contact: Contact, call: Call
) -> None:
    shown = page(admin, contact, "contacts:detail", contact.pk)
    assert f'id="fact-job_title-heard" href="/t/{contact.team.slug}/calls/{call.pk}#call-' in shown
    assert f'data-moment="{call.pk}" data-seconds="4.5"' in shown
    assert shown.count(SAID) >= 3
    assert shown.count("data-proposal") == 2
    assert "Learned from this call" in shown
    assert "Undo this call’s changes" in shown


def test_each_proposal_is_decided_on_its_own(admin: Client, contact: Contact, call: Call) -> None:
    name, status = Proposal.objects.order_by("field")
    shown = send(admin, contact, "enrichment:accept", name.pk, value="Annie")
    assert "Annie" in shown
    send(admin, contact, "enrichment:reject", status.pk)
    contact.refresh_from_db()
    assert (contact.first_name, contact.lead_status) == ("Annie", "new")
    assert "decided meanwhile" in send(admin, contact, "enrichment:accept", name.pk)


def test_a_value_that_is_none_is_refused_in_words(
    admin: Client, contact: Contact, call: Call
) -> None:
    proposal = Proposal.objects.get(field="lead_status")
    said = send(admin, contact, "enrichment:accept", proposal.pk, value="King")
    assert "“King” is not one of the choices." in said
    proposal.refresh_from_db()
    assert proposal.is_open


def test_all_that_waits_of_a_call_is_decided_at_once(
    admin: Client, contact: Contact, call: Call
) -> None:
    assert "2 proposals were accepted" in send(
        admin, contact, "enrichment:of_call", call.pk, accept=""
    )
    contact.refresh_from_db()
    assert (contact.first_name, contact.lead_status) == ("Anne", "qualified")


def test_a_call_is_undone_and_read_again(admin: Client, contact: Contact, call: Call) -> None:
    assert "1 value was put back." in send(admin, contact, "enrichment:undo", call.pk)
    contact.refresh_from_db()
    assert contact.job_title == ""
    assert "What this call had changed was put back." in page(
        admin, contact, "calls:detail", call.pk
    )
    send(admin, contact, "enrichment:read_again", call.pk)
    assert EnrichmentRun.objects.get(call=call).status == "waiting"


def test_the_review_page_lists_what_waits(admin: Client, contact: Contact, call: Call) -> None:
    shown = page(admin, contact, "enrichment:list")
    assert shown.count("data-proposal") == 2
    for proposal in Proposal.objects.all():
        shown = send(admin, contact, "enrichment:reject", proposal.pk, back="list")
    assert "Nothing waits for you" in shown


def test_settings_say_what_calls_fill(admin: Client, contact: Contact, script: Script) -> None:
    assert "Job title" in page(admin, contact, "enrichment:settings")
    said = send(admin, contact, "enrichment:settings", **{"contact.job_title": "off"})
    assert "Saved." in said
    script.values = {"job_title": "CEO"}
    read(make_call(contact))
    contact.refresh_from_db()
    assert contact.job_title == ""


def test_a_field_is_merged_and_its_name_remembered(
    admin: Client, contact: Contact, script: Script
) -> None:
    into = CustomFieldFactory.create(
        team=contact.team, key="people", label="People", field_type="number"
    )
    script.facts = {"Team size": "40"}
    read(make_call(contact))
    made = CustomField.objects.get(created_by="extractor")
    url = reverse("enrichment:merge_field", args=[contact.team.slug, made.pk])
    assert "1 value moves" in admin.get(url, {"into": into.pk}).content.decode()
    assert "1 value was moved to People." in send(
        admin, contact, "enrichment:merge_field", made.pk, into=into.pk
    )
    contact.refresh_from_db()
    assert contact.custom_fields == {"people": 40}
    # What calls say of it goes to the other field from now on, here as a proposal.
    script.facts = {"size of the team": "50"}
    read(make_call(contact))
    assert Proposal.objects.get(status="open").value == 50
    assert CustomField.objects.filter(active=True).count() == 1


def test_filtered_calls_are_read_again_after_a_preview(
    admin: Client, contact: Contact, call: Call
) -> None:
    Contact.objects.filter(pk=contact.pk).update(email="")
    told = [{"speaker": "contact", "text": "Write to me at jo@fjord.example.", "startSeconds": 2}]
    make_call(contact, turns=told)
    make_call(contact, direction="inbound")
    make_call(ContactFactory.create(team=contact.team))
    url = reverse("enrichment:read_many", args=[contact.team.slug])
    filters = f"?contactId={contact.pk}&direction=outbound&period=7d"
    listed = admin.get(reverse("calls:list", args=[contact.team.slug]) + filters)
    assert escape(url) in listed.content.decode()
    shown = admin.get(url + filters).content.decode()
    assert '<b class="numeric">2</b> calls of <b class="numeric">1</b> contact' in shown
    assert f"Contact <em>is</em> <b>{escape(str(contact))}</b>" in shown
    assert 'find <b class="numeric">1</b> value to fill in' in shown
    assert not EnrichmentRun.objects.filter(status="waiting").exists()
    shown = admin.post(url + filters, follow=True).content.decode()
    assert "2 calls are being read again" in shown
    assert EnrichmentRun.objects.filter(status="waiting").count() == 2


def test_a_filter_that_is_not_understood_reads_nothing(admin: Client, call: Call) -> None:
    url = f"{reverse('enrichment:read_many', args=[call.team.slug])}?outcome=nonsense"
    assert "not understood" in admin.get(url).content.decode()
    assert "not understood" in admin.post(url, follow=True).content.decode()
    assert not EnrichmentRun.objects.filter(status="waiting").exists()


def test_a_companys_field_is_decided_in_the_companys_panel(
    admin: Client, contact: Contact, script: Script
) -> None:
    script.values = {"company_industry": "Cold chain"}
    read(make_call(contact))
    company = contact.company
    assert "Cold chain" in page(admin, contact, "companies:detail", company.pk)
    proposal = Proposal.objects.get()
    shown = send(admin, contact, "enrichment:accept", proposal.pk, back=str(company.pk))
    assert "data-proposal" not in shown
    company.refresh_from_db()
    assert company.industry == "Cold chain"


def test_a_skipped_call_says_why(admin: Client, contact: Contact, script: Script) -> None:
    call = make_call(contact, voicemail=True)
    read(call)
    shown = page(admin, contact, "calls:detail", call.pk)
    assert "Not read for fields: The call reached a voicemail." in shown
