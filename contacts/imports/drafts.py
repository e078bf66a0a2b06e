"""From a row's cells to a contact that may be written: every cell by its field's own rule.

What a contact cannot be without, and what must not be wrong (name, company, email, external ID),
rejects the row. Any other value that cannot be read is left out, and its text kept in a warning.
Which column is read by which rule is decided once for the file.
"""

import dataclasses
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone

from companies.models import Company
from contacts.imports.mapping.fields import COMPANY, CONTACT, Target, built_in, targets_with_new
from contacts.imports.names import split_name
from contacts.imports.options import Options
from contacts.imports.places import Place, Places, as_of
from contacts.imports.problems import Said, as_line, left_out, missing, of_field, of_record, said
from contacts.imports.reading import Row
from contacts.imports.rules import Rule, custom_rules, field_rule, remembering
from contacts.imports.words import READERS, read_tags
from contacts.models import Contact
from contacts.operations import clean_tag_names
from crm.normalize.text import quote
from crm.queries.making import Maker
from crm.records.files import unescape_cell
from crm.records.models import Record
from crm.teams.models import Team

REQUIRED = ("firstName", "lastName", "companyName")
#: What rejects its row where it is wrong; all else becomes a warning.
HARD = frozenset({*REQUIRED, "email", "externalId"})
IDENTITY = HARD | {"fullName"}
#: What has one value, and what stands between several of them in a cell.
SINGLE, SEVERAL = ("email", "phone", "phoneSecondary", "companyPhone"), ":::"
_CONTROL = re.compile(r"[\x01-\x08\x0e-\x1f\x7f-\x84\x86-\x9f]")
_SPACES = " \t\r\n\x0b\x0c\xa0\u3000\u200b\ufeff"
#: So many names of companies are remembered while a file is read.
NAMES_KNOWN = 10_000

_CONTACTS, _COMPANIES = Maker(Contact), Maker(Company)


@dataclasses.dataclass(frozen=True, slots=True)
class Named:
    """A company as a row names it."""

    name: str
    name_key: str


@dataclasses.dataclass(slots=True)
class Draft:
    """A row as it was understood: a new contact with its values, what they are, what was wrong."""

    row: Row
    contact: Contact
    #: The values that the row gives, none of them blank, by the model's names.
    given: dict[str, Any] = dataclasses.field(default_factory=dict)
    tags: list[str] = dataclasses.field(default_factory=list)
    company: Named | None = None
    company_given: dict[str, Any] = dataclasses.field(default_factory=dict)
    #: Whether the row itself says the company, not only the file as a whole.
    names_company: bool = False
    #: What a phone number had behind it, which the notes keep.
    note: str = ""
    #: As of which country its numbers were read.
    region: str = ""
    errors: list[Said] = dataclasses.field(default_factory=list)
    warnings: list[Said] = dataclasses.field(default_factory=list)


