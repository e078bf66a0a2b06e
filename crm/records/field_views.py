"""The pages of a team's custom fields: the list, one field, its type, its options' names."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views import View

from crm.history.recording import Author
from crm.records.catalog import custom_fields, get_kind
from crm.records.conversions.operations import (
    MOST_EXAMPLES,
    FieldIsBusy,
    change_type,
    preview_type,
    rename_option,
    undo,
)
from crm.records.field_forms import CustomFieldForm, FieldTypeForm, RenameOptionForm
from crm.records.models import CustomField, EntityType, FieldConversion
from crm.records.operations import (
    FieldHasValues,
    delete_custom_field,
    order_custom_fields,
    save_custom_field,
)
from crm.records.writing import StaleRecord
from crm.teams.access import Right, TeamMixin
from crm.web.htmx import render_either

STALE = "Somebody else changed this field meanwhile. Look at it again."


class FieldsPage(TeamMixin, View):
    """What every page of custom fields shares."""

    needs = Right.ADMINISTER
    needs_to_send = Right.ADMINISTER

    @property
    def by(self) -> Author:
        """Who changes something here."""
        return Author.person(self.request.user)

    def get_field(self) -> CustomField:
        """Return the team's field; raises Http404 where there is none."""
        field = get_object_or_404(self.team.custom_fields, pk=self.kwargs["pk"])
        field.team = self.team
        return field

    def show(self, template: str, **context: Any) -> HttpResponse:
        """Render one of the pages."""
        return render(self.request, f"records/fields/{template}.html", context)

    def to_list(self, entity_type: str) -> HttpResponse:
        """Lead to the list of such fields."""
        response = redirect("records:fields", self.team.slug)
        response["Location"] += f"?for={entity_type}"
        return response

    def refuse(self, error: Exception) -> HttpResponse:
        """Say why nothing was changed, and lead back to the field."""
        told = error.messages if isinstance(error, ValidationError) else [str(error)]
        messages.error(self.request, STALE if isinstance(error, StaleRecord) else " ".join(told))
        return redirect("records:field", self.team.slug, self.kwargs["pk"])


class FieldList(FieldsPage):
    """The fields of contacts or companies, in order; archived ones last."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Show them."""
        entity_type = _entity_type(request.GET.get("for", ""))
        fields = custom_fields(self.team.pk, entity_type)
        return self.show(
            "list",
            entity_type=entity_type,
            kinds=EntityType.choices,
            fields=[field for field in fields if field.active],
            archived=[field for field in fields if not field.active],
        )

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Move a field up or down by one."""
        entity_type = _entity_type(request.POST.get("for", ""))
        keys = [field.key for field in custom_fields(self.team.pk, entity_type) if field.active]
        key, step = request.POST.get("key", ""), -1 if "up" in request.POST else 1
        if key in keys and 0 <= keys.index(key) + step < len(keys):
            place = keys.index(key)
            keys[place], keys[place + step] = keys[place + step], keys[place]
            order_custom_fields(self.team, entity_type, keys, by=self.by)
        return self.to_list(entity_type)


def _entity_type(asked: str) -> str:
    return asked if asked in EntityType.values else EntityType.CONTACT.value


class FieldCreate(FieldsPage):
    """Adds a field."""

    def get_form(self, data: Any = None) -> CustomFieldForm:
        """Return the form over a new field."""
        entity_type = _entity_type(self.request.GET.get("for", ""))
        return CustomFieldForm(data, instance=CustomField(team=self.team, entity_type=entity_type))

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Show the empty form."""
        return self.show("form", form=self.get_form())

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Add the field."""
        form = self.get_form(request.POST)
        if not form.save(self.by):
            return self.show("form", form=form)
        messages.success(request, f"{form.instance.label} was added.")
        return self.to_list(form.instance.entity_type)


class FieldEdit(FieldsPage):
    """Edits a field."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Show the field."""
        field = self.get_field()
        return self._form(field, CustomFieldForm(instance=field))

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Write what was typed."""
        field = self.get_field()
        form = CustomFieldForm(request.POST, instance=field)
        if not form.save(self.by):
            return self._form(self.get_field(), form)
        messages.success(request, f"{field.label} was saved.")
        return self.to_list(field.entity_type)

    def _form(self, field: CustomField, form: CustomFieldForm) -> HttpResponse:
        return self.show(
            "form",
            field=field,
            form=form,
            rename_form=RenameOptionForm(field=field) if field.choices else None,
            conversion=field.conversions.filter(team=self.team).first(),
        )


class FieldArchive(FieldsPage):
    """Archives a field, or restores it."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Do so; its values stay."""
        field = self.get_field()
        field.active = "restore" in request.POST
        try:
            save_custom_field(field, by=self.by)
        except (ValidationError, StaleRecord) as error:
            return self.refuse(error)
        done = "was restored" if field.active else "was archived. Its values stay"
        messages.success(request, f"{field.label} {done}.")
        return self.to_list(field.entity_type)


