"""Chance that falls the same way every time."""

import random
from collections.abc import Sequence

SEED = "callbook"


def dice(*about: object) -> random.Random:
    """Return dice that always fall alike for the same subject, whatever else is thrown."""
    return random.Random("/".join(map(str, (SEED, *about))))  # noqa: S311 - alike is the point


def weighted[T](dice: random.Random, weights: Sequence[tuple[T, float]]) -> T:
    """Return one of the values, each as often as its weight says."""
    values, parts = zip(*weights, strict=True)
    return dice.choices(values, parts)[0]
