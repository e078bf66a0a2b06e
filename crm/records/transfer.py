"""Import and export in the admin: one team at a time, previewed, all rows or none."""

from functools import partial
from typing import Any, cast

from django import forms
from django.contrib import messages
from django.contrib.admin.options import IncorrectLookupParameters
from django.core.exceptions import BadRequest, ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from import_export.admin import ImportExportMixin
from import_export.forms import ConfirmImportForm, ExportForm, ImportForm
from import_export.results import Result, RowResult

from crm.accounts.models import User
from crm.history.models import Origin
from crm.history.recording import Author
from crm.records.files import FORMATS, UnreadableFile
from crm.records.form_admin import asked_team
from crm.records.resources import ROWS_SHOWN
from crm.records.uploads import WaitingFile
from crm.teams.models import Team
from crm.teams.owned_admin import TEAM, team_field

MOST_BYTES = 10 * 2**20


class _OfTeam(forms.Form):
    """Asks for the team first."""

    def __init__(self, *args: Any, site: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields[TEAM] = team_field(site)
        self.order_fields([TEAM])


class TeamImportForm(_OfTeam, ImportForm):
    """What is imported, and into which team."""

    def clean_import_file(self) -> Any:
        """Refuse a file that is too large to be shown before it is imported."""
        file = self.cleaned_data["import_file"]
        if file.size > MOST_BYTES:
            message = f"A file is at most {MOST_BYTES // 2**20} MB here."
            raise ValidationError(message, code="too_large")
        return file


class TeamConfirmForm(ConfirmImportForm):
    """The import that was previewed."""

    team = forms.ModelChoiceField(Team.objects.all(), widget=forms.HiddenInput)

    def clean_import_file_name(self) -> str:
        """Refuse a file that is not there any more."""
        name = self.cleaned_data["import_file_name"]
        if not WaitingFile(name).exists():
            raise ValidationError("The file is gone. Upload it again.", code="gone")
        return name


class TeamExportForm(_OfTeam, ExportForm):
    """What is exported, and of which team."""


class TransferAdmin(ImportExportMixin):
    """Lets a record's admin import and export by its TeamResource."""

    import_form_class = TeamImportForm
    confirm_form_class = TeamConfirmForm
    export_form_class = TeamExportForm
    tmp_storage_class = WaitingFile
    skip_admin_log = True  # every row has its Change
    formats = FORMATS

    def has_import_permission(self, request: HttpRequest) -> bool:
        """Return whether this person may add and change, for an import does both."""
        return self.has_add_permission(request) and self.has_change_permission(request)

    # Import

    def get_import_form_kwargs(self, request: HttpRequest) -> dict[str, Any]:
        """Return what the form is made from."""
        return super().get_import_form_kwargs(request) | {"site": self.admin_site}

    def get_import_form_initial(self, request: HttpRequest) -> dict[str, Any]:
        """Return the team whose list one comes from."""
        return {TEAM: asked_team(request)}

    def get_confirm_form_initial(self, request: HttpRequest, import_form: Any) -> dict[str, Any]:
        """Return what the confirmation carries: the team too."""
        initial = super().get_confirm_form_initial(request, import_form)
        return initial | ({TEAM: import_form.cleaned_data[TEAM].pk} if import_form else {})

    def get_import_resource_kwargs(self, request: HttpRequest, **kwargs: Any) -> dict[str, Any]:
        """Return whose records are imported, and by whom."""
        team = getattr(kwargs["form"], "cleaned_data", {}).get(TEAM)
        return {"team": team, "by": Author(Origin.IMPORT, user=cast(User, request.user))}

    def add_data_read_fail_error_to_form(self, form: Any, e: Exception) -> None:
        """Say beside the file why it cannot be read."""
        if not isinstance(e, UnreadableFile):
            raise e
        form.add_error("import_file", str(e))

    def import_action(self, request: HttpRequest, **kwargs: Any) -> Any:
        """Show the form, or the preview; a file that will not be imported is not kept."""
        response = super().import_action(request, **kwargs)
        context = response.context_data
        file: Any = request.FILES.get("import_file")
        if "confirm_form" not in context and hasattr(file, "tmp_storage_name"):
            WaitingFile(file.tmp_storage_name).remove()
        context["rows_shown"] = ROWS_SHOWN
        if result := context.get("result"):
            context["counted"] = count_rows(result)
        return response

    def process_result(self, result: Result, request: HttpRequest) -> HttpResponse:
        """Say what was imported; where the data changed since the preview, that nothing was."""
        if not result.has_errors() and not result.has_validation_errors():
            return super().process_result(result, request)
        text = "Nothing was imported, for something changed since the preview. Upload it once more."
        messages.error(request, text)
        name = "admin:{}_{}_import".format(*self.get_model_info())
        return HttpResponseRedirect(reverse(name, current_app=self.admin_site.name))

    def add_success_message(self, result: Result, request: HttpRequest) -> None:
        """Say how many rows did what."""
        messages.success(request, f"Import finished: {count_rows(result)}.")

    # Export

    def get_export_form_class(self) -> Any:
        """Return the form, ready to be made."""
        return partial(self.export_form_class, site=self.admin_site)

    def get_export_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Return the rows of the list that one comes from; its filters still hold."""
        try:
            return super().get_export_queryset(request)
        except IncorrectLookupParameters as error:
            raise BadRequest("There is no such filter.") from error

    def get_export_resource_kwargs(self, request: HttpRequest, **kwargs: Any) -> dict[str, Any]:
        """Return whose records are exported."""
        form = kwargs.get("export_form")
        return {"team": form.cleaned_data[TEAM] if form else None}

    def init_request_context_data(self, request: HttpRequest, form: Any) -> dict[str, Any]:
        """Return what the page shows; the team is the one whose list one comes from."""
        form.initial[TEAM] = asked_team(request)
        return super().init_request_context_data(request, form)


def count_rows(result: Result) -> str:
    """Return how many rows did what, in words."""
    words = (
        (RowResult.IMPORT_TYPE_NEW, "added"),
        (RowResult.IMPORT_TYPE_UPDATE, "changed"),
        (RowResult.IMPORT_TYPE_SKIP, "as before"),
    )
    return ", ".join(f"{result.totals[kind]:,} {word}" for kind, word in words)
