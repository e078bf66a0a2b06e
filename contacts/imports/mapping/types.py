"""Which type a new field should have, by the values of its column."""

from collections.abc import Sequence

from django.core.exceptions import ValidationError

from crm.records.values import DAY_FIRST, LONGEST_LINE, TYPES, FieldType

#: What a column can become; a choice needs options that a file does not name.
OFFERED = (
    FieldType.TEXT,
    FieldType.NUMBER,
    FieldType.DATE,
    FieldType.BOOLEAN,
    FieldType.TEXTAREA,
)


def suggest_type(values: Sequence[str]) -> FieldType:
    """Return the type that fits all values, blank ones left out; a text where none else does."""
    texts = [text for value in values if (text := value.strip())]
    if not texts:
        return FieldType.TEXT
    if all(_reads(FieldType.BOOLEAN, text) for text in texts) and not all(map(str.isdigit, texts)):
        return FieldType.BOOLEAN
    # A number that begins with 0 or + is a code or a phone.
    if all(text[0] not in "0+" or text.startswith("0.") or text == "0" for text in texts) and all(
        _reads(FieldType.NUMBER, text) for text in texts
    ):
        return FieldType.NUMBER
    if all(_reads(FieldType.DATE, text) for text in texts):
        return FieldType.DATE
    is_long = any(len(text) > LONGEST_LINE or "\n" in text for text in texts)
    return FieldType.TEXTAREA if is_long else FieldType.TEXT


def _reads(kind: FieldType, text: str) -> bool:
    try:
        TYPES[kind].parse(text, region=DAY_FIRST)
    except ValidationError:
        return False
    return True
