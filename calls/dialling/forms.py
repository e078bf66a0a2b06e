"""The forms by which a contact is called, and by which a line is set up."""

import uuid
from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from calls.dialling.models import PARTS, Line
from calls.dialling.operations import save_line
from contacts.models import Contact
from crm.history.recording import Author
from crm.web import text


class CallForm(forms.Form):
    """Which number is called, by whom, and whether outside the calling hours.

    `token` makes a form that is sent twice one call.
    """

    token = forms.UUIDField(widget=forms.HiddenInput)
    number = forms.ChoiceField(widget=forms.RadioSelect)
    line = forms.ChoiceField(
        label="Who calls",
        widget=forms.RadioSelect,
        error_messages={
            "required": "Choose who calls.",
            "invalid_choice": "This line is gone. Choose another one.",
        },
    )
    outside_hours = forms.BooleanField(required=False, label="Call outside the calling hours")

    def __init__(
        self,
        data: Any = None,
        *,
        contact: Contact,
        lines: Sequence[Line],
        may_override: bool,
    ) -> None:
        super().__init__(data)
        region = contact.team.region
        numbers = [number for number in (contact.phone, contact.phone_secondary) if number]
        self._choices("number", [(number, text.phone(number, region)) for number in numbers])
        labels = [
            (str(line.pk), f"{line.name}, {line.connection.platform.label}") for line in lines
        ]
        self._choices("line", labels)
        self.lines = {str(line.pk): line for line in lines}
        if not may_override:
            del self.fields["outside_hours"]
        self.initial = {
            "token": uuid.uuid4(),
            "number": numbers[0] if numbers else "",
            "line": str(lines[0].pk) if lines else "",
        }

    def _choices(self, name: str, choices: Sequence[tuple[str, str]]) -> None:
        field: Any = self.fields[name]
        field.choices = choices

    @property
    def chosen(self) -> Line:
        """The line that was chosen."""
        return self.lines[self.cleaned_data["line"]]

    def renew_token(self) -> None:
        """Make what is sent next another call."""
        self.data = {**dict(self.data.items()), "token": str(uuid.uuid4())}


class LineForm(forms.Form):
    """What a line is called, and the parts that its platform needs."""

    name = forms.CharField(
        max_length=100,
        help_text="Whoever calls chooses by it, for example “Nora, sales”.",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def __init__(self, data: Any = None, *, line: Line) -> None:
        super().__init__(data)
        self.line = line
        dialler = line.dialler
        for part, label in dialler.labels.items():
            self.fields[part] = forms.CharField(
                label=label,
                help_text=dialler.helps.get(part, ""),
                required=part not in dialler.optional,
                widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
            )
        self.initial = {name: getattr(line, name) for name in ("name", *PARTS)}

    def save(self, by: Author) -> bool:
        """Write the line, and return whether it was fit to be."""
        if not self.is_valid():
            return False
        for name, value in self.cleaned_data.items():
            setattr(self.line, name, value)
        try:
            save_line(self.line, by=by)
        except ValidationError as error:
            self.add_error(None, error)
            return False
        return True
