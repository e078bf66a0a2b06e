"""What becomes of a batch of rows: the same steps whether they are only planned or written.

1. Each row is a draft (`drafts`). 2. Who of them is known (`contacts.matching`)? 3. What is new is
made, what is known is updated or skipped, as the policy says. 4. `companies.operations` and
`contacts.operations` check it all, or write it: there is no second set of rules here.
"""

import dataclasses
import uuid
from collections.abc import Sequence
from typing import Any

from companies.models import Company
from companies.operations import check_companies, save_companies
from contacts.imports.before import row_of
from contacts.imports.drafts import Draft, Named, Recipe
from contacts.imports.mapping.fields import get_value, set_value
from contacts.imports.models import Duplicates, Import, ImportRow, Outcome
from contacts.imports.problems import Said, of_record, said
from contacts.imports.seen import Seen
from contacts.matching import Match, People, Person, find_people, person_of
from contacts.models import Contact
from contacts.operations import check_contacts, save_contacts, tags_of
from crm import normalize
from crm.history.recording import Author
from crm.queries.making import Maker, refer
from crm.records.writing import Errors

_ROWS, _COMPANIES = Maker(ImportRow), Maker(Company)


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
            details["fields"] = self.fields or _new_values(draft)
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


def _new_values(draft: Draft) -> dict[str, list[Any]]:
    values = {name: [None, value] for name, value in draft.given.items()}
    if draft.company:
        values["company"] = [None, draft.company.name]
    if draft.note:
        values["notes"] = [None, "\n".join(filter(None, [draft.given.get("notes"), draft.note]))]
    return values | ({"tags": [[], draft.tags]} if draft.tags else {})


