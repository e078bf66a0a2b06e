"""What a call came to, where the platform told nothing: summary, outcome, mood, success, next step.

What the platform says is never replaced; it comes into the same columns, over ours. The next step
has no column of the call's: it stays with the run that heard it.
"""

from typing import Any

from calls.enrichment.findings import Digest
from calls.enrichment.hearing import Hearing
from calls.models import Call, Outcome
from calls.operations import save_call


def write_insight(hearing: Hearing, digest: Digest) -> dict[str, Any]:
    """Write what the call lacks, and return what the run keeps of it.

    What an earlier run has written is replaced; what anybody else has said stays.
    """
    call, before = hearing.call, hearing.run.insight
    found = {
        "summary": digest.summary,
        "outcome": digest.outcome,
        "sentiment": digest.sentiment,
        "success": digest.success,
    }
    written = {
        name: value
        for name, value in found.items()
        if _is_said(value) and _is_free(call, name, before)
    }
    changed = {name: value for name, value in written.items() if getattr(call, name) != value}
    if changed:
        for name, value in changed.items():
            setattr(call, name, value)
        save_call(call, by=hearing.author)
        hearing.outcome.touch("call", call.pk)
    insight = {name: _plain(value) for name, value in written.items()}
    if "summary" in written:
        insight["summary_by"] = digest.summary_by
    if digest.next_step:
        insight["next_step"] = digest.next_step.text
        insight["next_step_turn"] = digest.next_step.turn
        insight["next_step_on"] = digest.next_step.date
    return insight


def _is_said(value: Any) -> bool:
    return value not in (None, "", Outcome.UNKNOWN)


def _is_free(call: Call, name: str, before: dict[str, Any]) -> bool:
    """Return whether nobody but an earlier run of this extractor has said it."""
    present = getattr(call, name)
    return not _is_said(present) or before.get(name) == _plain(present)


def _plain(value: Any) -> Any:
    return str(value) if isinstance(value, Outcome) else value
