"""Companies in the admin."""

from collections.abc import Sequence

from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from companies.models import Company
from companies.operations import CompanyHasContacts, delete_companies, save_company
from companies.resources import CompanyResource
from crm import normalize
from crm.history.recording import Author
from crm.records.record_admin import AdminRecordForm, RecordAdmin, Undeletable
from crm.records.transfer import TransferAdmin
from crm.teams.owned_admin import TeamOwnedAdmin


class CompanyForm(AdminRecordForm):
    """A company's form."""

    def write(self, by: Author) -> None:
        """Write the company."""
        save_company(self.instance, by=by)


@admin.register(Company)
class CompanyAdmin(TransferAdmin, RecordAdmin):
    """Companies of all teams."""

    form = CompanyForm
    resource_classes = (CompanyResource,)
    list_display = ("name", "team", "website", "industry", "place", "created")
    list_columns = ("name", "website", "industry", "city", "country", "created_at", "team__name")
    list_filter = (*TeamOwnedAdmin.list_filter, "created_at")
    search_help_text = "Words of the name or the website."
    readonly_fields = (*RecordAdmin.readonly_fields, "people")
    fieldsets = (
        (None, {"fields": ("team", "name", "website", "industry", "company_size", "people")}),
        ("Phone", {"fields": ("phone",)}),
        (
            "Address",
            {
                "fields": (
                    "address_line1",
                    "address_line2",
                    "city",
                    "state",
                    "postal_code",
                    "country",
                )
            },
        ),
        ("More", {"fields": ("notes", "external_id", "created_at", "updated_at")}),
    )

    def narrow_suggestions(
        self, request: HttpRequest, queryset: QuerySet[Company]
    ) -> QuerySet[Company]:
        """Suggest companies in the order in which people look for them."""
        return super().narrow_suggestions(request, queryset).order_by("team", "name", "id")

    def delete_records(self, records: Sequence[Company], *, by: Author) -> None:
        """Delete companies of one team in which nobody works."""
        try:
            delete_companies(records, by=by)
        except CompanyHasContacts as error:
            raise Undeletable(str(error)) from error

    def reasons_to_keep(self, records: Sequence[Company]) -> list[str]:
        """Return which companies people belong to, and how many."""
        counted = (
            Company.objects.filter(pk__in=[record.pk for record in records])
            .order_by("pk")
            .annotate(people=Count("contacts"))
            .filter(people__gt=0)
        )
        return [str(CompanyHasContacts(company, company.people)) for company in counted]

    @admin.display(description="place")
    def place(self, company: Company) -> str:
        """Return city and country."""
        country = normalize.country_name(company.country) if company.country else ""
        return ", ".join(filter(None, (company.city, country)))

    @admin.display(description="contacts")
    def people(self, company: Company) -> SafeString | str:
        """Return a link to those who work there."""
        if company._state.adding:
            return ""
        url = reverse("admin:contacts_contact_changelist", current_app=self.admin_site.name)
        asked = f"?team={company.team_id}&company={company.pk}"
        return format_html('<a href="{}{}">Contacts of {}</a>', url, asked, company.name)
