"""Files as people really send them: in any dialect, with bad rows, damaged on the way, or no table.

`make(seed)` composes one from a small file of people, always the same for a seed, and says what may
become of it.
"""

import csv
import dataclasses
import gzip
import io
import json
import random
import zipfile
from collections.abc import Callable
from typing import Any

HEADER = ["First name", "Last name", "Company", "Email", "Phone", "Job title", "Notes"]
FIRST, LAST, COMPANY, EMAIL, PHONE, TITLE = range(6)
NAMES = ("Zoë Ångström", "Bo Li", "Marek Nowak", "Ines O'Neill", "José Peña", "Ada King-Noel")
NAMES += ("Hanna Groß", "Sean Connor", "Lin Wu", "Olga Petrova", "Tom de Vries", "Amy Null")

type Rows = list[list[str]]


@dataclasses.dataclass(frozen=True)
class Variant:
    """A file, and what may become of it.

    `kept`: all rows are imported with these values. `refused`: it is no table, and nothing is
    imported. `sorted_out`: the rows `bad` are rejected or warned of, the others imported. `any`:
    whatever is imported stands in the file. A file that may be refused instead says so.
    """

    kind: str
    data: bytes
    oracle: str
    rows: Rows = dataclasses.field(default_factory=list)
    bad: frozenset[int] = frozenset()
    may_be_refused: bool = False


type Maker = Callable[[Rows, random.Random], Variant]
KINDS: dict[str, Maker] = {}


def kind(make: Maker) -> Maker:
    """Name a kind by its function."""
    KINDS[make.__name__] = make
    return make


def people(chance: random.Random) -> Rows:
    """Return some rows, all of which can be imported."""
    rows = []
    for number, name in enumerate(chance.sample(NAMES, 9)):
        first, last = name.split(" ", 1)
        company = chance.choice(["Acme, Inc.", "Nordvik", 'The "Best" Ltd', "Müller & Söhne"])
        email = f"p{number}.{chance.randrange(999)}@nordvik.example"
        phone = f"+1 415 555 {chance.randrange(10_000):04}"
        notes = chance.choice(["", "two\nlines", "a; b", "x\ty", "1|2"])
        rows.append([first, last, company, email, phone, chance.choice(["Buyer", ""]), notes])
    return rows


def make(seed: int) -> Variant:
    """Return the variant of this seed; the kinds take turns."""
    chance = random.Random(f"damage {seed}")  # noqa: S311
    names = sorted(KINDS)
    return KINDS[names[seed % len(names)]](people(chance), chance)


def table(rows: Rows, **dialect: Any) -> str:
    """Return the rows as a CSV."""
    out = io.StringIO(newline="")
    csv.writer(out, **dialect).writerows(rows)
    return out.getvalue()


def whole(rows: Rows, **dialect: Any) -> bytes:
    """Return the file with its header, in UTF-8."""
    return table([HEADER, *rows], **dialect).encode()


# The same people, otherwise written


@kind
def delimiters(rows: Rows, chance: random.Random) -> Variant:
    data = whole(rows, delimiter=chance.choice(";\t|,"), lineterminator=chance.choice(LINE_ENDS))
    return Variant("delimiters", data, "kept", rows)


LINE_ENDS = ("\n", "\r\n", "\r")


@kind
def quotes(rows: Rows, chance: random.Random) -> Variant:
    return Variant("quotes", whole(rows, quoting=csv.QUOTE_ALL), "kept", rows)


@kind
def encodings(rows: Rows, chance: random.Random) -> Variant:
    encoding = chance.choice(["utf-8-sig", "utf-16", "utf-16-le", "cp1252", "latin-1"])
    return Variant("encodings", table([HEADER, *rows]).encode(encoding), "kept", rows)


@kind
def unheard_of(rows: Rows, chance: random.Random) -> Variant:
    """Encodings and delimiters that nobody need know: refused, or read right."""
    if chance.random() < 0.5:
        encoding = chance.choice(["utf-32", "cp500", "utf-16-be"])
        data = table([HEADER, *rows]).encode(encoding)
    else:
        data = whole(rows, delimiter=chance.choice("^~:\x1f"))
    return Variant("unheard_of", data, "kept", rows, may_be_refused=True)


