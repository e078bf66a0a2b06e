"""What a call looks like to programs: in lists without its turns, in details with them."""

import dataclasses
import uuid
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from typing import Any

from calls.models import Recording, Transcript
from calls.turns import in_order
from crm.records.representation import Representation

COLUMNS = (
    "id",
    "team_id",
    "contact_id",
    "direction",
    "status",
    "outcome",
    "from_number",
    "to_number",
    "initiated_at",
    "started_at",
    "ended_at",
    "duration_seconds",
    "ended_reason",
    "ended_by",
    "provider",
    "provider_call_id",
    "assistant_name",
    "assistant_external_id",
    "summary",
    "success",
    "sentiment",
    "extracted_data",
    "transferred_to",
    "voicemail",
    "cost_amount",
    "cost_currency",
    "transcript_status",
    "created_at",
    "updated_at",
)


@dataclasses.dataclass(slots=True)
class Parts:
    """What belongs to a call beyond its row; `turns` is None where they are not shown."""

    file: str = ""
    source_url: str = ""
    seconds: float | None = None
    turns: list[dict[str, Any]] | None = None


def in_lists(calls_url: str) -> Representation[Parts]:
    """Return how lists show calls, whose recordings are below the address `calls_url`."""
    return Representation(COLUMNS, partial(_show, calls_url), _find_recordings, Parts())


def in_full(calls_url: str) -> Representation[Parts]:
    """Return how a call is shown with its turns."""
    return Representation(COLUMNS, partial(_show, calls_url), _find_all, Parts(turns=[]))


def _find_recordings(
    team_id: uuid.UUID, call_ids: Iterable[uuid.UUID]
) -> Mapping[uuid.UUID, Parts]:
    stored = Recording.objects.filter(team_id=team_id, call_id__in=list(call_ids))
    rows = stored.values_list("call_id", "file", "source_url", "duration_seconds")
    return {row[0]: Parts(*row[1:]) for row in rows}


def _find_all(team_id: uuid.UUID, call_ids: Iterable[uuid.UUID]) -> Mapping[uuid.UUID, Parts]:
    ids = list(call_ids)
    known = _find_recordings(team_id, ids)
    said = dict(
        Transcript.objects.filter(team_id=team_id, call_id__in=ids).values_list("call_id", "turns")
    )
    return {
        call_id: dataclasses.replace(known.get(call_id, Parts()), turns=said.get(call_id, []))
        for call_id in ids
    }


def _show(calls_url: str, row: Sequence[Any], parts: Parts) -> dict[str, Any]:
    shown = {
        "id": row[0],
        "teamId": row[1],
        "contactId": row[2],
        "direction": row[3],
        "status": row[4],
        "outcome": row[5],
        "fromNumber": row[6],
        "toNumber": row[7],
        "initiatedAt": row[8],
        "startedAt": row[9],
        "endedAt": row[10],
        "durationSeconds": row[11],
        "endedReason": row[12],
        "endedBy": row[13],
        "provider": row[14],
        "providerCallId": row[15],
        "assistantName": row[16],
        "assistantExternalId": row[17],
        "summary": row[18],
        "success": row[19],
        "sentiment": row[20],
        "extractedData": row[21],
        "recording": _recording(calls_url, row[0], parts),
        "transferredTo": row[22],
        "voicemail": row[23],
        "cost": None if row[24] is None else {"amount": row[24], "currency": row[25]},
        "transcriptStatus": row[26],
        "createdAt": row[27],
        "updatedAt": row[28],
    }
    if parts.turns is not None:
        shown["turns"] = in_order(parts.turns)
    return shown


def _recording(calls_url: str, call_id: uuid.UUID, parts: Parts) -> dict[str, Any]:
    return {
        "available": bool(parts.file),
        "durationSeconds": None if parts.seconds is None else round(parts.seconds),
        "url": f"{calls_url}/{call_id}/recording" if parts.file else parts.source_url or None,
    }