class Recipe:
    """How the rows of one file become drafts."""

    def __init__(
        self,
        team: Team,
        columns: Sequence[Mapping[str, Any]],
        options: Options,
        dates: Mapping[str, str] | None = None,
    ) -> None:
        """`columns` are an import's mapping; `dates` says as of where a field's dates are read."""
        # Numbers in this file are read as of there; the team stays what it is.
        self.team = as_of(team, options.default_region or team.region)
        self.options = options
        self.width = len(columns)
        targets = targets_with_new(team, columns)
        fields = [column["field"] for column in columns]
        # A field that was deleted since it was mapped is left out.
        self.columns = [
            (place, targets[field]) for place, field in enumerate(fields) if field in targets
        ]
        mapped = [target for _place, target in self.columns]
        self.mapped = {target.name for target in mapped}
        #: The values of fields that are made when the import starts: no record has them before.
        self.new_keys = {
            target.key for target in mapped if target.custom and target.custom._state.adding
        }
        self._now = timezone.now()
        self.words = [
            Rule(target, remembering(READERS[target.name]))
            for target in mapped
            if target.name in READERS
        ]
        people = {target.name: target for target in mapped if target.model == CONTACT}
        people |= {name: targets[name] for name in ("firstName", "lastName")}
        details = [target for target in mapped if target.is_of_company]
        self._places = Places(self.team, list(people.values()), details)
        self.company_name = field_rule(targets["companyName"], self._make(_COMPANIES))
        self.customs = {
            kind: custom_rules(mapped, kind, self.team.region, dates or {})
            for kind in (CONTACT, COMPANY)
        }
        self.reads_details = options.import_company_fields and bool(details)
        self.companies: dict[str, tuple[Named | None, list[Said]]] = {}
        self.default_tags = list(options.tags)
        self._used: Counter[tuple[str, str]] = Counter()

    @property
    def missing(self) -> list[str]:
        """The required fields that have neither a column nor a value for the whole file."""
        mapped = self.mapped | ({"firstName", "lastName"} if "fullName" in self.mapped else set())
        if self.options.default_company_name:
            mapped = mapped | {"companyName"}
        return [field for field in REQUIRED if field not in mapped]

    def draft_all(self, rows: Iterable[Row]) -> list[Draft]:
        """Return what the rows say; who is new among them is of the same moment."""
        self._now = timezone.now()
        return [self._draft(row) for row in rows]

    def _draft(self, row: Row) -> Draft:
        texts = self._texts(row)
        more = _take_first(texts)
        place = self._places.find(texts)
        draft = Draft(row, self._make(_CONTACTS, place), region=place.region, warnings=more)
        self._check_shape(draft)
        if full := texts.pop("fullName", ""):
            first, last = split_name(as_line(full))
            texts.setdefault("firstName", first)
            texts.setdefault("lastName", last)
        self._fill_contact(draft, texts, place)
        self._fill_company(draft, texts, place)
        if tags := texts.get("tags"):
            self._read_tags(draft, tags)
        return draft

    def _make[R: Record](self, maker: Maker[R], place: Place | None = None) -> R:
        now, related = self._now, (place or self._places.home).related
        return maker.make(related, team_id=self.team.pk, created_at=now, updated_at=now)

    def _check_shape(self, draft: Draft) -> None:
        cells = draft.row.cells
        if len(cells) > self.width and any(cell.strip(_SPACES) for cell in cells[self.width :]):
            extra = len(cells) - self.width
            more = "1 cell more" if extra == 1 else f"{extra:,} cells more"
            detail = f"The row has {more} than the header. Is there a delimiter inside a value?"
            draft.errors.append(said(None, "extra_cells", detail))
        if not "".join(cells).isprintable():
            self._check_characters(draft)
        if draft.row.is_open:
            detail = "The file ends inside this row: a quotation mark is opened and never closed."
            draft.errors.append(said(None, "unclosed", detail))

    def _check_characters(self, draft: Draft) -> None:
        """Refuse what no text has: a NUL anywhere, a control character in who it is."""
        cells = draft.row.cells
        if any("\x00" in cell for cell in cells):
            draft.errors.append(said(None, "nul", "The row contains a NUL character."))
        for place, target in self.columns:
            if target.name not in IDENTITY or place >= len(cells):
                continue
            if _CONTROL.search(cells[place]):
                detail = f"{target.label} contains a control character, as damaged files do."
                draft.errors.append(said(target.name, "control_character", detail))

    def _texts(self, row: Row) -> dict[str, str]:
        """Return the row's values that are not blank, by field."""
        cells = row.cells
        there = len(cells)
        texts = {}
        for place, target in self.columns:
            if place < there and (text := cells[place].strip(_SPACES)):
                texts[target.name] = unescape_cell(text).replace("\x00", "")
        return texts

    # The contact

    def _fill_contact(self, draft: Draft, texts: dict[str, str], place: Place) -> None:
        contact = draft.contact
        for rule in self.words:
            if text := texts.get(rule.target.name, ""):
                self._read_word(draft, rule, text)
        for name in ("firstName", "lastName"):
            if not texts.get(name):
                draft.errors.append(missing(name))
        draft.given |= _apply(place.contact_rules, draft, contact, texts)
        if "notes" not in texts:
            draft.note = contact.notes
        self._set_defaults(draft)
        contact.clean()
        self._read_customs(draft, contact, CONTACT, texts, draft.given)

    def _read_word(self, draft: Draft, rule: Rule, text: str) -> None:
        """Set a value that is one of few words; another is what was chosen for it, or left out."""
        target = rule.target
        chosen = self._choice(target, text)
        value = rule.read(text) if chosen is None else (chosen or None)
        if value is None:
            draft.warnings.append(left_out(target, text))
        else:
            setattr(draft.contact, target.attribute, value)
            draft.given[target.attribute] = value

    def _choice(self, target: Target, text: str) -> str | None:
        """Return what somebody has said that a word means, "" for nothing; None: never asked."""
        choices = self.options.choices.get(target.name)
        if not choices:
            return None
        chosen = choices.get(line := as_line(text))
        if chosen:
            self._used[target.name, line] += 1
        return chosen

    def used_choices(self) -> dict[str, dict[str, int]]:
        """Return how often what was said of which value was used, by field."""
        used: dict[str, dict[str, int]] = {}
        for (field, value), count in self._used.most_common():
            used.setdefault(field, {})[value] = count
        return used

    def _set_defaults(self, draft: Draft) -> None:
        """Set what is given for the whole file where the row says nothing."""
        contact, options = draft.contact, self.options
        if options.lead_status and "lead_status" not in draft.given:
            contact.lead_status = options.lead_status
        if options.source and not contact.source:
            contact.source = options.source

    def _read_customs(
        self,
        draft: Draft,
        record: Contact | Company,
        kind: str,
        texts: dict[str, str],
        given: dict[str, Any],
    ) -> None:
        """Set the values of the team's own fields; one that cannot be read becomes a warning."""
        for rule in self.customs[kind]:
            target = rule.target
            text = texts.get(target.name)
            if not text:
                continue
            chosen = self._choice(target, text)
            try:
                value = rule.read(text if chosen is None else chosen)
            except ValidationError as error:
                draft.warnings += of_field(target.name, error, text)
                continue
            if value is not None:
                given[target.key] = value
                if target.key not in self.new_keys:
                    record.custom_fields[rule.key] = value
            elif chosen == "":
                draft.warnings.append(left_out(target, text))

    def _read_tags(self, draft: Draft, text: str) -> None:
        try:
            draft.tags = clean_tag_names(read_tags(text))
        except ValidationError as error:
            draft.warnings.append(said("tags", "invalid", " ".join(error.messages), text))

    # Its company

    def _fill_company(self, draft: Draft, texts: dict[str, str], place: Place) -> None:
        name = texts.get("companyName") or self.options.default_company_name
        if not name:
            draft.errors.append(missing("companyName"))
            return
        draft.names_company = "companyName" in texts
        if name not in self.companies:
            if len(self.companies) >= NAMES_KNOWN:
                self.companies.clear()
            self.companies[name] = self._read_company(name)
        draft.company, errors = self.companies[name]
        draft.errors += errors
        if self.reads_details:
            self._read_details(draft, texts, place)

    def _read_company(self, name: str) -> tuple[Named | None, list[Said]]:
        """Return the company of that name, or what is wrong with the name."""
        company = self._make(_COMPANIES)
        try:
            company.name = self.company_name.read(name)
        except ValidationError as error:
            return None, of_field("companyName", error)
        try:
            company.clean()
        except ValidationError as error:
            return None, of_record(error, COMPANY)
        return Named(company.name, company.name_key), []

    def _read_details(self, draft: Draft, texts: dict[str, str], place: Place) -> None:
        company = self._make(_COMPANIES, place)
        draft.company_given = _apply(place.company_rules, draft, company, texts)
        self._read_customs(draft, company, COMPANY, texts, draft.company_given)


