"""A team's table of records: searched by hits first, read as plain values."""

from collections.abc import Sequence
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.views import View

from crm.records.models import Record
from crm.records.search import hits_first
from crm.teams.access import TeamMixin
from crm.web.lists import ListMixin


class RecordList[R: Record](TeamMixin, ListMixin[R], View):
    """A list page over a team's records; `get_rows` is given tuples of `value_names`."""

    value_names: ClassVar[Sequence[str]]

    def get_filtered(self) -> QuerySet[R]:
        """Return the rows that pass every good filter, in a form that sorts quickly."""
        rows = super().get_filtered()
        if self.filterset.form.cleaned_data.get(self.search_param):
            rows, self.known_count = hits_first(rows)
            rows = rows.filter(team=self.team)
        return rows

    def read(self, ordered: QuerySet[R]) -> QuerySet[R, Any]:
        """Return the rows as tuples: building objects would cost more than the query."""
        return ordered.values_list(*self.value_names)
