"""One door to the readers: the values of a field's type that words hold."""

import dataclasses
import re

from calls.enrichment import findings
from calls.enrichment.findings import Conversation, TargetField
from calls.enrichment.reading import yes_no
from calls.enrichment.reading.choices import find_choices
from calls.enrichment.reading.codes import spells
from calls.enrichment.reading.dates import find_dates
from calls.enrichment.reading.emails import find_emails
from calls.enrichment.reading.numbers import find_numbers
from calls.enrichment.reading.phones import find_phones
from calls.enrichment.reading.stating import states
from calls.enrichment.reading.synonyms import meanings
from calls.enrichment.reading.words import Reading, plain
from crm.records.values import FieldType, Value

#: Labels of what has been: "Last service", "Date of birth".
_OF_THE_PAST = re.compile(
    r"\b(?:last|previous|past|latest|birth|founded|since|letzte[rsn]?|vorige[rsn]?|geboren|seit)\b",
    re.IGNORECASE,
)


def find_values(text: str, field: TargetField, conversation: Conversation) -> list[Reading]:
    """Return the values of the field's type that a text holds; a free text holds none by itself."""
    match field.type:
        case FieldType.NUMBER:
            return find_numbers(text)
        case FieldType.DATE:
            return _dates(text, field, conversation)
        case FieldType.SELECT:
            return find_choices(text, field.options)
        case findings.EMAIL:
            return find_emails(text)
        case findings.PHONE:
            return find_phones(text, conversation.region)
        case _:
            return []


def _dates(text: str, field: TargetField, conversation: Conversation) -> list[Reading]:
    """Return the days in a text; of a field about the past, the last that could be meant."""
    found = find_dates(text, conversation.day, conversation.region)
    if not _OF_THE_PAST.search(field.label):
        return found
    today = conversation.day.isoformat()
    return [
        dataclasses.replace(one, value=_a_year_before(str(one.value)))
        if str(one.value) > today and not re.search(r"\d{4}", text[one.start : one.end])
        else one
        for one in found
    ]


def _a_year_before(day: str) -> str:
    year, rest = day.split("-", 1)
    return f"{int(year) - 1}-{'02-28' if rest == '02-29' else rest}"


def reads_as(value: Value, quote: str, field: TargetField, conversation: Conversation) -> bool:
    """Return whether the reader of the field's type reads this value from the quote."""
    match field.type:
        case FieldType.BOOLEAN:
            return isinstance(value, bool) and _agrees(value, quote, field)
        case FieldType.TEXT | FieldType.TEXTAREA:
            return isinstance(value, str) and (plain(value) in plain(quote) or spells(value, quote))
        case _:
            readings = find_values(quote, field, conversation)
            return any(reading.value == value for reading in readings)


def _agrees(value: bool, quote: str, field: TargetField) -> bool:
    """Whether a reply means this: it says yes or no, or states it with or without a negation."""
    if yes_no.is_undecided(quote):
        return False
    matter = meanings(f"{field.label} {field.key.replace('_', ' ')}")
    return value in {yes_no.answer(quote), states(quote, matter)}
