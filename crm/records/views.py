"""The page that adds or edits a record, alone or in the panel over its table."""

from collections.abc import Callable
from typing import Any, ClassVar

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.views.generic.base import TemplateResponseMixin, View

from crm.history.recording import Author
from crm.records.forms import RecordForm
from crm.teams.access import TeamMixin
from crm.teams.models import Right
from crm.web.panels import PanelMixin

TRIES = 5


def save_form(
    get_form: Callable[[QueryDict], RecordForm], request: HttpRequest
) -> tuple[RecordForm, bool]:
    """Fill the form from what was sent and write it; return it, and whether it was written.

    Where somebody else writes the record at the same moment, what was sent is held against what
    they have left.
    """
    for _attempt in range(TRIES):
        form = get_form(request.POST)
        if form.save(Author.person(request.user)):
            return form, True
        if not form.is_overtaken:
            break
    return form, False


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
        form, is_saved = save_form(self.get_form, request)
        if not is_saved:
            return self.render_to_response({"form": form, **self.get_context(form)})
        messages.success(request, self.get_message(form, form.is_new))
        return redirect(self.get_record_url(form))

    def get_message(self, form: RecordForm, is_new: bool) -> str:
        """Return what is said of a saved form."""
        return f"{form.instance} was {'added' if is_new else 'saved'}."
