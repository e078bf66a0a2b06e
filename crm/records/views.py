"""The page that adds or edits a record, alone or in the panel over its table."""

from typing import Any, ClassVar

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.generic.base import TemplateResponseMixin, View

from crm.history.recording import Author
from crm.records.forms import RecordForm
from crm.teams.access import TeamMixin
from crm.teams.models import Right
from crm.web.panels import PanelMixin


class RecordFormView(TeamMixin, PanelMixin, TemplateResponseMixin, View):
    """GET shows the form, POST writes it and leads to the record, or shows it again with errors."""

    needs = Right.WRITE
    form_class: ClassVar[type[RecordForm]]

    def get_form(self, data: Any = None) -> RecordForm:
        """Return the form over the record, filled from `data` where it was sent."""
        raise NotImplementedError

    def get_record_url(self, form: RecordForm) -> str:
        """Return where a saved form leads."""
        raise NotImplementedError

    def get_context(self, form: RecordForm) -> dict[str, Any]:
        """Return what the template shows beside the form."""
        return {}

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show the form."""
        form = self.get_form()
        return self.render_to_response({"form": form, **self.get_context(form)})

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Write what was typed."""
        form = self.get_form(request.POST)
        context = self.get_context(form)
        is_new = form.instance._state.adding
        if not form.save(Author.person(request.user)):
            return self.render_to_response({"form": form, **context})
        messages.success(request, self.get_message(form, is_new))
        return redirect(self.get_record_url(form))

    def get_message(self, form: RecordForm, is_new: bool) -> str:
        """Return what is said of a saved form."""
        return f"{form.instance} was {'added' if is_new else 'saved'}."
