"""The pages of companies: the table, the panel, adding, editing, deleting, suggestions."""

import uuid
from collections.abc import Mapping, Sequence
from operator import itemgetter
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.generic.base import TemplateResponseMixin, TemplateView, View

from companies import tables
from companies.facts import company_facts, heading_facts
from companies.filters import CompanyFilterSet
from companies.forms import CompanyForm
from companies.models import Company, CompanyQuerySet
from companies.operations import CompanyHasContacts, delete_company
from crm import normalize
from crm.history.recording import Author
from crm.records.column_views import ColumnsView
from crm.records.exporting import ExportMixin, Extras
from crm.records.fact_views import FactView
from crm.records.forms import RecordForm
from crm.records.history.views import get_history
from crm.records.lists import CustomizedList
from crm.records.search import hits_first
from crm.records.views import RecordFormView
from crm.teams.access import TeamMixin
from crm.teams.models import Right, Team
from crm.web.filters import Options
from crm.web.panels import PanelMixin

MOST_OPTIONS = 10
MOST_PAIRS = 500


def get_company(team: Team, pk: uuid.UUID) -> Company:
    """Return the team's company; raises Http404 where there is none."""
    company = get_object_or_404(team.companies, pk=pk)
    company.team = team
    return company


class CompanyList(CustomizedList[Company]):
    """The table of companies."""

    model = Company
    namespace = "companies"
    template_name = "companies/list.html"
    filterset_class = CompanyFilterSet
    columns = tables.COLUMNS
    orderings = tables.ORDERINGS
    value_names = tables.VALUE_NAMES
    default_sort = "name"
    filter_names = ("industry", "country")

    def get_queryset(self) -> CompanyQuerySet:
        """Return the team's companies."""
        return self.team.companies.all()

    def get_built_in_rows(self, objects: Sequence[Any]) -> list[dict[str, Any]]:
        """Return the table's rows."""
        return tables.company_rows(self.team, objects)

    def get_filter_options(self) -> Mapping[str, Options]:
        """Return the industries and countries that the team's companies have."""
        pairs = self.team.companies.order_by().values_list("industry", "country").distinct()
        found = list(pairs[:MOST_PAIRS])
        industries = sorted(
            {industry for industry, _country in found if industry}, key=str.casefold
        )
        countries = {country: normalize.country_name(country) for _i, country in found if country}
        return {
            "industry": [(industry, industry) for industry in industries],
            "country": sorted(countries.items(), key=itemgetter(1)),
        }


class CompanyColumns(ColumnsView):
    """Chooses the columns of the table."""

    list_view = CompanyList


class CompanyExport(ExportMixin[Company], CompanyList):
    """The table as a CSV."""

    told = {"contacts": "Contacts", "created_at": "Added", "updated_at": "Changed"}

    def find_extras(self, ids: Sequence[uuid.UUID]) -> Extras:
        """Return how many contacts each company has."""
        counts = tables.contact_counts(self.team, ids)
        return {"contacts": {pk: str(count) for pk, count in counts.items()}}


def get_main_context(company: Company) -> dict[str, Any]:
    """Return what the panel shows above the people: one query, for custom fields."""
    return {
        "company": company,
        "record": company,
        "record_url": reverse("companies:detail", args=[company.team.slug, company.pk]),
        "heading": heading_facts(company),
        "facts": company_facts(company),
    }


class CompanyDetail(TeamMixin, PanelMixin, TemplateView):
    """A company: facts; its contacts come from their own address."""

    template_name = "companies/detail.html"
    panel_template_name = "companies/_panel.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Return the company, its facts and its history."""
        company = get_company(self.team, self.kwargs["pk"])
        history_url = reverse("companies:history", args=[self.team.slug, company.pk])
        return get_main_context(company) | {"history": get_history(company, history_url, {})}


class CompanyFact(FactView):
    """Changes one fact of a company."""

    main_template_name = "companies/_main.html"
    form_class = CompanyForm

    def get_record(self) -> Company:
        """Return the team's company; raises Http404."""
        return get_company(self.team, self.kwargs["pk"])

    def get_main_context(self, record: Company) -> dict[str, Any]:
        """Return what is shown of the company above its people."""
        return get_main_context(record)


class CompanyFormView(RecordFormView):
    """What adding and editing a company share."""

    template_name = "companies/form.html"
    panel_template_name = "companies/_form.html"
    form_class = CompanyForm

    def get_record_url(self, form: RecordForm) -> str:
        """Return the company's own address."""
        return reverse("companies:detail", args=[self.team.slug, form.instance.pk])


class CompanyCreate(CompanyFormView):
    """Adds a company."""

    def get_form(self, data: Any = None) -> CompanyForm:
        """Return the form over a new company."""
        return CompanyForm(data, instance=Company(team=self.team))

    def get_context(self, form: RecordForm) -> dict[str, Any]:
        """Return where Cancel leads."""
        return {"company": None, "cancel_url": reverse("companies:list", args=[self.team.slug])}


class CompanyEdit(CompanyFormView):
    """Edits a company."""

    def get_form(self, data: Any = None) -> CompanyForm:
        """Return the form over the stored company."""
        company = get_company(self.team, self.kwargs["pk"])
        self.stored_name = company.name
        return CompanyForm(data, instance=company)

    def get_context(self, form: RecordForm) -> dict[str, Any]:
        """Return the company, and its name as it is stored."""
        return {
            "company": form.instance,
            "company_name": self.stored_name,
            "cancel_url": self.get_record_url(form),
        }


class CompanyDelete(TeamMixin, TemplateResponseMixin, View):
    """Asks, naming the company, and deletes it; one that has contacts stays and says so."""

    needs = Right.WRITE
    template_name = "companies/delete.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Say what will be deleted, or what stands in the way."""
        return self._ask(get_company(self.team, self.kwargs["pk"]))

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Delete it; 409 where somebody belongs to it."""
        company = get_company(self.team, self.kwargs["pk"])
        try:
            delete_company(company, by=Author.person(request.user))
        except CompanyHasContacts:
            return self._ask(company, status=409)
        messages.success(request, f"{company.name} was deleted.")
        return redirect("companies:list", self.team.slug)

    def _ask(self, company: Company, status: int = 200) -> HttpResponse:
        count = company.contacts.filter(team=self.team).count()
        return self.render_to_response({"company": company, "contacts_count": count}, status=status)


class CompanyOptions(TeamMixin, View):
    """Suggestions for a company's name while it is typed."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Answer with up to ten companies, and the offer to create what none of them is called."""
        typed = _line(request.GET.get("q", ""))
        found = _suggest(self.team, typed)
        is_new = bool(typed) and normalize.name_key(typed) not in {row[0] for row in found}
        options = [
            {"name": name, "hint": ", ".join(filter(None, (industry, city)))}
            for _key, name, industry, city in found
        ]
        context = {"options": options, "create": typed if is_new else ""}
        return render(request, "companies/_options.html", context)


def _suggest(team: Team, typed: str) -> list[tuple[str, str, str, str]]:
    """Return (name_key, name, industry, city) of fitting companies, the one of this name first."""
    values = ("name_key", "name", "industry", "city")
    named = list(team.companies.named(typed).values_list(*values)) if typed else []
    rows, _count = hits_first(team.companies.search(typed))
    others = rows.filter(team=team).order_by("name", "id").values_list(*values)[:MOST_OPTIONS]
    return [*named, *(row for row in others if row not in named)][:MOST_OPTIONS]


def _line(text: str) -> str:
    try:
        return normalize.clean_line(text)
    except normalize.NormalizeError:
        return ""
