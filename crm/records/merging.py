"""Two people in one record: what one changed is kept, and the other is told and asked.

A form sends back, beside what is typed, the text that each field was opened with
(`initial-<name>`). So it is decided field by field, against what is stored by then:

- what only one of the two has changed is not in question: both changes stand;
- what both have changed to something else is disputed. Nothing is written, and the form says both
  values; `choice-<name>` answers whether mine or theirs shall stand.

A field that came without such a text is judged by the form's `version`: where that is not the
stored one any more, every difference is disputed.
"""

import dataclasses
from collections.abc import Collection
from typing import TYPE_CHECKING, Any, ClassVar

from django import forms
from django.http import QueryDict

from crm.records.models import Record

if TYPE_CHECKING:
    _ModelForm = forms.ModelForm[Any]
else:
    _ModelForm = forms.ModelForm

CHOICE = "choice-"
MINE, THEIRS = "mine", "theirs"
EMPTY = "empty"


class MergingField(forms.Field):
    """A field of which two people's changes can both stand."""

    def merge(self, opened: str, typed: Any, stored: Any) -> Any:
        """Return the stored value with what was changed between `opened` and `typed`."""
        raise NotImplementedError


@dataclasses.dataclass(frozen=True, slots=True)
class Meanwhile:
    """A field that somebody else changed while the form was open, both values in words."""

    field: forms.BoundField
    theirs: str
    mine: str = ""

    @property
    def label(self) -> str:
        """What the field is called."""
        return str(self.field.label)

    @property
    def choice_name(self) -> str:
        """The name under which the form sends whose value shall stand."""
        return f"{CHOICE}{self.field.html_name}"


class MergingMixin(_ModelForm):
    """A form over a record that others change, too."""

    #: Whether the fields send back what they were opened with.
    remembers_opening: ClassVar[bool] = False

    #: What somebody else changed meanwhile and this person did, too, to something else.
    disputed: list[Meanwhile]
    #: What somebody else changed meanwhile and this person did not.
    taken: list[Meanwhile]

    def differences(self, stored: Record) -> list[tuple[str, str]]:
        """Return (field, stored value in words) for each field that would change if written now."""
        raise NotImplementedError

    def remember_opening(self) -> None:
        """Let each field carry the text it is opened with; those sent without one stay so."""
        self.disputed, self.taken = [], []
        for name, field in self.fields.items():
            is_known = not self.is_bound or self._opened(name) is not None
            field.show_hidden_initial = (
                self.remembers_opening
                and not self.instance._state.adding
                and not field.widget.is_hidden
                and is_known
            )

    def take_theirs(self) -> set[str]:
        """Leave alone what only others have changed; return the names of what both have."""
        self.disputed, self.taken = [], []
        both = set()
        for name, field in self.fields.items():
            if not field.show_hidden_initial:
                continue
            if self._choice(name) == THEIRS:
                self._take(name)
            elif self._opened(name) == self._stored(name):
                continue
            elif self._typed(name) == self._opened(name):
                self._take(name)
                self.taken.append(Meanwhile(self[name], self._in_words(name)))
            elif isinstance(field, MergingField) and name in self.cleaned_data:
                self._merge(name, field)
            else:
                both.add(name)
        return both

    def unremembered(self) -> set[str]:
        """Return the names of fields that came without the text they were opened with."""
        return {
            name
            for name, field in self.fields.items()
            if not field.show_hidden_initial and not field.widget.is_hidden
        }

    def dispute(self, stored: Record, names: Collection[str]) -> None:
        """Say both values of each of these fields where they differ, and ask."""
        for name, theirs in self.differences(stored):
            if name in names and name not in self.errors:
                self.add_error(name, f"Stored now: {theirs}")
                if self.fields[name].show_hidden_initial:
                    self.disputed.append(Meanwhile(self[name], theirs, self._in_words(name)))
        for asked in self.disputed:
            self._remember(asked.field.name)

    def _take(self, name: str) -> None:
        self.cleaned_data.pop(name, None)
        self.errors.pop(name, None)
        self._put(name, self.get_initial_for_field(self.fields[name], name))

    def _merge(self, name: str, field: MergingField) -> None:
        stored = self.get_initial_for_field(field, name)
        merged = field.merge(self._opened(name) or "", self.cleaned_data[name], stored)
        self.cleaned_data[name] = merged
        self._put(name, merged)

    def _put(self, name: str, value: Any) -> None:
        """Let the form show this value, and have been opened with the stored one."""
        text = self.fields[name].prepare_value(value)
        data = copied(self.data)
        if isinstance(self.fields[name], forms.BooleanField) and not text:
            data.pop(self.add_prefix(name), None)
        else:
            data[self.add_prefix(name)] = _text(text)
        self.data = data
        self._remember(name)

    def _remember(self, name: str) -> None:
        """Take the stored value as what the field was opened with from now on."""
        self.data = replaced(self.data, self.add_initial_prefix(name), self._stored(name))

    def _opened(self, name: str) -> str | None:
        opened = self.data.get(self.add_initial_prefix(name))
        return None if opened is None else _text(opened)

    def _typed(self, name: str) -> str:
        return _text(self[name].data)

    def _stored(self, name: str) -> str:
        field = self.fields[name]
        return _text(field.prepare_value(self.get_initial_for_field(field, name)))

    def _choice(self, name: str) -> str:
        return str(self.data.get(f"{CHOICE}{self.add_prefix(name)}", ""))

    def _in_words(self, name: str) -> str:
        """Return what the field holds now as people read it."""
        typed, widget = self._typed(name), self.fields[name].widget
        if isinstance(self.fields[name], forms.BooleanField):
            return "yes" if typed == "True" else "no"
        if isinstance(widget, forms.Select):
            labels = {str(value): str(label) for value, label in widget.choices}
            typed = labels.get(typed, typed) if typed else ""
        return typed or EMPTY


def _text(value: Any) -> str:
    """Return a text as browsers send it back, whatever they make of its line ends."""
    return "" if value is None else str(value).replace("\r\n", "\n").replace("\r", "\n")


def copied(data: Any) -> QueryDict:
    """Return a copy of what was posted; the request's own data stays as it came."""
    copy = QueryDict(mutable=True)
    lists = data.lists() if isinstance(data, QueryDict) else ((k, [v]) for k, v in data.items())
    for key, values in lists:
        copy.setlist(key, values)
    return copy


def replaced(data: Any, name: str, value: str) -> QueryDict:
    """Return what was posted with one value put in."""
    copy = copied(data)
    copy[name] = value
    return copy
