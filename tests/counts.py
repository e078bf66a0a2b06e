"""How often a test repeats itself: a few times in `make test`, long in `make soak`."""

import os

SOAK = "CALLBOOK_SOAK"


def counts(normal: int, soak: int) -> int:
    """`normal`, or `soak` when the tests run with --soak."""
    return soak if os.environ.get(SOAK) else normal
