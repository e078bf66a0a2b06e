"""Times of day as people say them: "quarter to 2 in the afternoon", "um 15 Uhr"."""

import re

from calls.enrichment.reading.patterns import sections
from calls.enrichment.reading.words import Reading, without_overlaps

_TIMES = [re.compile(form, re.IGNORECASE) for form in sections("times")["time"]]


def find_times(text: str) -> list[Reading]:
    """Return the times of day in the words they are said in."""
    return without_overlaps(
        [
            Reading(match[0].strip(), match.start(), match.end())
            for pattern in _TIMES
            for match in pattern.finditer(text)
        ]
    )
