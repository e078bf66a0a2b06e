"""Gives each candidate to the field that it fits best, and each field its last good candidate."""

import dataclasses
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from calls.enrichment.extractors.offline.candidates import Candidate, candidates_in
from calls.enrichment.extractors.offline.counting import counted
from calls.enrichment.extractors.offline.encoder import Meaning
from calls.enrichment.extractors.offline.exchanges import Exchange
from calls.enrichment.extractors.offline.kinds import Kind
from calls.enrichment.extractors.offline.profiles import Profile
from calls.enrichment.extractors.offline.scoring import (
    asked,
    corrected,
    local,
    said_back,
    text_score,
    together,
)
from calls.enrichment.findings import Conversation, Finding, TargetField
from calls.enrichment.reading.words import plain
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
# A word may tell two fields something only if it surely does.
_SURE = 0.93
# What is left over at the end: how much of a field's name the call must say, and how sure it is.
_LEFT_OVER = frozenset({FieldType.DATE, Kind.PLACE, Kind.TIME})
_TOPICAL = 0.5
_UNSURE = 0.4
_NEARLY = 0.65
_NEARLY_CHOICE = 0.35


@dataclasses.dataclass(frozen=True, slots=True)
class Match:
    """A candidate for a field, with how well it fits."""

    field: TargetField
    candidate: Candidate
    score: float
    kind: Kind | None = None

    @property
    def place(self) -> tuple[int, int]:
        """Where the candidate stands: its turn, and its beginning there."""
        return self.candidate.exchange.turn, self.candidate.start


def matches(
    conversation: Conversation,
    exchanges: Sequence[Exchange],
    profiles: Mapping[str, Profile],
    meaning: Meaning | None,
) -> list[Match]:
    """Return every candidate for every field."""
    found = []
    for profile in profiles.values():
        if profile.field.type in _UNTYPED:
            continue
        for exchange in exchanges:
            candidates = candidates_in(exchange, profile.field, conversation)
            others = [(candidate.start, candidate.end) for candidate in candidates]
            for candidate in candidates:
                score = _score(profile, candidate, others, conversation, meaning)
                found.append(Match(profile.field, candidate, score, profile.kind))
    return found


def _score(
    profile: Profile,
    candidate: Candidate,
    others: list[tuple[int, int]],
    conversation: Conversation,
    meaning: Meaning | None,
) -> float:
    field, exchange = profile.field, candidate.exchange
    if field.type in _STRONG:
        return 1.0
    near = local(profile, exchange.text, candidate.start, candidate.end, others)
    question = asked(profile, exchange, meaning)
    back = said_back(profile, candidate, conversation, field)
    replaced = corrected(profile, candidate, conversation, field)
    score = together(0.85 * question, 0.85 * near, 0.6 * back, 0.8 * replaced)
    if field.type == FieldType.NUMBER:
        return score * counted(profile, candidate, question)
    if field.type == FieldType.TEXT:
        return text_score(profile, candidate, score, question)
    return score


def chosen(found: Iterable[Match], topics: Mapping[str, float]) -> Iterator[Finding]:
    """Return a finding for each field that has a candidate good enough.

    `topics` says of each field how much the whole call speaks of it.
    """
    ranked = sorted(found, key=lambda match: -match.score)
    owner: dict[tuple[int, int], str] = {}
    by_field: dict[str, list[Match]] = defaultdict(list)
    for match in ranked:
        if match.score < _ENOUGH[match.field.type]:
            continue
        taken = owner.setdefault(match.place, match.field.key)
        if taken == match.field.key or match.score > _SURE:
            by_field[match.field.key].append(match)
    for matches_of_field in by_field.values():
        yield _finding(_last(matches_of_field))
    for match in _left_over(ranked, owner, by_field, topics):
        yield _finding(match)


def _left_over(
    ranked: Sequence[Match],
    owner: Mapping[tuple[int, int], str],
    filled: Mapping[str, object],
    topics: Mapping[str, float],
) -> Iterator[Match]:
    """Return the values that no field took, where the call speaks of just one that lacks one."""
    lacking: dict[object, dict[str, list[Match]]] = defaultdict(lambda: defaultdict(list))
    for match in ranked:
        if match.field.key in filled or topics[match.field.key] < _TOPICAL:
            continue
        sort = match.kind or match.field.type
        if sort in _LEFT_OVER and (sort is not Kind.PLACE or match.candidate.fit):
            lacking[sort][match.field.key].append(match)
    for by_key in lacking.values():
        if len(by_key) != 1:
            continue
        free = [match for match in next(iter(by_key.values())) if match.place not in owner]
        if len({match.candidate.value for match in free}) == 1:
            yield dataclasses.replace(free[-1], score=_UNSURE)


def _last(found: list[Match]) -> Match:
    """Return the last of a field's matches that are about as good as the best.

    A later word that only repeats a part of an earlier one replaces nothing.
    """
    is_free = found[0].field.type == FieldType.SELECT or found[0].kind is Kind.TIME
    least = found[0].score * (_NEARLY_CHOICE if is_free else _NEARLY)
    near = [match for match in found if match.score >= least]
    if found[0].kind is Kind.POSTCODE:
        return _most_often(near)
    last = max(near, key=_lateness)
    quote = plain(last.candidate.quote)
    fuller = [match for match in near if _is_part(quote, plain(match.candidate.quote))]
    return max(fuller, key=lambda match: match.candidate.exchange.turn) if fuller else last


def _lateness(match: Match) -> tuple[int, float, int]:
    """Return by what the last match is the last; of two options in one turn it is the later."""
    is_choice = match.field.type == FieldType.SELECT
    return match.candidate.exchange.turn, match.score, match.candidate.start if is_choice else 0


def _most_often(found: list[Match]) -> Match:
    """Return the code that was heard most often: letters are easily misheard."""
    heard = Counter(match.candidate.value for match in found)
    return max(
        found, key=lambda match: (heard[match.candidate.value], match.candidate.exchange.turn)
    )


def _is_part(quote: str, other: str) -> bool:
    return quote != other and (other.startswith(f"{quote} ") or f" {quote} " in f" {other} ")


def _finding(match: Match) -> Finding:
    candidate = match.candidate
    return Finding(
        field=match.field.key,
        value=candidate.value,
        quote=candidate.quote,
        turn=candidate.exchange.turn,
        confidence=round(min(1.0, match.score), 3),
    )
