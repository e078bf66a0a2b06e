"""Records over REST: an app says which they are, in which order, and by which operations.

A change that meets another one at the same moment is applied again to what the other has left,
unless the client has named the version it knows (If-Match): then it is told, by 412.
"""

import uuid
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from django.db import transaction
from django.db.models import F, QuerySet
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from crm.api.exceptions import Conflict, PreconditionFailed
from crm.api.filters import Filter, narrow
from crm.api.pagination import Window, list_answer
from crm.api.parameters import PAGING, Parameter, choice_parameter
from crm.api.schema import IF_MATCH, Answer
from crm.api.serializers import StrictModelSerializer, error_names, read_body
from crm.api.versions import check_match, etag
from crm.history.recording import Author
from crm.queries.listings import Listing, list_rows, list_where
from crm.records.catalog import custom_fields
from crm.records.custom_queries import CustomFilter
from crm.records.customizing import merged
from crm.records.models import Record
from crm.records.representation import Representation
from crm.records.writing import StaleRecord
from crm.teams.api import TeamView

TRIES = 5
CUSTOM_FIELDS = "The team's own fields by key; null takes a value away, what is left out stays."
BY_CUSTOM_FIELD = (
    "`customFields.<key>` finds the records with exactly this value in a field of the team's own."
)
CUSTOM = "customFields."


class RecordView(TeamView):
    """An address of one kind of record."""

    serializer_class: ClassVar[type[StrictModelSerializer]]
    #: What a list's rows look like, where they say less than a record alone.
    list_serializer_class: ClassVar[type[StrictModelSerializer] | None] = None
    representation: Representation[Any]
    #: What the record is called in an error.
    noun: ClassVar[str]

    @property
    def model(self) -> type[Record]:
        """The kind of record."""
        model: type[Record] = self.serializer_class.Meta.model
        return model

    @property
    def list_representation(self) -> Representation[Any]:
        """How a list shows its rows."""
        return self.representation

    def get_records(self) -> QuerySet[Any, Any]:
        """Return the team's records of this kind."""
        raise NotImplementedError

    @property
    def error_names(self) -> Mapping[str, str]:
        """The API's names for model fields, for errors."""
        return error_names(self.serializer_class)

    @property
    def author(self) -> Author:
        """The key, as history will name it."""
        return Author.api_key(self.key)

    def save(self, record: Any, values: dict[str, Any]) -> None:
        """Set the values and save; raises ValidationError or StaleRecord."""
        raise NotImplementedError

    def set_values(self, record: Any, values: Mapping[str, Any]) -> None:
        """Set the values; those of the team's own fields are added to what the record has."""
        for name, value in values.items():
            setattr(record, name, merged(record, value) if name == "custom_fields" else value)

    def answer(self, record: Any, *, status: int = 200, extra: Any = None) -> Response:
        """Return the record with its version; `extra` is what its representation else asks for."""
        shown = self.representation.of_record(record, extra)
        return Response(shown, status=status, headers={"ETag": etag(record.version)})


class RecordList(RecordView):
    """GET a page of records."""

    requires_team_id = True
    #: Whether the team's records are all here, or only those of another record.
    is_whole: ClassVar[bool] = True
    #: The names `ordering` takes, and the field each means.
    orderings: ClassVar[Mapping[str, str]]
    default_ordering: ClassVar[str]

    @classmethod
    def get_parameters(cls, method: str) -> list[Parameter]:
        """Return teamId, paging and the orders."""
        parameters = super().get_parameters(method)
        if method == "POST":
            return parameters
        names = [name for known in cls.orderings for name in (known, f"-{known}")]
        ordering = choice_parameter(
            "ordering", names, "`-` for descending.", default=cls.default_ordering
        )
        return [*parameters, *PAGING, ordering]

    def get(self, request: Request, **_kwargs: Any) -> Response:
        """Answer with a page."""
        shown, window = self.list_representation, Window.of(self.values)
        listing = self.get_listing(shown.list_columns)
        is_search = bool(self.filters.get("search", "").strip())
        return Response(list_answer(request, listing, window, shown.of_rows, is_search=is_search))

    def find_filters(self, request: Request) -> Mapping[str, Filter]:
        """Return a filter for each of the team's own fields that the query asks for."""
        if not any(name.startswith(CUSTOM) for name in request.query_params):
            return {}
        fields = custom_fields(self.team.pk, self.model._meta.model_name or "")
        return {f"{CUSTOM}{field.key}": CustomFilter(field) for field in fields}

    def get_listing(self, columns: Sequence[Any]) -> Listing:
        """Return the rows that pass the filters, in the order asked for."""
        order = self.get_order()
        if self.is_whole and not self.filters:
            return list_where(self.model, "team", self.team.pk, order, columns)
        rows, kind = self.get_records(), self.filterset_class
        if self.filters:
            rows = narrow(self.known_filters, rows, self.filters)
        has_index = kind is not None and kind.has_index(self.filters, order)
        return list_rows(rows, order, columns, is_prepared=has_index)

    @classmethod
    def get_answers(cls, method: str) -> dict[int, Answer]:
        """Return a page for GET."""
        if method != "GET":
            return super().get_answers(method)
        row = cls.list_serializer_class or cls.serializer_class
        return {200: Answer("A page.", row, is_page=True)}

    def get_order(self) -> Sequence[Any]:
        """Return what `order_by` takes: the field asked for, then the id, the same way."""
        asked = self.values.get("ordering", self.default_ordering)
        field, descending = self.orderings[asked.removeprefix("-")], asked.startswith("-")
        if self.model._meta.get_field(field).null:
            first = F(field).desc(nulls_last=True) if descending else F(field).asc(nulls_last=True)
            return [first, "-id" if descending else "id"]
        return [f"-{field}", "-id"] if descending else [field, "id"]


