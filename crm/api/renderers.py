"""JSON by orjson: ids, times and rows of the database go out as they are."""

from decimal import Decimal
from typing import Any

import orjson
from rest_framework.renderers import BaseRenderer

OPTIONS = orjson.OPT_UTC_Z | orjson.OPT_NON_STR_KEYS


class OrjsonRenderer(BaseRenderer):
    """UTF-8 JSON; times in UTC end in Z."""

    media_type = "application/json"
    format = "json"
    charset = None

    def render(
        self,
        data: Any,
        accepted_media_type: str | None = None,
        renderer_context: Any = None,
    ) -> bytes:
        """Return the answer's body; None is an empty one."""
        return b"" if data is None else orjson.dumps(data, _other, OPTIONS)


def _other(value: Any) -> Any:
    """Turn what orjson does not know (amounts, translated words) into what it does."""
    return float(value) if isinstance(value, Decimal) else str(value)
