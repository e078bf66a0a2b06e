"""Making many new instances of a model: what its constructor does, but for the signals, at once.

The constructor decides for every field of every instance what it would be; here that is decided
once. There are no model signals in this house.
"""

from collections.abc import Mapping
from typing import Any

from django.db import models
from django.db.models.base import ModelState


def refer(instance: models.Model, relation: str, to: models.Model) -> None:
    """Let a new instance refer to `to`, as assigning it does, without asking the routers."""
    instance.__dict__[f"{relation}_id"] = to.pk
    instance._state.fields_cache[relation] = to


class Maker[M: models.Model]:
    """Makes new instances of one model."""

    def __init__(self, model: type[M]) -> None:
        self._model = model
        self._plain: dict[str, Any] = {}
        self._fresh: list[tuple[str, Any]] = []
        for field in model._meta.concrete_fields:
            if field.has_default() and callable(field.default):
                self._fresh.append((field.attname, field.default))
            else:
                self._plain[field.attname] = field.get_default()

    def make(self, related: Mapping[str, models.Model] | None = None, **values: Any) -> M:
        """Return an instance with these values, by column, and defaults.

        `related` are the rows, by relation, that the columns among the values refer to.
        """
        instance, state = self._model.__new__(self._model), ModelState()
        if related:
            state.fields_cache = dict(related)
        columns = {**self._plain, **values, "_state": state}
        for name, default in self._fresh:
            if name not in columns:
                columns[name] = default()
        instance.__dict__ = columns
        return instance
