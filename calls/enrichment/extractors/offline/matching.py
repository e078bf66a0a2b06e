"""Gives each candidate to the field that it fits best, and each field its last good candidate."""

import dataclasses
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from calls.enrichment.extractors.offline.candidates import Candidate, candidates_in
from calls.enrichment.extractors.offline.exchanges import Exchange
from calls.enrichment.extractors.offline.profiles import Profile
from calls.enrichment.extractors.offline.scoring import (
    asked,
    corrected,
    counted,
    local,
    said_back,
    text_score,
    together,
)
from calls.enrichment.findings import Conversation, Finding, TargetField
from crm.records.values import FieldType

_UNTYPED = frozenset({FieldType.BOOLEAN})
_STRONG = frozenset({"email", "phone"})
_ENOUGH = {
    FieldType.NUMBER: 0.5,
    FieldType.DATE: 0.45,
    FieldType.SELECT: 0.3,
    FieldType.TEXT: 0.55,
    FieldType.TEXTAREA: 0.6,
    "email": 0.0,
    "phone": 0.0,
}
_NEARLY = 0.65
_NEARLY_CHOICE = 0.35


@dataclasses.dataclass(frozen=True, slots=True)
class Match:
    """A candidate for a field, with how well it fits."""

    field: TargetField
    candidate: Candidate
    score: float


def matches(
    conversation: Conversation, exchanges: Sequence[Exchange], profiles: Mapping[str, Profile]
) -> list[Match]:
    """Return every candidate for every field."""
    found = []
    fields = [profile.field for profile in profiles.values()]
    for profile in profiles.values():
        if profile.field.type in _UNTYPED:
            continue
        for exchange in exchanges:
            candidates = candidates_in(exchange, profile.field, conversation)
            others = [(candidate.start, candidate.end) for candidate in candidates]
            for candidate in candidates:
                score = _score(profile, candidate, others, conversation, fields)
                found.append(Match(profile.field, candidate, score))
    return found


def _score(
    profile: Profile,
    candidate: Candidate,
    others: list[tuple[int, int]],
    conversation: Conversation,
    fields: Sequence[TargetField],
) -> float:
    field, exchange = profile.field, candidate.exchange
    if field.type in _STRONG:
        return 1.0
    near = local(profile, exchange.text, candidate.start, candidate.end, others)
    question = asked(profile, exchange, fields)
    back = said_back(profile, candidate, conversation, field)
    replaced = corrected(profile, candidate, conversation, field)
    score = together(0.85 * question, 0.85 * near, 0.6 * back, 0.8 * replaced)
    if field.type == FieldType.NUMBER:
        return score * counted(profile, candidate)
    if field.type == FieldType.TEXT:
        return text_score(profile, candidate, score, question)
    return score


def chosen(found: Iterable[Match]) -> Iterator[Finding]:
    """Return a finding for each field that has a candidate good enough."""
    ranked = sorted(found, key=lambda match: -match.score)
    owner: dict[tuple[object, object], str] = {}
    by_field: dict[str, list[Match]] = defaultdict(list)
    for match in ranked:
        if match.score < _ENOUGH[match.field.type]:
            continue
        place = (match.candidate.exchange.turn, match.candidate.start)
        taken = owner.setdefault(place, match.field.key)
        if taken == match.field.key or match.score > 0.93:
            by_field[match.field.key].append(match)
    for matches_of_field in by_field.values():
        best = matches_of_field[0].score
        is_choice = matches_of_field[0].field.type == FieldType.SELECT
        least = best * (_NEARLY_CHOICE if is_choice else _NEARLY)
        near = [match for match in matches_of_field if match.score >= least]
        last = max(near, key=lambda match: (match.candidate.exchange.turn, match.score))
        yield _finding(last)


def _finding(match: Match) -> Finding:
    candidate = match.candidate
    return Finding(
        field=match.field.key,
        value=candidate.value,
        quote=candidate.quote,
        turn=candidate.exchange.turn,
        confidence=round(min(1.0, match.score), 3),
    )
