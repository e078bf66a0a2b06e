"""What history calls a tag, and its page."""

from django.urls import reverse

from contacts.models import Tag
from crm.records.history.names import Naming, name_of

NAMING = Naming(
    "Tag",
    lambda team: team.tags.order_by(),
    ("name",),
    name_of,
    lambda team, pk: reverse("tags:edit", args=[team.slug, pk]),
    model=Tag,
)
