"""The forms for a team itself and for a new API key."""

import datetime as dt
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from crm import normalize
from crm.accounts.forms import timezone_choices
from crm.history.recording import Author
from crm.team_settings import operations
from crm.teams.models import ApiKey, Scope, Team, Weekday

LONGEST_LIFE = dt.timedelta(days=10 * 365)
HIGHEST_RATE_LIMIT = 1_000_000
SCOPE_LABELS = [
    (
        scope.value,
        "Everything, and what is added later" if scope == Scope.EVERYTHING else scope.label,
    )
    for scope in Scope
]


class TeamForm(forms.ModelForm[Team]):
    """What owners and admins say about their team."""

    region = forms.ChoiceField(
        label="Country of phone numbers",
        help_text="A number without a country code is read as one of this country.",
        choices=normalize.country_names,
    )
    timezone = forms.ChoiceField(help_text="Calling hours are by this clock.", choices=list)
    calling_days = forms.MultipleChoiceField(
        choices=Weekday.choices,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Choose at least one day."},
    )

    class Meta:
        model = Team
        fields = (
            "name",
            "region",
            "timezone",
            "calling_days",
            "calling_start",
            "calling_end",
            "recording_days",
        )
        labels: ClassVar[dict[str, str]] = {
            "recording_days": "Days that recordings are kept",
            "calling_start": "Calling hours start",
            "calling_end": "Calling hours end",
        }
        help_texts: ClassVar[dict[str, str]] = {
            "recording_days": "Empty: for ever. After so many days the sound of a call is deleted; "
            "its transcript stays."
        }
        widgets: ClassVar[dict[str, Any]] = {
            "name": forms.TextInput(attrs={"autocomplete": "off"}),
            "calling_start": forms.TimeInput({"type": "time"}, format="%H:%M"),
            "calling_end": forms.TimeInput({"type": "time"}, format="%H:%M"),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        zones = self.fields["timezone"]
        assert isinstance(zones, forms.ChoiceField)
        zones.choices = [choice for choice in timezone_choices(self.instance.timezone) if choice[0]]
        self.initial["calling_days"] = list(self.instance.calling_days)

    def clean_calling_days(self) -> str:
        """Return the days as a team has them, in order."""
        return "".join(sorted(self.cleaned_data["calling_days"]))


class ApiKeyForm(forms.Form):
    """What a key is for and what it may do."""

    name = forms.CharField(
        max_length=100,
        help_text="What will use it, for example “Website form”.",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    scopes = forms.MultipleChoiceField(
        label="What it may do",
        choices=SCOPE_LABELS,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Choose at least one."},
    )
    expires_at = forms.DateField(
        required=False,
        label="Last day",
        help_text="The key works until the end of this day. Empty: until it is revoked.",
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
    )
    rate_limit = forms.IntegerField(
        label="Requests an hour",
        min_value=0,
        max_value=HIGHEST_RATE_LIMIT,
        initial=1000,
        help_text="0 for no limit.",
    )

    def clean_scopes(self) -> list[str]:
        """Return the scopes; everything includes all others."""
        scopes: list[str] = self.cleaned_data["scopes"]
        return [Scope.EVERYTHING] if Scope.EVERYTHING in scopes else scopes

    def clean_expires_at(self) -> dt.date | None:
        """Return the last day; raises ValidationError for the past and for what is never."""
        last_day: dt.date | None = self.cleaned_data["expires_at"]
        today = timezone.localdate()
        if last_day and last_day < today:
            raise ValidationError("This day is over.", code="past")
        if last_day and last_day > today + LONGEST_LIFE:
            raise ValidationError(
                "Choose a day within ten years, or leave it empty.", code="too_far"
            )
        return last_day

    def create(self, team: Team, by: Author) -> tuple[ApiKey, str] | None:
        """Make the key and return it with its secret; None where the form has errors."""
        if not self.is_valid():
            return None
        try:
            return operations.create_api_key(
                team,
                self.cleaned_data["name"],
                scopes=self.cleaned_data["scopes"],
                rate_limit=self.cleaned_data["rate_limit"],
                expires_at=end_of(self.cleaned_data["expires_at"]),
                by=by,
            )
        except ValidationError as error:
            self.add_error(None, error)
            return None


def end_of(day: dt.date | None) -> dt.datetime | None:
    """Return the last moment of `day` in the viewer's timezone."""
    return timezone.make_aware(dt.datetime.combine(day, dt.time.max)) if day else None
