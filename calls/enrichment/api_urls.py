"""API addresses of enrichment."""

from calls.enrichment.api import (
    AcceptProposal,
    ContactProposals,
    FieldPolicies,
    RejectProposal,
)
from crm.api.routing import route

urlpatterns = [
    route("field-policies", FieldPolicies.as_view(), name="api-field-policies"),
    route("contacts/<uuid:pk>/proposals", ContactProposals.as_view(), name="api-proposals"),
    route("proposals/<uuid:pk>/accept", AcceptProposal.as_view(), name="api-accept-proposal"),
    route("proposals/<uuid:pk>/reject", RejectProposal.as_view(), name="api-reject-proposal"),
]
