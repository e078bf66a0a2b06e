"""The one writer of contacts: every form, key, file, call and admin page comes through here."""

import uuid
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import Any

from django.db import models, transaction
from django.db.models import QuerySet

from companies.models import Company
from contacts.models import MAX_TAGS, Contact, ContactTag, Tag
from contacts.tags.operations import ensure_tags
from crm import normalize
from crm.history.recording import Author
from crm.queries.lookups import IdsField
from crm.queries.statements import Statement, columns_of, load
from crm.records import writing
from crm.records.writing import Errors, Saved, field_error
from crm.teams.db import does_not_exist

type TagNames = Mapping[uuid.UUID, Sequence[str]]
type Companion = Callable[[Sequence[Contact], Author], None]

_companions: list[Companion] = []


def save_contact(contact: Contact, *, by: Author, tags: Sequence[str] | None = None) -> Contact:
    """Write one new or changed contact; `tags`, where given, are all the tags it shall have.

    Raises ValidationError with what is wrong by field, StaleRecord where somebody else changed it
    since it was loaded.
    """
    names = None if tags is None else {contact.pk: tags}
    return writing.save_record(contact, save_contacts([contact], by=by, tags=names))


def save_contacts(
    contacts: Sequence[Contact],
    *,
    by: Author,
    tags: TagNames | None = None,
    cleaned: bool = False,
) -> Saved[Contact]:
    """Write contacts of one team; errors come back by place, the good ones are written.

    `tags` names, by contact id, all the tags a contact shall have; unknown ones are created.
    `cleaned` contacts have been cleaned by themselves already.
    """
    wanted, tag_errors = _clean_tags(contacts, tags or {})
    if by.is_machine:
        _keep_do_not_call(contacts)

    def write_tags(saved: Saved[Contact]) -> None:
        _write_tags([*saved.created, *saved.updated], wanted, by)

    return writing.save_records(
        contacts,
        by=by,
        check=partial(_check_all, tag_errors),
        prepare=_prepare,
        extra_changes=_tag_changes(contacts, wanted),
        after=write_tags,
        cleaned=cleaned,
    )


def check_contacts(
    contacts: Sequence[Contact], *, by: Author, tags: TagNames | None = None
) -> Errors:
    """Return what `save_contacts` would refuse of cleaned contacts; nothing is written."""
    check = partial(_check_all, _clean_tags(contacts, tags or {})[1])
    return writing.check_records(contacts, by=by, check=check, cleaned=True)


def _check_all(tag_errors: Errors, contacts: Sequence[Contact]) -> Errors:
    errors = _check(contacts)
    for index, error in tag_errors.items():
        errors[index] = writing.merge_errors(errors.get(index), error)
    return errors


def delete_contact(contact: Contact, *, by: Author) -> None:
    """Delete the contact; its calls stay, without a contact."""
    delete_contacts([contact], by=by)


def delete_contacts(contacts: Sequence[Contact], *, by: Author) -> None:
    """Delete contacts of one team, all or none, with what `goes_along` names."""
    if not contacts:
        return
    with transaction.atomic():
        for companion in _companions:
            companion(contacts, by)
        writing.delete_records(contacts, by=by)


def goes_along(companion: Companion) -> None:
    """Have something of rooms that stand on contacts deleted with them, in their transaction."""
    _companions.append(companion)


def _prepare(contact: Contact) -> None:
    contact.search = normalize.search_text(
        contact.first_name,
        contact.last_name,
        contact.email,
        contact.phone,
        contact.phone_secondary,
    )


def _keep_do_not_call(contacts: Sequence[Contact]) -> None:
    """A machine may set do-not-call; only a person or their program clears it."""
    for contact in contacts:
        contact.do_not_call = contact.do_not_call or bool(contact.loaded("do_not_call"))


def _check(contacts: Sequence[Contact]) -> Errors:
    errors = _check_companies(contacts)
    for index, error in _check_external_ids(contacts).items():
        errors[index] = writing.merge_errors(errors.get(index), error)
    return errors


def _check_companies(contacts: Sequence[Contact]) -> Errors:
    """The company must be there and of the contact's team: one query for the whole batch."""
    moved = [
        contact
        for contact in contacts
        if contact.loaded("company") != contact.company_id and not _brings_company(contact)
    ]
    wanted = {contact.company_id for contact in moved if contact.company_id}
    found: dict[uuid.UUID, Company] = {}
    if wanted:
        rows = _COMPANIES.rows(contacts[0].team_id, wanted)
        found = {company.pk: company for company in (load(Company, row) for row in rows)}
    errors: Errors = {}
    for index, contact in enumerate(contacts):
        company_id = contact.company_id
        if company_id is None:
            message = "Every contact belongs to a company. Choose one or create it."
            errors[index] = field_error("company", message, "required")
        elif company_id in found:
            # Whoever asks for its name next need not ask the database again.
            contact._state.fields_cache["company"] = found[company_id]
        elif company_id in wanted:
            errors[index] = writing.ValidationError({"company": does_not_exist("company")})
    return errors


