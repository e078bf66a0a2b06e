"""What each type of custom field takes, stores and shows."""

from typing import Any

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from crm.records.values import TYPES, FieldType

pytestmark = pytest.mark.once
OPTIONS = ["Gold", "Très cher", "Silver, old"]


@pytest.mark.parametrize(
    ("kind", "text", "region", "stored"),
    [
        ("text", "  two  words ", "", "two words"),
        ("textarea", "one\r\ntwo ", "", "one\ntwo"),
        ("number", "1234.5", "", 1234.5),
        ("number", "-3", "", -3),
        ("number", "1,234", "", 1234),
        ("number", "1,234,567.50", "", 1234567.5),
        ("number", "1.234,50", "", 1234.5),
        ("number", "1.234.567", "", 1234567),
        ("number", "1\u202f234,5", "", 1234.5),
        ("number", "1'234.5", "", 1234.5),
        ("number", "12,5", "", 12.5),
        ("number", "1e3", "", 1000),
        ("date", "2026-11-22", "", "2026-11-22"),
        ("date", "2026-11-22T09:30:00Z", "", "2026-11-22"),
        ("date", "22.11.2026", "", "2026-11-22"),
        ("date", "11/22/2026", "", "2026-11-22"),
        ("date", "22/11/2026", "", "2026-11-22"),
        ("date", "5/6/2026", "US", "2026-05-06"),
        ("date", "5/6/2026", "GB", "2026-06-05"),
        ("date", "5/5/2026", "", "2026-05-05"),
        ("date", "22 Nov 2026", "", "2026-11-22"),
        ("date", "November 22nd, 2026", "", "2026-11-22"),
        ("date", "22. März 2026", "", "2026-03-22"),
        ("boolean", "Yes", "", True),
        ("boolean", "nein", "", False),
        ("boolean", " 0 ", "", False),
        ("select", " gold ", "", "Gold"),
        ("select", "TRÈS  CHER", "", "Très cher"),
        *((kind, "  ", "", None) for kind in FieldType.values),
    ],
)
def test_a_typed_text_is_read(kind: str, text: str, region: str, stored: Any) -> None:
    read = TYPES[kind].parse(text, OPTIONS, region)
    assert read == stored
    assert type(read) is type(stored)


@pytest.mark.parametrize(
    ("kind", "text", "code"),
    [
        ("text", "x" * 501, "max_length"),
        ("number", "9" * 5000, "max_value"),
        ("date", "9" * 5000, "invalid"),
        ("text", "a\x00b", "nul"),
        ("textarea", "x" * 20_001, "max_length"),
        ("number", "twelve", "invalid"),
        ("number", "1,23,456", "invalid"),
        ("number", "1e400", "max_value"),
        ("number", "1" * 16, "max_value"),
        ("number", "nan", "invalid"),
        ("date", "5/6/2026", "ambiguous"),
        ("date", "31.2.2026", "invalid"),
        ("date", "soon", "invalid"),
        ("date", "2026-13-01", "invalid"),
        ("boolean", "maybe", "invalid"),
        ("select", "Bronze", "invalid_choice"),
    ],
)
def test_what_cannot_be_read_is_told(kind: str, text: str, code: str) -> None:
    with pytest.raises(ValidationError) as refused:
        TYPES[kind].parse(text, OPTIONS)
    assert refused.value.code == code
    assert refused.value.messages[0].endswith(".") or code == "ambiguous"


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("text", 5),
        ("number", "5"),
        ("number", True),
        ("number", float("inf")),
        ("date", "22.11.2026"),
        ("date", 20261122),
        ("boolean", "true"),
        ("boolean", 1),
        ("select", 1),
        ("textarea", ["x"]),
    ],
)
def test_programs_send_the_right_type_of_json(kind: str, value: Any) -> None:
    with pytest.raises(ValidationError):
        TYPES[kind].read(value, OPTIONS)


VALUES: dict[str, st.SearchStrategy[Any]] = {
    "text": st.text(max_size=500),
    "textarea": st.text(max_size=500),
    "number": st.integers(-(10**15) + 1, 10**15 - 1)
    | st.floats(-1e14, 1e14, allow_nan=False, allow_infinity=False),
    "date": st.dates().map(str),
    "boolean": st.booleans(),
    "select": st.sampled_from(OPTIONS),
}


@pytest.mark.parametrize("kind", FieldType.values)
@given(data=st.data())
def test_what_is_stored_is_read_back_from_its_text(kind: str, data: st.DataObject) -> None:
    type_ = TYPES[kind]
    try:
        stored = type_.read(data.draw(VALUES[kind]), OPTIONS)
    except ValidationError:
        return
    if stored is None:
        return
    assert type_.read(stored, OPTIONS) == stored
    assert type_.parse(type_.write(stored), OPTIONS) == stored
    assert type_.show(stored)


@pytest.mark.parametrize(
    ("kind", "value", "shown"),
    [
        ("number", 1234567.5, "1,234,567.5"),
        ("number", -1200, "-1,200"),
        ("number", 0.1, "0.1"),
        ("date", "2026-11-02", "2 Nov 2026"),
        ("boolean", False, "No"),
        ("select", "Gold", "Gold"),
    ],
)
def test_values_are_shown_as_people_write_them(kind: str, value: Any, shown: str) -> None:
    assert TYPES[kind].show(value) == shown
