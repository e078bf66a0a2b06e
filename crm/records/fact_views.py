"""Changing one fact of a record where it stands, in the record's panel.

GET answers with the fact's form, POST writes it. htmx gets the fact's own element, with the form in
it, and after saving all that may have changed with it; who has no scripts gets a page with that
form, and is led back to the record.
"""

from collections.abc import Sequence
from typing import Any, ClassVar

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.generic.base import TemplateResponseMixin, View

from crm.records.facts import Fact
from crm.records.forms import RecordForm
from crm.records.models import Record
from crm.records.views import save_form
from crm.teams.access import TeamMixin
from crm.teams.models import Right
from crm.web.htmx import wants_partial
from crm.web.panels import PanelMixin


class FactView(TeamMixin, PanelMixin, TemplateResponseMixin, View):
    """One fact of a record; a subclass says whose."""

    needs = Right.WRITE
    template_name = "records/fact.html"
    panel_template_name = "records/_fact_part.html"
    #: What is shown of the record around its facts, all that one fact may change.
    main_template_name: ClassVar[str]
    form_class: ClassVar[type[RecordForm]]

    def get_record(self) -> Record:
        """Return the team's record; raises Http404."""
        raise NotImplementedError

    def get_main_context(self, record: Any) -> dict[str, Any]:
        """Return what the main template shows.

        Among it the facts, as `heading` and `facts`, and the record's own address, `record_url`.
        """
        raise NotImplementedError

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show the form."""
        return self._show(self.get_form())

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Write what was typed, or say beside it why not."""
        form, is_saved = save_form(self.get_form, request)
        if not is_saved:
            return self._show(form)
        if not wants_partial(request):
            return redirect(f"{self.context['record_url']}#{self.fact.place}")
        return render(request, self.main_template_name, self.get_main_context(self.get_record()))

    def get_form(self, data: Any = None) -> RecordForm:
        """Return the record's form with the fact's fields alone; raises Http404 for no fact."""
        record = self.get_record()
        self.context = self.get_main_context(record)
        self.record_name = str(record)
        facts = [*self.context["heading"], *self.context["facts"]]
        self.fact = find_fact(facts, self.kwargs["name"])
        form = self.form_class(data, instance=record, auto_id="input-%s")
        form.narrow(self.fact.fields)
        return form

    def _show(self, form: RecordForm) -> HttpResponse:
        return self.render_to_response(
            {
                **self.context,
                "fact": self.fact,
                "form": form,
                "record_name": self.record_name,
            }
        )


def find_fact(facts: Sequence[Fact], name: str) -> Fact:
    """Return the fact of that name; raises Http404 where it is none, or none to change."""
    for fact in facts:
        if fact.name == name and fact.fields:
            return fact
    raise Http404("There is no such fact.")
