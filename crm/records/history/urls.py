"""The audit log, under /t/<team_slug>/."""

from django.urls import path

from crm.records.history.audit import AuditLog

app_name = "history"
urlpatterns = [path("settings/audit", AuditLog.as_view(), name="audit")]
