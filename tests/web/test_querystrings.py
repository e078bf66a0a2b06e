from django.http import QueryDict

from crm.web.querystrings import changed, without


def test_a_change_keeps_the_rest_and_leaves_the_page() -> None:
    query = QueryDict("tag=a&tag=b&sort=name&page=3")
    assert changed(query, sort="-name") == "?tag=a&tag=b&sort=-name"


def test_what_is_empty_or_taken_out_is_not_in_the_address() -> None:
    query = QueryDict("search=&sort=name")
    assert changed(query, sort=None) == "?"


def test_a_value_cannot_add_parameters() -> None:
    assert changed(QueryDict("search=a%26b%3Dc")) == "?search=a%26b%3Dc"


def test_without_a_parameter_or_one_of_its_values() -> None:
    query = QueryDict("tag=a&tag=b&page=2")
    assert without(query, "tag") == "?"
    assert without(query, "tag", "a") == "?tag=b"
