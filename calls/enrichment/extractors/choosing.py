"""Chooses the extractor that the settings name."""

from django.conf import settings

from calls.enrichment.extractors.offline import OfflineExtractor
from calls.enrichment.findings import Extractor

OFFLINE = "offline"
NAMES = (OFFLINE,)


def get_extractor(name: str = "") -> Extractor:
    """Return the extractor of this name, or the one that the settings choose.

    Raises ValueError for a name that is none.
    """
    name = name or settings.EXTRACTOR
    if name == OFFLINE:
        return OfflineExtractor()
    raise ValueError(f"EXTRACTOR is “{name}”; it is one of: {', '.join(NAMES)}.")
