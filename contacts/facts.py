"""What a contact's panel shows of the contact, in order."""

import dataclasses
from collections.abc import Sequence

from django.utils.html import format_html_join

from contacts.models import Contact, Tag
from crm.records.facts import Fact, column_fact, custom_facts, moment_fact, plain, web_link
from crm.web import text


def contact_facts(contact: Contact, tags: Sequence[Tag]) -> list[Fact]:
    """Return the facts of a contact with its company and tags: one query, for custom fields."""
    return [
        column_fact(contact, "job_title"),
        Fact("company", "Company", plain(contact.company.name), ("company",)),
        _phone(contact, "phone"),
        _phone(contact, "phone_secondary"),
        column_fact(contact, "email"),
        column_fact(contact, "preferred_contact_method"),
        Fact("website", "Website", web_link(contact.company.website)),
        column_fact(contact, "timezone", label="Local time"),
        column_fact(contact, "source"),
        column_fact(contact, "do_not_call"),
        moment_fact("last_call_at", "Last call", contact.last_call_at),
        moment_fact("created_at", "Added", contact.created_at),
        _tags(tags),
        column_fact(contact, "external_id"),
        *custom_facts(contact),
        column_fact(contact, "notes"),
    ]


def heading_facts(contact: Contact) -> list[Fact]:
    """Return what stands above the facts and is changed like them: name and status."""
    return [
        Fact(
            "name",
            "Name",
            contact.name,
            ("first_name", "last_name"),
            template="records/_name.html",
        ),
        _status(contact),
    ]


def _phone(contact: Contact, name: str) -> Fact:
    """Return a number, which leads to no phone where the contact asked not to be called."""
    fact = column_fact(contact, name)
    if contact.do_not_call and fact.text:
        return dataclasses.replace(fact, value=plain(fact.text, "numeric"))
    return fact


def _tags(tags: Sequence[Tag]) -> Fact:
    tag = '<span class="tag tag-{}">{}</span>'
    value = format_html_join("", tag, ((tag.color, tag.name) for tag in tags))
    return Fact("tags", "Tags", value, ("tags",))


def _status(contact: Contact) -> Fact:
    label = contact.get_lead_status_display()
    value = text.status_tag(contact.lead_status, label)
    return column_fact(contact, "lead_status", value=value, template="contacts/_status.html")
