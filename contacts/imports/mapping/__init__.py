"""Mapping: which column of a file is which field."""

from contacts.imports.mapping.guess import Column, guess_columns, is_known

__all__ = ["Column", "guess_columns", "is_known"]
