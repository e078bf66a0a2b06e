"""API addresses of contacts."""

from contacts.api import CompanyContacts, ContactDetail, ContactHistory, Contacts
from crm.api.routing import route

urlpatterns = [
    route("contacts", Contacts.as_view(), name="api-contacts"),
    route("contacts/<uuid:pk>", ContactDetail.as_view(), name="api-contact"),
    route("contacts/<uuid:pk>/history", ContactHistory.as_view(), name="api-contact-history"),
    route(
        "companies/<uuid:pk>/contacts",
        CompanyContacts.as_view(),
        name="api-company-contacts",
    ),
]