@kind
def surroundings(rows: Rows, chance: random.Random) -> Variant:
    before = chance.choice(["", "Exported on 3 May\r\n\r\n", 'Notes:\r\n"a, b"\r\n\r\n', ",,\r\n"])
    after = chance.choice(["", "\r\n\r\n", "," * 6 + "\r\n", "   \r\n", "\x1a"])
    data = before.encode() + whole(rows) + after.encode()
    return Variant("surroundings", data, "kept", rows)


@kind
def excels_own_line(rows: Rows, chance: random.Random) -> Variant:
    return Variant("excel", b"sep=;\r\n" + whole(rows, delimiter=";"), "kept", rows)


@kind
def order(rows: Rows, chance: random.Random) -> Variant:
    places = list(range(len(HEADER)))
    chance.shuffle(places)
    shuffled = [[row[place] for place in places] for row in [HEADER, *rows]]
    return Variant("order", table(shuffled).encode(), "kept", rows)


@kind
def headers(rows: Rows, chance: random.Random) -> Variant:
    header = [f"  {name.upper()} " for name in HEADER]
    header[-1] = chance.choice(["", header[0], "x" * 70_000, "a\r\nb\tc\x0b", "\u202enotes"])
    # Another first name in the last column is no reason to take either.
    kept = [[*row[:-1], ""] for row in rows]
    return Variant("headers", table([header, *kept]).encode(), "kept", kept)


# Bad rows among good ones


def spoilt(
    rows: Rows, chance: random.Random, place: int, values: list[str]
) -> tuple[Rows, frozenset[int]]:
    """Return the rows with bad values in some of them, and which."""
    bad = frozenset(chance.sample(range(1, len(rows) + 1), 3))
    texts = iter(chance.sample(values, 3))
    spoilt = [
        [*row[:place], next(texts), *row[place + 1 :]] if number in bad else row
        for number, row in enumerate(rows, 1)
    ]
    return spoilt, bad


@kind
def missing(rows: Rows, chance: random.Random) -> Variant:
    blanks = ["", "  ", "\u00a0", "\u3000", "\u200b", "\t"]
    rows, bad = spoilt(rows, chance, chance.choice([FIRST, LAST, COMPANY]), blanks)
    return Variant("missing", whole(rows), "sorted_out", rows, bad)


@kind
def emails(rows: Rows, chance: random.Random) -> Variant:
    values = ["x", "a@", "@b.example", "a b@c.example", "a@@b.example", "a@b", "a@b\x7f.example"]
    values += ["a@b.example, c@d.example", "a@b.example\r\nBcc: x@y.example"]
    values += ["a\x07@b.example", "ann\x01a@b.example", f"{'x' * 300}@b.example"]
    rows, bad = spoilt(rows, chance, EMAIL, values)
    return Variant("emails", whole(rows), "sorted_out", rows, bad)


@kind
def control_characters(rows: Rows, chance: random.Random) -> Variant:
    values = [f"A{chr(code)}B" for code in (1, 2, 7, 8, 14, 27, 0x7F, 0x80)]
    rows, bad = spoilt(rows, chance, chance.choice([FIRST, LAST, COMPANY]), values)
    return Variant("control_characters", whole(rows), "sorted_out", rows, bad)


@kind
def phones(rows: Rows, chance: random.Random) -> Variant:
    values = ["1.55512E+10", "########", "call me", "+", "0", "911", "+999999999999999999999"]
    rows, bad = spoilt(rows, chance, PHONE, values)
    return Variant("phones", whole(rows), "sorted_out", rows, bad)


@kind
def long_cells(rows: Rows, chance: random.Random) -> Variant:
    values = ["A" * 201, "é" * 1000, "A" * 140_000]
    rows, bad = spoilt(rows, chance, chance.choice([FIRST, LAST, COMPANY]), values)
    return Variant("long_cells", whole(rows), "sorted_out", rows, bad)


@kind
def surplus(rows: Rows, chance: random.Random) -> Variant:
    bad = frozenset(chance.sample(range(1, len(rows) + 1), 2))
    rows = [[*row, "more"] if number in bad else row for number, row in enumerate(rows, 1)]
    return Variant("surplus", whole(rows), "sorted_out", rows, bad)


# What only looks dangerous


