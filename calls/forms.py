"""The form of a call that somebody logs by hand."""

import datetime as dt
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from calls.models import Call, CallStatus, Direction, Outcome
from calls.operations import save_call
from crm.history.recording import Author
from crm.records.forms import RecordForm
from crm.records.models import Record
from crm.web import text
from crm.web.fields import DurationField, MomentField

MOST_HOURS = 12
#: Whoever types an earlier year means another.
EARLIEST = dt.datetime(2000, 1, 1, tzinfo=dt.UTC)
#: How a call with such an outcome stands technically; all others were completed.
_STATUSES: dict[str, CallStatus] = {
    Outcome.NO_ANSWER: CallStatus.NO_ANSWER,
    Outcome.DECLINED: CallStatus.NO_ANSWER,
    Outcome.BUSY: CallStatus.BUSY,
    Outcome.FAILED: CallStatus.FAILED,
    Outcome.CANCELED: CallStatus.CANCELED,
}


class LoggedCallForm(RecordForm):
    """Logs a call with `instance.contact`, or edits one that was logged.

    Its notes are the call's summary: that is what the card and the list show of a call, what search
    looks through and the API carries. When it ended is not asked, only how long it was: most are
    logged just after hanging up with the time left as it stands.
    """

    direction = forms.ChoiceField(choices=())
    started_at = MomentField(label="Time", error_messages={"required": "Say when the call was."})
    duration = DurationField(
        required=False, most_hours=MOST_HOURS, help_text="In minutes, such as 4 or 4:12."
    )

    class Meta:
        model = Call
        fields = ("direction", "outcome", "started_at", "summary")
        labels: ClassVar[dict[str, str]] = {"summary": "Notes"}
        help_texts: ClassVar[dict[str, str]] = {"summary": "They become the call's summary."}
        widgets: ClassVar[dict[str, Any]] = {"summary": forms.Textarea(attrs={"rows": 4})}

    def __init__(self, *args: Any, instance: Call, **kwargs: Any) -> None:
        super().__init__(*args, instance=instance, **kwargs)
        moment = instance.started_or_created_at
        if instance._state.adding:
            moment = timezone.now()
            self.initial["direction"] = Direction.OUTBOUND
            self.initial["outcome"] = Outcome.CONNECTED
        self.initial["started_at"] = moment.replace(second=0, microsecond=0)
        self.initial["duration"] = instance.duration_seconds
        directions = [Direction.OUTBOUND, Direction.INBOUND]
        if instance.direction == Direction.UNKNOWN:
            directions.append(Direction.UNKNOWN)
        choices: Any = self.fields["direction"]
        choices.choices = [(each.value, each.label) for each in directions]
        zone = timezone.get_current_timezone_name().replace("_", " ")
        self.fields["started_at"].help_text = f"In your timezone, {zone}."

    def clean_started_at(self) -> dt.datetime | None:
        """Return when the call began; raises ValidationError for a time that cannot have been.

        One that was not touched keeps its seconds, which the field does not show.
        """
        if not self.instance._state.adding and "started_at" not in self.changed_data:
            return self.instance.started_at
        moment: dt.datetime = self.cleaned_data["started_at"]
        if moment > timezone.now():
            message = f"This is still to come: it is {text.exact_time(timezone.now())} now."
            raise ValidationError(message, code="future")
        if moment < EARLIEST:
            message = f"Check the year: this is before {EARLIEST.year}."
            raise ValidationError(message, code="too_early")
        return moment

    def clean(self) -> dict[str, Any]:
        """Set what follows from the fields: duration, status, the end of a call that has one."""
        cleaned, call = super().clean(), self.instance
        if {"duration", "started_at"} & set(self.changed_data):
            started, seconds = cleaned.get("started_at"), cleaned.get("duration")
            call.duration_seconds = seconds
            had_end, call.ended_at = call.ended_at is not None, None
            if had_end and started and seconds is not None:
                call.ended_at = started + dt.timedelta(seconds=seconds)
        if "outcome" in self.changed_data or call._state.adding:
            call.status = _STATUSES.get(cleaned.get("outcome", ""), CallStatus.COMPLETED)
        return cleaned

    def write(self, by: Author) -> None:
        """Write the call."""
        save_call(self.instance, by=by)

    def differences(self, stored: Record) -> list[tuple[str, str]]:
        """Return what would change, the time in the viewer's zone and the duration too."""
        found = dict(super().differences(stored))
        if "started_at" in found and (moment := stored.loaded("started_at")):
            found["started_at"] = text.exact_time(moment)
        seconds = stored.loaded("duration_seconds")
        if seconds != self.instance.duration_seconds:
            found["duration"] = text.duration(seconds) or "empty"
        return list(found.items())
