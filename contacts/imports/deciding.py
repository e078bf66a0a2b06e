"""What becomes of a batch of rows: the same steps whether they are only planned or written.

1. Each row is a draft (`drafts`). 2. Who of them is known (`recognising`)? 3. What is new is
made, what is known is updated or skipped, as the policy says. 4. `companies.operations` and
`contacts.operations` check it all, or write it: there is no second set of rules here.
"""

import uuid
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from companies.models import Company
from companies.operations import check_companies, save_companies
from contacts.imports.drafts import Draft, Named, Recipe
from contacts.imports.fates import Fate
from contacts.imports.mapping.fields import get_value, set_value
from contacts.imports.models import Duplicates, Import, Outcome
from contacts.imports.problems import of_record, said
from contacts.imports.recognising import recognise
from contacts.imports.seen import Ref, Seen, State, values_of
from contacts.matching import People, find_people, person_of
from contacts.models import Contact
from contacts.operations import check_contacts, save_contacts, tags_of
from crm import normalize
from crm.history.recording import Author
from crm.queries.making import Maker, refer
from crm.records.writing import Errors

_CONTACTS, _COMPANIES = Maker(Contact), Maker(Company)


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
        #: While it is planned, by contact: values of fields that are not made yet, which row makes
        #: one that is not there, and in which company earlier rows have left it.
        self.new_values: defaultdict[uuid.UUID, dict[str, Any]] = defaultdict(dict)
        self.makers: dict[uuid.UUID, int] = {}
        self.moved: dict[uuid.UUID, str] = {}
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
            self._remember(self.seen)
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
        refs = recognise(good, people, known, self.run.team, self.recipe.options)
        contacts = self._load(set(refs.values()))
        self._find_companies([fate for fate in good if fate.contact is None and not fate.reason])
        contacts |= {fate.draft.row.number: fate.draft.contact for fate in good}
        for fate in good:
            ref = refs.get(fate.draft.row.number)
            if fate.outcome == Outcome.CREATED:
                self._create(fate)
            elif ref is not None:
                self._update(fate, contacts[ref])

    def _load(self, refs: set[Ref]) -> dict[Ref, Contact]:
        """Return the contacts that rows refer to, as earlier rows have left them, with their tags.

        Those that rows of the same batch make are not among them.
        """
        ids = {ref for ref in refs if isinstance(ref, uuid.UUID)}
        contacts: dict[Ref, Contact] = {}
        if ids:
            contacts |= self.run.team.contacts.select_related("company").in_bulk(ids)
            tags = tags_of(self.run.team_id, ids)
            for contact in contacts.values():
                contact.team = self.recipe.team
                self.tags[contact.pk] = tags.get(contact.pk, [])
        for ref, state in (self.seen.find_contacts(refs) if self.seen and refs else {}).items():
            contact = contacts.get(ref) or _CONTACTS.make(
                {"team": self.recipe.team}, team_id=self.run.team_id
            )
            contact.__dict__ |= state.values
            contacts[ref], self.tags[contact.pk] = contact, state.tags
            self.new_values[contact.pk], self.moved[contact.pk] = state.new_values, state.company
            if isinstance(ref, int):
                self.makers[contact.pk] = ref
        return contacts

    # Companies

    def _find_companies(self, fates: Sequence[Fate]) -> None:
        """Find the rows' companies by their names; those that are not there are made."""
        wanted = {fate.draft.company.name_key for fate in fates if fate.draft.company}
        wanted |= set(self.moved.values())
        ours = self.run.team.companies.filter(name_key__any=wanted)
        self.companies = {company.name_key: company for company in ours}
        for company in self.companies.values():
            company.team = self.recipe.team
        for key, values in (self.seen.find_companies(wanted) if self.seen else {}).items():
            if key not in self.companies:
                self.companies[key] = self._make_company()
            self.companies[key].__dict__ |= values

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
        company = self._make_company(name=named.name, name_key=named.name_key)
        for name, value in fate.draft.company_given.items():
            set_value(company, name, value)
        self.companies[named.name_key] = self.touched[company.pk] = company
        fate.company, fate.changes_company = company, True
        return company

    def _make_company(self, **values: Any) -> Company:
        team = self.recipe.team
        return _COMPANIES.make({"team": team}, team_id=team.pk, **values)

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
        self.makers[contact.id] = fate.draft.row.number
        for name in self.recipe.new_keys & fate.draft.given.keys():
            self.new_values[contact.pk][name] = fate.draft.given[name]
        if tags := _joined(fate.draft.tags, self.recipe.default_tags):
            fate.tags = self.tags[contact.pk] = tags

    def _update(self, fate: Fate, contact: Contact) -> None:
        """Put the row's values over the contact's; blanks leave what is there."""
        if (key := self.moved.pop(contact.pk, "")) in self.companies:
            refer(contact, "company", self.companies[key])
        company = self._company_of_update(fate)
        values = _updates(fate.draft, contact) | ({"company": company} if company else {})
        before = {name: get_value(contact, name) for name in [*values, "do_not_call"]}
        for name, value in values.items():
            if name in self.recipe.new_keys:
                old = self.new_values[contact.pk].get(name)
                if old != value:
                    fate.fields[name] = [old, value]
                self.new_values[contact.pk][name] = value
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
            fate.skip(said(None, "unchanged", detail) | self._id_of(contact))

    def _id_of(self, contact: Contact) -> dict[str, str]:
        """Return what leads to the contact, where it is there or will be."""
        is_only_planned = self.seen is not None and contact._state.adding
        return {} if is_only_planned else {"contactId": str(contact.pk)}

    def _add_tags(self, fate: Fate, contact: Contact) -> None:
        tags = self.tags.get(contact.pk, [])
        joined = _joined(tags, fate.draft.tags, self.recipe.default_tags)
        if len(joined) > len(tags):
            fate.fields["tags"] = [tags, joined]
            self.tags[contact.pk] = joined

    def _company_of_update(self, fate: Fate) -> Company | None:
        """Return the company that the row names; one for the whole file moves nobody."""
        return self._company(fate) if fate.draft.names_company else None

    def _reject_by_contact(self, contacts: Sequence[Contact], errors: Errors) -> None:
        wrong = {contacts[place].pk: error for place, error in errors.items()}
        if not wrong:
            return
        for fate in self.fates:
            if fate.contact and fate.contact.pk in wrong:
                fate.reject(of_record(wrong[fate.contact.pk], "contact"))

    # What later rows must know, while nothing is written

    def _remember(self, seen: Seen) -> None:
        contacts = {fate.contact.pk: fate.contact for fate in self.fates if fate.contact}
        refs: dict[uuid.UUID, Ref] = {pk: self.makers.get(pk, pk) for pk in contacts}
        people = [person_of(contact, ref=refs[pk]) for pk, contact in contacts.items()]
        states: dict[Ref, State] = {}
        if self.policy == Duplicates.UPDATE:
            states = {refs[pk]: self._state_of(contact) for pk, contact in contacts.items()}
        companies = [fate.company for fate in self.fates if fate.company and fate.changes_company]
        seen.remember(people, states, {each.name_key: values_of(each) for each in companies})

    def _state_of(self, contact: Contact) -> State:
        return State(
            values_of(contact),
            self.tags.get(contact.pk, []),
            contact.company.name_key,
            self.new_values.get(contact.pk, {}),
        )


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