class Batch:
    """Decides over some rows of one import."""

    def __init__(
        self, run: Import, recipe: Recipe, drafts: Sequence[Draft], seen: Seen | None = None
    ) -> None:
        self.run = run
        self.recipe = recipe
        self.policy = recipe.options.on_duplicate
        self.fates = [Fate(draft) for draft in drafts]
        self.seen = seen
        self.contacts: dict[uuid.UUID, Contact] = {}
        self.tags: dict[uuid.UUID, list[str]] = {}
        self.companies: dict[str, Company] = {}
        self.touched: dict[uuid.UUID, Company] = {}
        for fate in self.fates:
            if fate.draft.errors:
                fate.reject(())

    def plan(self, by: Author) -> list[Fate]:
        """Decide, and write nothing."""
        self._decide()
        self._reject_by_company(check_companies(self._changed_companies(), by=by))
        contacts = list(self.contacts.values())
        self._reject_by_contact(contacts, check_contacts(contacts, by=by, tags=self.tags))
        if self.seen:
            self.seen.remember([fate for fate in self.fates if fate.outcome == Outcome.CREATED])
        return self.fates

    def write(self, by: Author) -> list[Fate]:
        """Decide and write, in the caller's transaction; raises StaleRecord."""
        self._decide()
        saved = save_companies(self._changed_companies(), by=by, cleaned=True)
        self._reject_by_company(saved.errors)
        contacts = list(self.contacts.values())
        written = save_contacts(contacts, by=by, tags=self.tags, cleaned=True)
        self._reject_by_contact(contacts, written.errors)
        return self.fates

    # Who is known

    def _decide(self) -> None:
        good = [fate for fate in self.fates if not fate.draft.errors]
        known = People()
        people = [person_of(fate.draft.contact, ref=fate.draft.row.number) for fate in good]
        if self.policy != Duplicates.CREATE:
            known = find_people(self.run.team, people)
        if self.seen:
            self.seen.add_to(known, people)
        refs = self._match(good, people, known)
        stored = self._load({ref for ref in refs.values() if isinstance(ref, uuid.UUID)})
        self._find_companies([fate for fate in good if fate.contact is None and not fate.reason])
        drafted: dict[Any, Contact] = {fate.draft.row.number: fate.draft.contact for fate in good}
        for fate in good:
            ref = refs.get(fate.draft.row.number)
            if fate.outcome == Outcome.CREATED:
                self._create(fate)
            elif ref in stored or ref in drafted:
                self._update(fate, (stored | drafted)[ref])
            elif ref is not None:
                self._plan_update_of_row(fate, ref)

    def _match(
        self, good: Sequence[Fate], people: Sequence[Person], known: People
    ) -> dict[int, Any]:
        """Say of each row who it is; return by row what refers to the contact to be updated."""
        refs: dict[int, Any] = {}
        written = self._written_before(good) if self.policy != Duplicates.CREATE else {}
        for fate, somebody in zip(good, people, strict=True):
            if contact_id := written.get(somebody.ref):
                if self.policy == Duplicates.SKIP:
                    reason = said(None, "duplicate", "This row has been imported already.")
                    fate.skip(reason | {"contactId": str(contact_id)})
                else:
                    fate.outcome, refs[somebody.ref] = Outcome.UPDATED, contact_id
                continue
            match = known.find_match(somebody)
            if self.policy == Duplicates.CREATE:
                if match and match.key[0] == "external_id":
                    fate.reject([_TAKEN])
            elif match is None:
                known.add(somebody)
            elif match.person is None:
                self._report(fate, match)
            else:
                if match.has_other_name:
                    self._warn_of_name(fate, match, match.person)
                if self.policy == Duplicates.SKIP:
                    fate.skip(_duplicate(match, match.person))
                else:
                    fate.outcome, refs[somebody.ref] = Outcome.UPDATED, match.person.ref
        return refs

    def _written_before(self, good: Sequence[Fate]) -> dict[int, uuid.UUID]:
        """Return the contacts that an earlier import made of these rows, which it has given back.

        Its warnings may be the very number or address by which they would be found.
        """
        source = self.recipe.options.written_by
        if not source or not good:
            return {}
        numbers = {
            fate.draft.row.number: number
            for fate in good
            if (number := row_of(fate.draft.row.cells[0])) is not None
        }
        rows = ImportRow.objects.filter(
            team=self.run.team_id, run=uuid.UUID(source), number__in=set(numbers.values())
        )
        ids = dict(rows.values_list("number", "contact_id"))
        ours = self.run.team.contacts.filter(pk__in=filter(None, ids.values()))
        there = set(ours.values_list("pk", flat=True))
        return {
            row: contact_id
            for row, number in numbers.items()
            if (contact_id := ids.get(number)) in there and contact_id
        }

    def _load(self, ids: set[uuid.UUID]) -> dict[Any, Contact]:
        """Return the team's contacts of these ids, and know their tags."""
        if not ids:
            return {}
        stored = self.run.team.contacts.select_related("company").in_bulk(ids)
        tags = tags_of(self.run.team_id, stored)
        for pk, contact in stored.items():
            contact.team = self.recipe.team
            self.tags[pk] = tags.get(pk, [])
        return dict(stored)

    def _report(self, fate: Fate, match: Match) -> None:
        """Take none of those who could be meant, and say who they are."""
        kind, value = match.key
        names = ", ".join(_name(person) for person in match.people[:5])
        detail = (
            f"{len(match.people)} contacts could be meant ({names}), so none was touched. "
            "Merge them, or give the row an external ID."
        )
        warning = said(_FIELDS[kind], "ambiguous", detail, value)
        fate.draft.warnings.append(warning)
        fate.skip(dict(warning))

    def _warn_of_name(self, fate: Fate, match: Match, person: Person) -> None:
        """Say that whom the row is about may be somebody else, who has the same number."""
        kind, value = match.key
        has = f"{_who(person)} has this {_LABELS[kind]}, but another name"
        detail = (
            f"{has}, and was taken for the same person."
            if self.policy == Duplicates.UPDATE
            else f"{has}. If they are two people, import this row as another contact."
        )
        fate.draft.warnings.append(said(_FIELDS[kind], "other_name", detail, value))

    # Companies

    def _find_companies(self, fates: Sequence[Fate]) -> None:
        """Find the rows' companies by their names; those that are not there are made."""
        wanted = {fate.draft.company.name_key for fate in fates if fate.draft.company}
        ours = self.run.team.companies.filter(name_key__any=wanted)
        self.companies = {company.name_key: company for company in ours}
        for company in self.companies.values():
            company.team = self.recipe.team

    def _company(self, fate: Fate) -> Company:
        """Return the row's company; the first row that names a new one makes it."""
        named = fate.draft.company
        assert named is not None
        company = self.companies.get(named.name_key)
        if company is None:
            return self._new_company(fate, named)
        fate.company = company
        for name, value in fate.draft.company_given.items():
            old = get_value(company, name)
            if old != value:
                fate.company_fields[name] = [old, value]
                set_value(company, name, value)
        if fate.company_fields:
            fate.changes_company = True
            self.touched[company.pk] = company
        return company

    def _new_company(self, fate: Fate, named: Named) -> Company:
        team = self.recipe.team
        company = _COMPANIES.make(
            {"team": team}, team_id=team.pk, name=named.name, name_key=named.name_key
        )
        for name, value in fate.draft.company_given.items():
            set_value(company, name, value)
        self.companies[named.name_key] = self.touched[company.pk] = company
        fate.company, fate.changes_company = company, True
        return company

    def _changed_companies(self) -> list[Company]:
        return list(self.touched.values())

    def _reject_by_company(self, errors: Errors) -> None:
        companies = self._changed_companies()
        wrong = {companies[place].pk: error for place, error in errors.items()}
        if not wrong:
            return
        for fate in self.fates:
            if fate.company and fate.company.pk in wrong:
                if fate.contact:
                    self.contacts.pop(fate.contact.pk, None)
                fate.reject(of_record(wrong[fate.company.pk], "company"))

    # Contacts

    def _create(self, fate: Fate) -> None:
        contact = fate.draft.contact
        refer(contact, "company", self._company(fate))
        fate.contact = contact
        self.contacts[contact.id] = contact
        if tags := _joined(fate.draft.tags, self.recipe.default_tags):
            self.tags[contact.pk] = tags

    def _update(self, fate: Fate, contact: Contact) -> None:
        """Put the row's values over the contact's; blanks leave what is there."""
        company = self._company_of_update(fate)
        values = _updates(fate.draft, contact) | ({"company": company} if company else {})
        before = {name: get_value(contact, name) for name in [*values, "do_not_call"]}
        for name, value in values.items():
            if name in self.recipe.new_keys:
                fate.fields[name] = [None, value]
            else:
                set_value(contact, name, value)
        contact.clean()
        for name, old in before.items():
            if (new := get_value(contact, name)) != old:
                fate.fields[name] = _shown(old, new)
        self._add_tags(fate, contact)
        if fate.fields or fate.changes_company:
            fate.contact = contact
            self.contacts[contact.pk] = contact
        else:
            detail = f"{contact.name} has all these values already."
            fate.skip(said(None, "unchanged", detail) | {"contactId": str(contact.pk)})

    def _add_tags(self, fate: Fate, contact: Contact) -> None:
        tags = self.tags.get(contact.pk, [])
        joined = _joined(tags, fate.draft.tags, self.recipe.default_tags)
        if len(joined) > len(tags):
            fate.fields["tags"] = [tags, joined]
            self.tags[contact.pk] = joined

    def _company_of_update(self, fate: Fate) -> Company | None:
        """Return the company that the row names; one for the whole file moves nobody."""
        return self._company(fate) if fate.draft.names_company else None

    def _plan_update_of_row(self, fate: Fate, number: int) -> None:
        """Plan the update of a contact that an earlier row makes; it is known by its keys only."""
        assert self.seen is not None
        if self.seen.is_repeated(fate.draft, number):
            detail = f"Row {number} says the same."
            fate.skip(said(None, "unchanged", detail))
        else:
            fate.fields = _new_values(fate.draft)

    def _reject_by_contact(self, contacts: Sequence[Contact], errors: Errors) -> None:
        wrong = {contacts[place].pk: error for place, error in errors.items()}
        if not wrong:
            return
        for fate in self.fates:
            if fate.contact and fate.contact.pk in wrong:
                fate.reject(of_record(wrong[fate.contact.pk], "contact"))


