"""The pages of imports: upload, columns, review, progress, result."""

import dataclasses
import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.views.generic import TemplateView, View

from contacts.imports import cards, uploads
from contacts.imports.files import stream_rows
from contacts.imports.forms import NEW_FIELD, MappingForm, ReadingForm, UploadForm
from contacts.imports.mapping.fields import Target, targets_of
from contacts.imports.models import Import, Outcome, Status
from contacts.imports.operations import (
    NotNow,
    cancel,
    set_mapping,
    set_reading,
    start_planning,
    start_running,
    start_undo,
)
from contacts.imports.options import Options
from contacts.imports.reading import Unreadable
from contacts.imports.reading.layout import describe
from contacts.models import LeadStatus
from crm.history.recording import Author
from crm.records.models import CustomField, EntityType
from crm.records.operations import save_custom_field
from crm.records.values import FieldType
from crm.teams.access import TeamMixin
from crm.teams.models import Right
from crm.web.htmx import render_either

LISTED = 100
SCANNED = 5000
EXAMPLE = (
    "First name,Last name,Company,Job title,Email,Phone,Status,Lead source,Tags,Notes\r\n"
    "Anna,Berg,Acme Logistics,Head of Operations,anna.berg@example.com,+1 415 555 0182,New,"
    'Trade fair,"vip, logistics",Met in Berlin\r\n'
    "Jonas,Weber,Nordvik Transport,Buyer,jonas.weber@example.com,+49 30 23125100,Contacted,"
    "Website,,\r\n"
)


class ImportList(TeamMixin, TemplateView):
    """The team's imports, newest first."""

    template_name = "imports/list.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the imports, with who uploaded them."""
        runs = self.team.imports.select_related("by_user", "by_key")[:LISTED]
        return super().get_context_data(runs=runs, **kwargs)


class ImportExample(TeamMixin, View):
    """A small file that shows what an import takes."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Answer with the file."""
        response = HttpResponse(f"\ufeff{EXAMPLE}", content_type="text/csv; charset=utf-8")
        response["Content-Disposition"] = 'attachment; filename="contacts-example.csv"'
        return response


class ImportCreate(TeamMixin, View):
    """Takes a file in."""

    needs = Right.WRITE

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Ask for a file, and show what one looks like."""
        return self._form(UploadForm())

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Keep the file and go on to its columns."""
        form = UploadForm(request.POST, request.FILES)
        if not form.is_valid():
            return self._form(form)
        file, options = form.cleaned_data["file"], Options()
        try:
            found = uploads.look_through(file)
        except Unreadable as error:
            form.add_error("file", str(error))
            return self._form(form)
        columns = uploads.guess(self.team, found, options, targets_of(self.team))
        by = Author.person(request.user)
        run = uploads.keep(self.team, file, found, columns, by=by, options=options)
        return redirect("imports:columns", self.team.slug, run.pk)

    def _form(self, form: UploadForm) -> HttpResponse:
        lines = [
            line.split(",") for line in EXAMPLE.replace('"vip, logistics"', "vip").split("\r\n")
        ]
        context = {"form": form, "headers": lines[0][:6], "rows": [row[:6] for row in lines[1:-1]]}
        return render(self.request, "imports/upload.html", context)


class ImportView(TeamMixin, View):
    """A page of one import."""

    def get_import(self) -> Import:
        """Return the team's import; raises Http404."""
        runs = self.team.imports.select_related("by_user")
        run: Import = get_object_or_404(runs, pk=self.kwargs["pk"])
        run.team = self.team
        return run

    def shown(self, run: Import) -> HttpResponse:
        """Go to where the import stands."""
        return redirect("imports:detail", self.team.slug, run.pk)


class ImportDetail(ImportView):
    """Where an import stands, what became of its rows, or what would."""

    def get(self, request: HttpRequest, pk: uuid.UUID, **kwargs: Any) -> HttpResponse:
        """Answer with the page, or for a page that keeps asking, with what may have moved."""
        run = self.get_import()
        if run.status == Status.MAPPING and self.membership.can_write:
            return redirect("imports:columns", self.team.slug, run.pk)
        show, rows = cards.choose_rows(run, request.GET.get("show", ""))
        page = Paginator(rows, cards.PAGE).get_page(request.GET.get("page"))
        is_change = show in (Outcome.CREATED, Outcome.UPDATED)
        context = {
            "run": run,
            "show": show,
            "asked": show if "show" in request.GET else "",
            "page": page,
            "tabs": cards.tabs(run),
            "heading": cards.HEADINGS[Status(run.status)],
            "lines": cards.change_lines(self.team, list(page)) if is_change else [],
            "problems": [] if is_change else cards.problem_rows(page),
            "unknown": unknown_values(run) if run.status == Status.REVIEWING else [],
            "is_working": run.status in Import.TO_DO,
            "rows_to_import": run.created + run.updated,
            "step": 4 if run.started_at else 3,
        }
        return render_either(request, "imports/detail.html", "imports/_detail.html", context)


