"""Countries and timezones."""

import zoneinfo
from collections.abc import Mapping
from functools import cache

from babel import Locale
from babel.core import get_global

from crm.normalize.search import fold
from crm.normalize.text import NormalizeError, clean_line, quote

# What a zone directory holds beside the IANA names.
_NOT_TIMEZONES = {"Factory", "localtime", "posixrules"}

_NAME_LANGUAGES = ("en", "de", "fr", "es", "it", "nl", "pl", "pt")
# Unions, islets and test codes that the CLDR lists among the countries.
_NOT_COUNTRIES = {
    "AC",
    "CP",
    "CQ",
    "DG",
    "EA",
    "EU",
    "EZ",
    "IC",
    "QO",
    "TA",
    "UN",
    "XA",
    "XB",
    "ZZ",
}
# Everyday names that the CLDR does not have.
_COUNTRY_ALIASES = {
    "america": "US",
    "unitedstatesofamerica": "US",
    "greatbritain": "GB",
    "britain": "GB",
    "england": "GB",
    "scotland": "GB",
    "wales": "GB",
    "northernireland": "GB",
    "holland": "NL",
    "thenetherlands": "NL",
    "czechrepublic": "CZ",
    "republicofireland": "IE",
    "korea": "KR",
    "republicofkorea": "KR",
    "russianfederation": "RU",
    "turkey": "TR",
    "uae": "AE",
    "hongkong": "HK",
    "macau": "MO",
    "macedonia": "MK",
    "ivorycoast": "CI",
    "burma": "MM",
}


def timezone(text: str) -> str:
    """Return the IANA name, whatever its case: "europe/berlin" is "Europe/Berlin"."""
    typed = clean_line(text)
    if not typed:
        return ""
    try:
        return _timezones()[_timezone_key(typed)]
    except KeyError:
        message = f"{quote(typed)} is not a timezone. Write it like Europe/Berlin."
        raise NormalizeError("timezone", message) from None


def timezone_names() -> list[str]:
    """Return every name that `timezone` returns, in order."""
    return sorted(_timezones().values())


@cache
def _timezones() -> dict[str, str]:
    names = zoneinfo.available_timezones() - _NOT_TIMEZONES
    return {_timezone_key(name): name for name in names}


def _timezone_key(text: str) -> str:
    return text.lower().replace(" ", "_")


def country(text: str) -> str:
    """Return the ISO 3166-1 alpha-2 code of a country's name or of its two or three letters."""
    typed = clean_line(text)
    if not typed:
        return ""
    try:
        return _country_codes()[_country_key(typed)]
    except KeyError:
        message = f"{quote(typed)} is not a country. Write its name or a code like DE."
        raise NormalizeError("country", message) from None


def country_name(code: str) -> str:
    """Return the English name of an alpha-2 code; text that is no such code stays as it is."""
    return country_names().get(code, code)


@cache
def country_names() -> Mapping[str, str]:
    """Return alpha-2 code -> English name, in the order of the names."""
    names = {str(code): str(name) for code, name in Locale("en").territories.items()}
    codes = [code for code in names if len(code) == 2 and code not in _NOT_COUNTRIES]
    return {code: names[code] for code in sorted(codes, key=names.__getitem__)}


@cache
def _country_codes() -> dict[str, str]:
    """Return spelling -> code. A code goes before a name, an earlier language before a later."""
    codes = dict(_COUNTRY_ALIASES)
    for language in reversed(_NAME_LANGUAGES):
        names = Locale(language).territories
        codes |= {_country_key(names[code]): code for code in country_names()}
    for alias, successors in get_global("territory_aliases").items():
        if alias.isalpha() and len(successors) == 1:
            codes[alias.lower()] = successors[0]
    return codes | {code.lower(): code for code in country_names()}


def _country_key(text: str) -> str:
    """Return the letters only, so that "U.S.A." and "Côte d’Ivoire" are found as typed."""
    return "".join(char for char in fold(text) if char.isalnum())
