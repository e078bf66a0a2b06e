"""The pages of contacts: the table, the panel, adding, editing, deleting."""

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.generic.base import TemplateResponseMixin, TemplateView, View

from contacts import tables
from contacts.facts import contact_facts, heading_facts
from contacts.filters import ContactFilterSet
from contacts.forms import ContactForm
from contacts.models import Contact, ContactQuerySet, LeadStatus, Tag
from contacts.operations import delete_contact
from contacts.representation import CONTACT
from contacts.resources import join_tags
from contacts.suggestions import suggest_contacts
from crm import normalize
from crm.api.filters import IdFilter, TextFilter
from crm.api.values import read_uuid
from crm.history.recording import Author
from crm.records.column_views import ColumnsView
from crm.records.exporting import ExportMixin, Extras
from crm.records.fact_views import FactView
from crm.records.forms import RecordForm
from crm.records.history.views import get_history
from crm.records.lists import CustomizedList
from crm.records.views import RecordFormView
from crm.teams.access import TeamMixin
from crm.teams.models import Right, Team
from crm.web.htmx import render_either
from crm.web.panels import PanelMixin

OF_COMPANY = 50
MOST_OPTIONS = 10


def get_contact(team: Team, pk: uuid.UUID) -> Contact:
    """Return the team's contact with its company; raises Http404 where there is none."""
    contact = get_object_or_404(team.contacts.select_related("company"), pk=pk)
    contact.team = team
    return contact


class ContactPageFilterSet(ContactFilterSet):
    """The API's filters, and one that people can type: the company's name."""

    company = TextFilter(method="at_company", max_length=200, label="Company")
    importId = IdFilter(method="of_import", label="Import")  # noqa: N815 - as in the address

    def at_company(self, contacts: ContactQuerySet, _name: str, name: str) -> ContactQuerySet:
        """Return the contacts of companies in whose name every word occurs."""
        team = self.request.membership.team
        return contacts.filter(company__in=team.companies.search(name))

    def of_import(
        self, contacts: ContactQuerySet, _name: str, import_id: uuid.UUID
    ) -> ContactQuerySet:
        """Return the contacts that an import has written."""
        run = self.request.membership.team.imports.filter(pk=import_id).first()
        return contacts.filter(pk__in=run.contact_ids()) if run else contacts.none()


class ContactList(CustomizedList[Contact]):
    """The table of contacts."""

    model = Contact
    namespace = "contacts"
    template_name = "contacts/list.html"
    filterset_class = ContactPageFilterSet
    columns = tables.COLUMNS
    orderings = tables.ORDERINGS
    value_names = tables.VALUE_NAMES
    default_sort = "-created"
    filter_names = ("leadStatus", "company", "hasPhone", "doNotCall", "tag")

    def get_queryset(self) -> ContactQuerySet:
        """Return the team's contacts."""
        return self.team.contacts.all()

    def get_built_in_rows(self, objects: Sequence[Any]) -> list[dict[str, Any]]:
        """Return the table's rows."""
        return tables.contact_rows(self.team, objects)

    def get_filter_options(self) -> Mapping[str, Sequence[tuple[str, str]]]:
        """Return the team's tags, and the name of the company that the address asks for."""
        options = {"tag": [(name, name) for name in tables.tag_names(self.team)]}
        if "companyId" in self.asked and not self.filter_errors("companyId"):
            company_id = self.asked["companyId"][-1]
            found = self.team.companies.filter(pk=company_id).values_list("pk", "name")
            options["companyId"] = [(company_id, name) for _pk, name in found]
        if "importId" in self.asked and not self.filter_errors("importId"):
            import_id = self.asked["importId"][-1]
            runs = self.team.imports.filter(pk=import_id).values_list("pk", "file_name")
            options["importId"] = [(import_id, name) for _pk, name in runs]
        return options

    def get_context(self) -> dict[str, Any]:
        """Return what an empty table needs to know for its first steps."""
        return super().get_context() | {"has_companies": self.team.companies.exists}


class ContactColumns(ColumnsView):
    """Chooses the columns of the table."""

    list_view = ContactList


class ContactExport(ExportMixin[Contact], ContactList):
    """The table as a CSV."""

    paths = {"company": "company__name"}
    told = {"last_call_at": "Last call", "created_at": "Added", "updated_at": "Changed"}

    def find_extras(self, ids: Sequence[uuid.UUID]) -> Extras:
        """Return the contacts' tags, each in one cell."""
        tags = CONTACT.find_extras(self.team.pk, ids)
        return {"tags": {pk: join_tags(names) for pk, names in tags.items()}}


def get_main_context(contact: Contact) -> dict[str, Any]:
    """Return what the panel shows above the calls: two queries, for tags and custom fields."""
    tags = list(Tag.objects.filter(team=contact.team, contact_links__contact=contact))
    return {
        "contact": contact,
        "record": contact,
        "tags": tags,
        "record_url": reverse("contacts:detail", args=[contact.team.slug, contact.pk]),
        "heading": heading_facts(contact),
        "facts": contact_facts(contact, tags),
        "statuses": LeadStatus.choices,
    }


