"""The form of a company."""

from typing import Any, ClassVar

from django import forms

from companies.models import Company
from companies.operations import save_company
from crm.history.recording import Author
from crm.records.forms import RecordForm
from crm.web import markdown


class CompanyForm(RecordForm):
    """Adds or edits a company of `instance.team`."""

    rare_field_names: ClassVar[tuple[str, ...]] = (
        "address_line1",
        "address_line2",
        "postal_code",
        "state",
        "external_id",
    )

    remembers_opening = True

    class Meta:
        model = Company
        fields = (
            "name",
            "website",
            "phone",
            "industry",
            "company_size",
            "city",
            "country",
            "notes",
            "address_line1",
            "address_line2",
            "postal_code",
            "state",
            "external_id",
        )
        widgets: ClassVar[dict[str, Any]] = {"notes": forms.Textarea(attrs={"rows": 4})}
        help_texts: ClassVar[dict[str, str]] = {"notes": markdown.HINT}

    def write(self, by: Author) -> None:
        """Write the company."""
        save_company(self.instance, by=by)
