"""A team's table of records: searched by hits first, read as plain values."""

from collections.abc import Sequence
from typing import Any, ClassVar

from django.views import View

from crm.queries.listings import Listing, list_rows, list_where
from crm.teams.access import TeamMixin
from crm.teams.db import TeamOwned
from crm.web.lists import ListMixin


class RecordList[R: TeamOwned](TeamMixin, ListMixin[R], View):
    """A list page over a team's rows; `get_rows` is given rows of `value_names`.

    Building objects would cost more than the query.
    """

    model: ClassVar[type[TeamOwned]]
    value_names: ClassVar[Sequence[str]]

    def read_page(self, start: int, stop: int, most: int) -> tuple[Sequence[Any], int]:
        """Return the rows and the count, in most cases by one query."""
        listing = self.get_listing()
        is_search = self.search_param in self.asked and not self.filter_errors(self.search_param)
        found, count = (listing.search_page if is_search else listing.page)(start, stop, most)
        assert count is not None
        return found, count

    def get_listing(self) -> Listing:
        """Return the rows that pass every good filter, in the order in force."""
        if not self.asked:
            return list_where(self.model, "team", self.team.pk, self.order, self.value_names)
        return list_rows(self.get_filtered(), self.order, self.value_names)
