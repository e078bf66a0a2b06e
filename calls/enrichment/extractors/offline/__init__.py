"""Reads a conversation by rules: no key, no network, the same answer every time."""

from calls.enrichment.extractors.offline.extractor import OfflineExtractor

__all__ = ["OfflineExtractor"]
