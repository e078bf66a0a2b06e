"""Companies as rows of a file."""

from collections.abc import Sequence

from companies.models import Company
from companies.operations import delete_companies, save_companies
from crm.records.resources import TeamResource, TeamResourceMeta
from crm.records.writing import Saved


class CompanyResource(TeamResource):
    """One team's companies."""

    class Meta(TeamResourceMeta):
        model = Company
        fields = (
            "id",
            "external_id",
            "name",
            "website",
            "industry",
            "company_size",
            "phone",
            "address_line1",
            "address_line2",
            "city",
            "state",
            "postal_code",
            "country",
            "notes",
            "created_at",
            "updated_at",
        )

    def save(self, records: Sequence[Company]) -> Saved[Company]:
        """Write companies of the team."""
        return save_companies(records, by=self.by)

    def delete(self, records: Sequence[Company]) -> None:
        """Delete companies of the team."""
        delete_companies(records, by=self.by)
