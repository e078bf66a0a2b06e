"""What a call came to, by rules: its key sentences, its outcome and mood, and what was agreed."""

import datetime as dt
from collections.abc import Sequence

from calls.enrichment.extractors.offline.exchanges import Exchange
from calls.enrichment.findings import Conversation, Digest, Evidence, Finding, NextStep
from calls.enrichment.reading import yes_no
from calls.enrichment.reading.dates import find_dates
from calls.enrichment.reading.patterns import any_of, sections, straight
from calls.enrichment.reading.words import Reading, sentences
from calls.models import Outcome, Sentiment

#: Who wrote an offline summary: nobody, these are sentences of the call.
BY_RULES = "key sentences"
_SECTIONS = {
    name: any_of(found) for name, found in sections("calls").items() if name != "asks for a fact"
}
_MOST_SENTENCES = 5
_SHORT_REPLY = 25
_LONGEST_QUOTE = 200


def is_voicemail(conversation: Conversation) -> bool:
    """Return whether a machine took the call: nothing it says is the contact's."""
    said = [straight(turn.text) for turn in conversation.turns if turn.is_contacts]
    return any(_SECTIONS["voicemail"].search(text) for text in said[:2])


def make_digest(
    conversation: Conversation,
    exchanges: Sequence[Exchange],
    findings: Sequence[Finding],
    request: Evidence | None,
) -> Digest:
    """Return the digest of a call that the contact took part in."""
    if is_voicemail(conversation):
        return Digest(outcome=Outcome.VOICEMAIL, success=False)
    step = None if request else find_next_step(conversation, exchanges)
    said = " ".join(straight(exchange.text) for exchange in exchanges)
    summary = _summary(exchanges, findings, request, step)
    return Digest(
        summary=summary,
        summary_by=BY_RULES if summary else "",
        outcome=_outcome(conversation),
        sentiment=_sentiment(said, request),
        success=_success(said, request, step),
        next_step=step,
    )


def _outcome(conversation: Conversation) -> Outcome:
    others = (straight(turn.text) for turn in conversation.turns if not turn.is_contacts)
    if any(_SECTIONS["transferred"].search(text) for text in others):
        return Outcome.TRANSFERRED
    has_spoken = any(turn.is_contacts for turn in conversation.turns)
    return Outcome.CONNECTED if has_spoken else Outcome.UNKNOWN


def _sentiment(said: str, request: Evidence | None) -> Sentiment | None:
    if not said:
        return None
    if request:
        return Sentiment.NEGATIVE
    good, bad = len(_SECTIONS["positive"].findall(said)), len(_SECTIONS["negative"].findall(said))
    if good == bad:
        return Sentiment.NEUTRAL
    return Sentiment.POSITIVE if good > bad else Sentiment.NEGATIVE


def _success(said: str, request: Evidence | None, step: NextStep | None) -> bool | None:
    if request or _SECTIONS["uninterested"].search(said):
        return False
    return True if step else None


def _summary(
    exchanges: Sequence[Exchange],
    findings: Sequence[Finding],
    request: Evidence | None,
    step: NextStep | None,
) -> str:
    """Return the sentences that tell most, in order, said to be no more than that."""
    telling = {finding.confirmed_by or finding.turn for finding in findings}
    telling |= {evidence.turn for evidence in (request, step) if evidence}
    chosen = [exchange for exchange in exchanges if exchange.turn in telling]
    if not chosen:
        chosen = sorted(exchanges, key=lambda exchange: -len(exchange.text))[:2]
        chosen.sort(key=lambda exchange: exchange.turn)
    shown = [_shown(exchange) for exchange in chosen[-_MOST_SENTENCES:]]
    return "\n".join(["Key sentences of the call:", "", *shown]) if shown else ""


def _shown(exchange: Exchange) -> str:
    said = f"“{_cut(exchange.text)}”"
    if len(exchange.text) > _SHORT_REPLY or not exchange.questions:
        return f"- {said}"
    return f"- Asked “{_cut(exchange.questions[-1])}”: {said}"


def _cut(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _LONGEST_QUOTE else line[: _LONGEST_QUOTE - 1] + "…"


def find_next_step(conversation: Conversation, exchanges: Sequence[Exchange]) -> NextStep | None:
    """Return what both agreed to do next: the contact's wish, or an offer that they took."""
    for exchange in reversed(exchanges):
        if (step := _wish(conversation, exchange)) or (step := _offer(conversation, exchange)):
            return step
    return None


def _wish(conversation: Conversation, exchange: Exchange) -> NextStep | None:
    for start, end in sentences(exchange.text):
        sentence = exchange.text[start:end]
        if _SECTIONS["wanted"].search(straight(sentence)) and not yes_no.refuses(sentence):
            days = find_dates(sentence, conversation.day, conversation.region)
            return _step(sentence, exchange.turn, days, conversation)
    return None


def _offer(conversation: Conversation, exchange: Exchange) -> NextStep | None:
    if not _SECTIONS["offered"].search(straight(exchange.asked)):
        return None
    days = find_dates(exchange.text, conversation.day, conversation.region)
    if days and not yes_no.refuses(exchange.text):
        return _step(exchange.text, exchange.turn, days, conversation)
    if exchange.asked_turn is None or not yes_no.confirms(exchange.text):
        return None
    offered = next(
        (
            exchange.asked[start:end]
            for start, end in sentences(exchange.asked)
            if _SECTIONS["offered"].search(straight(exchange.asked[start:end]))
        ),
        exchange.asked,
    )
    days = find_dates(exchange.asked, conversation.day, conversation.region)
    return _step(offered, exchange.asked_turn, days, conversation)


def _step(text: str, turn: int, days: Sequence[Reading], conversation: Conversation) -> NextStep:
    dates = [dt.date.fromisoformat(str(day.value)) for day in days]
    coming = [date for date in dates if date >= conversation.day]
    return NextStep(_cut(text), turn, coming[-1] if coming else None)
