"""The text files of `data/`: tables with a header line, cells between bars, # for comments."""

import functools
from pathlib import Path

DATA = Path(__file__).parent / "data"


@functools.cache
def table(name: str) -> tuple[dict[str, str], ...]:
    """Return the rows of `data/<name>.txt`, each by the words of the header."""
    text = (DATA / f"{name}.txt").read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    header, *rows = ([cell.strip() for cell in line.split("|")] for line in lines)
    return tuple(dict(zip(header, row, strict=True)) for row in rows)


def listed(text: str) -> list[str]:
    """Return the entries of a cell that holds several, between commas."""
    return [entry.strip() for entry in text.split(",")]
