import pytest

from contacts.imports.names import split_name

pytestmark = pytest.mark.once


@pytest.mark.parametrize(
    ("name", "first", "last"),
    [
        ("Jordan Vega", "Jordan", "Vega"),
        ("BOB JONES", "BOB", "JONES"),
        ("Mary Ann Smith", "Mary Ann", "Smith"),
        ("Berg, Anna", "Anna", "Berg"),
        ("Dr. Anna van der Berg", "Anna", "van der Berg"),
        ("Herr Prof. Jonas Weber", "Jonas", "Weber"),
        ("Ludwig van Beethoven", "Ludwig", "van Beethoven"),
        ("José de la Cruz", "José", "de la Cruz"),
        ("John Smith, PhD", "John", "Smith"),
        ("John Smith Jr.", "John", "Smith Jr."),
        ("John Smith, Jr.", "John", "Smith Jr."),
        ("Anna (Ann) Lee", "Anna", "Lee"),
        ("Don Draper", "Don", "Draper"),
        ("Van Morrison", "Van", "Morrison"),
        ("carol", "carol", ""),
        ("", "", ""),
    ],
)
def test_a_name_is_split_and_nothing_is_lost(name: str, first: str, last: str) -> None:
    assert split_name(name) == (first, last)
