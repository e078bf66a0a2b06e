"""What becomes of a row, and how that is kept."""

import dataclasses
from collections.abc import Sequence
from typing import Any

from companies.models import Company
from contacts.imports.drafts import Draft
from contacts.imports.models import Import, ImportRow, Outcome
from contacts.imports.problems import Said
from contacts.models import Contact, LeadStatus
from crm.queries.making import Maker

_ROWS = Maker(ImportRow)


@dataclasses.dataclass(slots=True)
class Fate:
    """What becomes of one row."""

    draft: Draft
    outcome: str = Outcome.CREATED
    contact: Contact | None = None
    reason: Said | None = None
    fields: dict[str, list[Any]] = dataclasses.field(default_factory=dict)
    company: Company | None = None
    company_fields: dict[str, list[Any]] = dataclasses.field(default_factory=dict)
    changes_company: bool = False
    #: Of a new contact.
    tags: Sequence[str] = ()

    def reject(self, errors: Sequence[Said]) -> None:
        """Turn it into a rejected row."""
        self.draft.errors += errors
        self.outcome, self.contact, self.company = Outcome.REJECTED, None, None
        self.changes_company = False

    def skip(self, reason: Said) -> None:
        """Turn it into a skipped row."""
        self.outcome, self.contact, self.company = Outcome.SKIPPED, None, None
        self.reason = reason

    def as_row(self, run: Import, *, keeps_new_values: bool) -> ImportRow:
        """Return the row as it is kept."""
        draft = self.draft
        details: dict[str, Any] = {}
        if draft.errors:
            details["errors"] = draft.errors
        if draft.warnings:
            details["warnings"] = draft.warnings
        if draft.errors or draft.warnings:
            details["cells"] = [cell.replace("\x00", "") for cell in draft.row.cells]
        if self.reason:
            details["reason"] = self.reason
        if self.outcome == Outcome.UPDATED or (
            keeps_new_values and self.outcome == Outcome.CREATED
        ):
            details["fields"] = self.fields or _new_values(draft, self.tags)
        if keeps_new_values and self.changes_company and not self.company_fields:
            # A company that the row makes; once written, what it was made with is its own.
            details["companyFields"] = {
                name: [None, value] for name, value in draft.company_given.items()
            }
        if keeps_new_values and self.outcome == Outcome.UPDATED and self.contact:
            # Who it is, where an earlier row of the file makes them and no contact says it.
            details["name"] = self.contact.name
        elif self.outcome == Outcome.SKIPPED:
            details["name"] = draft.contact.name
        if self.company_fields:
            details["companyFields"] = self.company_fields
        company = self.company if self.contact and self.changes_company else None
        return _ROWS.make(
            team_id=run.team_id,
            run_id=run.id,
            number=draft.row.number,
            line=draft.row.line,
            outcome=self.outcome,
            has_warnings=bool(draft.warnings),
            contact_id=self.contact.id if self.contact else None,
            version=self.contact.version if self.contact else 0,
            company_id=company.pk if company else None,
            company_version=company.version if company else 0,
            details=details or None,
        )


def _new_values(draft: Draft, tags: Sequence[str]) -> dict[str, list[Any]]:
    """Return what a new contact has: what the row gives, and what is given for the whole file."""
    contact = draft.contact
    values = {name: [None, value] for name, value in draft.given.items()}
    if contact.lead_status != LeadStatus.NEW:
        values.setdefault("lead_status", [None, contact.lead_status])
    if contact.source:
        values.setdefault("source", [None, contact.source])
    if draft.company:
        values["company"] = [None, draft.company.name]
    if draft.note:
        values["notes"] = [None, "\n".join(filter(None, [draft.given.get("notes"), draft.note]))]
    return values | ({"tags": [[], tags]} if tags else {})
