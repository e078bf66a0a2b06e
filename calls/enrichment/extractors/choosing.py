"""Chooses the extractor that the settings name."""

from django.conf import settings

from calls.enrichment.extractors.llm import Budget, LlmExtractor
from calls.enrichment.extractors.offline import OfflineExtractor
from calls.enrichment.findings import Extractor

OFFLINE, RULES, LLM = "offline", "rules", "llm"
#: `rules` is `offline` without the encoder, even where that is installed.
NAMES = (OFFLINE, RULES, LLM)


def get_extractor(name: str = "", budget: Budget | None = None) -> Extractor:
    """Return the extractor of this name, or the one that the settings choose.

    `budget` is asked before tokens are spent. Raises ValueError for a name that is none, and for a
    model that no setting names.
    """
    name = name or settings.EXTRACTOR
    if name == OFFLINE:
        return OfflineExtractor()
    if name == RULES:
        return OfflineExtractor(has_encoder=False)
    if name != LLM:
        raise ValueError(f"EXTRACTOR is “{name}”; it is one of: {', '.join(NAMES)}.")
    if not settings.LLM_MODEL:
        raise ValueError("EXTRACTOR is “llm”, and LLM_MODEL names no model.")
    return LlmExtractor(budget=budget)
