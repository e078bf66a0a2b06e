"""The pages by which a contact is called, and those of the lines in the settings."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.generic.base import TemplateResponseMixin, View

from calls.dialling.forms import CallForm, LineForm
from calls.dialling.models import Line, OrderStatus, OutboundCall
from calls.dialling.operations import (
    NotCallable,
    check_callable,
    delete_line,
    place_call,
    repeat_call,
    say_not_placed,
)
from contacts.models import Contact
from contacts.views import get_contact
from crm.history.recording import Author
from crm.teams import access
from crm.teams.access import TeamMixin
from crm.teams.models import Right
from crm.web.panels import PanelMixin


class ContactCall(TeamMixin, PanelMixin, TemplateResponseMixin, View):
    """Calls a contact, or says why that may not be done now, and when it may."""

    needs = Right.WRITE
    template_name = "dialling/call.html"
    panel_template_name = "dialling/_call.html"

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Show who can call, and what stands against it."""
        contact = get_contact(self.team, self.kwargs["contact_id"])
        try:
            check_callable(contact, contact.phone or contact.phone_secondary, timezone.now())
        except NotCallable as problem:
            return self._shown(contact, self._form(contact), problem)
        return self._shown(contact, self._form(contact))

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Place the call and lead to the contact, where it shows up; else say why not."""
        contact = get_contact(self.team, self.kwargs["contact_id"])
        form = self._form(contact, request.POST)
        if not form.is_valid():
            return self._shown(contact, form)
        given = form.cleaned_data
        try:
            call = place_call(
                contact,
                form.chosen,
                number=given["number"],
                token=given["token"],
                outside_hours=given.get("outside_hours", False),
                by=Author.person(request.user),
            )
            return self._told(contact, form, call)
        except NotCallable as problem:
            return self._shown(contact, form, problem)
        except ValidationError as error:
            form.add_error(None, error.messages)
            return self._shown(contact, form)

    def _told(self, contact: Contact, form: CallForm, call: OutboundCall) -> HttpResponse:
        """Say what came of it; raises NotCallable where nobody knows."""
        if call.status == OrderStatus.REFUSED:
            form.renew_token()
            form.add_error(
                None, f"{call.connection.platform.label} did not place the call: {call.said}"
            )
            return self._shown(contact, form)
        if call.status != OrderStatus.ACCEPTED:
            check_callable(contact, call.number, timezone.now(), outside_hours=True)
        messages.success(self.request, f"{call.line_name} is calling {contact.name}.")
        return redirect("contacts:detail", self.team.slug, contact.pk)

    def _form(self, contact: Contact, data: Any = None) -> CallForm:
        lines = list(self.team.voice_lines.usable())
        may_override = access.may_call_outside_hours(self.membership)
        return CallForm(data, contact=contact, lines=lines, may_override=may_override)

    def _shown(
        self, contact: Contact, form: CallForm, problem: NotCallable | None = None
    ) -> HttpResponse:
        is_hours = problem is not None and problem.is_hours
        return self.render_to_response(
            {
                "contact": contact,
                "form": form,
                "problem": problem,
                "lost": problem.lost if problem else None,
                # Only the time can be disregarded, and only by who may.
                "can_call": bool(form.lines)
                and (problem is None or (is_hours and "outside_hours" in form.fields)),
                "asks_hours": is_hours and "outside_hours" in form.fields,
            }
        )


class LostCall(TeamMixin, View):
    """Settles a call of which nobody knows: not placed, or sent again where that is safe."""

    needs = Right.WRITE

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Do it, and lead back to where the contact is called."""
        calls = self.team.outbound_calls.select_related("connection", "contact")
        call = get_object_or_404(calls, pk=kwargs["pk"], contact=kwargs["contact_id"])
        call.team = self.team
        by = Author.person(request.user)
        try:
            if "again" in request.POST:
                repeat_call(call, by=by)
                if call.status == OrderStatus.ACCEPTED:
                    messages.success(request, f"{call.line_name} is calling {call.contact.name}.")
                    return redirect("contacts:detail", self.team.slug, call.contact_id)
            else:
                say_not_placed(call, by=by)
        except NotCallable as problem:
            messages.error(request, str(problem))
        return redirect("dialling:call", self.team.slug, call.contact_id)


class LineMixin(TeamMixin):
    """A page about a line, for who manages the connection, too."""

    needs = Right.ADMINISTER

    def get_line(self) -> Line:
        """Return the team's line; raises Http404."""
        line = get_object_or_404(self.team.voice_lines.usable(), pk=self.kwargs["pk"])
        line.team = self.team
        return line

    def to_connection(self, line: Line) -> HttpResponse:
        """Lead to the page of the line's connection."""
        return redirect("voice:connection", self.team.slug, line.connection_id)


class LineFormView(LineMixin, View):
    """What adding and editing a line share."""

    def find_line(self) -> Line:
        """Return the line, or a new one."""
        return self.get_line()

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Show the form."""
        line = self.find_line()
        return self._form(line, LineForm(line=line))

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Write the line and lead to its connection."""
        line = self.find_line()
        form = LineForm(request.POST, line=line)
        if not form.save(Author.person(request.user)):
            return self._form(line, form)
        messages.success(request, f"{line.name} was saved.")
        return self.to_connection(line)

    def _form(self, line: Line, form: LineForm) -> HttpResponse:
        # A refused form has filled the line already: the page shows the stored name.
        stored = "" if line._state.adding else Line.objects.get(pk=line.pk, team=self.team).name
        context = {"line": line, "stored_name": stored, "form": form}
        return render(self.request, "dialling/line.html", context)


class LineCreate(LineFormView):
    """Adds a line to a connection."""

    def find_line(self) -> Line:
        """Return a new line; raises Http404 where Callbook places no calls at the platform."""
        connections = self.team.voice_connections.connected()
        connection = get_object_or_404(connections, pk=self.kwargs["connection_id"])
        if connection.platform.dialler is None:
            raise Http404("Callbook places no calls at this platform.")
        return Line(team=self.team, connection=connection)


class LineEdit(LineFormView):
    """Edits a line."""


class LineDelete(LineMixin, View):
    """Asks, naming the line, and deletes it."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Say what will be deleted."""
        return render(request, "dialling/line_delete.html", {"line": self.get_line()})

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Delete it."""
        line = self.get_line()
        name = line.name
        delete_line(line, by=Author.person(request.user))
        messages.success(request, f"{name} was deleted.")
        return self.to_connection(line)
