import io
import zipfile

import pytest

from contacts.imports.mapping import is_known
from contacts.imports.reading import Layout, Unreadable, find_layout, read_table

pytestmark = pytest.mark.once

ROWS = [
    ["First Name", "Last Name", "Company", "Notes"],
    ["Zoë", "Smith", "Müller & Söhne, GmbH", 'She said "yes"'],
    ["José", "Peña", "Café", "two\nlines"],
]


def table(delimiter: str = ",", end: str = "\r\n", quote: str = '"') -> str:
    def cell(text: str) -> str:
        doubled = text.replace(quote, quote * 2)
        return f"{quote}{doubled}{quote}"

    return "".join(delimiter.join(map(cell, row)) + end for row in ROWS)


def read(data: bytes, **said: object) -> tuple[Layout, list[list[str]]]:
    file = io.BytesIO(data)
    layout = find_layout(file, is_known, said)
    headers, rows = read_table(file, layout)
    return layout, [headers, *(row.cells for row in rows if not row.is_blank)]


def refused(data: bytes) -> str:
    with pytest.raises(Unreadable) as error:
        read(data)
    return str(error.value)


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_delimiters_and_line_ends_are_found(delimiter: str, end: str) -> None:
    layout, rows = read(table(delimiter, end).encode())
    assert layout.delimiter == delimiter
    assert rows == ROWS


@pytest.mark.parametrize(
    ("encoding", "found"),
    [
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8"),
        ("utf-16", "utf-16"),
        ("utf-16-le", "utf-16-le"),
        ("utf-16-be", "utf-16-be"),
        ("utf-32", "utf-32"),
        ("cp1252", "cp1252"),
        ("latin-1", "cp1252"),
    ],
)
def test_encodings_are_found(encoding: str, found: str) -> None:
    layout, rows = read(table().encode(encoding))
    assert layout.encoding == found
    assert rows == ROWS


@pytest.mark.parametrize("encoding", ["cp1251", "koi8-r", "shift_jis", "gb18030"])
def test_an_encoding_that_cannot_be_told_is_refused_and_may_be_said(encoding: str) -> None:
    text = (
        "First Name,Last Name,Company\n"
        + {
            "cp1251": "Анна,Петрова,Завод\n",
            "koi8-r": "Анна,Петрова,Завод\n",
            "shift_jis": "太郎,山田,会社\n",
            "gb18030": "伟,王,公司\n",
        }[encoding]
    )
    assert "CSV UTF-8" in refused(text.encode(encoding))
    assert read(text.encode(encoding), encoding=encoding)[1][1] == text.split("\n")[1].split(",")


def test_two_encodings_in_one_file_are_refused_with_the_line() -> None:
    data = "First Name,Last Name\nZoë,Smith\n".encode() + "José,Peña\n".encode("cp1252")
    assert refused(data).startswith("Line 3 is not in UTF-8")
    swapped = "First Name\nJosé\n".encode("cp1252") + "Zoë Zoë Zoë\n".encode()
    assert "in UTF-8 and some are not" in refused(swapped)


@pytest.mark.parametrize(
    ("above", "line"),
    [
        ("", 1),
        ("sep=,\r\n", 2),
        ("Notes:\r\nExported, today, by us\r\n\r\n", 4),
        ('Notes:\r\n"Some text, with a comma"\r\n\r\n', 4),
        (",,,\r\n,,,\r\n", 3),
        ("#comment\r\n", 2),
    ],
)
def test_the_header_is_found_below_what_stands_above_it(above: str, line: int) -> None:
    layout, rows = read((above + table()).encode())
    assert layout.header_row == line
    assert rows == ROWS


def test_a_header_of_unknown_names_is_the_first_wide_row() -> None:
    assert read(b"Report\n\na,b,c\n1,2,3\n")[0].header_row == 3


def test_the_header_may_be_said() -> None:
    assert read(b"a,b\nc,d\n1,2\n", header_row=2)[1] == [["c", "d"], ["1", "2"]]


def test_single_quotes_and_spaces_before_quotes_are_read() -> None:
    assert read(table(quote="'").encode())[1] == ROWS
    assert read(b'First Name, Last Name\n"Ann", "Berg, PhD"\n')[1][1] == ["Ann", "Berg, PhD"]


def test_long_cells_and_many_commas_do_no_harm() -> None:
    long = "A" * 200_000
    rows = read(f'First Name,Notes\nAnn,"{long}"\n{"," * 200_000}\nBob,\n'.encode())[1]
    assert rows[1:] == [["Ann", long], ["Bob", ""]]


def test_rows_know_their_number_and_line() -> None:
    file = io.BytesIO(b'First Name,Notes\nAnn,"two\nlines"\n\n , \nBob,x\n"Cy,never closed\n')
    rows = list(read_table(file, find_layout(file, is_known))[1])
    assert [(row.number, row.line, row.is_blank) for row in rows] == [
        (1, 2, False),
        (1, 4, True),
        (1, 5, True),
        (2, 6, False),
        (3, 7, False),
    ]
    assert [row.is_open for row in rows] == [False, False, False, False, True]


@pytest.mark.parametrize("tail", ["\r\n\r\n", ",,,\r\n", " " * 50 + "\r\n", "\x1a"])
def test_what_nobody_sees_below_the_rows_is_blank(tail: str) -> None:
    assert read((table() + tail).encode())[1] == ROWS


def zipped(name: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(name, "x")
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (zipped("[Content_Types].xml"), "Excel workbook"),
        (zipped("contacts.csv"), "compressed"),
        (b"\x1f\x8b\x08\x00", "compressed"),
        (b"%PDF-1.7\n1 0 obj\n", "PDF"),
        (b"\x89PNG\r\n\x1a\n", "image"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504), "old Excel"),
        (b"<!DOCTYPE html><html><table></table>", "web page"),
        (b'[{"First Name": "Ann"}]', "JSON"),
        (b"BEGIN:VCARD\r\nVERSION:3.0\r\n", "vCard"),
        (b"From: a@b.example\r\nSubject: First Name, Last Name\r\n\r\nhello\r\n", "email"),
        (bytes(range(256)) * 4, "text file"),
        (b"", "empty"),
        (b"\xef\xbb\xbf", "empty"),
        (b"\r\n" * 5, "empty"),
        (b",,,,\r\n" * 20, "empty"),
    ],
)
def test_what_is_no_table_is_refused_in_a_sentence(data: bytes, words: str) -> None:
    said = refused(data)
    assert words in said
    assert said.endswith(".")
