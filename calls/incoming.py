"""A call as somebody tells us of it, in no provider's words."""

import dataclasses
import datetime as dt
import uuid
from decimal import Decimal
from typing import Any

from django.core.files import File


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class IncomingCall:
    """What one message says of a call. None (or an empty text) is "not said", never "erase it"."""

    provider: str = "api"
    provider_call_id: str = ""
    contact_id: uuid.UUID | None = None
    direction: str | None = None
    status: str | None = None
    outcome: str | None = None
    from_number: str = ""
    to_number: str = ""
    initiated_at: dt.datetime | None = None
    started_at: dt.datetime | None = None
    ended_at: dt.datetime | None = None
    duration_seconds: int | None = None
    ended_reason: str = ""
    ended_by: str | None = None
    assistant_name: str = ""
    assistant_external_id: str = ""
    summary: str = ""
    success: bool | None = None
    sentiment: str | None = None
    extracted_data: dict[str, Any] | None = None
    transferred_to: str = ""
    voicemail: bool | None = None
    cost_amount: Decimal | None = None
    cost_currency: str = ""
    transcript_status: str | None = None
    turns: list[dict[str, Any]] | None = None
    recording_url: str = ""
    #: The sound itself, where the message brings it.
    recording: File[bytes] | None = None
    asked_not_to_be_called: bool | None = None