class ImportColumns(ImportView):
    """What each column of the file is."""

    needs = Right.WRITE

    def get(self, request: HttpRequest, pk: uuid.UUID, **kwargs: Any) -> HttpResponse:
        """Show what was guessed."""
        run = self.get_import()
        if run.status not in (Status.MAPPING, Status.REVIEWING):
            return self.shown(run)
        return self._page(run, self._form(run))

    def post(self, request: HttpRequest, pk: uuid.UUID, **kwargs: Any) -> HttpResponse:
        """Take what was chosen, and have every row checked."""
        run = self.get_import()
        form = self._form(run, request.POST)
        if not form.is_valid():
            return self._page(run, form)
        try:
            # Of two fields that are asked for, none is made where one cannot be.
            with transaction.atomic():
                set_mapping(run, self._mapping(run, form), form.get_options())
            start_planning(run)
        except NotNow as error:
            messages.error(request, str(error))
        except _NoSuchField as error:
            form.add_error(f"column_{error.column}", error.messages)
            return self._page(run, form)
        return self.shown(run)

    def _form(self, run: Import, data: Any = None) -> MappingForm:
        self.targets = targets_of(self.team)
        return MappingForm(
            data,
            run=run,
            targets=self.targets,
            may_add_fields=self.membership.can_administer,
        )

    def _page(self, run: Import, form: MappingForm) -> HttpResponse:
        samples = self._samples(run)
        columns = [
            {
                **column,
                "control": form[f"column_{column['column']}"],
                "samples": samples[column["column"] - 1],
                "match": cards.match_words(column),
            }
            for column in run.mapping
        ]
        matched = sum(bool(column["field"]) for column in columns)
        names = [name for name in form.fields if not name.startswith("column_")]
        context = {
            "run": run,
            "form": form,
            "columns": columns,
            "matched": matched,
            "left_out": len(columns) - matched,
            "options": [form[name] for name in names],
            "layout": describe(run.get_layout()),
            "header_row": run.get_layout().header_row,
            "reading": ReadingForm(initial={"header_row": run.get_layout().header_row}),
            "rows": run.total - run.blank,
            "step": 2,
        }
        return render(self.request, "imports/columns.html", context)

    def _samples(self, run: Import) -> list[list[str]]:
        return [
            list(dict.fromkeys(text[:80] for cell in column if (text := cell.strip())))[:3]
            for column in uploads.first_values(run)
        ]

    def _mapping(self, run: Import, form: MappingForm) -> list[dict[str, Any]]:
        """Return the columns as chosen; a new field is made for one that asks for it."""
        chosen = form.chosen()
        columns = []
        for column in run.mapping:
            field = chosen[column["column"]] or None
            if field == NEW_FIELD:
                field = self._new_field(column)
            is_same = field == column["field"]
            said = {"field": field, "confidence": 1.0 if field else 0.0}
            columns.append(column if is_same else {**column, **said})
        return columns

    def _new_field(self, column: Mapping[str, Any]) -> str:
        field = CustomField(
            team=self.team,
            entity_type=EntityType.CONTACT,
            label=column["header"][:100],
            field_type=FieldType.TEXT,
        )
        try:
            save_custom_field(field, by=Author.person(self.request.user))
        except ValidationError as error:
            raise _NoSuchField(column["column"], error.messages) from error
        return f"customFields.{field.key}"


class _NoSuchField(Exception):
    """A column cannot become a field of its own; `messages` say why."""

    def __init__(self, column: int, messages: list[str]) -> None:
        super().__init__(" ".join(messages))
        self.column, self.messages = column, messages


