"""API addresses of companies."""

from companies.api import Companies, CompanyDetail
from crm.api.routing import route

urlpatterns = [
    route("companies", Companies.as_view(), name="api-companies"),
    route("companies/<uuid:pk>", CompanyDetail.as_view(), name="api-company"),
]
