"""What history calls a call."""

from django.urls import reverse

from calls.models import Direction
from crm.records.history.names import Naming, Values


def _name(values: Values) -> str:
    """Return `Outbound call with Anna Berg`; the contact of a deleted call is not looked for."""
    direction = values.get("direction", Direction.UNKNOWN)
    call = "Call" if direction == Direction.UNKNOWN else f"{Direction(direction).label} call"
    contact = " ".join(filter(None, (values.get(f"contact__{each}") for each in NAMES)))
    return f"{call} with {contact}" if contact else call


NAMES = ("first_name", "last_name")
NAMING = Naming(
    "Call",
    lambda team: team.calls.order_by(),
    ("direction", *(f"contact__{name}" for name in NAMES)),
    _name,
    lambda team, pk: reverse("calls:detail", args=[team.slug, pk]),
)