def _take_first(texts: dict[str, str]) -> list[Said]:
    """Keep the first of several numbers or addresses, as Google writes them; return the others."""
    more = []
    for name in SINGLE:
        if SEVERAL in texts.get(name, ""):
            first, rest = texts[name].split(SEVERAL, 1)
            texts[name] = first.strip(_SPACES)
            label = built_in()[name].label.lower()
            detail = f"Only the first {label} was taken; {quote(as_line(rest))} was left out."
            more.append(said(name, "several", detail, rest.strip(_SPACES)))
    return more


def _apply(
    rules: Iterable[Rule], draft: Draft, record: Record, texts: dict[str, str]
) -> dict[str, Any]:
    """Set the row's values on the record; return those that are there.

    What may be wrong is left out, with a warning; what may not, rejects the row.
    """
    values = record.__dict__
    given: dict[str, Any] = {}
    for rule in rules:
        target = rule.target
        text = texts.get(target.name)
        if not text:
            continue
        try:
            value = rule.read(text)
        except ValidationError as error:
            if target.name in HARD:
                draft.errors += of_field(target.name, error)
            else:
                draft.warnings += of_field(target.name, error, text)
            continue
        values[target.attribute] = value
        if value:
            given[target.attribute] = value
        if rule.is_phone:
            record.note_extension(target.attribute, text)
    return given
