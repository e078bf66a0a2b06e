"""From a row's cells to a contact that may be written: every cell by its field's own rule.

What a contact cannot be without, and what must not be wrong (name, company, email, external ID),
rejects the row. Any other value that cannot be read is left out, and its text kept in a warning.
"""

import copy
import dataclasses
import re
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

from django.core.exceptions import ValidationError

from companies.models import Company
from contacts.imports.mapping.fields import (
    COMPANY,
    CONTACT,
    Target,
    built_in,
    set_value,
    targets_of,
)
from contacts.imports.mapping.values import FALSE, TRUE
from contacts.imports.names import split_name
from contacts.imports.options import Options
from contacts.imports.reading import Row
from contacts.models import Contact, LeadStatus, PreferredContactMethod
from contacts.operations import clean_tag_names
from contacts.resources import split_tags
from crm import normalize
from crm.api.naming import camel
from crm.normalize.text import quote
from crm.records.files import unescape_cell
from crm.records.models import Record
from crm.teams.models import Team

type Said = dict[str, Any]

REQUIRED = ("firstName", "lastName", "companyName")
#: What rejects its row where it is wrong; all else becomes a warning.
HARD = frozenset({*REQUIRED, "email"})
IDENTITY = HARD | {"fullName"}
_CONTROL = re.compile(r"[\x01-\x08\x0e-\x1f\x7f-\x84\x86-\x9f]")
_SPACES = " \t\r\n\x0b\x0c\xa0\u3000\u200b\ufeff"
LONGEST_SHOWN = 500
#: So many names of companies are remembered while a file is read.
NAMES_KNOWN = 10_000


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
    errors: list[Said] = dataclasses.field(default_factory=list)
    warnings: list[Said] = dataclasses.field(default_factory=list)


