"""`{% load dialling %}`: calling, for pages that know of no lines themselves."""

from typing import Any

from django import template
from django.template import Context

from calls.providers.models import ProviderConnection
from contacts.models import Contact

register = template.Library()


@register.inclusion_tag("dialling/_button.html", takes_context=True)
def dial_button(context: Context, contact: Contact) -> dict[str, Any]:
    """Show the button that calls the contact: by a line of the team's, else by one's own phone."""
    team, membership = context["team"], context["membership"]
    may_dial = membership.can_write and bool(contact.phone or contact.phone_secondary)
    has_lines = may_dial and team.voice_lines.usable().exists()
    return {"contact": contact, "team": team, "has_lines": has_lines}


@register.inclusion_tag("dialling/_lines.html", takes_context=True)
def lines_of(context: Context, connection: ProviderConnection) -> dict[str, Any]:
    """Show by which assistants and numbers of the connection the team calls."""
    dialler = connection.platform.dialler
    lines = list(connection.lines.filter(team=connection.team)) if dialler else []
    return {
        "team": context["team"],
        "connection": connection,
        "dialler": dialler,
        "lines": [
            (line, [getattr(line, part) for part in dialler.labels if getattr(line, part)])
            for line in lines
            if dialler
        ],
    }
