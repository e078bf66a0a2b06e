"""Values that are one of few words, whatever their spelling: status, best way to reach, yes or no.

Also the tags of a cell, whichever separator it has.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from contacts.imports.mapping.values import FALSE, TRUE
from contacts.imports.problems import as_line
from contacts.models import LeadStatus, PreferredContactMethod
from contacts.resources import split_tags


def _word(text: str) -> str:
    return " ".join(as_line(text).casefold().replace("_", " ").replace("-", " ").split())


def _choice(
    choices: Iterable[tuple[Any, Any]], more: Mapping[str, str] | None = None
) -> Callable[[str], str | None]:
    known: dict[str, str] = {}
    for value, label in choices:
        known |= {_word(value): value, _word(label): value}
    known |= more or {}
    return lambda text: known.get(_word(text))


def _truth(text: str) -> bool | None:
    word = _word(text)
    return True if word in TRUE else False if word in FALSE else None


_METHODS = {"call": "phone", "telefon": "phone", "telephone": "phone", "mobile": "phone"} | {
    "e mail": "email", "mail": "email", "text": "sms", "text message": "sms"
}  # fmt: skip
#: Translations alone: what another system calls its own steps is asked about.
_STATUSES = {
    "neu": "new",
    "kontaktiert": "contacted",
    "qualifiziert": "qualified",
    "unqualifiziert": "unqualified",
    "nicht qualifiziert": "unqualified",
    "kunde": "customer",
    "abgewandert": "churned",
    "nicht kontaktieren": "do_not_contact",
}
#: By field, what reads its words; None is none of them.
READERS: Mapping[str, Callable[[str], Any]] = {
    "leadStatus": _choice(LeadStatus.choices, _STATUSES),
    "preferredContactMethod": _choice(PreferredContactMethod.choices, _METHODS),
    "doNotCall": _truth,
}


def read_tags(text: str) -> list[str]:
    """Return the tags of a cell, whichever separator it has."""
    for separator in (":::", ";", "|"):
        if separator in text and not set(text) & set(',"'):
            return [name for name in text.split(separator) if name.strip(" *")]
    return split_tags(text)
