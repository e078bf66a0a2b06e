"""The pages where an import's columns and values are given their meaning."""

import dataclasses
import uuid
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from contacts.imports import uploads
from contacts.imports.before import keep_fields
from contacts.imports.forms import MappingForm, ReadingForm
from contacts.imports.mapping.fields import Target, targets_of, targets_with_new
from contacts.imports.matches import match_of
from contacts.imports.meanings import NEW_OPTION, unknown_values
from contacts.imports.models import Import, Status
from contacts.imports.operations import NotNow, set_mapping, set_reading, start_planning
from contacts.imports.options import Options
from contacts.imports.reading import Unreadable
from contacts.imports.reading.layout import describe
from contacts.imports.views import ImportView
from crm.history.recording import Author
from crm.records.operations import save_custom_field
from crm.teams.models import Right


class MappingView(ImportView):
    """What is sent from the page of columns."""

    needs = Right.WRITE

    def get_form(self, run: Import, data: Any = None) -> MappingForm:
        """Return the form of the columns."""
        return MappingForm(
            data,
            run=run,
            targets=self.targets,
            samples=uploads.first_values(run),
            may_add_fields=self.membership.can_administer,
            by=Author.person(self.request.user),
        )

    @cached_property
    def targets(self) -> Mapping[str, Target]:
        """The fields that a column can be."""
        return targets_of(self.team)


class ImportColumns(MappingView):
    """What each column of the file is."""

    def get(self, request: HttpRequest, pk: uuid.UUID, **kwargs: Any) -> HttpResponse:
        """Show what was guessed."""
        run = self.get_import()
        if run.status not in Import.OPEN:
            return self.shown(run)
        return self._page(run, self.get_form(run))

    def post(self, request: HttpRequest, pk: uuid.UUID, **kwargs: Any) -> HttpResponse:
        """Take what was chosen, and have every row checked."""
        run = self.get_import()
        if run.status not in Import.OPEN:
            messages.error(request, str(NotNow()))
            return self.shown(run)
        form = self.get_form(run, request.POST)
        if not form.is_valid():
            return self._page(run, form)
        try:
            set_mapping(run, form.mapping(), form.get_options())
            start_planning(run)
        except NotNow as error:
            messages.error(request, str(error))
        return self.shown(run)

    def _page(self, run: Import, form: MappingForm) -> HttpResponse:
        takes_company = bool(form["import_company_fields"].value())
        columns = [
            self._column(form, column, texts, takes_company=takes_company)
            for column, texts in zip(run.mapping, form.samples, strict=True)
        ]
        counts = [column["match"].state for column in columns]
        layout = run.get_layout()
        context = {
            "run": run,
            "form": form,
            "columns": columns,
            "matched": counts.count("matched"),
            "left_out": counts.count("left-out"),
            "not_taken": counts.count("not-taken"),
            "options": [form[name] for name in form.fields if not name.startswith("column_")],
            "layout": describe(layout),
            "header_row": layout.header_row if layout.has_header else 0,
            "reading": ReadingForm(
                initial={"header_row": layout.header_row, "no_header": not layout.has_header}
            ),
            "rows": run.total - run.blank,
            "step": 2,
        }
        return render(self.request, "imports/columns.html", context)

    def _column(
        self,
        form: MappingForm,
        column: Mapping[str, Any],
        texts: Sequence[str],
        *,
        takes_company: bool,
    ) -> dict[str, Any]:
        control = form[f"column_{column['column']}"]
        chosen = control.value() or ""
        target = self.targets.get(chosen)
        shown = list(dict.fromkeys(text[:80] for cell in texts if (text := cell.strip())))[:3]
        return {
            "control": control,
            "samples": shown,
            "match": match_of(
                column,
                is_same=chosen == (control.initial or ""),
                is_left_out=not chosen,
                is_taken=takes_company or not (target and target.is_of_company),
            ),
        }


class ImportReading(MappingView):
    """Reads the file otherwise than it was guessed."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: uuid.UUID, **kwargs: Any) -> HttpResponse:
        """Read it again, and guess its columns anew; what was chosen beside them stays."""
        run = self.get_import()
        mapping, options = self._chosen(run)
        try:
            if run.status not in Import.OPEN:
                raise NotNow
            try:
                self._read_again(run, mapping, options)
            except Unreadable as error:
                messages.error(request, str(error))
                set_mapping(run, mapping, options)
        except NotNow as error:
            messages.error(request, str(error))
        return redirect("imports:columns", self.team.slug, run.pk)

    def _read_again(
        self, run: Import, mapping: Sequence[Mapping[str, Any]], options: Options
    ) -> None:
        """Read it as it is said to be; raises Unreadable or NotNow."""
        reading = ReadingForm(self.request.POST)
        if not reading.is_valid():
            raise Unreadable("The file cannot be read like that.")
        with run.open() as file:
            found = uploads.look_through(file, reading.cleaned_data)
        guessed = uploads.guess(self.team, found, options, self.targets)
        columns = [uploads.as_json(column) for column in guessed]
        set_reading(
            run,
            layout=found.layout,
            rows=(found.rows + found.blank, found.blank),
            mapping=keep_fields(mapping, columns),
            options=options,
        )

    def _chosen(self, run: Import) -> tuple[list[dict[str, Any]], Options]:
        """Return the columns and options as they are chosen on the page, where it sends them."""
        if "on_duplicate" not in self.request.POST:
            return run.mapping, Options.from_json(run.options)
        form = self.get_form(run, self.request.POST)
        form.full_clean()
        return form.mapping(), form.get_options()


class ImportChoices(ImportView):
    """Says what values are that the team does not have, and has the rows checked again."""

    needs = Right.WRITE
    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: uuid.UUID, **kwargs: Any) -> HttpResponse:
        """Take the choices, and look again."""
        run = self.get_import()
        options = Options.from_json(run.options)
        choices = {field: dict(values) for field, values in options.choices.items()}
        try:
            if run.status != Status.REVIEWING:
                raise NotNow
            for field, value, chosen in self._said(run):
                choices.setdefault(field, {})[value] = chosen
            set_mapping(run, run.mapping, dataclasses.replace(options, choices=choices))
            start_planning(run)
        except NotNow as error:
            messages.error(request, str(error))
        return self.shown(run)

    def _said(self, run: Import) -> Iterator[tuple[str, str, str]]:
        """Yield field, value and what it means; each says itself which it is, not its place."""
        post = self.request.POST
        known = {(each.field, each.value): each for each in unknown_values(run)}
        sent = zip(
            post.getlist("field"), post.getlist("value"), post.getlist("choice"), strict=False
        )
        for field, value, chosen in sent:
            unknown = known.get((field, value))
            if unknown is None or chosen not in dict(unknown.options):
                continue
            if chosen != NEW_OPTION:
                yield field, value, chosen
            elif self.membership.can_administer:
                self._add_option(targets_with_new(self.team, run.mapping)[field], value)
                yield field, value, value

    def _add_option(self, target: Target, name: str) -> None:
        field = target.custom
        assert field
        field.team = self.team
        if name not in field.choices:
            field.set_options([*field.choices, name])
            save_custom_field(field, by=Author.person(self.request.user))
