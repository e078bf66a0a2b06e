from django.urls import path

from crm.jobs.health import healthz

urlpatterns = [path("healthz", healthz, name="healthz")]
