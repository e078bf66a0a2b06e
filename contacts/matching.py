"""Who is the same person: asked by calls, and by whatever else brings people in from outside."""

from contacts.models import Contact
from crm.teams.models import Team


def find_contact_by_number(team: Team, number: str) -> Contact | None:
    """Return the one contact whose primary or secondary phone is this E.164 number.

    A number that two contacts share belongs to neither: None, never a guess.
    """
    if not number:
        return None
    found = list(team.contacts.with_number(number)[:2])
    return found[0] if len(found) == 1 else None
