"""Addresses of the API as a whole: its document, its page, and everything that is not there."""

from django.urls import re_path

from crm.api.pages import DocsView, SchemaView
from crm.api.routing import route
from crm.api.views import UnknownAddress

urlpatterns = [
    route("schema", SchemaView.as_view(), name="api-schema"),
    route("docs", DocsView.as_view(), name="api-docs"),
    re_path("", UnknownAddress.as_view(), name="api-unknown"),
]
