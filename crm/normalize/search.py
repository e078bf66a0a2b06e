"""What search columns hold, and what a query must find in them."""

import re
import unicodedata

from crm.normalize.phones import DASHES, dialled_digits, phone_digits
from crm.normalize.text import clean_line

SEARCH_SEPARATOR = " "

# Letters that Unicode does not take apart, and marks that keyboards write in several ways.
_PLAIN_LETTERS = (
    DASHES
    | str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ð": "d", "ħ": "h", "ŧ": "t", "\u0131": "i"})
    | str.maketrans({"æ": "ae", "œ": "oe", "þ": "th", "ŋ": "n"})
    | str.maketrans(dict.fromkeys("\u2018\u2019\u02bc\u02b9", "'"))
)
_FIRST_ACCENT = "\u0300"
_PHONE_LIKE = re.compile(r"[\d()+\-./]+")
_HAS_PHONE_LIKE = re.compile(rf"(?<!\S){_PHONE_LIKE.pattern}(?!\S)")
_TRUNK_ZERO = re.compile(r"(?<=\d)\(0\)")
# The start of an international number, for which no column has digits.
_DOUBLE_ZERO = re.compile(r"^00(?=[1-9]\d)")


def search_text(*parts: str) -> str:
    """Return the value of a search column: each word of each part, folded, after a separator.

    No term holds a separator, so none matches across two words, and `SEARCH_SEPARATOR + term`
    finds the words that begin with it. An E.164 number is kept as digits, with its country code
    and as dialled at home (020 …).
    """
    words = [word for part in parts if part for word in _words(part)]
    return SEARCH_SEPARATOR + SEARCH_SEPARATOR.join(dict.fromkeys(words)) if words else ""


def _words(part: str) -> list[str]:
    if part.startswith("+") and (digits := dialled_digits(part)):
        return digits
    line = fold(clean_line(part))
    words = line.split()
    # A query reads "3-2-1" or "51 52" as a number, so a name that has it must hold it so, too.
    return words + search_terms(part) if _HAS_PHONE_LIKE.search(line) else words


def search_terms(query: str) -> list[str]:
    """Return what a search column must contain, each of it: `search__contains=term`.

    Neighbouring words of digits and phone punctuation are one number: "(415) 555-0182", "-734-5".
    Raises NormalizeError for a query that no database can be asked.
    """
    terms: list[str] = []
    number = ""
    for word in [*fold(clean_line(query)).split(), ""]:
        if _PHONE_LIKE.fullmatch(word):
            number += word
            continue
        terms += [_number_term(number), word]
        number = ""
    return list(dict.fromkeys(filter(None, terms)))


def _number_term(number: str) -> str:
    return _DOUBLE_ZERO.sub("", phone_digits(_TRUNK_ZERO.sub("", number))) or number


def fold(text: str) -> str:
    """Return `text` in lower case, without accents and in the plainest letters."""
    if text.isascii():
        return text.lower()
    plain = _without_accents(text).casefold()
    if plain.isascii():
        return plain
    # Folding case may bring accents forth (İ), so they are taken off before and after.
    return unicodedata.normalize("NFC", _without_accents(plain).translate(_PLAIN_LETTERS))


def _without_accents(text: str) -> str:
    letters = unicodedata.normalize("NFKD", text)
    return "".join(
        [
            letter
            for letter in letters
            if letter < _FIRST_ACCENT or not unicodedata.combining(letter)
        ]
    )
