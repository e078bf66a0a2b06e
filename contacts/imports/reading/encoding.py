"""Which encoding a file is in.

A file that is UTF-8 from end to end is UTF-8. Anything else is Windows-1252 (of which Latin-1 is a
part) where that reads like words, and else refused: a wrong guess would store wrong letters.
Somebody who knows better says so.
"""

import codecs
import re
from typing import BinaryIO

from contacts.imports.reading.refusals import Unreadable

#: What may be said by hand, by its name for people.
ENCODINGS = {
    "utf-8": "UTF-8",
    "utf-16": "UTF-16",
    "cp1252": "Windows-1252 (Western Europe)",
    "cp1250": "Windows-1250 (Central Europe)",
    "cp1251": "Windows-1251 (Cyrillic)",
    "cp1253": "Windows-1253 (Greek)",
    "cp1254": "Windows-1254 (Turkish)",
    "mac-roman": "Mac Roman",
    "shift_jis": "Shift JIS (Japanese)",
    "gb18030": "GB 18030 (Chinese)",
    "euc-kr": "EUC-KR (Korean)",
    "koi8-r": "KOI8-R (Russian)",
}

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_BLOCK = 1 << 20
_SAMPLE = 4096
#: The letters of Western Europe's languages, and the signs that Windows sets in texts.
_WESTERN = frozenset(
    "äöüßÄÖÜéèêëàâçîïôûùœÉÈÀÇñáíóúÁÍÓÚÑ¿¡ãõÃÕåÅøØæÆìòýþðÞÐ‘’“”–—…€£°§®™©«»·´\xa0½¼²³ºªšžŠŽ"
)
_HIGH = re.compile(rb"[\x80-\xff]")
_LONG_RUN = re.compile(rb"[\x80-\xff]{4,}")
_MULTIBYTE = re.compile(rb"[\xc3-\xf4][\x80-\xbf]")
_UTF7 = re.compile(rb"\+A[A-Za-z0-9/]{2,}-[A-Za-z]")
_UNKNOWN = (
    "The file's letters are in an encoding that cannot be told for sure. Save it as “CSV UTF-8” "
    "and upload it again."
)


def find_encoding(file: BinaryIO) -> str:
    """Return the name of the file's encoding; raises Unreadable where it cannot be told."""
    file.seek(0)
    head = file.read(_SAMPLE)
    for mark, name in _MARKS:
        if head.startswith(mark):
            return _checked(file, name)
    if wide := _without_mark(head):
        return _checked(file, wide)
    broken = _not_utf8(file)
    if broken is None:
        return "utf-8"
    line, before = broken
    if _MULTIBYTE.search(before):
        raise Unreadable(f"Line {line:,} is not in UTF-8, but the lines before it are. {_AS_ONE}")
    return _western(file)


_AS_ONE = "Save the whole file as “CSV UTF-8” and upload it again."


def _checked(file: BinaryIO, name: str) -> str:
    """Return the name of an encoding that the file says it is in, if it is."""
    decoder = codecs.getincrementaldecoder(name)()
    file.seek(0)
    lines = 1
    try:
        while block := file.read(_BLOCK):
            lines += decoder.decode(block).count("\n")
        decoder.decode(b"", final=True)
    except UnicodeDecodeError as error:
        shown = name.upper()
        message = f"The file says it is {shown}, but is damaged after line {lines:,}. {_AS_ONE}"
        raise Unreadable(message) from error
    return name


def _without_mark(head: bytes) -> str | None:
    """Return the encoding of a text in which every other byte is zero."""
    even, odd = head[0::2].count(0), head[1::2].count(0)
    half = len(head) // 2
    if half < 2 or head.startswith(b"\x00\x00") or len(head) % 2:
        return None
    if odd > half * 0.4 and even < half * 0.1:
        return "utf-16-le"
    if even > half * 0.4 and odd < half * 0.1:
        return "utf-16-be"
    return None


def _not_utf8(file: BinaryIO) -> tuple[int, bytes] | None:
    """Return where the file stops being UTF-8: the line, and bytes before it. None: nowhere."""
    file.seek(0)
    decoder = codecs.getincrementaldecoder("utf-8")()
    line, seen, kept = 1, False, b""
    while True:
        block = file.read(_BLOCK)
        try:
            decoder.decode(block, final=not block)
        except UnicodeDecodeError as error:
            good = error.object[: error.start]
            return line + good.count(b"\n"), kept + good
        if not block:
            return None
        line += block.count(b"\n")
        # One letter outside ASCII is enough to know that it was UTF-8 so far.
        if not seen and (letter := _MULTIBYTE.search(block)):
            seen, kept = True, letter[0]


def _western(file: BinaryIO) -> str:
    """Return cp1252 where it reads like words; raises Unreadable."""
    decoder = codecs.getincrementaldecoder("cp1252")()
    letters = strange = runs = later = 0
    file.seek(0)
    while block := file.read(_BLOCK):
        try:
            decoder.decode(block)
        except UnicodeDecodeError as error:
            raise Unreadable(_UNKNOWN) from error
        high = b"".join(_HIGH.findall(block)).decode("cp1252")
        letters += len(high)
        strange += sum(letter not in _WESTERN for letter in high)
        runs += sum(map(len, _LONG_RUN.findall(block)))
        later += len(_MULTIBYTE.findall(block))
    if strange > letters * 0.3 or runs > letters * 0.3:
        raise Unreadable(_UNKNOWN)
    if later * 2 > letters * 0.5:
        raise Unreadable(f"Some lines of the file are in UTF-8 and some are not. {_AS_ONE}")
    return "cp1252"
