"""`{% load calls %}`: a contact's calls, for pages that know no calls themselves."""

from typing import Any

from django import template
from django.template import Context

from calls.cards import find_state, first_cards
from calls.live import live_attributes
from contacts.models import Contact

register = template.Library()
register.simple_tag(live_attributes, name="live_calls")


@register.inclusion_tag("calls/_of_contact.html", takes_context=True)
def calls_of(context: Context, contact: Contact) -> dict[str, Any]:
    """Show the contact's first calls, in the list that keeps itself fresh."""
    team = context["team"]
    page = {"team": team, "membership": context["membership"]}
    state = find_state(team, contact.pk)
    if state is None:
        # Deleted since the page's view found it.
        return page | {"contact": contact, "cards": [], "calls_count": 0, "calls_etag": ""}
    return page | first_cards(team, contact, state)
