"""What the demo's calls have taught: read by the real operations, from what the scripts know.

The scripts say what each conversation tells, so that the demo shows the same whatever extractor is
chosen; each value still needs its words in what the contact said.
"""

import dataclasses
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from calls.enrichment.findings import (
    Conversation,
    Digest,
    Extraction,
    Finding,
    NextStep,
    Suggestion,
    TargetField,
)
from calls.enrichment.models import EnrichmentRun
from calls.enrichment.operations import start_runs
from calls.enrichment.running import run_over
from calls.models import Call
from crm.demo.story import PlannedCall
from crm.jobs.operations import leased

VERSION = "demo-1"
#: What the scripts call it, and the key by which an extractor is asked for it.
FIELDS = {"fleet_size": "company_trucks", "current_tool": "current_tool"}
#: Facts for which the team has no field yet.
FACTS = {"best_time": "Best time to call", "competitor": "Competitor"}
INTERESTED = ("new", "contacted")
_SENTENCES = re.compile(r"[^\s.?!][^.?!]*[.?!]?")
_ASKS_FOR_MORE = re.compile(
    r"\b(when can (i|we) (see|have|get|try)|how (soon|much)|what (does|would) it cost|"
    r"(send|show) (me|us|it|them|the)|let's (do|try|meet|book)|go ahead|we'll take|i'd like to|"
    r"(book|order|invoice|quote|trial|offer|demo)\b)",
    re.IGNORECASE,
)


@dataclasses.dataclass(frozen=True, slots=True)
class ScriptReader:
    """An extractor that knows the script of its one call."""

    learned: Mapping[str, Any]
    is_won: bool
    version: str = VERSION

    def extract(self, conversation: Conversation, fields: Sequence[TargetField]) -> Extraction:
        """Return what the script tells, as far as the contact said it."""
        asked = {field.key for field in fields}
        findings = [each for each in self._findings(conversation) if each.field in asked]
        return Extraction(
            extractor=VERSION,
            findings=findings,
            suggestions=list(self._facts(conversation)),
            digest=Digest(next_step=self._next_step(conversation)),
        )

    def _findings(self, conversation: Conversation) -> Iterator[Finding]:
        for name, key in FIELDS.items():
            value = self.learned.get(name)
            if value is not None and (said := _find(conversation, str(value))):
                yield Finding(key, value, *said, confidence=0.9)
        if self.is_won and (said := _interest(conversation)):
            yield Finding("lead_status", "Qualified", *said, confidence=0.7)

    def _facts(self, conversation: Conversation) -> Iterator[Suggestion]:
        for name, label in FACTS.items():
            value = str(self.learned.get(name, ""))
            if value and (said := _find(conversation, value)):
                yield Suggestion(label, value, *said)

    def _next_step(self, conversation: Conversation) -> NextStep | None:
        step, last = str(self.learned.get("next_step", "")), _last_words(conversation)
        return NextStep(f"{step[:1].upper()}{step[1:]}", last[1]) if step and last else None


def _find(conversation: Conversation, words: str) -> tuple[str, int] | None:
    """Return the words as the contact said them, and in which turn."""
    for number, turn in enumerate(conversation.turns):
        start = turn.text.lower().find(words.lower())
        if turn.is_contacts and start >= 0:
            return turn.text[start : start + len(words)], number
    return None


def _interest(conversation: Conversation) -> tuple[str, int] | None:
    """Return the last sentence in which the contact asks for more, or agrees to it."""
    for number, turn in reversed(list(enumerate(conversation.turns))):
        for sentence in _SENTENCES.findall(turn.text) if turn.is_contacts else ():
            if _ASKS_FOR_MORE.search(sentence):
                return sentence, number
    return None


def _last_words(conversation: Conversation) -> tuple[str, int] | None:
    """Return the last sentence of more than a few words that the contact said."""
    for number, turn in reversed(list(enumerate(conversation.turns))):
        sentences = [each for each in turn.text.split(". ") if len(each.split()) > 3]
        if turn.is_contacts and sentences:
            return sentences[0].rstrip("."), number
    return None


def read_calls(calls: Sequence[tuple[Call, PlannedCall]]) -> None:
    """Read the demo's calls as the worker would."""
    talked = {call.pk: planned for call, planned in calls if planned.talk and planned.person}
    with_words = [call for call, _planned in calls if call.pk in talked]
    for run in start_runs(with_words, VERSION, in_background=False):
        with leased(EnrichmentRun, run.team_id, run.pk) as taken:
            if taken is not None:
                run_over(taken, _reader(talked[run.call_id]))


def _reader(planned: PlannedCall) -> ScriptReader:
    assert planned.talk is not None
    assert planned.person is not None
    is_won = planned.facts.get("success") == "yes" and planned.person.status in INTERESTED
    return ScriptReader(planned.talk.learned, is_won)
