"""Ids, times and counts are read exactly, and names are spelled one way."""

import datetime as dt
import uuid
from collections.abc import Callable
from typing import Any

import pytest

from crm.api.naming import camel
from crm.api.values import read_count, read_time, read_uuid


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-11-22T09:30:00Z", dt.datetime(2026, 11, 22, 9, 30, tzinfo=dt.UTC)),
        ("2026-11-22t09:30:00z", dt.datetime(2026, 11, 22, 9, 30, tzinfo=dt.UTC)),
        ("2026-11-22T10:30:00+01:00", dt.datetime(2026, 11, 22, 9, 30, tzinfo=dt.UTC)),
        ("2026-11-22T04:00:00-05:30", dt.datetime(2026, 11, 22, 9, 30, tzinfo=dt.UTC)),
        ("2026-11-22T09:30:00.5Z", dt.datetime(2026, 11, 22, 9, 30, 0, 500_000, dt.UTC)),
        ("2026-11-22T09:30:00.123456789Z", dt.datetime(2026, 11, 22, 9, 30, 0, 123_456, dt.UTC)),
    ],
)
def test_times_with_an_offset_are_moments(text: str, moment: dt.datetime) -> None:
    assert read_time(text) == moment
    assert read_time(text).tzinfo == dt.UTC


NO_TIMES = [
    "",
    "now",
    "2026-11-22",
    "2026-11-22T09:30",
    "2026-11-22T09:30:00",
    "2026-11-22 09:30:00Z",
    "2026-11-22T09:30:00+0100",
    "2026-11-22T24:30:00Z",
    "2026-11-22T09:30:00+25:00",
    "2026-02-30T09:30:00Z",
    "0000-01-01T00:00:00Z",
    "0001-01-01T00:00:00+01:00",
    "9999-12-31T23:59:59-01:00",
    "２０２６-11-22T09:30:00Z",
    "2026-11-22T09:30:00Z\n",
    "2026-11-22T09:30:00.Z",
]
NO_IDS = [
    "",
    "1",
    "01a2046c8cd974a4b4e7db909a36c6f1",
    "{01a2046c-8cd9-74a4-b4e7-db909a36c6f1}",
    "urn:uuid:01a2046c-8cd9-74a4-b4e7-db909a36c6f1",
    "01a2046c-8cd9-74a4-b4e7-db909a36c6f1\n",
    "01a2046c-8cd9-74a4-b4e7-db909a36c6fg",
]
NO_COUNTS = ["", "-1", "+1", " 1", "1 ", "1.0", "1e3", "0x1", "٣", "1_000", "2147483648", "9" * 99]


@pytest.mark.parametrize(
    ("read", "text"),
    [
        *((read_time, text) for text in NO_TIMES),
        *((read_uuid, text) for text in NO_IDS),
        *((read_count, text) for text in NO_COUNTS),
    ],
)
def test_what_only_resembles_one_is_refused(read: Callable[[str], Any], text: str) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        read(text)


def test_ids_and_counts_are_read() -> None:
    text = "01a2046c-8cd9-74a4-b4e7-db909a36c6f1"
    assert read_uuid(text) == read_uuid(text.upper()) == uuid.UUID(text)
    assert [read_count(text) for text in ("0", "007", "2147483647")] == [0, 7, 2_147_483_647]


def test_names_are_camel_case() -> None:
    names = ["id", "first_name", "address_line1", "started_or_created_at", "team_id"]
    assert [camel(name) for name in names] == [
        "id",
        "firstName",
        "addressLine1",
        "startedOrCreatedAt",
        "teamId",
    ]
