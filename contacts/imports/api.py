"""Imports over REST: a file is sent, and asked about until it is done."""

import dataclasses
import uuid
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

import orjson
from django.http import HttpResponseBase, QueryDict
from rest_framework.exceptions import ErrorDetail, NotFound, PermissionDenied, ValidationError
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from contacts.imports import uploads
from contacts.imports.before import find_given_back
from contacts.imports.drafts import Recipe
from contacts.imports.files import stream_rows
from contacts.imports.mapping import Column
from contacts.imports.mapping.choosing import NoSuchColumn, choose
from contacts.imports.mapping.fields import Target, targets_of
from contacts.imports.models import Import, ImportRow, Outcome, Status
from contacts.imports.operations import NotNow, start_planning, start_running, start_undo
from contacts.imports.options import Options, Taken
from contacts.imports.reading import Unreadable
from contacts.imports.representation import rows_of, show_import, show_rows, show_summary
from contacts.imports.serializers import (
    ImportFileSerializer,
    ImportRowSerializer,
    ImportSerializer,
    ImportSummarySerializer,
)
from contacts.imports.tasks import plan_now
from crm import normalize
from crm.api.exceptions import Conflict, PayloadTooLarge
from crm.api.pagination import Window, list_answer
from crm.api.parameters import PAGING, Parameter, choice_parameter
from crm.api.schema import Answer, Operation
from crm.api.serializers import read_body
from crm.history.recording import Author
from crm.queries.listings import list_rows
from crm.queries.statements import columns_of, load
from crm.teams.api import TeamView
from crm.teams.authentication import key_of
from crm.teams.models import Scope

MOST_ROWS_AT_ONCE = 10_000
MOST_BYTES_AT_ONCE = 5 * 2**20
#: What the form's other fields take besides the file.
FORM_BYTES = 2**20


class ImportView(TeamView):
    """An address of imports."""

    scope = "contacts"
    serializer_class = ImportSerializer

    @property
    def author(self) -> Author:
        """The key, as history will name it."""
        return Author.api_key(self.key)

    def get_import(self) -> Import:
        """Return the team's import; raises NotFound (404)."""
        run = self.team.imports.filter(pk=self.kwargs["pk"]).first()
        if run is None:
            raise NotFound("There is no such import.")
        run.team = self.team
        return run


class ImportDetailView(ImportView):
    """An address of one import."""

    @classmethod
    def get_refusals(cls, method: str) -> list[int]:
        """Return 404 besides: there may be no such import."""
        return sorted([*super().get_refusals(method), 404])


