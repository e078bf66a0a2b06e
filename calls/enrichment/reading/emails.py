"""Email addresses, written or read out: "j dot smith at acme dot com", "s punkt krüger ät …"."""

import re
from collections.abc import Iterator

from calls.enrichment.reading.letters import spelled
from calls.enrichment.reading.numbers import small_number
from calls.enrichment.reading.words import Reading, Word, words
from crm import normalize

_WRITTEN = re.compile(r"[\w.!#$%&'*+/=?^`{|}~-]+@[\w-]+(?:\.[\w-]+)+")
_AT = frozenset({"at", "ät", "@", "klammeraffe"})
_DOT = frozenset({"dot", "punkt", "point", "."})
_SIGNS = {
    **dict.fromkeys(_DOT, "."),
    **dict.fromkeys(("underscore", "unterstrich", "_"), "_"),
    **dict.fromkeys(("dash", "hyphen", "minus", "bindestrich", "-"), "-"),
    "plus": "+",
}
# What stands before an address, never in it.
_BEFORE = frozenset(
    """
    it it's its is that that's would be email e mail e-mail address my the to at on me an under
    sure yes yeah yep okay ok and or use try send just please so well uh um er ah write via through
    for by us here our as ja gern gerne bitte mir meine adresse ist lautet die das wäre auf schicken
    sie unter no not correct right i am i'm of contact reach with name perfect great hi hello say
    best was were mine ours still mailbox company work personal private one lower lowercase small
    all again spelled""".split()
)
_ASIDE = frozenset({"that's", "that", "spelled", "spelt", "das", "ist", "is", "buchstabiert"})
_MOST_DOMAIN_WORDS = 4
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})


def find_emails(text: str) -> list[Reading]:
    """Return the addresses in their normal form."""
    found = [
        Reading(address, match.start(), match.end())
        for match in _WRITTEN.finditer(text)
        if (address := _address(match[0].rstrip(".")))
    ]
    return found or list(_spoken(text))


def _address(text: str) -> str:
    for reading in (text, text.translate(_UMLAUTS)):
        try:
            return normalize.email(reading)
        except normalize.NormalizeError:
            continue
    return ""


def _spoken(text: str) -> Iterator[Reading]:
    found = words(text)
    end = 0
    for at, word in enumerate(found):
        if word.key not in _AT or at < end:
            continue
        domain = _domain(found, at + 1)
        local = _local(found, at, end)
        if domain is None or local is None:
            continue
        host, end = domain
        name, start = local
        if address := _address(f"{name}@{host}"):
            yield Reading(address, found[start].start, found[end - 1].end)


def _domain(found: list[Word], begin: int) -> tuple[str, int] | None:
    """Return the host that is read out from `begin` on, and where its words end."""
    host, at = "", begin
    while at < len(found) and at - begin < 3 * _MOST_DOMAIN_WORDS:
        key = found[at].key
        if key in _DOT and host:
            label = "" if _ends_sentence(found, at) else found[at + 1].key
            if not re.fullmatch(r"[a-zäöüß]{2,12}", label):
                return _finished(host, at)
            host, at = f"{host}.{label}", at + 2
            if at >= len(found) or found[at].key not in _DOT or _ends_sentence(found, at):
                return host, at
            continue
        piece, taken = _piece(found, at)
        if not piece:
            break
        host, at = host + piece, at + taken
    return _finished(host, at)


def _ends_sentence(found: list[Word], at: int) -> bool:
    """Whether a point ends a sentence, or the text ends with it."""
    if at + 1 == len(found):
        return True
    return found[at].key == "." and found[at].end < found[at + 1].start


def _finished(host: str, at: int) -> tuple[str, int] | None:
    return (host, at) if "." in host else None


def _piece(found: list[Word], at: int) -> tuple[str, int]:
    key = found[at].key
    if key in _SIGNS:
        return ("", 0) if key in _DOT else (_SIGNS[key], 1)
    if read := spelled(found, at):
        return read
    if small_number(key) is not None:
        return str(small_number(key)), 1
    return (key.replace("'", ""), 1) if key[0].isalnum() else ("", 0)


