"""One shape for what people type: phones, emails, websites, names, countries, timezones.

Every function is pure. It answers "" for blank text, its own answers unchanged, and raises
`NormalizeError` with a sentence for the person who typed what cannot be read.
"""

from crm.normalize.addresses import domain, email, website
from crm.normalize.objects import json_object
from crm.normalize.phones import (
    display_phone,
    is_phone_of,
    phone,
    phone_digits,
    phone_extension,
)
from crm.normalize.places import country, country_name, country_names, timezone, timezone_names
from crm.normalize.search import SEARCH_SEPARATOR, search_terms, search_text
from crm.normalize.text import NormalizeError, clean_line, clean_text, name_key, person_name

__all__ = [
    "SEARCH_SEPARATOR",
    "NormalizeError",
    "clean_line",
    "clean_text",
    "country",
    "country_name",
    "country_names",
    "display_phone",
    "domain",
    "email",
    "is_phone_of",
    "json_object",
    "name_key",
    "person_name",
    "phone",
    "phone_digits",
    "phone_extension",
    "search_terms",
    "search_text",
    "timezone",
    "timezone_names",
    "website",
]
