"""A list page: filtered, sorted, fifty rows a page, its whole state in the address.

A subclass declares a filterset, columns and orderings, narrows the queryset and turns objects into
rows of plain values. Rows are plain because a template that only prints them is several times
faster than one that calls methods and tags for each cell.
"""

import html
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar

from django.db.models import F, Model, QuerySet
from django.db.models.expressions import OrderBy
from django.http import HttpRequest, HttpResponseBase
from django.utils.safestring import SafeString
from django.views import View
from django_filters import Filter, FilterSet

from crm.web import querystrings
from crm.web.filters import Chip, Control, Options, asked, chips, controls
from crm.web.htmx import render_either

COUNT_CAP = 1000


def count_text(count: int) -> str:
    """Return a count as lists write it: no further than they count."""
    return f"{COUNT_CAP:,}+" if count > COUNT_CAP else f"{count:,}"


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its heading, and the ordering that a click on it asks for (`sort`).

    Where people choose their columns it has a `name`, and its cells come ready: `cell` is their key
    in a row, `cell_class` their class, `fields` what they show of the record. `width` is in pixels;
    one that `grows` has at least so many, and a share of what is left over.
    """

    label: str
    css_class: str = ""
    sort: str = ""
    name: str = ""
    cell: str = ""
    cell_class: str = ""
    width: int = 0
    grows: bool = False
    fields: tuple[str, ...] = ()

    @property
    def opening(self) -> str:
        """The tag before a cell's content."""
        return f'<td class="{self.cell_class}">' if self.cell_class else "<td>"


@dataclass(frozen=True, slots=True)
class Ordering:
    """A way to sort: its name in a menu, ascending and descending, and the fields.

    The last field must be unique, else rows could repeat on the next page. `nulls_last` for a
    field that may be empty.
    """

    label: str
    fields: tuple[str, ...]
    label_descending: str = ""
    nulls_last: bool = False

    def expressions(self, *, descending: bool) -> list[OrderBy | str]:
        """Return what `order_by` takes, every field in the same direction."""
        if self.nulls_last:
            first = F(self.fields[0])
            head = first.desc(nulls_last=True) if descending else first.asc(nulls_last=True)
            return [head, *self._plain(self.fields[1:], descending=descending)]
        return [*self._plain(self.fields, descending=descending)]

    @staticmethod
    def _plain(fields: Sequence[str], *, descending: bool) -> list[str]:
        return [f"-{name}" if descending else name for name in fields]


@dataclass(frozen=True, slots=True)
class Heading:
    """A column as its <th> shows it; `direction` is an aria-sort value or empty."""

    label: str
    css_class: str
    url: str
    direction: str


@dataclass(frozen=True, slots=True)
class Page:
    """One page of rows and where it stands among the others.

    `body` is the rows as markup where the columns say what is in their cells.
    """

    rows: Sequence[Any]
    number: int
    first: int
    count: int
    count_text: str
    previous_url: str
    next_url: str
    body: str = ""

    @property
    def last(self) -> int:
        """The number of the last row shown."""
        return self.first + len(self.rows) - 1


