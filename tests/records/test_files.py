import json

import pytest
import tablib
from hypothesis import given
from hypothesis import strategies as st

from crm.records import files
from crm.records.files import CSV, JSON, TSV, UnreadableFile, escape_cell, unescape_cell

DANGEROUS = ["=1+1", "+14155550182", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", " =1", "＝1", "'=1"]


@pytest.mark.parametrize("cell", DANGEROUS)
def test_no_cell_begins_like_a_formula(cell: str) -> None:
    assert escape_cell(cell) == f"'{cell}"


@pytest.mark.parametrize("cell", ["", "Anna", "a=b", "'quoted'", "O'Neill", "0415", "(415) 1"])
def test_other_cells_stay_as_they_are(cell: str) -> None:
    assert escape_cell(cell) == unescape_cell(cell) == cell


@given(st.text(alphabet="'=+-@\t\r\n a＝"))
def test_what_was_escaped_comes_back(cell: str) -> None:
    assert unescape_cell(escape_cell(cell)) == cell


LINE = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20)


@pytest.mark.parametrize("kind", [CSV, TSV, JSON])
@given(rows=st.lists(st.tuples(LINE.filter(bool), LINE), min_size=1, max_size=5))
def test_a_file_reads_back_as_it_was_written(kind: type, rows: list[tuple[str, str]]) -> None:
    written = kind().export_data(tablib.Dataset(*rows, headers=["a", "b"]))
    read = kind().create_dataset(written.encode())
    assert read.headers == ["a", "b"]
    assert [tuple(row) for row in read] == rows


def test_a_file_for_excel_says_that_it_is_utf_8() -> None:
    written = CSV().export_data(tablib.Dataset(("Müller",), headers=["name"]))
    assert written.encode().startswith(b"\xef\xbb\xbfname\r\nM\xc3\xbcller")


def test_headers_are_read_as_people_write_them() -> None:
    assert CSV().create_dataset(b"First Name, E MAIL \nAnna,x").headers == ["first_name", "e_mail"]


def test_blank_lines_are_no_rows() -> None:
    assert CSV().create_dataset(b"a,b\n\n1,2\n,\n").dict == [{"a": "1", "b": "2"}]


@pytest.mark.parametrize(
    ("kind", "data", "words"),
    [
        (CSV, b"name\nM\xfcller\n", "The file is not in UTF-8. Save it as UTF-8 first."),
        (CSV, b"a,b\n1\n", "Row 1 has 1 cells under 2 headers."),
        (CSV, b"a,b\n1,2\n1,2,3\n", "Row 2 has 3 cells under 2 headers."),
        (CSV, b'a\n"x', "The file cannot be read as a table from line 2 on: "),
        (CSV, b"a\n" + b"x" * 5_000_000, "The file cannot be read as a table from line 2 on: "),
        (JSON, b"{", "The file is not JSON: "),
        (JSON, b"[" * 100_000, "The file is not JSON: "),
        (JSON, b'{"a": 1}', "The file is not a list of objects."),
        (JSON, b"[1]", "The file is not a list of objects."),
        (JSON, b'[{"a": 1}, {"b": 1}]', "Object 2 has other keys than the first."),
    ],
)
def test_a_file_that_is_no_table_is_refused_in_words(kind: type, data: bytes, words: str) -> None:
    with pytest.raises(UnreadableFile) as refused:
        kind().create_dataset(data)
    assert str(refused.value).startswith(words)


def test_too_many_rows_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "MOST_ROWS", 2)
    with pytest.raises(UnreadableFile, match="The file has 3 rows; at most 2 go at a time"):
        JSON().create_dataset(json.dumps([{"a": 1}] * 3).encode())


@pytest.mark.parametrize("kind", [CSV, JSON])
def test_an_empty_file_has_no_rows(kind: type) -> None:
    assert len(kind().create_dataset(b"" if kind is CSV else b"[]")) == 0