class ContactDetail(TeamMixin, PanelMixin, TemplateView):
    """A contact: facts, then its calls."""

    template_name = "contacts/detail.html"
    panel_template_name = "contacts/_panel.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Return the contact, its facts and its history; calls come by their own template tag."""
        contact = get_contact(self.team, self.kwargs["pk"])
        context = get_main_context(contact)
        tags = [tag.name for tag in context["tags"]]
        history_url = reverse("contacts:history", args=[self.team.slug, contact.pk])
        return context | {"history": get_history(contact, history_url, {"tags": tags})}


class ContactFact(FactView):
    """Changes one fact of a contact."""

    main_template_name = "contacts/_main.html"
    form_class = ContactForm

    def get_record(self) -> Contact:
        """Return the team's contact; raises Http404."""
        return get_contact(self.team, self.kwargs["pk"])

    def get_main_context(self, record: Contact) -> dict[str, Any]:
        """Return what is shown of the contact above its calls."""
        return get_main_context(record)


class TagOptions(TeamMixin, View):
    """Suggestions of the team's tags while one is typed."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Answer with up to ten tags in whose name the text occurs."""
        try:
            key = normalize.name_key(request.GET.get("q", ""))
        except normalize.NormalizeError:
            key = ""
        tags = self.team.tags.filter(name_key__contains=key)[:MOST_OPTIONS]
        return render(request, "contacts/_tag_options.html", {"tags": tags})


class ContactFormView(RecordFormView):
    """What adding and editing a contact share."""

    template_name = "contacts/form.html"
    panel_template_name = "contacts/_form.html"
    form_class = ContactForm

    def get_record_url(self, form: RecordForm) -> str:
        """Return the contact's own address."""
        return reverse("contacts:detail", args=[self.team.slug, form.instance.pk])


class ContactCreate(ContactFormView):
    """Adds a contact; the address may name its `company` (id) and `phone`."""

    def get_form(self, data: Any = None) -> ContactForm:
        """Return the form over a new contact."""
        initial = {"phone": self.request.GET.get("phone", "")}
        if named := self.request.GET.get("company"):
            initial["company"] = self._company_name(named)
        return ContactForm(data, instance=Contact(team=self.team), initial=initial)

    def _company_name(self, company_id: str) -> str:
        try:
            company = self.team.companies.filter(pk=read_uuid(company_id)).first()
        except ValueError:
            return ""
        return company.name if company else ""

    def get_context(self, form: RecordForm) -> dict[str, Any]:
        """Return where Cancel leads, and whether there is a company yet."""
        return {
            "contact": None,
            "has_companies": self.team.companies.exists(),
            "cancel_url": reverse("contacts:list", args=[self.team.slug]),
        }


class ContactEdit(ContactFormView):
    """Edits a contact."""

    def get_form(self, data: Any = None) -> ContactForm:
        """Return the form over the stored contact."""
        contact = get_contact(self.team, self.kwargs["pk"])
        self.stored_name = contact.name
        return ContactForm(data, instance=contact)

    def get_context(self, form: RecordForm) -> dict[str, Any]:
        """Return the contact, and its name as it is stored."""
        return {
            "contact": form.instance,
            "contact_name": self.stored_name,
            "cancel_url": self.get_record_url(form),
        }


class ContactDelete(TeamMixin, TemplateResponseMixin, View):
    """Asks, naming the contact, and deletes it; its calls stay."""

    needs = Right.WRITE
    template_name = "contacts/delete.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Say what will be deleted."""
        contact = get_contact(self.team, self.kwargs["pk"])
        return self.render_to_response(
            {"contact": contact, "calls_count": contact.calls.filter(team=self.team).count()}
        )

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Delete it."""
        contact = get_contact(self.team, self.kwargs["pk"])
        delete_contact(contact, by=Author.person(request.user))
        messages.success(request, f"{contact.name} was deleted.")
        return redirect("contacts:list", self.team.slug)


class ContactOptions(TeamMixin, View):
    """Suggestions for a contact while a name, an email or a number is typed."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Answer with up to ten contacts."""
        found = suggest_contacts(self.team, request.GET.get("q", ""), MOST_OPTIONS)
        return render(request, "contacts/_options.html", {"contacts": found})


class ContactsOfCompany(TeamMixin, View):
    """The first people of a company, for its page."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Answer with the list alone for the page that includes it, else with a page."""
        company = get_object_or_404(self.team.companies, pk=self.kwargs["company_id"])
        people = self.team.contacts.filter(company=company)
        first = people.order_by("last_name", "first_name", "id").values_list(*tables.VALUE_NAMES)
        context = {
            "company": company,
            "contacts": tables.contact_rows(self.team, list(first[:OF_COMPANY])),
            "contacts_count": people.count(),
        }
        return render_either(
            request, "contacts/of_company.html", "contacts/_of_company.html", context
        )
