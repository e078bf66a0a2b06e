"""Asks a language model behind any OpenAI-compatible endpoint."""

from calls.enrichment.extractors.llm.extractor import Budget, LlmExtractor

__all__ = ["Budget", "LlmExtractor"]