class Recipe:
    """How the rows of one file become drafts."""

    def __init__(
        self, team: Team, headers: Sequence[str], fields: Sequence[str | None], options: Options
    ) -> None:
        self.team = copy.copy(team)
        if options.default_region:
            # Numbers in this file are read as of there; the team stays what it is.
            self.team.region = options.default_region
        self.options = options
        self.width = len(headers)
        targets = targets_of(team)
        # A field that was deleted since it was mapped is left out.
        self.columns = [
            (place, targets[field]) for place, field in enumerate(fields) if field in targets
        ]
        mapped = [target for _place, target in self.columns]
        self.mapped = {target.name for target in mapped}
        self.of_contact = _attributes(mapped, CONTACT)
        self.of_company = _attributes(mapped, COMPANY)
        self.customs = [target for target in mapped if target.custom]
        self.contact_rest = _unmapped(Contact, {"first_name", "last_name", *self.of_contact})
        self.company_rest = _unmapped(Company, {"name", *self.of_company})
        self.mapped_of_company = [target for target in mapped if target.is_of_company]
        self.companies: dict[str, tuple[Named | None, list[Said]]] = {}
        self.default_tags = list(options.tags)

    @property
    def missing(self) -> list[str]:
        """The required fields that have neither a column nor a value for the whole file."""
        mapped = self.mapped | ({"firstName", "lastName"} if "fullName" in self.mapped else set())
        if self.options.default_company_name:
            mapped = mapped | {"companyName"}
        return [field for field in REQUIRED if field not in mapped]

    def draft(self, row: Row) -> Draft:
        """Return what the row says."""
        draft = Draft(row, Contact(team=self.team))
        self._check_shape(draft)
        texts = self._texts(row)
        self._read_names(texts)
        self._fill_contact(draft, texts)
        self._fill_company(draft, texts)
        if tags := texts.get("tags"):
            self._read_tags(draft, tags)
        return draft

    def _check_shape(self, draft: Draft) -> None:
        cells = draft.row.cells
        if len(cells) > self.width and any(cell.strip(_SPACES) for cell in cells[self.width :]):
            extra = len(cells) - self.width
            more = "1 cell more" if extra == 1 else f"{extra:,} cells more"
            detail = f"The row has {more} than the header. Is there a delimiter inside a value?"
            draft.errors.append(_said(None, "extra_cells", detail))
        if not all(cell.isprintable() for cell in cells):
            self._check_characters(draft)
        if draft.row.is_open:
            detail = "The file ends inside this row: a quotation mark is opened and never closed."
            draft.errors.append(_said(None, "unclosed", detail))

    def _check_characters(self, draft: Draft) -> None:
        """Refuse what no text has: a NUL anywhere, a control character in who it is."""
        cells = draft.row.cells
        if any("\x00" in cell for cell in cells):
            draft.errors.append(_said(None, "nul", "The row contains a NUL character."))
        for place, target in self.columns:
            if target.name not in IDENTITY or place >= len(cells):
                continue
            if _CONTROL.search(cells[place]):
                detail = f"{target.label} contains a control character, as damaged files do."
                draft.errors.append(_said(target.name, "control_character", detail))

    def _texts(self, row: Row) -> dict[str, str]:
        """Return the row's values that are not blank, by field."""
        cells = row.cells
        there = len(cells)
        texts = {}
        for place, target in self.columns:
            if place < there and (text := cells[place].strip(_SPACES)):
                texts[target.name] = unescape_cell(text).replace("\x00", "")
        return texts

    def _read_names(self, texts: dict[str, str]) -> None:
        if full := texts.pop("fullName", ""):
            first, last = split_name(_line(full))
            texts.setdefault("firstName", first)
            texts.setdefault("lastName", last)

    def _fill_contact(self, draft: Draft, texts: dict[str, str]) -> None:
        contact = draft.contact
        for field, read in _WORDS.items():
            if text := texts.pop(field, ""):
                self._read_word(draft, field, text, read)
        contact.first_name = contact.last_name = ""
        typed: dict[str, str] = {
            attribute: text
            for attribute, target in _names(CONTACT).items()
            if (text := texts.get(target.name, ""))
        }
        for attribute, typed_text in typed.items():
            setattr(contact, attribute, typed_text)
        self._set_defaults(draft)
        _clean(draft, contact, self.contact_rest, _names(CONTACT), texts)
        contact.clean()
        draft.given |= {
            attribute: value for attribute in typed if (value := getattr(contact, attribute))
        }
        if "notes" not in texts:
            draft.note = contact.notes
        self._read_customs(draft, contact, CONTACT, texts, draft.given)

    def _set_defaults(self, draft: Draft) -> None:
        """Set what is given for the whole file where the row says nothing."""
        contact, options = draft.contact, self.options
        if options.lead_status and "lead_status" not in draft.given:
            contact.lead_status = options.lead_status
        if options.source and not contact.source:
            contact.source = options.source

    def _read_word(self, draft: Draft, field: str, text: str, read: Callable[[str], Any]) -> None:
        """Set a value that is one of few words; another is what was chosen for it, or left out."""
        target = built_in()[field]
        chosen = self.options.choices.get(field, {}).get(_line(text))
        value = read(text) if chosen is None else (chosen or None)
        if value is None:
            draft.warnings.append(_left_out(target, text))
        else:
            setattr(draft.contact, target.attribute, value)
            draft.given[target.attribute] = value

    def _read_customs(
        self,
        draft: Draft,
        record: Contact | Company,
        model: str,
        texts: dict[str, str],
        given: dict[str, Any],
    ) -> None:
        """Set the values of the team's own fields; one that cannot be read becomes a warning."""
        for target in self.customs:
            text = texts.get(target.name)
            if target.model != model or not text:
                continue
            chosen = self.options.choices.get(target.name, {}).get(_line(text))
            try:
                value = self._read_custom(target, text if chosen is None else chosen)
            except ValidationError as error:
                detail = " ".join(error.messages)
                draft.warnings.append(_said(target.name, error.code or "invalid", detail, text))
                continue
            if value is not None:
                set_value(record, target.key, value)
                given[target.key] = value
            elif chosen == "":
                draft.warnings.append(_left_out(target, text))

    def _read_custom(self, target: Target, text: str) -> Any:
        assert target.custom
        return target.custom.type.parse(text, target.custom.choices, self.team.region)

    def _fill_company(self, draft: Draft, texts: dict[str, str]) -> None:
        name = texts.get("companyName") or self.options.default_company_name
        if not name:
            draft.errors.append(_missing("companyName"))
            return
        draft.names_company = "companyName" in texts
        if name not in self.companies:
            if len(self.companies) >= NAMES_KNOWN:
                self.companies.clear()
            self.companies[name] = self._read_company(name)
        draft.company, errors = self.companies[name]
        draft.errors += errors
        if self.options.import_company_fields and self.mapped_of_company:
            self._read_details(draft, texts)

    def _read_company(self, name: str) -> tuple[Named | None, list[Said]]:
        """Return the company of that name, or what is wrong with the name."""
        company = Company(team=self.team, name=name)
        try:
            company.clean_fields(exclude=_unmapped(Company, {"name"}))
            company.clean()
        except ValidationError as error:
            return None, _errors(error, _names(COMPANY))
        return Named(company.name, company.name_key), []

    def _read_details(self, draft: Draft, texts: dict[str, str]) -> None:
        company = Company(team=self.team, name="-")
        for attribute, target in self.of_company.items():
            if attribute != "name" and (text := texts.get(target.name)):
                setattr(company, attribute, text)
        _clean(draft, company, self.company_rest, _names(COMPANY), texts)
        draft.company_given = {
            attribute: value
            for attribute in self.of_company
            if attribute != "name" and (value := getattr(company, attribute))
        }
        self._read_customs(draft, company, COMPANY, texts, draft.company_given)

    def _read_tags(self, draft: Draft, text: str) -> None:
        try:
            draft.tags = clean_tag_names(_split_tags(text))
        except ValidationError as error:
            draft.warnings.append(_said("tags", "invalid", " ".join(error.messages), text))


