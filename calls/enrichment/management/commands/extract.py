"""Read calls from a file and print what an extractor finds in them, to compare extractors."""

import datetime as dt
import json
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from calls.enrichment.extractors import NAMES, get_extractor
from calls.enrichment.findings import TYPES, Conversation, TargetField, Turn
from calls.models import Speaker

#: Speakers of the file's format; others are as in a call.
_ROLES = {"user": Speaker.CONTACT, "assistant": Speaker.ASSISTANT}


class Command(BaseCommand):
    """Print a line of predictions for each call of a file; touches no record."""

    help = "Read calls (JSON lines) and print what an extractor finds: {id, values}."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the file and the extractor."""
        parser.add_argument("file", help="calls as JSON lines, - for standard input")
        parser.add_argument("--extractor", choices=NAMES, default="", help="default: EXTRACTOR")
        parser.add_argument("--region", default="", help="country of numbers without a code: US")
        parser.add_argument("--proof", action="store_true", help="print quotes and turns, too")

    def handle(self, *args: Any, **options: Any) -> None:
        """Extract call by call, so that a long file shows its progress."""
        try:
            extractor = get_extractor(options["extractor"])
        except ValueError as error:
            raise CommandError(str(error)) from error
        for number, line in enumerate(_lines(options["file"]), 1):
            try:
                call = json.loads(line)
                conversation, fields = _read(call, options["region"])
            except (ValueError, KeyError, TypeError) as error:
                raise CommandError(f"Line {number} is no call: {error!r}") from error
            found = extractor.extract(conversation, fields)
            printed: dict[str, Any] = {"id": call["id"], "values": dict(found.values)}
            if options["proof"]:
                printed["findings"] = [_shown(finding) for finding in found.findings]
                printed["flagged"] = list(found.flagged)
                printed["note"] = found.note
            self.stdout.write(json.dumps(printed, ensure_ascii=False))


def _lines(file: str) -> Iterator[str]:
    if file == "-":
        yield from _filled(sys.stdin)
        return
    try:
        with Path(file).open(encoding="utf-8") as lines:
            yield from _filled(lines)
    except OSError as error:
        raise CommandError(f"{file} cannot be read: {error.strerror}.") from error


def _filled(lines: Iterable[str]) -> Iterator[str]:
    return (line for line in lines if line.strip())


def _read(call: dict[str, Any], region: str) -> tuple[Conversation, list[TargetField]]:
    language = str(call.get("lang", ""))
    turns = [Turn(_ROLES.get(turn["role"], turn["role"]), turn["text"]) for turn in call["turns"]]
    conversation = Conversation(
        turns=turns,
        started_at=dt.datetime.fromisoformat(call["call_started_at"]),
        language=language,
        region=region or ("DE" if language == "de" else "US"),
    )
    return conversation, [_field(field) for field in call["fields"]]


def _field(field: dict[str, Any]) -> TargetField:
    if field["type"] not in TYPES:
        raise ValueError(f"“{field['type']}” is no type of a field")
    return TargetField(
        key=field["key"],
        label=field["label"],
        type=field["type"],
        options=tuple(field.get("options") or ()),
        description=field.get("description") or "",
    )


def _shown(finding: Any) -> dict[str, Any]:
    return {
        "key": finding.field,
        "value": finding.value,
        "quote": finding.quote,
        "turn": finding.turn,
        "confirmedBy": finding.confirmed_by,
        "confidence": round(finding.confidence, 3),
    }
