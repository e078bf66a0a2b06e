"""Phone numbers: any readable form in, E.164 out."""

import re
import unicodedata
from functools import cache, lru_cache

import phonenumbers
from phonenumbers import (
    NumberFormat,
    NumberParseException,
    PhoneMetadata,
    PhoneNumber,
    PhoneNumberFormat,
    ValidationResult,
)

from crm.normalize.text import NormalizeError, clean_line, quote

_NORTH_AMERICA = 1
_CACHED_NUMBERS = 8_192
_E164 = re.compile(r"\+[1-9][0-9]{2,14}")
#: There, a number has one length, and is dialled with nothing before it.
_NORTH_AMERICAN = re.compile(r"\+1[2-9][0-9]{9}")
_LABEL = re.compile(r"(?:tel|phone|mobile|cell|callto|sms)[.:]*\s*(?=[+(\d])", re.IGNORECASE)
_PHONE_TEXT = re.compile(r"[+(\[\d][\w\s()\[\]+\-./,;:=#~]*")
_EXTENSION = re.compile(r"(?:;?ext(?:ension|n)?|x|#)[.:=]?\s*\d+$", re.IGNORECASE)
# As most numbers are written: nothing but digits and what groups them.
_GROUPED = re.compile(r"(\+?)[0-9(][0-9 ().-]*")
_NOT_DIGIT = re.compile(r"[^0-9]+")
#: A group of digits in a format of the library, as templates of `re` name it.
_GROUP = re.compile(r"(\\\d)")
_WRITTEN = re.compile(r"\\(\d)|(\d)")
# "030 123456/7" is two numbers; read as one, it would be a third.
_TWO_NUMBERS = re.compile(r"[^/]+/\s*\d{1,2}")
DASHES = str.maketrans(
    dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe58\ufe63\uff0d", "-")
)


def phone(text: str, region: str = "") -> str:
    """Return the E.164 form of a number, read in `region` (alpha-2) if it has no country code.

    A possible number is enough: numbers that nobody was given (555-0182) pass, for numbering plans
    change. An extension has no place in E.164; `phone_extension` returns it.
    """
    return _read(clean_line(text), region.upper())[0]


def phone_extension(text: str, region: str = "") -> str:
    """Return the digits of the extension behind a number, "12" of "(415) 555-0182 x12"."""
    return _read(clean_line(text), region.upper())[1]


def is_phone_of(text: str, region: str) -> bool:
    """Return whether a number, read in `region`, begins and is long as numbers in use there do."""
    try:
        e164 = phone(text, region)
    except NormalizeError:
        return False
    return bool(e164) and _is_in_use(e164)


@lru_cache(_CACHED_NUMBERS)
def _is_in_use(e164: str) -> bool:
    return phonenumbers.is_valid_number(phonenumbers.parse(e164))


@lru_cache(_CACHED_NUMBERS)
def _read(text: str, region: str) -> tuple[str, str]:
    if not text:
        return "", ""
    plain = text if text.isascii() else unicodedata.normalize("NFKC", text).translate(DASHES)
    if label := _LABEL.match(plain):
        plain = plain[label.end() :]
    if e164 := _at_a_glance(plain, region):
        return e164, ""
    number = _parse(plain, region)
    if number is None or not _is_all(number, plain):
        raise _error(text, plain, region)
    e164 = _to_e164(number)
    # "+49 00522…" has a zero too many: stored, it would be read as another number the next time.
    if _to_e164(phonenumbers.parse(e164)) != e164:
        raise _error(text, plain, region)
    return e164, number.extension or ""


def _to_e164(number: PhoneNumber) -> str:
    return phonenumbers.format_number(number, PhoneNumberFormat.E164)


def _parse(plain: str, region: str) -> PhoneNumber | None:
    """Return the first possible number among the readings of `plain`."""
    readings = [plain]
    if plain.startswith("00"):
        # Most of the world dials abroad with 00; where 011 does it, nothing else starts with 00.
        readings.append("+" + plain[2:])
    for reading in readings:
        try:
            number = phonenumbers.parse(reading, region or None)
        except NumberParseException:
            continue
        if phonenumbers.is_possible_number_with_reason(number) == ValidationResult.IS_POSSIBLE:
            return number
    return None


def _at_a_glance(plain: str, region: str) -> str:
    """Return the E.164 form of a number that is written plainly and can mean one thing, else "".

    The library's own reading takes ten times as long: it looks for words, for extensions, and for
    digits that are dialled at home only. Where the digits cannot begin with any of the latter, they
    are the number.
    """
    match = _GROUPED.fullmatch(plain)
    if match is None:
        return ""
    digits = _NOT_DIGIT.sub("", plain)
    code, national = _divide(digits) if match[1] else _divide_at_home(digits, region)
    if not code or len(set(national)) == 1 or not _is_possible(code, len(national)):
        return ""
    return f"+{code}{national}"


def _divide(digits: str) -> tuple[str, str]:
    """Return the calling code and the rest of an international number, where that is certain."""
    for length in (1, 2, 3):
        code, national = digits[:length], digits[length:]
        if code in _calling_codes():
            return (code, national) if _is_bare(national, _dialled_before(code)) else ("", "")
    return "", ""


def _divide_at_home(digits: str, region: str) -> tuple[str, str]:
    """Return the calling code and a number as dialled in the region, where that is certain."""
    code = _code_of(region)
    is_certain = (
        code
        and not digits.startswith(code)
        and _is_bare(digits, _dialled_before(code, region))
        and _is_bare(digits, _dialled_before(code))
    )
    return (code, digits) if is_certain else ("", "")


