"""Extractors, all behind one interface; the setting EXTRACTOR chooses."""

from calls.enrichment.extractors.choosing import NAMES, get_extractor

__all__ = ["NAMES", "get_extractor"]
