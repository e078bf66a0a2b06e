"""Addresses of the API as a whole: its schema, its page, and everything that is not there."""

from django.urls import re_path

from crm.api.views import UnknownAddress

urlpatterns = [re_path("", UnknownAddress.as_view(), name="api-unknown")]