def _companies(team_id: Any, ids: Any) -> QuerySet[Company, Any]:
    ours = Company.objects.filter(team_id=team_id, pk__any=ids)
    return ours.order_by().values_list(*columns_of(Company))


_COMPANIES = Statement(_companies, models.UUIDField(), IdsField())


def _brings_company(contact: Contact) -> bool:
    """Return whether its company is a new one too, which the company's own writer checks."""
    company = contact._state.fields_cache.get("company")
    return company is not None and company._state.adding


def _check_external_ids(contacts: Sequence[Contact]) -> Errors:
    """An external id is one contact's in its team: one query for the whole batch."""
    moved = {
        index: contact
        for index, contact in enumerate(contacts)
        if contact.external_id and contact.loaded("external_id") != contact.external_id
    }
    if not moved:
        return {}
    wanted = {contact.external_id for contact in moved.values()}
    holders: defaultdict[str, set[uuid.UUID]] = defaultdict(set)
    rows = Contact.objects.filter(team_id=contacts[0].team_id, external_id__any=wanted)
    for external_id, pk in rows.values_list("external_id", "pk"):
        holders[external_id].add(pk)
    errors: Errors = {}
    for index, contact in moved.items():
        if holders[contact.external_id] - {contact.pk}:
            message = "Another contact has this external ID."
            errors[index] = field_error("external_id", message, "unique")
        holders[contact.external_id].add(contact.pk)
    return errors


def clean_tag_names(names: Iterable[str]) -> list[str]:
    """Return the names in order, cleaned, each once whatever its case.

    Raises ValidationError where one is too long or there are more than `MAX_TAGS`.
    """
    by_key: dict[str, str] = {}
    for name in names:
        tag = Tag(name=name)
        tag.clean_fields(exclude={"team", "name_key"})
        tag.clean()
        by_key.setdefault(tag.name_key, tag.name)
    if len(by_key) > MAX_TAGS:
        raise writing.ValidationError(
            f"A contact has at most {MAX_TAGS} tags, these are {len(by_key)}.", code="max_length"
        )
    return list(by_key.values())


def _clean_tags(
    contacts: Sequence[Contact], tags: TagNames
) -> tuple[dict[uuid.UUID, list[str]], Errors]:
    wanted: dict[uuid.UUID, list[str]] = {}
    errors: Errors = {}
    for index, contact in enumerate(contacts if tags else ()):
        if contact.pk not in tags:
            continue
        try:
            wanted[contact.pk] = clean_tag_names(tags[contact.pk])
        except writing.ValidationError as error:
            errors[index] = writing.ValidationError({"tags": error.messages})
    return wanted, errors


def _tag_changes(
    contacts: Sequence[Contact], wanted: Mapping[uuid.UUID, list[str]]
) -> dict[uuid.UUID, dict[str, list[Any]]]:
    """Return what history says of the tags of contacts that exist already."""
    stored = [contact.pk for contact in contacts if not contact._state.adding]
    ids = [pk for pk in stored if pk in wanted]
    present = tags_of(contacts[0].team_id, ids) if ids else {}
    return {
        pk: {"tags": [names, sorted(wanted[pk], key=normalize.name_key)]}
        for pk, names in present.items()
        if set(map(normalize.name_key, names)) != set(map(normalize.name_key, wanted[pk]))
    }


def tags_of(team_id: uuid.UUID, contact_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, list[str]]:
    """Return the names of the contacts' tags, in order: one query."""
    present: dict[uuid.UUID, list[str]] = {pk: [] for pk in contact_ids}
    links = ContactTag.objects.filter(team_id=team_id, contact__in=list(present))
    for contact_id, name in links.order_by("tag__name").values_list("contact_id", "tag__name"):
        present[contact_id].append(name)
    return present


def _write_tags(
    contacts: Sequence[Contact], wanted: Mapping[uuid.UUID, list[str]], by: Author
) -> None:
    contacts = [contact for contact in contacts if contact.pk in wanted] if wanted else ()
    if not contacts:
        return
    team_id = contacts[0].team_id
    names = {name for contact in contacts for name in wanted[contact.pk]}
    tags = ensure_tags(team_id, names, by=by)
    ContactTag.objects.filter(
        team_id=team_id, contact__in=[contact.pk for contact in contacts]
    ).delete()
    ContactTag.objects.bulk_create(
        [
            ContactTag(
                team_id=team_id, contact_id=contact.pk, tag_id=tags[normalize.name_key(name)]
            )
            for contact in contacts
            for name in wanted[contact.pk]
        ],
        batch_size=1000,
    )