class ImportContacts(ImportView):
    """Takes a file in."""

    parser_classes = [MultiPartParser]
    most_bytes: ClassVar[int] = uploads.MOST_BYTES + FORM_BYTES
    serializer_class = ImportFileSerializer  # type: ignore[assignment]
    operations = {
        "POST": Operation(
            "importContacts",
            "Import contacts from a CSV",
            "With `dryRun`, nothing is written: a file of up to 10,000 rows and 5 MB is answered "
            "with 200 and what would become of it. Everything else is answered with 202: ask "
            "`GET /imports/{id}` until `status` is no longer `running`.",
        )
    }

    @classmethod
    def get_answers(cls, method: str) -> dict[int, Answer]:
        """Return the import as it stands."""
        return {
            200: Answer("What would become of the rows.", ImportSerializer),
            202: Answer("Taken in; it is worked on.", ImportSerializer, headers=("Location",)),
        }

    def post(self, request: Request) -> Response:
        """Take the file in, and plan or start its import."""
        values = read_body(ImportFileSerializer, self.get_body(request))
        dry_run = values.get("dry_run", False)
        run, is_small = self._keep(request, values)
        if not dry_run:
            start_running(run, from_=(Status.MAPPING,))
        elif is_small:
            start_planning(run, in_background=False)
            plan_now(run)
            return Response(show_import(run))
        else:
            start_planning(run)
        address = request.build_absolute_uri(f"/api/crm/imports/{run.pk}")
        return Response(show_import(run), status=202, headers={"Location": address})

    @staticmethod
    def _check_scope(request: Request, options: Options) -> None:
        """Refuse (403) details of companies to a key that may not write companies."""
        key = key_of(request)
        if options.import_company_fields and not (key and key.allows(Scope.COMPANIES_WRITE)):
            raise PermissionDenied(
                f"This key lacks the scope {Scope.COMPANIES_WRITE} that importCompanyFields needs."
            )

    def get_body(self, request: Request) -> Any:
        """Return the form as the JSON object it would be; a field given twice is an error."""
        form: Any = request.data
        body: dict[str, Any] = {}
        # Without any body the form is no form at all.
        for name, values in form.lists() if isinstance(form, QueryDict) else ():
            if len(values) > 1:
                raise _wrong(name, "repeated", "Say this field once.")
            body[name] = _TRUTH.get(values[0], values[0]) if name in _TRUTHS else values[0]
        if isinstance(body.get("teamId"), str):
            try:
                self.check_team(uuid.UUID(body["teamId"]))
            except ValueError:
                return body
        return body

    def _keep(self, request: Request, values: Mapping[str, Any]) -> tuple[Import, bool]:
        """Return the file as an import, and whether it is small; raises ValidationError (400)."""
        self._check_scope(request, _options(values))
        file = values["file"]
        if file.size > uploads.MOST_BYTES:
            raise PayloadTooLarge
        try:
            found = uploads.look_through(file)
        except Unreadable as error:
            raise _wrong("file", "unreadable", str(error)) from error
        # Rows that an import has given back are taken as they were, but for what is said now.
        before = find_given_back(self.team, found.headers)
        options = _options(values, before.options if before else Options())
        self._check_scope(request, options)
        targets = targets_of(self.team)
        guessed = uploads.guess(self.team, found, options, targets, before)
        columns = _columns(guessed, values.get("mapping"), targets)
        mapping = [uploads.as_json(column) for column in columns]
        if not values.get("dry_run"):
            self._check_required(mapping, options)
        run = uploads.keep(self.team, file, found, Taken(mapping, options), by=self.author)
        is_small = found.rows <= MOST_ROWS_AT_ONCE and file.size <= MOST_BYTES_AT_ONCE
        return run, is_small

    def _check_required(self, mapping: Sequence[Mapping[str, Any]], options: Options) -> None:
        if missing := Recipe(self.team, mapping, options).missing:
            names = ", ".join(missing)
            detail = f"No column of the file is {names}, and nothing is given for the whole file."
            raise _wrong("mapping", "required_column", detail)


class Imports(ImportView):
    """The team's imports."""

    serializer_class = ImportSummarySerializer  # type: ignore[assignment]
    requires_team_id = True
    operations = {"GET": Operation("listImports", "List the team's imports, newest first")}

    @classmethod
    def get_parameters(cls, method: str) -> list[Parameter]:
        """Return teamId and paging."""
        return [*super().get_parameters(method), *PAGING]

    @classmethod
    def get_answers(cls, method: str) -> dict[int, Answer]:
        """Return a page."""
        return {200: Answer("A page.", ImportSummarySerializer, is_page=True)}

    def get(self, request: Request) -> Response:
        """Answer with a page."""
        listing = list_rows(self.team.imports.all(), ["-id"], columns_of(Import))
        return Response(
            list_answer(
                request,
                listing,
                Window.of(self.values),
                lambda rows: [show_summary(load(Import, row)) for row in rows],
            )
        )


class ImportDetail(ImportDetailView):
    """One import."""

    operations = {"GET": Operation("getImport", "Read an import")}

    def get(self, request: Request, pk: uuid.UUID) -> Response:
        """Answer with the import."""
        return Response(show_import(self.get_import()))