def _local(found: list[Word], at: int, begin: int) -> tuple[str, int] | None:
    """Return the name that is read out before the sign at `at`, and where its words begin."""
    pieces = _pieces(found, begin, at)
    pieces, aside = _without_aside(pieces)
    name, start = "", at
    joined_words = 0
    for n in range(len(pieces) - 1, -1, -1):
        piece, index, is_word, is_sign = pieces[n]
        if piece == "," or (is_word and piece in _BEFORE and not _is_signed(pieces, n)):
            if piece == "," and not name:
                continue
            break
        if is_word and name and name[0].isalnum() and not pieces[n + 1][3] and pieces[n + 1][2]:
            joined_words += 1
            if joined_words > 1:
                break
        name, start = piece + name, index
        if is_sign and n and pieces[n - 1][0] == ",":
            break
    name = name.strip(".-_+")
    if aside and name:
        name = _corrected(name, aside)
    return (name, start) if name else None


type _Piece = tuple[str, int, bool, bool]


def _pieces(found: list[Word], begin: int, end: int) -> list[_Piece]:
    """Return (text, index, is a word, is a sign) of what is read out between two places."""
    pieces: list[_Piece] = []
    at = begin
    while at < end:
        key = found[at].key
        if key in _SIGNS and not (key == "-" and _between_letters(found, at)):
            is_end = key == "." and found[at].end + 1 <= found[min(at + 1, end)].start
            pieces.append((",", at, False, False) if is_end else (_SIGNS[key], at, False, True))
        elif read := spelled(found, at):
            digit = read[0] if read[0].isdigit() and len(read[0]) == 1 else ""
            if digit and pieces and re.fullmatch("[2-9]0", pieces[-1][0]):
                pieces[-1] = (pieces[-1][0][0] + digit, pieces[-1][1], False, False)
            else:
                pieces.append((read[0], at, False, False))
            at += read[1] - 1
        elif (number := small_number(key)) is not None:
            pieces.append((str(number), at, False, False))
        elif key[0].isalnum():
            pieces.append(
                (key.replace("'", "") if key not in _BEFORE | _ASIDE else key, at, True, False)
            )
        elif key != "-":
            pieces.append((",", at, False, False))
        at += 1
    return pieces


def _between_letters(found: list[Word], at: int) -> bool:
    """Whether a hyphen only parts letters that are spelled: "P-H-A"."""
    around = found[at - 1 : at] + found[at + 1 : at + 2]
    return len(around) == 2 and all(len(word.key) == 1 for word in around)


def _is_signed(pieces: list[_Piece], n: int) -> bool:
    """Whether a word is part of the name because "dot" or the like joins it to another."""
    return n + 1 < len(pieces) and pieces[n + 1][3]


def _without_aside(pieces: list[_Piece]) -> tuple[list[_Piece], str]:
    """Return the pieces without the spelling of a word that was just said, and that spelling."""
    end = len(pieces)
    while end and pieces[end - 1][0] == ",":
        end -= 1
    start = end
    while (
        start
        and not pieces[start - 1][2]
        and not pieces[start - 1][3]
        and pieces[start - 1][0] != ","
    ):
        start -= 1
    letters = "".join(piece[0] for piece in pieces[start:end])
    before = start
    while before and (pieces[before - 1][0] == "," or pieces[before - 1][0] in _ASIDE):
        before -= 1
    is_aside = before < start and any(
        piece[0] in _ASIDE or piece[0] == "," for piece in pieces[before:start]
    )
    if not is_aside or len(letters) < 3 or not any(piece[2] for piece in pieces[:before]):
        return pieces, ""
    if not _sounds_like(_tail(pieces[:before]), letters):
        return pieces, ""
    return pieces[:before], letters


def _tail(pieces: list[_Piece]) -> str:
    """Return the last word of the name, with a letter that belongs to it."""
    text = ""
    for piece, _, is_word, is_sign in reversed(pieces):
        if is_sign or piece == "," or (is_word and text):
            break
        text = piece + text
    return text


def _sounds_like(word: str, letters: str) -> bool:
    return bool(word) and word[0] == letters[0] and abs(len(word) - len(letters)) <= 3


def _corrected(name: str, letters: str) -> str:
    """Return the name with its last word as it was spelled."""
    head = re.match(r".*[._+-]|", name)
    return (head[0] if head else "") + letters
