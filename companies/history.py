"""A company's history: what it calls a company, its page, and going back to an earlier value."""

from django.urls import reverse

from companies.models import Company
from companies.operations import save_company
from companies.views import get_company
from crm.history.recording import Author
from crm.records.history.names import Naming, name_of
from crm.records.history.restoring import Others
from crm.records.history.views import RecordHistory, RecordMixin, RestoreValue

NAMING = Naming(
    "Company",
    lambda team: team.companies.order_by(),
    ("name",),
    name_of,
    lambda team, pk: reverse("companies:detail", args=[team.slug, pk]),
)


class CompanyMixin(RecordMixin):
    """Addresses under a company's own."""

    def get_record(self) -> Company:
        """Return the team's company; raises Http404."""
        return get_company(self.team, self.kwargs["pk"])

    def get_record_url(self, record: Company) -> str:
        """Return the company's own address."""
        return reverse("companies:detail", args=[self.team.slug, record.pk])

    def get_history_url(self, record: Company) -> str:
        """Return the address of the company's history."""
        return reverse("companies:history", args=[self.team.slug, record.pk])

    def write(self, record: Company, others: Others, by: Author) -> object:
        """Write the company."""
        return save_company(record, by=by)


class CompanyHistory(CompanyMixin, RecordHistory):
    """What happened to a company."""


class CompanyRestore(CompanyMixin, RestoreValue):
    """Gives a field of a company an earlier value."""