class ImportReading(ImportView):
    """Reads the file otherwise than it was guessed."""

    needs = Right.WRITE
    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: uuid.UUID, **kwargs: Any) -> HttpResponse:
        """Read it again, and guess its columns anew."""
        run, form = self.get_import(), ReadingForm(request.POST)
        if not form.is_valid():
            messages.error(request, "The file cannot be read like that.")
            return redirect("imports:columns", self.team.slug, run.pk)
        try:
            with run.open() as file:
                found = uploads.look_through(file, form.cleaned_data)
            columns = uploads.guess(
                self.team, found, Options.from_json(run.options), targets_of(self.team)
            )
            set_reading(
                run,
                layout=found.layout,
                rows=(found.rows + found.blank, found.blank),
                mapping=[uploads.as_json(column) for column in columns],
            )
        except (Unreadable, NotNow, FileNotFoundError) as error:
            messages.error(request, str(error) or "The file is gone.")
        return redirect("imports:columns", self.team.slug, run.pk)


class ImportChoices(ImportView):
    """Says what values are that the team does not have, and has the rows checked again."""

    needs = Right.WRITE
    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: uuid.UUID, **kwargs: Any) -> HttpResponse:
        """Take the choices, and look again."""
        run = self.get_import()
        options = Options.from_json(run.options)
        targets = targets_of(self.team)
        choices = {field: dict(values) for field, values in options.choices.items()}
        for place, unknown in enumerate(unknown_values(run)):
            chosen = request.POST.get(f"choice_{place}", "")
            if chosen == NEW_FIELD and self.membership.can_administer:
                self._add_option(targets[unknown.field], unknown.value)
                choices.setdefault(unknown.field, {})[unknown.value] = unknown.value
            elif chosen in dict(unknown.options) and chosen != NEW_FIELD:
                choices.setdefault(unknown.field, {})[unknown.value] = chosen
        try:
            set_mapping(run, run.mapping, dataclasses.replace(options, choices=choices))
            start_planning(run)
        except NotNow as error:
            messages.error(request, str(error))
        return self.shown(run)

    def _add_option(self, target: Target, name: str) -> None:
        field = target.custom
        assert field
        field.team = self.team
        if name not in field.choices:
            field.set_options([*field.choices, name])
            save_custom_field(field, by=Author.person(self.request.user))


def unknown_values(run: Import) -> list[cards.Unknown]:
    """Return the values that no status or option is called, the frequent ones first."""
    rows = run.rows.filter(team=run.team_id, has_warnings=True).order_by("number")[:SCANNED]
    targets = targets_of(run.team)
    known = Options.from_json(run.options).choices
    found = []
    for (field, value), count in cards.count_unknown(rows).most_common(cards.CHOICES_SHOWN):
        target = targets.get(field)
        options = _options_of(target) if target else []
        if target and options:
            chosen = known.get(field, {}).get(value, "")
            found.append(cards.Unknown(field, target.label, value, count, options, chosen))
    return found


def _options_of(target: Target) -> Sequence[tuple[str, str]]:
    empty = ("", "Leave it out")
    if target.custom:
        names = [(name, name) for name in target.custom.choices]
        return [empty, *names, (NEW_FIELD, "Add it as a new option")] if names else []
    return [empty, *LeadStatus.choices] if target.name == "leadStatus" else []


class ImportAction(ImportView):
    """Does one thing with an import, and shows where it stands then."""

    needs = Right.WRITE
    http_method_names = ["post"]

    def act(self, run: Import) -> None:
        """Do it; raises NotNow."""
        raise NotImplementedError

    def post(self, request: HttpRequest, pk: uuid.UUID, **kwargs: Any) -> HttpResponse:
        """Do it."""
        run = self.get_import()
        try:
            self.act(run)
        except NotNow as error:
            messages.error(request, str(error))
        return self.shown(run)


class ImportStart(ImportAction):
    """Writes the rows that were reviewed."""

    def act(self, run: Import) -> None:
        """Start; a second click finds it started."""
        start_running(run)


class ImportCancel(ImportAction):
    """Stops."""

    def act(self, run: Import) -> None:
        """Stop after the chunk at hand."""
        cancel(run)


class ImportUndo(ImportAction):
    """Takes everything back."""

    def act(self, run: Import) -> None:
        """Start to undo."""
        start_undo(run, by=Author.person(self.request.user))


class ImportFile(ImportView):
    """The rows that were rejected, or those with warnings, as a CSV."""

    kind = "rejected"

    def get(self, request: HttpRequest, pk: uuid.UUID, **kwargs: Any) -> HttpResponseBase:
        """Answer with the file."""
        run = self.get_import()
        rows = run.rows.filter(team=self.team)
        chosen = (
            rows.filter(outcome=Outcome.REJECTED)
            if self.kind == "rejected"
            else rows.filter(has_warnings=True)
        )
        return stream_rows(run, chosen, f"{self.kind}.csv")
