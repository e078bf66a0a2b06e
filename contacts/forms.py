"""The form of a contact, in which its company is found by name or created on the spot."""

import csv
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils.html import format_html

from companies.models import Company
from companies.operations import save_company
from contacts.models import Contact, ContactTag
from contacts.operations import clean_tag_names, save_contact
from crm import normalize
from crm.history.recording import Author
from crm.records.forms import RecordForm
from crm.records.merging import MergingField, replaced
from crm.records.models import Record
from crm.web import markdown
from crm.web.forms import Combobox, Switch, Tokens


class TagsField(forms.CharField, MergingField):
    """Tags as people type them: commas between, quotes around one that holds a comma itself."""

    def prepare_value(self, value: Any) -> Any:
        """Return the names as one text."""
        return join_tags(value) if isinstance(value, list) else value

    def clean(self, value: Any) -> list[str]:
        """Return each tag once; raises ValidationError for one too long, or too many of them."""
        try:
            return clean_tag_names(_split(super().clean(value)))
        except ValidationError as error:
            raise ValidationError(error.messages) from error

    def merge(self, opened: str, typed: list[str], stored: list[str]) -> list[str]:
        """Return the stored tags without those taken away, and with those added."""
        before, after = _keys(_split(opened)), _keys(typed)
        kept = [name for name in stored if normalize.name_key(name) not in before - after]
        added = _keys(typed) - before - _keys(kept)
        return [*kept, *(name for name in typed if normalize.name_key(name) in added)]


def _split(text: str) -> list[str]:
    names = next(csv.reader([text], skipinitialspace=True), [])
    return [name for name in names if name.strip()]


def _keys(names: Iterable[str]) -> set[str]:
    return set(map(normalize.name_key, names))


def join_tags(names: list[str]) -> str:
    """Return the names as `TagsField` reads them."""
    return ", ".join(_quoted(name) if set(name) & set(',"') else name for name in names)


def _quoted(name: str) -> str:
    doubled = name.replace('"', '""')
    return f'"{doubled}"'


class ContactForm(RecordForm):
    """Adds or edits a contact of `instance.team`.

    `company` is a company's name. One that the team has not is created with the contact, where
    `new_company` says that this is meant: the suggestion "Create …" does, and so does sending the
    form again after being told that there is no such company.
    """

    company = forms.CharField(
        max_length=400, error_messages={"required": "Choose a company, or type a new one's name."}
    )
    new_company = forms.CharField(required=False, widget=forms.HiddenInput)
    tags = TagsField(required=False, max_length=3000, help_text="Commas between them.")

    rare_field_names: ClassVar[tuple[str, ...]] = (
        "phone_secondary",
        "preferred_contact_method",
        "timezone",
        "source",
        "external_id",
    )

    remembers_opening = True
    companions: ClassVar[Mapping[str, Sequence[str]]] = {"company": ("new_company",)}

    class Meta:
        model = Contact
        fields = (
            "first_name",
            "last_name",
            "job_title",
            "email",
            "phone",
            "phone_secondary",
            "lead_status",
            "source",
            "timezone",
            "preferred_contact_method",
            "do_not_call",
            "notes",
            "external_id",
        )
        widgets: ClassVar[dict[str, Any]] = {
            "do_not_call": Switch,
            "notes": forms.Textarea(attrs={"rows": 4}),
        }
        help_texts: ClassVar[dict[str, str]] = {"notes": markdown.HINT}

    def __init__(self, *args: Any, instance: Contact, **kwargs: Any) -> None:
        super().__init__(*args, instance=instance, **kwargs)
        self._created_company: Company | None = None
        self.fields["company"].widget = Combobox(
            options_url=reverse("companies:options", args=[instance.team.slug]),
            create_field="new_company",
        )
        self.fields["company"].widget.is_required = True
        tags = {} if self.is_new else _tags_of(instance)
        self.fields["tags"].widget = Tokens(
            options_url=reverse("contacts:tag_options", args=[instance.team.slug]), colors=tags
        )
        if not self.is_new:
            self.initial["company"] = instance.company.name
            self.initial["tags"] = list(tags)

    def clean(self) -> dict[str, Any]:
        """Find the company by its name, or make ready to create it."""
        cleaned = super().clean()
        name = cleaned.get("company")
        if name:
            try:
                self._choose_company(name, cleaned.get("new_company", ""))
            except ValidationError as error:
                self.add_error("company", error)
        return cleaned

    def _choose_company(self, name: str, meant: str) -> None:
        company = Company(team=self.instance.team, name=name)
        _clean_name(company)
        found = company.team.companies.filter(name_key=company.name_key).first()
        if found is None and normalize.name_key(meant) != company.name_key:
            self.data = replaced(self.data, self.add_prefix("new_company"), name)
            raise ValidationError(
                f"No company is called “{company.name}” yet. "
                "Choose one from the list, or save again to create it.",
                code="unknown_company",
            )
        self.instance.company = found or company
        if found is None:
            self._created_company = company
            note = "“{}” is new and will be created with this contact."
            self["company"].help_text = format_html(note, company.name)

    def write(self, by: Author) -> None:
        """Write the contact, and before it the company it brings: both or neither."""
        if self._created_company is None:
            self._write_contact(by)
            return
        with transaction.atomic():
            self._write_company(self._created_company, by)
            self._write_contact(by)

    def _write_contact(self, by: Author) -> None:
        save_contact(self.instance, by=by, tags=self.cleaned_data.get("tags"))

    def _write_company(self, company: Company, by: Author) -> None:
        try:
            save_company(company, by=by)
        except ValidationError as error:
            raise ValidationError({"company": error.messages}) from error

    def differences(self, stored: Record) -> list[tuple[str, str]]:
        """Return what would change, company and tags too."""
        found = super().differences(stored)
        if stored.loaded("company") != self.instance.company_id:
            company = self.instance.team.companies.get(pk=stored.loaded("company"))
            found.append(("company", company.name))
        tags = list(_tags_of(self.instance))
        if _keys(tags) != _keys(self.cleaned_data.get("tags", tags)):
            found.append(("tags", ", ".join(tags) or "none"))
        return found


def _clean_name(company: Company) -> None:
    """Bring the name into its form; raises ValidationError for the name alone."""
    try:
        company.clean_fields(exclude={"team", "name_key"})
    except ValidationError as error:
        raise ValidationError(error.messages) from error
    company.clean()


def _tags_of(contact: Contact) -> dict[str, int]:
    """Return the contact's tags, by name, and the colour of each."""
    links = ContactTag.objects.filter(team=contact.team, contact=contact)
    return dict(links.order_by("tag__name").values_list("tag__name", "tag__color"))