class FieldDelete(FieldsPage):
    """Asks, naming the field, and deletes it; one that has values stays."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Say what will be deleted."""
        return self.show("delete", field=self.get_field())

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Delete it."""
        field = self.get_field()
        try:
            delete_custom_field(field, by=self.by)
        except FieldHasValues as error:
            return self.refuse(error)
        messages.success(request, f"{field.label} was deleted.")
        return self.to_list(field.entity_type)


class FieldTypePage(FieldsPage):
    """Changes a field's type: first what it would do, then it."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Ask for the type, or show what it would do to the values."""
        field = self.get_field()
        form = FieldTypeForm(request.GET if "to" in request.GET else None, field=field)
        if not form.is_bound or not form.is_valid():
            return self.show("type", field=field, form=form)
        to_type, options = form.cleaned_data["to"], form.cleaned_data["options"] or None
        preview = preview_type(field, to_type, options)
        return self.show(
            "type",
            field=field,
            form=form,
            preview=preview,
            to_label=dict(form.fields["to"].choices)[to_type],  # type: ignore[attr-defined]
            examples=self._named(field, preview.examples),
            most_examples=MOST_EXAMPLES,
        )

    def _named(self, field: CustomField, examples: Any) -> list[dict[str, Any]]:
        model: Any = get_kind(field.entity_type).model
        ids = [example.record_id for example in examples]
        names = {
            row.pk: str(row) for row in model._default_manager.filter(team=self.team, pk__in=ids)
        }
        return [
            {"name": names.get(each.record_id, ""), "value": each.value, "reason": each.reason}
            for each in examples
        ]

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Change the type and convert the values."""
        field = self.get_field()
        form = FieldTypeForm(request.POST, field=field)
        if not form.is_valid():
            return self.show("type", field=field, form=form)
        options = form.cleaned_data["options"] or None
        try:
            conversion = change_type(field, form.cleaned_data["to"], options, by=self.by)
        except (ValidationError, StaleRecord, FieldIsBusy) as error:
            return self.refuse(error)
        return redirect("records:conversion", self.team.slug, field.pk, conversion.pk)


class OptionRename(FieldsPage):
    """Gives an option another name, in all values."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Rename it."""
        field = self.get_field()
        form = RenameOptionForm(request.POST, field=field)
        if not form.is_valid():
            return self.refuse(ValidationError(next(iter(form.errors.as_data().values()))))
        try:
            given = form.cleaned_data
            conversion = rename_option(field, given["old"], given["new"], by=self.by)
        except (ValidationError, StaleRecord, FieldIsBusy) as error:
            return self.refuse(error)
        return redirect("records:conversion", self.team.slug, field.pk, conversion.pk)


class ConversionPage(FieldsPage):
    """How far a conversion is, and what came of it; POST undoes it."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Show it; while it runs the page asks again."""
        context = {"field": self.get_field(), "conversion": self.get_conversion()}
        page = "records/fields/conversion.html"
        return render_either(request, page, f"{page}#progress", context)

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Change the type back."""
        conversion = self.get_conversion()
        conversion.field = self.get_field()
        try:
            back = undo(conversion, by=self.by)
        except (ValidationError, StaleRecord, FieldIsBusy) as error:
            return self.refuse(error)
        return redirect("records:conversion", self.team.slug, back.field_id, back.pk)

    def get_conversion(self) -> FieldConversion:
        """Return the field's conversion; raises Http404 where there is none."""
        conversions = self.team.conversions.filter(field=self.kwargs["pk"])
        return get_object_or_404(conversions, pk=self.kwargs["conversion_id"])
