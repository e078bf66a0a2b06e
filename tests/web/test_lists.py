"""The list page, over users: any model will do."""

from collections.abc import Sequence
from typing import Any

import django_filters
import pytest
from django.http import HttpResponse
from django.test import RequestFactory, override_settings

from crm.accounts.models import User
from crm.web import lists
from crm.web.lists import Column, ListMixin, Ordering
from tests.factories.accounts import UserFactory

PAGE = """{% partialdef results inline %}{{ page.count_text }}:
{% for row in page.rows %}[{{ row.name }}]{% endfor %}{% endpartialdef %}
|{% for c in chips %}{{ c.label }}={{ c.text }}!{{ c.error }}@{{ c.remove_url }};{% endfor %}
|{% for each in headings %}{{ each.label }}>{{ each.url }}>{{ each.direction }};{% endfor %}
|{{ page.previous_url }}|{{ page.next_url }}|{{ is_filtered }}"""

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.usefixtures("_template"),
]


@pytest.fixture
def _template() -> Any:
    engine = {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "OPTIONS": {"loaders": [("django.template.loaders.locmem.Loader", {"page.html": PAGE})]},
    }
    with override_settings(TEMPLATES=[engine]):
        yield


class UserFilterSet(django_filters.FilterSet):
    search = django_filters.CharFilter("name", "icontains")
    staff = django_filters.ChoiceFilter(
        field_name="is_staff", choices=[("1", "Yes"), ("0", "No")], label="Staff"
    )


class UserList(ListMixin[User]):
    template_name = "page.html"
    filterset_class = UserFilterSet
    columns = (Column("Name", sort="name"), Column("Email"))
    orderings = {
        "name": Ordering("A–Z", ("name", "id"), "Z–A"),
        "timezone": Ordering("Zone", ("timezone", "id")),
    }
    default_sort = "name"
    filter_names = ("staff",)
    page_size = 3

    def get_queryset(self) -> Any:
        return User.objects.all()

    def get_rows(self, objects: Sequence[User]) -> list[dict[str, str]]:
        return [{"name": user.name} for user in objects]


def get(query: str = "", **headers: str) -> HttpResponse:
    response = UserList.as_view()(RequestFactory().get(f"/users?{query}", headers=headers))
    assert isinstance(response, HttpResponse)
    return response


def parts(query: str = "") -> list[str]:
    return get(query).content.decode().split("\n|")


def users(*names: str) -> None:
    for name in names:
        UserFactory(name=name)


def test_rows_come_sorted_and_counted() -> None:
    users("Cy", "Al", "Bo")
    assert parts()[0] == "3:\n[Al][Bo][Cy]"


def test_an_unknown_order_is_the_default_one() -> None:
    users("Bo", "Al")
    assert "[Al][Bo]" in parts("sort=password")[0]
    assert "[Bo][Al]" in parts("sort=-name")[0]


def test_pages_lead_to_each_other_and_keep_the_state() -> None:
    users(*"ABCDEFG")
    first, second, last = parts("sort=name"), parts("sort=name&page=2"), parts("page=3")
    assert first[0] == "7:\n[A][B][C]"
    assert first[3] == "|?sort=name&amp;page=2|False"
    assert second[0] == "7:\n[D][E][F]"
    assert second[3] == "?sort=name|?sort=name&amp;page=3|False"
    assert last[0] == "7:\n[G]"
    assert last[3] == "?page=2||False"


@pytest.mark.parametrize("page", ["0", "-1", "x", "", "99999999999", "²", "1e3"])
def test_a_page_that_makes_no_sense_is_the_first(page: str) -> None:
    users("Al")
    assert parts(f"page={page}")[0] == "1:\n[Al]"


def test_a_page_beyond_the_last_is_empty_and_still_counted() -> None:
    users("Al")
    assert parts("page=9")[0] == "1:\n"


def test_the_count_stops_at_its_cap(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lists, "COUNT_CAP", 4)
    users(*"ABCDE")
    assert parts()[0].startswith("4+:")


def test_a_page_that_holds_all_asks_for_no_count(django_assert_num_queries: Any) -> None:
    users("Al", "Bo", "Cy")
    with django_assert_num_queries(1):
        get()


def test_a_filter_narrows_and_shows_as_a_chip() -> None:
    users("Al")
    UserFactory.superuser(name="Root")
    rows, chips, *_rest, state = parts("staff=1&sort=name")
    assert rows == "1:\n[Root]"
    assert chips == "Staff=Yes!@?sort=name;"
    assert state.endswith("True")


def test_a_bad_value_narrows_nothing_and_says_so() -> None:
    users("Al")
    rows, chips, *_rest = parts("staff=maybe")
    assert rows == "1:\n[Al]"
    assert chips.startswith("Staff=maybe!Select a valid choice.")


def test_an_unknown_parameter_is_ignored() -> None:
    users("Al")
    rows, chips, *_rest, state = parts("colour=red")
    assert (rows, chips, state) == ("1:\n[Al]", "", "||False")


def test_a_search_that_finds_nothing_is_a_filter_too() -> None:
    users("Al")
    rows, *_rest, state = parts("search=zz")
    assert rows == "0:\n"
    assert state == "||True"


def test_a_heading_sorts_by_its_column_and_then_the_other_way() -> None:
    assert parts("staff=1")[2] == "Name>?staff=1&amp;sort=-name>ascending;Email>>;"
    assert parts("sort=-name")[2].startswith("Name>?sort=name>descending;")
    assert parts("sort=timezone")[2].startswith("Name>?sort=name>;")


def test_what_people_typed_is_text() -> None:
    users("<script>alert('x')</script>")
    assert "[&lt;script&gt;alert(&#x27;x&#x27;)&lt;/script&gt;]" in parts()[0]


def test_htmx_gets_the_results_alone() -> None:
    users("Al")
    whole, part = get(), get(**{"HX-Request": "true"})
    assert part.content.decode() == "1:\n[Al]"
    assert part.content in whole.content
    assert "HX-Request" in whole["Vary"]
    assert "HX-Request" in part["Vary"]


def test_htmx_restoring_history_gets_the_whole_page() -> None:
    restored = get(**{"HX-Request": "true", "HX-History-Restore-Request": "true"})
    assert restored.content == get().content
