"""How often a test repeats itself: a few times in `make test`, long in `make soak`."""

import os

SOAK = "CALLBOOK_SOAK"


def counts[T](normal: T, soak: T) -> T:
    """`normal`, or `soak` when the tests run with --soak."""
    return soak if os.environ.get(SOAK) else normal