def _attributes(targets: Any, model: str) -> dict[str, Target]:
    return {
        target.attribute: target for target in targets if target.model == model and target.attribute
    }


def _left_out(target: Target, text: str) -> Said:
    detail = f"{quote(_line(text))} is no {target.label.lower()} here, so it was left out."
    return _said(target.name, "invalid_choice", detail, text)


def _unmapped(model: type[Record], mapped: set[str]) -> set[str]:
    """Return the fields that need no cleaning: they keep their defaults."""
    return {field.name for field in model._meta.concrete_fields if field.name not in mapped}


@cache
def _names(model: str) -> dict[str, Target]:
    """Return a model's built-in fields by their attributes."""
    return _attributes(built_in().values(), model)


def _clean(
    draft: Draft,
    record: Record,
    exclude: set[str],
    names: dict[str, Target],
    texts: dict[str, str],
) -> None:
    """Clean the record's fields; what may be wrong is taken out again, with a warning."""
    try:
        record.clean_fields(exclude=exclude)
    except ValidationError as error:
        for attribute in error.error_dict:
            target = names[attribute]
            said = _errors(ValidationError({attribute: error.error_dict[attribute]}), names)
            if target.name in HARD:
                draft.errors += said
                continue
            field: Any = record._meta.get_field(attribute)
            setattr(record, attribute, field.get_default())
            text = texts.get(target.name, "")
            draft.warnings += [each | {"value": text[:LONGEST_SHOWN]} for each in said]


def _errors(error: ValidationError, names: dict[str, Target]) -> list[Said]:
    """Return a rule's errors as an import says them."""
    found = []
    for attribute, errors in error.error_dict.items():
        field = names[attribute].name if attribute in names else camel(attribute)
        for each in errors:
            if each.code in ("blank", "null"):
                found.append(_missing(field))
            else:
                code, detail = each.code or "invalid", " ".join(each.messages)
                found.append(_said(field, code, detail))
    return found


def field_errors(error: ValidationError, model: str) -> list[Said]:
    """Return what an operation found wrong with a contact or a company."""
    return _errors(error, _names(model))


def _said(field: str | None, code: str, detail: str, value: str | None = None) -> Said:
    said: Said = {"field": field, "code": code, "detail": detail}
    return said if value is None else said | {"value": value[:LONGEST_SHOWN]}


def _missing(field: str) -> Said:
    return _said(field, "required", f"{built_in()[field].label} is missing.")


def _line(text: str) -> str:
    """Return a cell as one line, whatever is wrong with it."""
    try:
        return normalize.clean_line(text)
    except normalize.NormalizeError:
        return ""


def _word(text: str) -> str:
    return " ".join(_line(text).casefold().replace("_", " ").replace("-", " ").split())


def _choice(choices: Any, more: dict[str, str] | None = None) -> Callable[[str], str | None]:
    known = {_word(value): value for value, _label in choices}
    known |= {_word(label): value for value, label in choices} | (more or {})
    return lambda text: known.get(_word(text))


def _truth(text: str) -> bool | None:
    word = _word(text)
    return True if word in TRUE else False if word in FALSE else None


read_status = _choice(LeadStatus.choices)
_METHODS = {"call": "phone", "telefon": "phone", "telephone": "phone", "mobile": "phone"} | {
    "e mail": "email", "mail": "email", "text": "sms", "text message": "sms"
}  # fmt: skip
_WORDS: dict[str, Callable[[str], Any]] = {
    "leadStatus": read_status,
    "preferredContactMethod": _choice(PreferredContactMethod.choices, _METHODS),
    "doNotCall": _truth,
}


def _split_tags(text: str) -> list[str]:
    """Return the tags of a cell, whichever separator it has."""
    for separator in (":::", ";", "|"):
        if separator in text and "," not in text:
            return [name for name in text.split(separator) if name.strip(" *")]
    return split_tags(text)
