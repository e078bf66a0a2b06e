"""What is no table at all, and the sentence that says so."""

import re


class Unreadable(Exception):
    """The file cannot be read as a table; the text says why, to people."""


SAVE_AS_CSV = "Open it in a spreadsheet, save it as CSV and upload that."

#: How files of other kinds begin.
_STARTS: tuple[tuple[bytes, str], ...] = (
    (b"%PDF", f"This is a PDF, not a table. {SAVE_AS_CSV}"),
    (b"\x89PNG", "This is an image, not a table."),
    (b"GIF8", "This is an image, not a table."),
    (b"\xff\xd8\xff", "This is an image, not a table."),
    (b"\xd0\xcf\x11\xe0", f"This is an old Excel workbook. {SAVE_AS_CSV}"),
    (b"\x1f\x8b", "This file is compressed. Unpack it and upload the CSV inside."),
    (b"7z\xbc\xaf", "This file is compressed. Unpack it and upload the CSV inside."),
    (b"Rar!", "This file is compressed. Unpack it and upload the CSV inside."),
    (b"PAR1", f"This is a Parquet file. {SAVE_AS_CSV}"),
    (b"SQLite format 3\x00", "This is a database, not a table. Export the table as CSV."),
    (b"MZ", "This is a program, not a table."),
    (b"\x7fELF", "This is a program, not a table."),
    (b"{\\rtf", f"This is a text document, not a table. {SAVE_AS_CSV}"),
)
_ZIP = b"PK\x03\x04"
_WORKBOOK = re.compile(rb"\[Content_Types\]\.xml|xl/|_rels/")
_MARKUP = re.compile(r"\s*<(!doctype|html|head|body|table|\?xml|svg|rss)\b", re.IGNORECASE)
_JSON = re.compile(r'\s*(\[\s*[\[{]|\{\s*")')
_VCARD = re.compile(r"\s*BEGIN:V", re.IGNORECASE)
_MAIL = re.compile(r"\s*([A-Z][A-Za-z-]+: [^\n]*\r?\n){2,}\r?\n")
#: Control characters that text does not have. NULs come in UTF-16, and in damaged files.
_CONTROL = re.compile(rb"[\x01-\x08\x0e-\x19\x1b-\x1e]")
_MOST_CONTROL = 0.04
_BINARY = f"This is not a text file, so it is no CSV. {SAVE_AS_CSV}"


def refuse_other_kinds(head: bytes) -> None:
    """Raise Unreadable where the file begins like one of another kind."""
    if head.startswith(_ZIP):
        if _WORKBOOK.search(head):
            raise Unreadable(f"This is an Excel workbook, not a CSV. {SAVE_AS_CSV}")
        raise Unreadable("This file is compressed. Unpack it and upload the CSV inside.")
    for start, sentence in _STARTS:
        if head.startswith(start):
            raise Unreadable(sentence)


def refuse_other_texts(text: str) -> None:
    """Raise Unreadable where the text is of another kind than a table, or no text."""
    if _MARKUP.match(text):
        raise Unreadable(f"This is a web page, not a CSV. {SAVE_AS_CSV}")
    if _JSON.match(text):
        raise Unreadable("This is JSON, not a CSV. Send it to the REST API, or save it as CSV.")
    if _VCARD.match(text):
        raise Unreadable("This is a vCard, not a CSV. Export your address book as CSV.")
    if _MAIL.match(text):
        raise Unreadable("This is an email, not a CSV. Upload the file attached to it.")
    if text and not text.strip("\x00"):
        raise Unreadable(_BINARY)


def refuse_binary(head: bytes) -> None:
    """Raise Unreadable where too much of the file is no text in any encoding."""
    if len(_CONTROL.findall(head)) > max(_MOST_CONTROL * len(head.strip(b"\x00")), 1):
        raise Unreadable(_BINARY)
