"""Companies over REST."""

from typing import Any

from django.db.models import QuerySet

from companies.filters import CompanyFilterSet
from companies.models import Company
from companies.operations import CompanyHasContacts, delete_company, save_company
from companies.representation import COMPANY
from companies.serializers import CompanySerializer
from crm.api.exceptions import Conflict
from crm.api.schema import Operation
from crm.records.api import BY_CUSTOM_FIELD, CreatesRecords, DeletesRecord, RecordList, RecordView


class CompanyView(RecordView):
    """An address of companies."""

    scope = "companies"
    noun = "company"
    serializer_class = CompanySerializer
    representation = COMPANY

    def get_records(self) -> QuerySet[Company]:
        """Return the team's companies."""
        return self.team.companies.all()

    def save(self, record: Company, values: dict[str, Any]) -> None:
        """Set the values and save."""
        self.set_values(record, values)
        save_company(record, by=self.author)


class Companies(CompanyView, CreatesRecords, RecordList):
    """The team's companies."""

    filterset_class = CompanyFilterSet
    orderings = {"createdAt": "created_at", "updatedAt": "updated_at", "name": "name"}
    default_ordering = "name"
    operations = {
        "GET": Operation("listCompanies", "List the team's companies", BY_CUSTOM_FIELD),
        "POST": Operation("createCompany", "Create a company"),
    }


class CompanyDetail(CompanyView, DeletesRecord):
    """One company."""

    operations = {
        "GET": Operation("getCompany", "Read a company"),
        "PATCH": Operation(
            "updateCompany", "Change a company", "Fields that are left out stay as they are."
        ),
        "DELETE": Operation(
            "deleteCompany",
            "Delete a company",
            "A company with contacts stays (409): move or delete them first.",
        ),
    }

    @classmethod
    def get_refusals(cls, method: str) -> list[int]:
        """Return 409 for DELETE, too: contacts may need the company."""
        return sorted({*super().get_refusals(method), *([409] if method == "DELETE" else [])})

    def remove(self, record: Company) -> None:
        """Delete the company; raises Conflict (409) with the number of its contacts."""
        try:
            delete_company(record, by=self.author)
        except CompanyHasContacts as error:
            raise Conflict(str(error), "has_contacts") from error
