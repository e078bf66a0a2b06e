"""Contacts that fit what somebody types to find one."""

from contacts.models import Contact
from crm import normalize
from crm.records.search import hits_first
from crm.teams.models import Team


def suggest_contacts(team: Team, typed: str, most: int) -> list[Contact]:
    """Return up to `most` of the team's contacts with their companies, whom the words fit.

    Who is called exactly so comes first, then all by name; without a word, who was added last.
    """
    try:
        words = normalize.clean_line(typed)
        found = team.contacts.search(words)
    except normalize.NormalizeError:
        return []
    if not words:
        newest = team.contacts.order_by("-created_at", "-id").select_related("company")
        return list(newest[:most])
    rows, _count = hits_first(found)
    fitting = rows.filter(team=team).select_related("company")
    by_name = list(fitting.order_by("last_name", "first_name", "id")[:most])
    return sorted(by_name, key=lambda contact: not is_called(contact, words))


def is_called(contact: Contact, words: str) -> bool:
    """Return whether the words are the contact's name, whatever their case and spacing."""
    return normalize.name_key(contact.name) == normalize.name_key(words)
