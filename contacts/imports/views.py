"""The pages of imports: upload, columns, review, progress, result."""

import uuid
from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.views.generic import TemplateView, View

from contacts.imports import cards, uploads
from contacts.imports.before import find_alike, find_given_back
from contacts.imports.files import stream_rows
from contacts.imports.forms import UploadForm
from contacts.imports.mapping.fields import targets_of
from contacts.imports.meanings import unknown_values
from contacts.imports.models import Import, ImportRow, Outcome, Status
from contacts.imports.operations import (
    NotNow,
    cancel,
    discard,
    start_running,
    start_undo,
    stop_planning,
)
from contacts.imports.options import Options, Taken
from contacts.imports.reading import Unreadable
from contacts.imports.undoing.foreseeing import foresee
from crm.history.recording import Author
from crm.teams.access import TeamMixin
from crm.teams.models import Right
from crm.web.htmx import render_either

LISTED = 100
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
        file = form.cleaned_data["file"]
        try:
            found = uploads.look_through(file)
        except Unreadable as error:
            form.add_error("file", str(error))
            return self._form(form)
        before = find_given_back(self.team, found.headers, keeps_new=True) or find_alike(
            self.team, found.headers
        )
        options = before.options if before else Options()
        columns = uploads.guess(self.team, found, options, targets_of(self.team), before)
        mapping = [uploads.as_json(column) for column in columns]
        taken = Taken(mapping, options, before.notices if before else ())
        run = uploads.keep(self.team, file, found, taken, by=Author.person(request.user))
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
            "heading": cards.heading(run),
            "lines": cards.change_lines(run, list(page)) if is_change else [],
            "problems": [] if is_change else self._problems(run, show, list(page)),
            "unknown": unknown_values(run) if run.status == Status.REVIEWING else [],
            "is_working": run.status in Import.TO_DO,
            "rows_to_import": run.created + run.updated,
            "step": 4 if run.started_at else 3,
        }
        return render_either(request, "imports/detail.html", "imports/_detail.html", context)

    def _problems(self, run: Import, show: str, rows: Sequence[ImportRow]) -> list[dict[str, Any]]:
        if show in (cards.KEPT, cards.PARTLY):
            return cards.kept_rows(self.team, rows)
        return cards.problem_rows(run, rows)


class ImportAction(ImportView):
    """Does one thing with an import, and shows where it stands then."""

    needs = Right.WRITE
    http_method_names = ["post"]

    def act(self, run: Import) -> None:
        """Do it; raises NotNow or ValidationError."""
        raise NotImplementedError

    def post(self, request: HttpRequest, pk: uuid.UUID, **kwargs: Any) -> HttpResponse:
        """Do it."""
        run = self.get_import()
        try:
            self.act(run)
        except NotNow as error:
            messages.error(request, str(error))
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
        return self.shown(run)


class ImportQuestion(ImportAction):
    """Asks before it does it, and says what will become of what."""

    http_method_names = ["get", "post"]
    template_name: str

    def get(self, request: HttpRequest, pk: uuid.UUID, **kwargs: Any) -> HttpResponse:
        """Ask, where it can be done."""
        run = self.get_import()
        if not self.is_due(run):
            return self.shown(run)
        return render(request, self.template_name, {"run": run, **self.get_question(run)})

    def is_due(self, run: Import) -> bool:
        """Return whether it can be done as the import stands."""
        raise NotImplementedError

    def get_question(self, run: Import) -> dict[str, Any]:
        """Return what the question says besides."""
        return {}


class ImportStart(ImportAction):
    """Writes the rows that were reviewed."""

    def act(self, run: Import) -> None:
        """Start what was reviewed; a second click finds it started."""
        if run.started_at:
            return
        if self.request.POST.get("reviewed", run.revision) != run.revision:
            raise NotNow("The rows were checked again meanwhile. Look at them before you import.")
        start_running(run)


class ImportStop(ImportAction):
    """Stops checking the rows, and goes back to the columns."""

    def act(self, run: Import) -> None:
        """Stop after the chunk at hand."""
        stop_planning(run)


class ImportCancel(ImportQuestion):
    """Stops writing."""

    template_name = "imports/cancel.html"

    def is_due(self, run: Import) -> bool:
        """It is running."""
        return run.status == Status.RUNNING

    def act(self, run: Import) -> None:
        """Stop after the chunk at hand."""
        cancel(run)


class ImportUndo(ImportQuestion):
    """Takes everything back."""

    template_name = "imports/undo.html"

    def is_due(self, run: Import) -> bool:
        """It has written something."""
        return run.can_be_undone

    def get_question(self, run: Import) -> dict[str, Any]:
        """Return what would become of how many contacts."""
        has_new_fields = any(column.get("was_new") for column in run.mapping)
        return {"effect": foresee(run), "has_new_fields": has_new_fields}

    def act(self, run: Import) -> None:
        """Start to undo."""
        start_undo(run, by=Author.person(self.request.user))


class ImportDiscard(ImportQuestion):
    """Throws away a file that was not imported."""

    template_name = "imports/discard.html"

    def is_due(self, run: Import) -> bool:
        """Nothing is done with it yet."""
        return run.status in Import.OPEN

    def act(self, run: Import) -> None:
        """Throw it away."""
        discard(run)
        messages.success(self.request, f"{run.file_name} was discarded.")

    def shown(self, run: Import) -> HttpResponse:
        """Go to the list: it is gone, or somebody else has gone on with it."""
        return redirect("imports:list", self.team.slug)


class ImportFile(ImportView):
    """The rows that were rejected, or those with warnings, as a CSV."""

    warned = False

    def get(self, request: HttpRequest, pk: uuid.UUID, **kwargs: Any) -> HttpResponseBase:
        """Answer with the file."""
        return stream_rows(self.get_import(), warned=self.warned)