class CreatesRecords(RecordView):
    """POST a new record."""

    def post(self, request: Request) -> Response:
        """Create a record."""
        values = read_body(self.serializer_class, self.get_body(request))
        del values["team_id"]
        record, is_new = self.create(values)
        if not is_new:
            return self.answer(record)
        response = self.answer(record, status=201, extra=self.extra_of_new(values))
        address = f"{request.path.removesuffix('/')}/{record.pk}"
        response["Location"] = request.build_absolute_uri(address)
        return response

    @classmethod
    def get_answers(cls, method: str) -> dict[int, Answer]:
        """Return the new record for POST."""
        if method != "POST":
            return super().get_answers(method)
        return {201: Answer("Created.", cls.serializer_class, headers=("ETag", "Location"))}

    def create(self, values: dict[str, Any]) -> tuple[Any, bool]:
        """Return the record and whether it is new; raises ValidationError."""
        record = self.model(team=self.team)
        self.save(record, values)
        return record, True

    def extra_of_new(self, values: dict[str, Any]) -> Any:
        """Return the extra of a record just made, or None where it must be asked for."""
        return self.representation.no_extra


class RecordDetail(RecordView):
    """GET and PATCH one record."""

    #: Relations whose columns the answer shows.
    joined: ClassVar[tuple[str, ...]] = ()
    header_parameters = {"PATCH": [IF_MATCH], "DELETE": [IF_MATCH]}

    @classmethod
    def get_answers(cls, method: str) -> dict[int, Answer]:
        """Return the record with its version."""
        return {200: Answer("The record.", cls.serializer_class, headers=("ETag",))}

    @classmethod
    def get_refusals(cls, method: str) -> list[int]:
        """Return what may be wrong with a record's id and version."""
        stale = {"PATCH": [409, 412], "DELETE": [412]}.get(method, [])
        return sorted([*super().get_refusals(method), 404, *stale])

    def get_record(self, pk: uuid.UUID) -> Any:
        """Return the team's record; raises NotFound (404), whether it is unknown or foreign."""
        return self.find(self.get_records().select_related(*self.joined or (None,)), pk)

    def find(self, records: QuerySet[Any, Any], pk: uuid.UUID) -> Any:
        """Return one of `records`; raises NotFound."""
        record = records.filter(pk=pk).first()
        if record is None:
            raise NotFound(f"There is no such {self.noun}.")
        return record

    def get(self, request: Request, pk: uuid.UUID) -> Response:
        """Answer with the record."""
        return self.answer(self.get_record(pk))

    def patch(self, request: Request, pk: uuid.UUID) -> Response:
        """Change the fields given, and no others."""
        values = read_body(self.serializer_class, self.get_body(request), partial=True)
        values.pop("team_id", None)
        header = request.headers.get("If-Match")
        for _attempt in range(TRIES):
            record = self.get_record(pk)
            check_match(header, record.version)
            try:
                self.save(record, values)
            except StaleRecord as error:
                if header:
                    raise PreconditionFailed from error
            else:
                return self.answer(record)
        raise Conflict


class DeletesRecord(RecordDetail):
    """DELETE it, too."""

    @classmethod
    def get_answers(cls, method: str) -> dict[int, Answer]:
        """Return nothing for DELETE."""
        if method != "DELETE":
            return super().get_answers(method)
        return {204: Answer("Deleted.")}

    def delete(self, request: Request, pk: uuid.UUID) -> Response:
        """Delete the record; a version named by If-Match is held until it is gone."""
        with transaction.atomic():
            record = self.find(self.get_records().select_for_update(), pk)
            check_match(request.headers.get("If-Match"), record.version)
            self.remove(record)
        return Response(status=204)

    def remove(self, record: Any) -> None:
        """Delete the record; raises Conflict (409) where others need it."""
        raise NotImplementedError
