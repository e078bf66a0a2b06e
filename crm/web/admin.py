"""The admin kit that knows no team: lists that read no whole table, filters found by typing."""

import json
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.options import BaseModelAdmin
from django.contrib.admin.views.main import ChangeList
from django.contrib.admin.widgets import (
    AutocompleteMixin,
    AutocompleteSelect,
    AutocompleteSelectMultiple,
)
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db import connections, transaction
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponseRedirect
from django.utils.html import format_html
from django.utils.http import urlencode
from django.utils.safestring import SafeString

if TYPE_CHECKING:
    _BaseAdmin = BaseModelAdmin
else:
    _BaseAdmin = object

COUNT_CAP = 10_000
NAMES = "admin-callbook/names.js"


class CappedPaginator(Paginator):
    """Pages through the first 10,000 rows, which is as far as it counts.

    An exact count of a large table costs far more than the page that it decorates.
    """

    @cached_property
    def count(self) -> int:
        """The number of rows to page through."""
        return min(self._found, COUNT_CAP)

    @cached_property
    def count_text(self) -> str:
        """The number of rows in words: exact as far as it was counted."""
        if self._estimate:
            return f"about {self._estimate:,}"
        return f"more than {COUNT_CAP:,}" if self._found > COUNT_CAP else f"{self._found:,}"

    @cached_property
    def _found(self) -> int:
        if self._estimate:
            return self._estimate
        rows: QuerySet[Model] = self.object_list  # type: ignore[assignment]
        return rows.order_by().values("pk")[: COUNT_CAP + 1].count()

    @cached_property
    def _estimate(self) -> int:
        """What PostgreSQL believes of the whole table, where it is large; else 0."""
        rows: QuerySet[Model] = self.object_list  # type: ignore[assignment]
        connection = connections[rows.db]
        if connection.vendor != "postgresql" or rows.query.where or rows.query.is_sliced:
            return 0
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT reltuples::bigint FROM pg_class WHERE oid = %s::regclass",
                [connection.ops.quote_name(rows.model._meta.db_table)],
            )
            estimate = int(cursor.fetchone()[0])
        return estimate if estimate > COUNT_CAP else 0