class ListMixin[M: Model](View):
    """GET for a list page. Set the class attributes, and define `get_queryset` and `get_rows`."""

    template_name: ClassVar[str]
    filterset_class: ClassVar[type[FilterSet]]
    columns: ClassVar[Sequence[Column]]
    orderings: ClassVar[Mapping[str, Ordering]]
    default_sort: ClassVar[str]
    filter_names: ClassVar[Sequence[str]] = ()
    #: The filter that the search field sets; "" for a list that is not searched.
    search_param: ClassVar[str] = "search"
    page_size: ClassVar[int] = 50

    def get_queryset(self) -> QuerySet[M]:
        """Return every row that this person may see."""
        raise NotImplementedError

    def get_rows(self, objects: Sequence[Any]) -> Sequence[Any]:
        """Return what the template prints, one a row; dicts are the fastest to print."""
        return objects

    def get_filter_options(self) -> Mapping[str, Options]:
        """Return (value, text) pairs for filters whose choices are rows, such as a team's tags."""
        return {}

    def get_context(self) -> dict[str, Any]:
        """Return more for the template."""
        return {}

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Answer with the page, or with its `results` partial for htmx."""
        context = self._context() | self.get_context()
        return render_either(request, self.template_name, f"{self.template_name}#results", context)

    def _context(self) -> dict[str, Any]:
        query, options = self.request.GET, self.get_filter_options()
        active: list[Chip] = []
        if self.asked:
            active = chips(self.filterset, query, leave_out=[self.search_param], texts=options)
        shown: list[Control] = controls(self.filters, query, self.filter_names, options)
        controlled = {*self.filter_names, *self.more_filters}
        search = query.get(self.search_param, "")
        return {
            "page": self.get_page(),
            "columns": self.shown_columns,
            "table_width": sum(column.width for column in self.shown_columns),
            "headings": [self._heading(column) for column in self.shown_columns],
            "chips": active,
            "filter_controls": [*shown, *self.get_more_controls()],
            "kept_filters": [chip for chip in active if chip.name not in controlled],
            "can_search": bool(self.search_param),
            "search": search,
            "search_error": " ".join(self.filter_errors(self.search_param)),
            "is_filtered": bool(active or search.strip()),
            "sort_options": self._sort_options(),
            "list_url": self.request.path,
        }

    @cached_property
    def shown_columns(self) -> Sequence[Column]:
        """The columns that this person sees, in order."""
        return self.columns

    @cached_property
    def known_orderings(self) -> Mapping[str, Ordering]:
        """Every way to sort."""
        return self.orderings

    @cached_property
    def more_filters(self) -> Mapping[str, Filter]:
        """Filters that only some have, by parameter; the page has their controls."""
        return {}

    def get_more_controls(self) -> Sequence[Control]:
        """Return the controls of those filters."""
        return ()

    @cached_property
    def filters(self) -> Mapping[str, Filter]:
        """Every filter by its parameter."""
        return {**self.filterset_class.base_filters, **self.more_filters}

    @cached_property
    def asked(self) -> Mapping[str, Sequence[str]]:
        """The values of each filter that the address sets."""
        return asked(self.filters, self.request.GET)

    @cached_property
    def filterset(self) -> FilterSet:
        """The filterset over this person's rows; worth its price only where a filter is set."""
        filterset = self.filterset_class(
            data=self.request.GET, queryset=self.get_queryset(), request=self.request
        )
        filterset.filters |= self.more_filters
        return filterset

    def get_filtered(self) -> QuerySet[M]:
        """Return the rows that pass every filter whose value is good."""
        if not self.asked:
            return self.get_queryset()
        self.filterset.is_valid()
        return self.filterset.filter_queryset(self.get_queryset())

    def filter_errors(self, name: str) -> Sequence[str]:
        """Return what is wrong with the value of a filter."""
        return self.filterset.form.errors.get(name, ()) if name in self.asked else ()

    @cached_property
    def sort(self) -> str:
        """The ordering in force, `-` before it for descending; an unknown one is the default."""
        asked = self.request.GET.get("sort", "")
        return asked if asked.removeprefix("-") in self.known_orderings else self.default_sort

    def get_page(self) -> Page:
        """Return the page asked for; a page number that makes no sense is the first."""
        number = _page_number(self.request.GET.get("page", ""))
        start = (number - 1) * self.page_size
        found, count = self.read_page(start, start + self.page_size + 1, COUNT_CAP + 1)
        has_next, found = len(found) > self.page_size, found[: self.page_size]
        rows = self.get_rows(found)
        cells = [(column.opening, column.cell) for column in self.shown_columns if column.cell]
        return Page(
            rows=rows if cells else [_escaped(row) for row in rows],
            number=number,
            first=start + 1,
            count=min(count, COUNT_CAP),
            count_text=count_text(count),
            previous_url=self._page_url(number - 1) if number > 1 else "",
            next_url=self._page_url(number + 1) if has_next else "",
            body=_body(rows, cells) if cells else "",
        )

    @property
    def order(self) -> Sequence[OrderBy | str]:
        """What `order_by` takes for the ordering in force."""
        ordering = self.known_orderings[self.sort.removeprefix("-")]
        return ordering.expressions(descending=self.sort.startswith("-"))

    def read_page(self, start: int, stop: int, most: int) -> tuple[Sequence[Any], int]:
        """Return the rows from `start` to before `stop`, and their count, no further than `most`.

        An exact count would cost more than the page it decorates.
        """
        rows = self.get_filtered()
        found = list(rows.order_by(*self.order)[start:stop])
        seen = start + len(found)
        is_all = seen < stop and (found or not start)
        return found, seen if is_all else rows.order_by()[:most].count()

    def _page_url(self, number: int) -> str:
        return querystrings.changed(self.request.GET, page=str(number) if number > 1 else None)

    def _heading(self, column: Column) -> Heading:
        if not column.sort:
            return Heading(column.label, column.css_class, "", "")
        is_current = self.sort.removeprefix("-") == column.sort
        descending = self.sort.startswith("-")
        direction = ("descending" if descending else "ascending") if is_current else ""
        target = f"-{column.sort}" if is_current and not descending else column.sort
        url = querystrings.changed(self.request.GET, sort=target)
        return Heading(column.label, column.css_class, url, direction)

    def _sort_options(self) -> list[tuple[str, str, bool]]:
        """Return (value, text, whether it is in force); the default has no value in the address."""
        texts = {}
        for name, ordering in self.known_orderings.items():
            texts[name] = ordering.label
            if ordering.label_descending:
                texts[f"-{name}"] = ordering.label_descending
        return [
            ("" if value == self.default_sort else value, text, value == self.sort)
            for value, text in texts.items()
        ]


def _body(rows: Sequence[Mapping[str, Any]], cells: Sequence[tuple[str, str]]) -> SafeString:
    """Return rows as markup, their cells given by the tag that opens each and its key in a row.

    The template would do it as safely, but at several times the price, and a page has 600 cells.
    """
    return SafeString(
        "\n".join(
            [
                f'<tr data-href="{_escaped_text(row["url"])}">'
                + "".join([f"{opening}{_escaped_text(row[key])}</td>" for opening, key in cells])
                + "</tr>"
                for row in rows
            ]
        )
    )


def _escaped(row: Any) -> Any:
    """Return a row with its texts escaped already, which costs less than if the template did it."""
    if not isinstance(row, dict):
        return row
    return {key: _escaped_text(value) for key, value in row.items()}


def _escaped_text(value: Any) -> Any:
    return SafeString(html.escape(value)) if type(value) is str else value


def _page_number(text: str) -> int:
    """Return a page number that no address can make absurd."""
    return max(int(text), 1) if text.isascii() and text.isdecimal() and len(text) < 7 else 1