class ImportRows(ImportDetailView):
    """An import's rows."""

    serializer_class = ImportRowSerializer  # type: ignore[assignment]
    operations = {
        "GET": Operation(
            "listImportRows",
            "List the rows of an import",
            "Of a dry run, those that would be created without a warning are listed up to the "
            "200th. Blank rows are never listed.",
        )
    }

    @classmethod
    def get_parameters(cls, method: str) -> list[Parameter]:
        """Return the outcome and paging."""
        outcome = choice_parameter("outcome", Outcome.values, "Rows with this outcome only.")
        warned = choice_parameter("hasWarnings", ["true", "false"], "Rows with, or without any.")
        return [*super().get_parameters(method), outcome, warned, *PAGING]

    @classmethod
    def get_answers(cls, method: str) -> dict[int, Answer]:
        """Return a page."""
        return {200: Answer("A page.", ImportRowSerializer, is_page=True)}

    def get(self, request: Request, pk: uuid.UUID) -> Response:
        """Answer with a page."""
        rows = rows_of(self.get_import())
        if outcome := self.values.get("outcome"):
            rows = rows.filter(outcome=outcome)
        if warned := self.values.get("hasWarnings"):
            rows = rows.filter(has_warnings=warned == "true")
        listing = list_rows(rows, ["number"], columns_of(ImportRow))
        return Response(
            list_answer(
                request,
                listing,
                Window.of(self.values),
                lambda found: show_rows([load(ImportRow, row) for row in found]),
            )
        )


class RejectedRows(ImportDetailView):
    """The rejected rows as a file."""

    operations = {
        "GET": Operation(
            "getRejectedRows",
            "Download the rejected rows as a CSV",
            "Each with what is wrong with it, to be corrected and imported again as it is.",
        )
    }

    @classmethod
    def get_answers(cls, method: str) -> dict[int, Answer]:
        """Return the file."""
        return {200: Answer("The rows.", media_type="text/csv")}

    def get(self, request: Request, pk: uuid.UUID) -> HttpResponseBase:
        """Answer with the file."""
        return stream_rows(self.get_import())


class UndoImport(ImportDetailView):
    """Takes an import back."""

    serializer_class = None  # type: ignore[assignment]
    operations = {
        "POST": Operation(
            "undoImport",
            "Undo an import",
            "Contacts it created are removed and values it changed put back, except of contacts "
            "that somebody has changed or called since.",
        )
    }

    @classmethod
    def get_answers(cls, method: str) -> dict[int, Answer]:
        """Return the import as it stands."""
        return {202: Answer("It is worked on.", ImportSerializer)}

    @classmethod
    def get_refusals(cls, method: str) -> list[int]:
        """Return that it may not be undone as things stand."""
        return sorted([*super().get_refusals(method), 409])

    def post(self, request: Request, pk: uuid.UUID) -> Response:
        """Undo it in the background."""
        run = self.get_import()
        try:
            start_undo(run, by=self.author)
        except NotNow as error:
            raise Conflict(str(error)) from error
        return Response(show_import(run), status=202)


_TRUTHS = ("importCompanyFields", "splitNames", "dryRun")
_PLAIN = Options()
_TRUTH = {"true": True, "false": False}


def _wrong(name: str, code: str, detail: str) -> ValidationError:
    return ValidationError({name: [ErrorDetail(detail, code)]})


def _options(values: Mapping[str, Any], base: Options = _PLAIN) -> Options:
    """Return the options that are said over those that hold without; raises ValidationError."""
    try:
        region = normalize.country(values.get("default_region", "")) or base.default_region
    except normalize.NormalizeError as error:
        raise _wrong("defaultRegion", error.code, error.message) from error
    company = values.get("default_company_name", base.default_company_name)
    if "\x00" in company:
        raise _wrong("defaultCompanyName", "nul", "This text contains a NUL character. Remove it.")
    given = {
        name: values[name]
        for name in ("import_company_fields", "on_duplicate", "split_names")
        if name in values
    }
    return dataclasses.replace(base, default_region=region, default_company_name=company, **given)


def _columns(
    guessed: Sequence[Column], said: str | None, targets: Mapping[str, Target]
) -> list[Column]:
    """Return the columns as they are said to be, the others as they are guessed."""
    if not said:
        return list(guessed)
    try:
        mapping = orjson.loads(said)
    except orjson.JSONDecodeError as error:
        raise _wrong("mapping", "invalid", f"This is not JSON: {error}.") from error
    if not isinstance(mapping, dict):
        raise _wrong("mapping", "invalid", "Send a JSON object.")
    try:
        return choose(guessed, mapping, targets)
    except NoSuchColumn as error:
        raise _wrong("mapping", error.code, str(error)) from error
