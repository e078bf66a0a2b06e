"""The proof of a finding: the contact's own words, from which the typed reader reads the value.

It is asked for every finding of every extractor, and knows neither which one found it nor why.
"""

from collections.abc import Iterable, Sequence, Set

from calls.enrichment.addressing import find_flagged
from calls.enrichment.findings import DO_NOT_CALL, Conversation, Finding, TargetField
from calls.enrichment.reading import yes_no
from calls.enrichment.reading.do_not_call import find_request
from calls.enrichment.reading.typed import reads_as
from calls.enrichment.reading.words import plain


def proven(
    findings: Iterable[Finding], conversation: Conversation, fields: Sequence[TargetField]
) -> list[Finding]:
    """Return the findings that hold, at most one for each declared field: the surest."""
    declared = {field.key: field for field in fields}
    flagged = frozenset(find_flagged(conversation))
    best: dict[str, Finding] = {}
    for finding in findings:
        field = declared.get(finding.field)
        if field is None or not holds(finding, field, conversation, flagged):
            continue
        known = best.get(field.key)
        if known is None or known.confidence < finding.confidence:
            best[field.key] = finding
    return [best[key] for key in declared if key in best]


def holds(
    finding: Finding, field: TargetField, conversation: Conversation, flagged: Set[int]
) -> bool:
    """Return whether the contact said it, and whether it says what the finding claims."""
    if not _is_said(finding, conversation) or {finding.turn, finding.confirmed_by} & flagged:
        return False
    if not _is_contacts_word(finding, conversation):
        return False
    if field.key == DO_NOT_CALL:
        return finding.value is True and find_request(finding.quote) is not None
    return reads_as(finding.value, finding.quote, field, conversation)


def _is_said(finding: Finding, conversation: Conversation) -> bool:
    if not 0 <= finding.turn < len(conversation.turns):
        return False
    quote = plain(finding.quote)
    return bool(quote) and quote in plain(conversation.turns[finding.turn].text)


def _is_contacts_word(finding: Finding, conversation: Conversation) -> bool:
    """Whether the contact said the quote, or plainly confirmed it in the next turn of theirs."""
    if conversation.turns[finding.turn].is_contacts:
        return True
    confirming = finding.confirmed_by
    if confirming is None or confirming != next_of_contact(conversation, finding.turn):
        return False
    return yes_no.confirms(conversation.turns[confirming].text)


def next_of_contact(conversation: Conversation, turn: int) -> int | None:
    """Return the index of the contact's turn that answers this one."""
    following = range(turn + 1, len(conversation.turns))
    return next((n for n in following if conversation.turns[n].is_contacts), None)
