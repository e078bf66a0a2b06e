"""Where the voice platforms post their events."""

from django.urls import path

from calls.providers import views

app_name = "providers"
urlpatterns = [path("hooks/<slug:provider>/<slug:key>", views.hook, name="hook")]
