"""Contacts as rows of a file, each with its company's name and its tags."""

import csv
import io
import uuid
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Prefetch, QuerySet

from companies.models import Company
from companies.operations import save_companies
from contacts.models import Contact, ContactTag
from contacts.operations import delete_contacts, save_contacts
from crm import normalize
from crm.records.cells import told
from crm.records.resources import TeamResource, TeamResourceMeta
from crm.records.writing import Saved


class ContactResource(TeamResource):
    """One team's contacts. A company that the team has not yet is created by its name."""

    columns_of_fields = {"company": "company_name"}

    company_name = told("company__name", name="company_name")
    tags = told("tags")

    class Meta(TeamResourceMeta):
        model = Contact
        fields = (
            "id",
            "external_id",
            "first_name",
            "last_name",
            "company_name",
            "job_title",
            "email",
            "phone",
            "phone_secondary",
            "lead_status",
            "source",
            "timezone",
            "preferred_contact_method",
            "do_not_call",
            "tags",
            "notes",
            "last_call_at",
            "created_at",
            "updated_at",
        )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._companies: dict[uuid.UUID, str] = {}
        self._tags: dict[uuid.UUID, list[str]] = {}

    def with_columns(self, queryset: QuerySet[Contact]) -> QuerySet[Contact]:
        """Return the contacts with their companies and tags."""
        links = ContactTag.objects.filter(team=self.team).select_related("tag")
        tags = Prefetch("tag_links", links, to_attr="listed_tags")
        return queryset.select_related("company").prefetch_related(tags)

    def import_instance(self, instance: Contact, row: Mapping[str, Any], **kwargs: Any) -> None:
        """Take the row's values; the company and the tags are looked up for all rows at once."""
        if "company_name" in row:
            self._companies[instance.pk] = str(row["company_name"] or "")
        if "tags" in row:
            self._tags[instance.pk] = split_tags(row["tags"])
        super().import_instance(instance, row, **kwargs)

    def dehydrate_tags(self, contact: Contact) -> str:
        """Return the contact's tags in one cell."""
        names = self._tags.get(contact.pk)
        if names is None:
            names = [link.tag.name for link in getattr(contact, "listed_tags", ())]
        return join_tags(sorted(names, key=normalize.name_key))

    def save(self, records: Sequence[Contact]) -> Saved[Contact]:
        """Write contacts of the team, and before them the companies that they bring."""
        companies, wrong = self._find_companies(records)
        for record in records:
            if record.pk in self._companies:
                record.company = companies.get(self._companies[record.pk])
        saved = save_contacts(records, by=self.by, tags=self._tags)
        for index, record in enumerate(records):
            if error := wrong.get(self._companies.get(record.pk, "")):
                others = saved.errors.get(index, ValidationError({})).update_error_dict({})
                saved.errors[index] = ValidationError({**others, "company": error})
        return saved

    def delete(self, records: Sequence[Contact]) -> None:
        """Delete contacts of the team."""
        delete_contacts(records, by=self.by)

    def _find_companies(
        self, records: Sequence[Contact]
    ) -> tuple[dict[str, Company], dict[str, list[str]]]:
        """Return the companies by their names in the file, and what is wrong with other names."""
        names = {self._companies.get(record.pk, "") for record in records}
        keys, wrong = _keys(names)
        found = {company.name_key: company for company in self._named(keys.values())}
        missing = {key: name for name, key in keys.items() if key not in found}
        new = [Company(team=self.team, name=name) for name in missing.values()]
        saved = save_companies(new, by=self.by)
        found |= {company.name_key: company for company in saved.created}
        for index, error in saved.errors.items():
            wrong[new[index].name] = error.messages
        return {name: found[key] for name, key in keys.items() if key in found}, wrong

    def _named(self, keys: Iterable[str]) -> QuerySet[Company]:
        return Company.objects.filter(team=self.team, name_key__in=set(keys))


def _keys(names: Iterable[str]) -> tuple[dict[str, str], dict[str, list[str]]]:
    keys: dict[str, str] = {}
    wrong: dict[str, list[str]] = {}
    for name in names:
        try:
            keys[name] = normalize.name_key(name)
        except normalize.NormalizeError as error:
            wrong[name] = [error.message]
    return {name: key for name, key in keys.items() if key}, wrong


def split_tags(cell: Any) -> list[str]:
    """Return the tags of a cell: commas between them, quotation marks around one with a comma."""
    if isinstance(cell, list):
        return [str(name) for name in cell]
    lines = csv.reader(io.StringIO(str(cell or "")), skipinitialspace=True)
    return [name for line in lines for name in line if name.strip()]


def join_tags(names: Iterable[str]) -> str:
    """Return a cell that `split_tags` reads as these tags, and an import of any file, too."""
    return ", ".join(_quoted(name) if _separates(name) else name for name in names)


def _separates(name: str) -> bool:
    return bool(set(name) & set(',"\n;|')) or ":::" in name


def _quoted(name: str) -> str:
    doubled = name.replace('"', '""')
    return f'"{doubled}"'
