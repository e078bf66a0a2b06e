"""Whether a column's values are what its name promises."""

import re
from collections.abc import Callable, Sequence

from contacts.imports.reading.cells import is_email, is_phone
from crm.normalize.search import fold

FEW = 10
_SOCIAL = re.compile(
    r"(linkedin|facebook|twitter|instagram|xing|youtube|github|tiktok)\.|//(www\.)?x\.com",
    re.IGNORECASE,
)
_WEB = re.compile(r"(https?://)?[\w-]+(\.[\w-]+)+\S*", re.IGNORECASE)
_SALUTATION = re.compile(
    r"(mr|mrs|ms|miss|mx|dr|prof|herr|frau|hr|fr|mme|m|sr|sra|dhr|mevr|sir|madam|ing|dipl|mag)"
    r"(\.?\s*(dr|prof|ing|med|habil)\.?)*\.?"
)
_IDENTIFIER = re.compile(r"#?\d[\d .,/_-]*|(?=.*\d)[0-9a-f-]{8,}", re.IGNORECASE)
#: States of a subscription, an account or an address: none says how far a lead has come.
_OTHER_STATES = frozenset(
    "subscribed unsubscribed cleaned nonsubscribed pending archived transactional active inactive"
    " enabled disabled verified unverified valid invalid bounced delivered confirmed unconfirmed"
    " true false yes no 0 1 ja nein aktiv inaktiv opted-in opted-out opt-in"
    " opt-out".split()
)
TRUE = frozenset("true yes y 1 x t on ja wahr oui si s vrai checked dnc".split())
FALSE = frozenset("false no n 0 f off nein falsch non faux unchecked".split())


def _share(values: Sequence[str], fits: Callable[[str], object]) -> float:
    return sum(bool(fits(value)) for value in values) / len(values)


def _digits(text: str) -> int:
    return sum(char.isdecimal() for char in text)


def _is_name(text: str) -> bool:
    return len(text.replace(",", " ").split()) > 1 and "@" not in text


def fits(field: str, values: Sequence[str]) -> bool:
    """Return whether the values, blank ones left out, may be of this field."""
    test = _TESTS.get(field)
    return test is None or not values or test(values)


def looks_like_emails(values: Sequence[str]) -> bool:
    """Return whether nearly all are addresses, and of different people."""
    if len(values) < 3 or _share(values, is_email) < 0.9:
        return False
    return len(set(values)) > len(values) / 2


def looks_like_phones(values: Sequence[str]) -> bool:
    """Return whether nearly all are numbers that one could call, and of different people."""
    if len(values) < 3 or _share(values, is_phone) < 0.9:
        return False
    return len(set(values)) > len(values) / 2


def _phones(values: Sequence[str]) -> bool:
    return _hold(values, lambda text: _digits(text) > 4 and not is_email(text))


def _hold(values: Sequence[str], fits: Callable[[str], object]) -> bool:
    """Return whether enough values fit; a few that do not may be mistakes, but not yes and no."""
    few = len(values) < FEW and not any(fold(text) in TRUE | FALSE for text in values)
    return few or _share(values, fits) > 0.1


_TESTS: dict[str, Callable[[Sequence[str]], bool]] = {
    "email": lambda values: _hold(values, lambda text: "@" in text),
    "phone": _phones,
    "phoneSecondary": _phones,
    "companyPhone": _phones,
    "jobTitle": lambda values: _share(values, lambda text: _SALUTATION.fullmatch(fold(text))) < 0.5,
    "leadStatus": lambda values: _share(values, lambda text: fold(text) in _OTHER_STATES) < 0.5,
    "companyName": lambda values: _share(values, _IDENTIFIER.fullmatch) < 0.5,
    "companyWebsite": lambda values: (
        _share(values, _WEB.fullmatch) > 0.3 and _share(values, _SOCIAL.search) < 0.5
    ),
    "companyCountry": lambda values: _share(values, lambda text: _digits(text) > 0) < 0.5,
    "firstName": lambda values: _share(values, lambda text: "@" in text) < 0.5,
    "lastName": lambda values: _share(values, lambda text: "@" in text) < 0.5,
    "fullName": lambda values: _share(values, _is_name) > 0.4,
    "doNotCall": lambda values: _share(values, lambda text: fold(text) in TRUE | FALSE) > 0,
    "source": lambda values: _share(values, _WEB.fullmatch) < 0.9,
}