_TAKEN: Said = {
    "field": "externalId",
    "code": "unique",
    "detail": "An earlier row of the file has this external ID.",
}
_FIELDS = {"external_id": "externalId", "phone": "phone", "email": "email"}
_LABELS = {"external_id": "external ID", "phone": "phone number", "email": "email address"}


def _name(person: Person) -> str:
    return person.name if isinstance(person.ref, uuid.UUID) else f"row {person.ref}"


def _who(person: Person) -> str:
    who = _name(person)
    return who[:1].upper() + who[1:]


def _duplicate(match: Match, person: Person) -> Said:
    kind, value = match.key
    reason = said(_FIELDS[kind], "duplicate", f"{_who(person)} has this {_LABELS[kind]}.", value)
    is_known = isinstance(person.ref, uuid.UUID)
    return reason | {"contactId": str(person.ref)} if is_known else reason


def _joined(*groups: Sequence[str]) -> list[str]:
    """Return the tags of all groups, each once whatever its case."""
    by_key = {normalize.name_key(name): name for group in reversed(groups) for name in group}
    order = dict.fromkeys(normalize.name_key(name) for group in groups for name in group)
    return [by_key[key] for key in order]


def _updates(draft: Draft, contact: Contact) -> dict[str, Any]:
    values = dict(draft.given)
    if draft.note:
        # The extension of a number: it is added to what is noted, never put in its place.
        notes = values.get("notes", contact.notes)
        if draft.note not in notes:
            values["notes"] = "\n".join(filter(None, [notes, draft.note]))
    if values.get("do_not_call") is False:
        # Only a person allows calls again.
        del values["do_not_call"]
    return values


def _shown(old: Any, value: Any) -> list[Any]:
    if isinstance(value, Company):
        return [{"id": str(old.pk), "name": old.name}, {"id": str(value.pk), "name": value.name}]
    return [old, value]
