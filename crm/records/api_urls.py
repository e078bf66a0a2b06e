"""API addresses of custom fields."""

from crm.api.routing import route
from crm.records.field_api import CustomFieldDetail, CustomFields

urlpatterns = [
    route("custom-fields", CustomFields.as_view(), name="api-custom-fields"),
    route("custom-fields/<uuid:pk>", CustomFieldDetail.as_view(), name="api-custom-field"),
]
