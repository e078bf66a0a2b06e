"""Settings → Voice: the platforms that a team has connected, and what they have sent lately."""

import uuid
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Exists, OuterRef, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.generic import TemplateView, View

from calls.providers import operations
from calls.providers.forms import AccessForm, PlatformForm, SecretForm
from calls.providers.models import EventStatus, ProviderConnection, ProviderEvent
from calls.providers.registry import PLATFORMS
from crm.api.values import read_uuid
from crm.history.recording import Author
from crm.teams.access import TeamMixin
from crm.teams.models import Right
from crm.web.htmx import wants_partial

#: So many of the last deliveries are shown, and so many are run again at once.
SHOWN = 30
MOST_AGAIN = 200
#: The answer at which htmx asks no more.
STOP_ASKING = 286


class VoiceMixin(TeamMixin):
    """A page about voice connections, for who manages the team's keys, too."""

    needs = Right.ADMINISTER


class ConnectionMixin(VoiceMixin):
    """A page about one connection."""

    def get_connection(self) -> ProviderConnection:
        """Return the team's connection; raises Http404 where there is none, or not any more."""
        connections = self.team.voice_connections.connected()
        connection = get_object_or_404(connections, pk=self.kwargs["pk"])
        connection.team = self.team
        return connection

    def to_connection(self, connection: ProviderConnection) -> HttpResponse:
        """Lead to the connection's page."""
        return redirect("voice:connection", self.team.slug, connection.pk)


class ConnectionList(VoiceMixin, TemplateView):
    """The connections, each with when it last heard of its platform."""

    template_name = "providers/list.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the connections: one query."""
        events = ProviderEvent.objects.filter(team=self.team, connection=OuterRef("pk"))
        newest = events.order_by("-id").values("received_at")[:1]
        connections = self.team.voice_connections.connected().annotate(
            heard_at=Subquery(newest), has_failed=Exists(events.filter(status=EventStatus.FAILED))
        )
        return super().get_context_data(connections=connections, **kwargs)


class ConnectionCreate(VoiceMixin, View):
    """Connects a platform: its address is there at once, its secret follows."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Show the platforms there are."""
        return self._form(PlatformForm())

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Make the connection and lead to it."""
        form = PlatformForm(request.POST)
        if not form.is_valid():
            return self._form(form)
        connection = operations.create_connection(
            self.team,
            form.cleaned_data["platform"],
            name=form.cleaned_data["name"],
            by=Author.person(request.user),
        )
        return redirect("voice:connection", self.team.slug, connection.pk)

    def _form(self, form: PlatformForm) -> HttpResponse:
        context = {"form": form, "platforms": PLATFORMS.values()}
        return render(self.request, "providers/create.html", context)


class ConnectionPage(ConnectionMixin, View):
    """A connection: the address to paste, what it has, what it has been sent."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Show it; htmx, which waits for the first delivery, is given the deliveries alone."""
        connection = self.get_connection()
        events = last_events(connection, failed="failed" in request.GET)
        if wants_partial(request):
            if not events:
                return HttpResponse(status=204)
            context = self._context(connection, events)
            status = 200 if context["asks"] else STOP_ASKING
            return render(request, "providers/_events.html", context, status=status)
        return render(request, "providers/connection.html", self._context(connection, events))

    def _context(
        self, connection: ProviderConnection, events: list[ProviderEvent]
    ) -> dict[str, Any]:
        call_ids = find_call_ids(connection, events)
        return {
            "connection": connection,
            "guide": connection.platform.guide,
            "events": [(event, call_ids.get(event.provider_call_id)) for event in events],
            # The first delivery is waited for, and what becomes of one that is being read.
            "asks": not events or any(event.status == EventStatus.WAITING for event in events),
            "only_failed": "failed" in self.request.GET,
            "has_failed": any(event.status == EventStatus.FAILED for event in events),
        }


def last_events(connection: ProviderConnection, *, failed: bool) -> list[ProviderEvent]:
    """Return the newest deliveries, or the newest of those that failed."""
    return list(_events(connection, failed=failed)[:SHOWN])