class _Named(AutocompleteMixin):
    """An autocomplete field that says what to do, and what it is to screen readers."""

    def build_attrs(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        return super().build_attrs(*args, **kwargs) | {"data-placeholder": "Type to find one"}

    @property
    def media(self) -> forms.Media:
        return super().media + forms.Media(js=["admin/js/autocomplete.js", NAMES])


class SuggestSeveral(_Named, AutocompleteSelectMultiple):
    """An autocomplete field for several rows."""


class Suggest(_Named, AutocompleteSelect):
    """An autocomplete field; `within` are parameters that narrow what is suggested."""

    def __init__(self, *args: Any, within: Mapping[str, Any] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.within = within or {}

    def get_url(self) -> str:
        """Return the address that suggests."""
        url = super().get_url()
        return f"{url}?{urlencode(self.within)}" if self.within else url

    def optgroups(self, name: str, value: Sequence[str], attrs: Any = None) -> Any:
        """Return the chosen row; an id that cannot be one chooses none, as in any form."""
        key = self.field.remote_field.model._meta.pk
        return super().optgroups(name, [each for each in value if _is_key(key, each)], attrs)


def _is_key(key: Any, value: str) -> bool:
    try:
        key.to_python(value)
    except ValidationError:
        return False
    return True


class SuggestMixin(_BaseAdmin):
    """Finds every related row by typing."""

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Return the field with our kind of suggestions."""
        kwargs.setdefault("widget", Suggest(db_field, self.admin_site))
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Return the field with our kind of suggestions."""
        kwargs.setdefault("widget", SuggestSeveral(db_field, self.admin_site))
        return super().formfield_for_manytomany(db_field, request, **kwargs)


class SuggestFilter(admin.FieldListFilter):
    """Filters a list by a related row that is found by typing, however many there are.

    `narrowed_by` names other parameters of the list that narrow the suggestions.
    """

    template = "admin/suggest_filter.html"
    narrowed_by: ClassVar[Sequence[str]] = ()

    def __init__(
        self,
        field: Any,
        request: HttpRequest,
        params: dict[str, list[str]],
        model: type[Model],
        model_admin: admin.ModelAdmin,
        field_path: str,
    ) -> None:
        self.parameter = field_path
        super().__init__(field, request, params, model, model_admin, field_path)
        within = {name: request.GET[name] for name in self.narrowed_by if name in request.GET}
        self._choice = forms.ModelChoiceField(
            queryset=field.related_model._default_manager.all(),
            required=False,
            widget=Suggest(field, model_admin.admin_site, within=within),
        )

    def expected_parameters(self) -> list[str | None]:
        """Return the query parameter that this filter reads."""
        return [self.parameter]

    def has_output(self) -> bool:
        """Say that the filter is always offered."""
        return True

    def choices(self, changelist: ChangeList) -> Iterator[Any]:
        """Yield what the template prints: the field and the list's other parameters."""
        chosen: Any = self.used_parameters.get(self.parameter, [""])
        others = changelist.get_filters_params() | {
            name: [changelist.params[name]] for name in ("q", "o") if name in changelist.params
        }
        element_id = f"filter-{self.parameter}"
        yield {
            "id": element_id,
            "field": self._choice.widget.render(self.parameter, chosen[0], {"id": element_id}),
            "hidden": [
                (name, value)
                for name, values in others.items()
                for value in values
                if name not in (self.parameter, "p")
            ],
        }


class NarrowChangeList(ChangeList):
    """A list that reads only the columns it shows: `list_columns` of its admin, where given."""

    def get_queryset(
        self, request: HttpRequest, exclude_parameters: list[str | None] | None = None
    ) -> QuerySet[Any]:
        """Return the filtered, searched and sorted rows."""
        rows = super().get_queryset(request, exclude_parameters)
        columns = getattr(self.model_admin, "list_columns", ())
        return rows.only(*columns) if columns else rows


class Admin(SuggestMixin, admin.ModelAdmin):
    """What all our pages in the admin share. Lists are newest first, along the primary key."""

    paginator = CappedPaginator
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    list_per_page = 50
    list_max_show_all = 200
    ordering: ClassVar[tuple[str, ...]] = ("-id",)
    sortable_by: ClassVar[tuple[str, ...]] = ()
    list_columns: ClassVar[tuple[str, ...]] = ()

    @property
    def media(self) -> forms.Media:
        """Add what the filters by typing need, which the list's own media leave out."""
        return super().media + Suggest(self.opts.pk, self.admin_site).media

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        """Return the kind of list that reads only what it shows."""
        return NarrowChangeList

    # What an operation refuses while it writes is said; then nothing of the request was written.

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """Show the form, or write what it says."""
        try:
            return super().changeform_view(request, *args, **kwargs)
        except ValidationError as refused:
            return self._say(request, refused)

    def delete_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """Ask, then delete."""
        try:
            return super().delete_view(request, *args, **kwargs)
        except ValidationError as refused:
            return self._say(request, refused)

    def response_action(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """Run the action, all or nothing."""
        try:
            with transaction.atomic():
                return super().response_action(request, *args, **kwargs)
        except ValidationError as refused:
            return self._say(request, refused)

    def _say(self, request: HttpRequest, refused: ValidationError) -> HttpResponseRedirect:
        self.message_user(request, " ".join(refused.messages), messages.ERROR)
        return HttpResponseRedirect(request.get_full_path())


class ReadOnlyAdmin(Admin):
    """Rows that are looked at here and written elsewhere."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Nobody adds one by hand."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Nobody edits one."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Nobody deletes one."""
        return False


def pretty_json(value: Any) -> SafeString:
    """Return JSON for reading."""
    return format_html("<pre>{}</pre>", json.dumps(value, indent=2, ensure_ascii=False))
