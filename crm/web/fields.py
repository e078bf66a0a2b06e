"""Form fields for times and durations, as people write them."""

import datetime as dt
import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from crm.web import text

_DURATION = re.compile(r"([0-9]{1,6})(?::([0-9]{1,2}))?(?::([0-9]{1,2}))?(?:\s*min(?:utes?)?)?")


class MomentField(forms.DateTimeField):
    """A moment by the viewer's clock, to the minute.

    Where the clock went back and shows two moments alike, the later one that is past is meant.
    """

    default_error_messages = {
        "invalid": "Write the date and the time, such as 2026-11-24 12:40.",
        "skipped": "The clocks went forward then: there was no such time.",
    }

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault(
            "widget", forms.DateTimeInput({"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
        )
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> dt.datetime | None:
        """Return the moment in UTC; raises ValidationError."""
        if not isinstance(value, str):
            return super().to_python(value)
        if not value.strip():
            return None
        try:
            local = parse_datetime(value.strip())
            if local is not None:
                return self._moment(local.replace(tzinfo=None))
        except (ValueError, OverflowError):
            pass
        raise ValidationError(self.error_messages["invalid"], code="invalid")

    def _moment(self, local: dt.datetime) -> dt.datetime:
        zone = timezone.get_current_timezone()
        both = [local.replace(tzinfo=zone, fold=fold).astimezone(dt.UTC) for fold in (1, 0)]
        if both[0].astimezone(zone).replace(tzinfo=None) != local:
            raise ValidationError(self.error_messages["skipped"], code="skipped")
        return next((moment for moment in both if moment <= timezone.now()), both[0])


class DurationField(forms.Field):
    """A length of time: `4` (minutes), `4:12` or `1:02:03`. Its value is in seconds."""

    default_error_messages = {
        "invalid": "Write minutes, such as 4, or minutes and seconds, such as 4:12.",
        "too_long": "That is longer than %(hours)d hours. Write minutes and seconds, such as 4:12.",
    }

    def __init__(self, *, most_hours: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.most_hours = most_hours

    def prepare_value(self, value: Any) -> Any:
        """Return seconds as they are shown everywhere."""
        return text.duration(value) if isinstance(value, int) else value

    def to_python(self, value: Any) -> int | None:
        """Return the seconds, or None where nothing is written; raises ValidationError."""
        written = str(value or "").strip()
        if not written:
            return None
        found = _DURATION.fullmatch(written)
        parts = [int(part) for part in found.groups() if part is not None] if found else []
        if not parts or any(part > 59 for part in parts[1:]):
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        seconds = _seconds(*parts)
        if seconds > self.most_hours * 3600:
            raise ValidationError(
                self.error_messages["too_long"], code="too_long", params={"hours": self.most_hours}
            )
        return seconds


def _seconds(*parts: int) -> int:
    """Return the seconds of minutes, of minutes and seconds, or of hours, minutes and seconds."""
    hours, minutes, seconds = {1: (0, *parts, 0), 2: (0, *parts), 3: parts}[len(parts)]
    return (hours * 60 + minutes) * 60 + seconds
