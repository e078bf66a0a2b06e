"""Forms of calls: logging one by hand, saying whose one is."""

import datetime as dt
from collections.abc import Sequence
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from calls.models import Call, CallStatus, Direction, Outcome
from calls.operations import assign_calls, save_call
from contacts.forms import ContactForm
from contacts.models import Contact
from contacts.suggestions import is_called, suggest_contacts
from crm.history.recording import Author
from crm.records.forms import RecordForm, replaced
from crm.records.models import Record
from crm.records.writing import StaleRecord
from crm.web import text
from crm.web.fields import DurationField, MomentField
from crm.web.forms import Combobox

MOST_HOURS = 12
MOST_CANDIDATES = 10
JUST_CHANGED = "One of these calls changed at this moment. Nothing was saved yet: send it again."
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


class OthersField(forms.BooleanField):
    """Whether the other calls of a call's number are meant, too."""

    def __init__(self, count: int, *, initial: bool) -> None:
        which = "the other call" if count == 1 else f"the {count:,} other calls"
        super().__init__(required=False, initial=initial, label=f"Also {which} of this number")


class AssignForm(forms.Form):
    """Says whose `call` is, and with it the other calls of its number.

    `contact` is what was typed, `contact_id` who was taken over from its suggestions, as long as
    the words still name them. Where nobody was, the words decide if they fit one contact alone;
    else `candidates` are those to choose from, each with a button that sends its `choice`.
    """

    contact = forms.CharField(
        max_length=200, required=False, help_text="Type a name, an email or a phone number."
    )
    contact_id = forms.UUIDField(required=False, widget=forms.HiddenInput)
    choice = forms.UUIDField(required=False)
    #: Whose the call was when the form was shown.
    contact_before = forms.UUIDField(required=False, widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, call: Call, sharers: Sequence[Contact] = ()) -> None:
        super().__init__(data, initial={"contact_before": call.contact_id})
        self.call = call
        self.candidates = list(sharers)
        self.assigned: list[Call] = []
        options = reverse("contacts:options", args=[call.team.slug])
        self.fields["contact"].widget = Combobox(options_url=options, id_field="contact_id")
        if count := call.others_of_number().count():
            self.fields["others"] = OthersField(count, initial=call.contact_id is None)

    def clean(self) -> dict[str, Any]:
        """Find the contact; raises ValidationError where the call got another one meanwhile."""
        cleaned, call = self.cleaned_data, self.call
        if "contact_before" in cleaned and cleaned["contact_before"] != call.contact_id:
            before = str(call.contact_id or "")
            self.data = replaced(self.data, self.add_prefix("contact_before"), before)
            whose = f"assigned this call to {call.contact.name}" if call.contact else "changed this"
            raise ValidationError(f"Somebody {whose} meanwhile. Send the form again to change it.")
        if not self.errors:
            try:
                self.chosen = self._find()
            except ValidationError as error:
                self.add_error("contact", error)
        return cleaned

    def _find(self) -> Contact:
        words, choice = self.cleaned_data["contact"], self.cleaned_data["choice"]
        if contact_id := choice or self.cleaned_data["contact_id"]:
            chosen = self.call.team.contacts.filter(pk=contact_id).first()
            if chosen is None:
                self.data = replaced(self.data, self.add_prefix("contact_id"), "")
                raise ValidationError("This contact is not there any more. Choose another one.")
            if choice or not words or is_called(chosen, words):
                return chosen
        return self._find_by(words)

    def _find_by(self, words: str) -> Contact:
        if not words:
            raise ValidationError("Say whose call this is.", code="required")
        found = suggest_contacts(self.call.team, words, MOST_CANDIDATES)
        fitting = [contact for contact in found if is_called(contact, words)] or found
        if not fitting:
            raise ValidationError(f"Nobody here fits “{words}”.", code="unknown")
        if len(fitting) > 1:
            self.candidates = fitting
            raise ValidationError(f"Several contacts fit “{words}”. Choose one below.")
        return fitting[0]

    def save(self, by: Author) -> bool:
        """Write whose the calls are; False means that it was not, and the form says why."""
        if not self.is_valid():
            return False
        others = self.call.others_of_number() if self.cleaned_data.get("others") else ()
        self.assigned = [self.call, *others]
        try:
            assign_calls(self.assigned, self.chosen, by=by)
        except StaleRecord:
            self.add_error(None, JUST_CHANGED)
        except ValidationError as error:
            self.add_error(None, error.messages)
        return not self.errors


class CallerForm(ContactForm):
    """Adds the contact whose `call` is, and gives it the other calls of the number, too."""

    def __init__(self, *args: Any, call: Call, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.call = call
        self.assigned: list[Call] = []
        if count := call.others_of_number().count():
            self.fields["others"] = OthersField(count, initial=True)

    @property
    def more_fields(self) -> list[forms.BoundField]:
        """What is asked beyond the contact itself."""
        return [self["others"]] if "others" in self.fields else []

    def clean(self) -> dict[str, Any]:
        """Raise ValidationError where the call got a contact meanwhile."""
        if self.call.contact:
            self.add_error(None, f"This call is {self.call.contact.name}'s by now.")
        return super().clean()

    def write(self, by: Author) -> None:
        """Write the contact, its company where that is new, and whose the calls are."""
        others = self.call.others_of_number() if self.cleaned_data.get("others") else ()
        self.assigned = [self.call, *others]
        with transaction.atomic():
            super().write(by)
            try:
                assign_calls(self.assigned, self.instance, by=by)
            except StaleRecord as error:
                raise ValidationError(JUST_CHANGED) from error
