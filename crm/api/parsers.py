"""Reading a request's body: JSON, of a bounded size, whatever its headers say."""

from typing import IO, Any

import orjson
from django.conf import settings
from rest_framework.exceptions import ParseError
from rest_framework.parsers import BaseParser
from rest_framework.request import Request

from crm.api.exceptions import PayloadTooLarge


class StrictJSONParser(BaseParser):
    """JSON in UTF-8 as RFC 8259 has it: no NaN, no half characters.

    Raises ParseError (400) where it is none, PayloadTooLarge (413) beyond
    DATA_UPLOAD_MAX_MEMORY_SIZE bytes.
    """

    media_type = "application/json"

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Any = None
    ) -> Any:
        """Return what the body says."""
        body = _read(stream, settings.DATA_UPLOAD_MAX_MEMORY_SIZE)
        try:
            return orjson.loads(body)
        except orjson.JSONDecodeError as error:
            raise ParseError(f"The body is not JSON: {error}.") from error


def _read(stream: IO[bytes], most: int) -> bytes:
    # A stream may give less than it is asked for, and a header may promise less than there is.
    chunks: list[bytes] = []
    left = most + 1
    while left > 0 and (chunk := stream.read(left)):
        chunks.append(chunk)
        left -= len(chunk)
    if left <= 0:
        raise PayloadTooLarge
    return b"".join(chunks)


class BodyRequest(Request):
    """A request that also reads a body sent in chunks, which comes without Content-Length."""

    def _load_stream(self) -> None:
        meta = self._request.META
        # An address that takes files says how large they may be.
        view = (self.parser_context or {}).get("view")
        if _length(meta) > getattr(view, "most_bytes", settings.DATA_UPLOAD_MAX_MEMORY_SIZE):
            raise PayloadTooLarge
        if not meta.get("CONTENT_LENGTH") and meta.get("wsgi.input_terminated"):
            self._stream = meta["wsgi.input"]
        else:
            super()._load_stream()  # type: ignore[misc]


def _length(meta: dict[str, Any]) -> int:
    """Return the body's length as announced; a length that is no number announces nothing."""
    text = meta.get("CONTENT_LENGTH") or ""
    return int(text) if text.isdecimal() and len(text) < 20 else 0