@kind
def strange_texts(rows: Rows, chance: random.Random) -> Variant:
    """Formulas, markup and scripts of all the world: kept as they are."""
    texts = [
        '=HYPERLINK("http://x.example/?"&A1)',
        "=cmd|' /C calc'!A0",
        "+1+1",
        "-2+3",
        "'=quoted",
    ]
    texts += [
        "@SUM(1)",
        "<script>alert(1)</script>",
        "{{7*7}}",
        "'; DROP TABLE contacts;--",
        "%s%n",
    ]
    texts += ["שלום", "\u0645\u062d\u0645\u062f", "\U0001f469\u200d\U0001f680", "İstanbul", "ﬁn"]
    texts += ["Z" + "\u0351\u0363" * 20, "null", "NaN", "true", "#N/A", "-"]
    for row in rows:
        row[TITLE] = chance.choice(texts)
    return Variant("strange_texts", whole(rows), "kept", rows)


# Damaged on the way


def damaged(name: str, data: bytes) -> Variant:
    return Variant(name, data, "any", may_be_refused=True)


@kind
def cut_off(rows: Rows, chance: random.Random) -> Variant:
    data = whole(rows, quoting=chance.choice([csv.QUOTE_ALL, csv.QUOTE_MINIMAL]))
    return damaged("cut_off", data[: chance.randrange(1, len(data))])


@kind
def flipped_bits(rows: Rows, chance: random.Random) -> Variant:
    data = bytearray(whole(rows))
    for _ in range(chance.choice([1, 3, 30])):
        data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
    return damaged("flipped_bits", bytes(data))


@kind
def stray_bytes(rows: Rows, chance: random.Random) -> Variant:
    data = bytearray(whole(rows))
    strays = [b"\0", b'"', b"\xff", b"\xe2\x82", b"\xed\xa0\x80", b"\xc0\xaf", b"\r", b","]
    for _ in range(chance.choice([1, 3, 9])):
        place = chance.randrange(len(data))
        data[place:place] = chance.choice(strays)
    return damaged("stray_bytes", bytes(data))


@kind
def lost_bytes(rows: Rows, chance: random.Random) -> Variant:
    data = whole(rows)
    first, second = sorted(chance.sample(range(len(data)), 2))
    return damaged("lost_bytes", data[:first] + data[second:])


@kind
def mixed(rows: Rows, chance: random.Random) -> Variant:
    """Two files glued together: of two encodings, or of two delimiters."""
    half = len(rows) // 2
    if chance.random() < 0.5:
        tail = table(rows[half:]).encode("cp1252")
    else:
        tail = table(rows[half:], delimiter=";").encode()
    return damaged("mixed", whole(rows[:half]) + tail)


# No table


@kind
def other_kinds(rows: Rows, chance: random.Random) -> Variant:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr(chance.choice(["contacts.csv", "xl/workbook.xml"]), whole(rows))
    first = dict(zip(HEADER, rows[0], strict=True))
    contents = [
        packed.getvalue(),
        gzip.compress(whole(rows), mtime=0),
        json.dumps([first]).encode(),
        b"%PDF-1.7\n1 0 obj<<>>endobj\n",
        b"\x89PNG\r\n\x1a\n" + bytes(60),
        b"<!DOCTYPE html><table><tr><td>First name</td></tr></table>",
        b"SQLite format 3\0" + bytes(99),
        b"BEGIN:VCARD\r\nFN:Ada King\r\nEND:VCARD\r\n",
        bytes(512),
        chance.randbytes(3000),
    ]
    data = chance.choice(contents)
    return Variant("other_kinds", data, "refused")


@kind
def nothing(rows: Rows, chance: random.Random) -> Variant:
    contents = [b"", b"\xef\xbb\xbf", b"\r\n" * 9, b"  \r\n", b",,,\r\n" * 5, whole([]), b"\x1a"]
    data = chance.choice(contents)
    return Variant("nothing", data, "refused")


def readings(data: bytes) -> list[set[str]]:
    """Return the rows of a file in every way it might be read, each as its cells."""
    found: list[set[str]] = []
    for encoding in ("utf-8", "cp1252", "latin-1", "utf-16"):
        try:
            text = data.decode(encoding, errors="strict")
        except UnicodeError:
            continue
        for delimiter in ",;":
            reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
            found += [{_folded(cell) for cell in row} for row in reader]
    return found


def _folded(cell: str) -> str:
    """Return a cell without what every text is stored without: case (of emails), white space."""
    return "".join(char for char in cell.casefold() if char.isprintable() and not char.isspace())


def stands_in(values: list[str], found: list[set[str]]) -> bool:
    """Return whether the values stand together in one of the rows."""
    wanted = {_folded(value) for value in values if value}
    return any(wanted <= cells for cells in found)
