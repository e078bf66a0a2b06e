"""Names as the API says them: `first_name` is `firstName`."""

import re
from functools import cache

_UNDERSCORE = re.compile(r"_([a-z0-9])")


@cache
def camel(name: str) -> str:
    """Return a Python name as the API's: `address_line1` is `addressLine1`."""
    return _UNDERSCORE.sub(lambda match: match[1].upper(), name)