def _is_bare(national: str, before: re.Pattern[str] | None) -> bool:
    """Return whether the digits begin with nothing that is dialled `before` a number."""
    return (
        5 <= len(national) <= 12 and national[0] != "0" and not (before and before.match(national))
    )


@cache
def _calling_codes() -> frozenset[str]:
    return frozenset(map(str, phonenumbers.COUNTRY_CODE_TO_REGION_CODE))


@cache
def _code_of(region: str) -> str:
    return str(phonenumbers.country_code_for_region(region) or "")


@cache
def _dialled_before(code: str, region: str = "") -> re.Pattern[str] | None:
    """Return what may stand before a number of the country; in the region, before any number."""
    rules = _rules(code, region)
    prefixes = [rules.national_prefix_for_parsing] if rules else []
    if rules and region:
        prefixes.append(rules.international_prefix)
    said = "|".join(f"(?:{prefix})" for prefix in prefixes if prefix)
    return re.compile(said) if said else None


def _rules(code: str, region: str = "") -> PhoneMetadata | None:
    place = region or phonenumbers.region_code_for_country_code(int(code))
    return PhoneMetadata.metadata_for_region_or_calling_code(int(code), place)


@cache
def _is_possible(code: str, length: int) -> bool:
    """Return whether numbers of that country may have so many digits."""
    number = PhoneNumber(country_code=int(code), national_number=10 ** (length - 1))
    reason = phonenumbers.is_possible_number_with_reason(number)
    return bool(reason == ValidationResult.IS_POSSIBLE)


def _is_all(number: PhoneNumber, plain: str) -> bool:
    """Return whether `plain` is this number and nothing else; the parser skips what it dislikes."""
    if not _PHONE_TEXT.fullmatch(plain) or _TWO_NUMBERS.fullmatch(plain):
        return False
    if len(set(str(number.national_number))) == 1:
        return False
    if not any(char.isalpha() for char in _EXTENSION.sub("", plain)):
        return True
    # 1-800-FLOWERS is North American, where the fixed length tells a word from a remark.
    return number.country_code == _NORTH_AMERICA and phonenumbers.is_valid_number(number)


def _error(text: str, plain: str, region: str) -> NormalizeError:
    hint = "for example +1 415 555 0182."
    if not region and not plain.startswith(("+", "00")) and len(phone_digits(plain)) > 6:
        message = f"{quote(text)} has no country code. Write it with one, {hint}"
        return NormalizeError("phone_region", message)
    message = f"{quote(text)} is not a phone number. Write it with its area code, {hint}"
    return NormalizeError("phone", message)


@lru_cache(_CACHED_NUMBERS)
def display_phone(e164: str, region: str) -> str:
    """Return a number as people in `region` write it: nationally if they share its calling code.

    Text that is not E.164, such as a platform's "anonymous" or a SIP address, stays as it is.
    """
    number = _from_e164(e164)
    if number is None:
        return e164
    at_home = number.country_code == phonenumbers.country_code_for_region(region.upper())
    form = PhoneNumberFormat.NATIONAL if at_home else PhoneNumberFormat.INTERNATIONAL
    return phonenumbers.format_number(number, form)


def dialled_digits(e164: str) -> list[str]:
    """Return the digits of a number with its country code, and as dialled at home if different.

    Empty for text that is not E.164.
    """
    digits = e164[1:]
    if _NORTH_AMERICAN.fullmatch(e164):
        return [digits]
    code, national = _divide(digits) if _E164.fullmatch(e164) else ("", "")
    if not code:
        number = _from_e164(e164)
        if number is None:
            return []
        code = str(number.country_code)
        national = phonenumbers.national_significant_number(number)
    at_home = _dialled_at_home(code, national)
    return [digits] if at_home in digits else [digits, at_home]


def _dialled_at_home(code: str, national: str) -> str:
    """Return the digits of a number as it is dialled in its country.

    It is the library's own formatting, which takes twenty times as long, but for what groups them.
    """
    for begins, whole, written in _ways_to_write(code):
        if begins.match(national) and (match := whole.fullmatch(national)):
            return match.expand(written)
    return national


@cache
def _ways_to_write(code: str) -> list[tuple[re.Pattern[str], re.Pattern[str], str]]:
    """Return the country's formats: how a number begins, what it is, and its digits as written."""
    rules = _rules(code)
    return [
        (
            re.compile(form.leading_digits_pattern[-1] if form.leading_digits_pattern else ""),
            re.compile(form.pattern or ""),
            _digits_written(form),
        )
        for form in (rules.number_format if rules else ())
    ]


def _digits_written(form: NumberFormat) -> str:
    """Return the digits that a format writes, as a template of `re`."""
    written = form.format or ""
    if prefixed := form.national_prefix_formatting_rule:
        written = _GROUP.sub(prefixed, written, count=1)
    return "".join(
        f"\\g<{group}>" if group else digit for group, digit in _WRITTEN.findall(written)
    )


def _from_e164(text: str) -> PhoneNumber | None:
    if not _E164.fullmatch(text):
        return None
    code, national = _divide(text[1:])
    if code:
        return PhoneNumber(country_code=int(code), national_number=int(national))
    try:
        return phonenumbers.parse(text)
    except NumberParseException:
        return None


def phone_digits(text: str) -> str:
    """Return the digits of `text` in ASCII, whatever the script they were typed in."""
    if text.isascii():
        return _NOT_DIGIT.sub("", text)
    return "".join(str(unicodedata.decimal(char)) for char in text if char.isdecimal())
