"""API addresses of imports."""

from contacts.imports.api import (
    ImportContacts,
    ImportDetail,
    ImportRows,
    Imports,
    RejectedRows,
    UndoImport,
)
from crm.api.routing import route

urlpatterns = [
    route("contacts/import", ImportContacts.as_view(), name="api-import-contacts"),
    route("imports", Imports.as_view(), name="api-imports"),
    route("imports/<uuid:pk>", ImportDetail.as_view(), name="api-import"),
    route("imports/<uuid:pk>/rows", ImportRows.as_view(), name="api-import-rows"),
    route("imports/<uuid:pk>/rejected.csv", RejectedRows.as_view(), name="api-import-rejected"),
    route("imports/<uuid:pk>/undo", UndoImport.as_view(), name="api-import-undo"),
]
