"""Where an invitation's link leads; outside every team, for who comes is in none yet."""

from django.urls import path

from crm.team_settings.people.joining import Join

urlpatterns = [path("invitations/<slug:token>", Join.as_view(), name="join")]
