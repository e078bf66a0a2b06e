"""Text, lines and names, and the error that every reader raises."""

import re
import unicodedata


class NormalizeError(ValueError):
    """Text that cannot be read: `message` is a sentence for people, `code` a word for programs."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


def quote(text: str) -> str:
    """Return `text` as an error's sentence shows it: in quotes, and not endless."""
    return f"“{text}”" if len(text) <= 60 else f"“{text[:59]}…”"


_LINE_BREAK = re.compile(r"\r\n?")
_HALF_CHARACTER = re.compile(r"[\ud800-\udfff]")
# Control characters, soft hyphens, zero-width and direction marks: they come by copy and paste,
# nobody sees them, and they make two equal words unequal. White space is not among them.
_INVISIBLE = re.compile(
    r"[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\xad"
    r"\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]"
)
# Persian, Indic scripts and emoji need the two joiners; after an ASCII character they are debris.
_STRAY_JOINER = re.compile(r"(?<![^\x00-\x7f])[\u200c\u200d]+")


def clean_text(text: str) -> str:
    """Return free text as typed, without outer white space and with LF for line breaks.

    Raises NormalizeError for what no database stores: a NUL, or half of a surrogate pair.
    """
    if "\x00" in text:
        raise NormalizeError("nul", "This text contains a NUL character. Remove it.")
    if not text.isascii() and _HALF_CHARACTER.search(text):
        raise NormalizeError("surrogate", "This text contains half a character. Type it again.")
    return _LINE_BREAK.sub("\n", text).strip()


def clean_line(text: str) -> str:
    """Return one line: no invisible characters, single spaces, accents composed (NFC)."""
    if text.isascii() and text.isprintable():
        # Nothing invisible, nothing to compose, and no white space but the space.
        return " ".join(text.split())
    text = clean_text(text)
    if not text.isprintable():
        text = _STRAY_JOINER.sub("", _INVISIBLE.sub("", text))
    return " ".join(unicodedata.normalize("NFC", text).split())


def person_name(text: str) -> str:
    """Return a name as its owner writes it: case, accents and punctuation are left alone."""
    return clean_line(text)


def name_key(text: str) -> str:
    """Return what the spellings of one name share, whatever their case, spacing and width."""
    key = clean_line(text)
    if key.isascii():
        return key.lower()
    # Folding may leave what composes anew and composing what folds anew; twice settles both.
    for _ in range(2):
        key = unicodedata.normalize("NFKC", key).casefold()
    return clean_line(unicodedata.normalize("NFKC", key))