def _events(connection: ProviderConnection, *, failed: bool) -> QuerySet[ProviderEvent]:
    events = ProviderEvent.objects.filter(team=connection.team, connection=connection)
    events = events.filter(status=EventStatus.FAILED) if failed else events
    return events.order_by("-id")


def find_call_ids(
    connection: ProviderConnection, events: list[ProviderEvent]
) -> dict[str, uuid.UUID]:
    """Return the ids of the calls that the events are about, by the platform's own."""
    named = {event.provider_call_id for event in events if event.provider_call_id}
    calls = connection.team.calls.filter(provider=connection.provider, provider_call_id__in=named)
    return dict(calls.values_list("provider_call_id", "pk")) if named else {}


@method_decorator(never_cache, name="dispatch")
@method_decorator(sensitive_post_parameters(), name="dispatch")
class ConnectionSecret(ConnectionMixin, View):
    """Takes the webhook secret: the first, or another one in its place."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Show the form."""
        connection = self.get_connection()
        return self._form(connection, SecretForm(platform=connection.platform))

    @method_decorator(sensitive_variables("form"))
    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Keep the secret; a former one is good for a while yet."""
        connection = self.get_connection()
        form = SecretForm(request.POST, platform=connection.platform)
        if not form.is_valid():
            return self._form(connection, form)
        is_rotation = bool(connection.webhook_secret)
        by = Author.person(request.user)
        operations.rotate_secret(connection, form.cleaned_data["webhook_secret"], by=by)
        hours = round(operations.OVERLAP.total_seconds() / 3600)
        former = f" The former one is taken for {hours} hours more." if is_rotation else ""
        messages.success(request, f"The secret of {connection.name} is stored.{former}")
        return self.to_connection(connection)

    def _form(self, connection: ProviderConnection, form: SecretForm) -> HttpResponse:
        context = {"connection": connection, "form": form, "guide": connection.platform.guide}
        return render(self.request, "providers/secret.html", context)


@method_decorator(never_cache, name="dispatch")
@method_decorator(sensitive_post_parameters(), name="dispatch")
class ConnectionAccess(ConnectionMixin, View):
    """Renames a connection, and takes what opens the platform's API."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Show the form."""
        connection = self.get_connection()
        return self._form(connection, AccessForm(connection=connection))

    @method_decorator(sensitive_variables("form"))
    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Keep what was entered."""
        connection = self.get_connection()
        form = AccessForm(request.POST, connection=connection)
        if not form.is_valid():
            return self._form(connection, form)
        try:
            by = Author.person(request.user)
            operations.change_connection(connection, by=by, **form.changes())
        except ValidationError as error:
            form.add_error(None, error)
            return self._form(connection, form)
        messages.success(request, f"{connection.name} was saved.")
        return self.to_connection(connection)

    def _form(self, connection: ProviderConnection, form: AccessForm) -> HttpResponse:
        context = {"connection": connection, "form": form}
        return render(self.request, "providers/access.html", context)


class ConnectionDisconnect(ConnectionMixin, View):
    """Asks, naming the connection, and takes nothing more of it."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Say what follows."""
        context = {"connection": self.get_connection()}
        return render(request, "providers/disconnect.html", context)

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Disconnect it."""
        connection = self.get_connection()
        operations.disconnect(connection, by=Author.person(request.user))
        messages.success(request, f"{connection.name} is disconnected.")
        return redirect("voice:list", self.team.slug)


class EventsAgain(ConnectionMixin, View):
    """Has one delivery that failed read again, or all that did."""

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Start it; workers do the rest."""
        connection = self.get_connection()
        events = _events(connection, failed=True)
        if "event" in request.POST:
            events = _only(events, request.POST["event"])
        count = operations.run_again(events[:MOST_AGAIN])
        what = "1 delivery is" if count == 1 else f"{count:,} deliveries are"
        messages.success(request, f"{what} being read again.")
        return self.to_connection(connection)


def _only(events: QuerySet[ProviderEvent], event_id: str) -> QuerySet[ProviderEvent]:
    try:
        return events.filter(pk=read_uuid(event_id))
    except ValueError:
        return events.none()
