"""Forms of records: the model's own rules while typing, the operations to write."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError

from crm import normalize
from crm.history.recording import Author
from crm.records.custom_forms import CustomFieldsMixin
from crm.records.merging import EMPTY, MergingMixin, replaced
from crm.records.models import Record
from crm.records.writing import StaleRecord
from crm.web.forms import FoldedFieldsMixin


class RecordForm(CustomFieldsMixin, FoldedFieldsMixin, MergingMixin):
    """Adds or edits one record of a team; a subclass says which operation writes it.

    `is_valid()` asks no database: what only it can tell (a name that is taken, a company that is
    not there) is asked once, by the operation, and its answer stands beside the field. Where
    somebody else changed the record since the form was opened, see crm.records.merging: what is
    disputed is not written, and the person is told, with their own text kept and the stored value
    beside it. Saving again is then meant.
    """

    rare_field_names: ClassVar[tuple[str, ...]] = ()
    #: Hidden fields that belong to others, by the other's name.
    companions: ClassVar[Mapping[str, Sequence[str]]] = {}
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        #: Whether somebody else was quicker between reading the record and writing it.
        self.is_overtaken = False
        self.is_narrow = False
        self.is_new = self.instance._state.adding
        if self.is_new:
            del self.fields["version"]
        else:
            self.initial["version"] = self.instance.version
        self.add_custom_fields()
        for name, field in self.fields.items():
            if isinstance(field.widget, forms.TelInput) and (stored := self.initial.get(name)):
                self.initial[name] = _as_dialled(stored, self.instance.phone_region)
        self.remember_opening()

    def narrow(self, names: Collection[str]) -> None:
        """Keep these fields alone, and the hidden ones that belong to them."""
        self.is_narrow = True
        kept = {*names, *(each for name in names for each in self.companions.get(name, ()))}
        for name in self.fields.keys() - kept:
            del self.fields[name]
        self.custom = [field for field in self.custom if field.name in kept]

    def write(self, by: Author) -> None:
        """Hand `self.instance` to its operation."""
        raise NotImplementedError

    def save(self, by: Author) -> bool:  # type: ignore[override]
        """Write what was typed; False means that it was not, and the form says why.

        `is_overtaken` says that a new form over what is stored by now may have more luck.
        """
        if not self.is_valid():
            return False
        try:
            self.write(by)
        except StaleRecord as error:
            stored = _stored(error.record)
            self.is_overtaken = stored is not None
            self._say_stale(stored, self.fields)
        except ValidationError as error:
            self.add_errors(error)
        return not self.errors

    def add_errors(self, error: ValidationError) -> None:
        """Put each error beside its field, and above the form where it has none here."""
        for name, errors in error.update_error_dict({}).items():
            self.add_error(name if name in self.fields else None, errors)

    def clean(self) -> dict[str, Any]:
        """Leave uniqueness and constraints to the operation: ModelForm would ask for each field."""
        self._both_changed = set() if self.is_new else self.take_theirs()
        return self.cleaned_data

    def _post_clean(self) -> None:
        super()._post_clean()  # type: ignore[misc]
        self.set_custom_values()
        names = self._both_changed
        version = self.cleaned_data.get("version")
        is_stale = version is not None and version != self.instance.version
        if is_stale:
            names |= self.unremembered()
        disputed = {name for name, _words in self.differences(self.instance)} if names else set()
        if names & disputed or (is_stale and self.unremembered()):
            self._say_stale(self.instance, names)

    def _say_stale(self, stored: Record | None, names: Collection[str]) -> None:
        noun = self.instance._meta.verbose_name
        if stored is None:
            self.add_error(None, f"Somebody else deleted this {noun} meanwhile.")
            return
        self.dispute(stored, names)
        if self.is_narrow:
            self.add_error(None, "Somebody else changed this meanwhile.")
        else:
            how = _CHOOSE if self.disputed else _SAVE_AGAIN
            self.add_error(None, f"Somebody else changed this {noun} while you were editing. {how}")
        self.data = replaced(self.data, self.add_prefix("version"), str(stored.version))

    def differences(self, stored: Record) -> list[tuple[str, str]]:
        """Return (field, stored value in words) for each field that would change if written now."""
        built_in = [
            (name, _spoken(stored, name))
            for name in self._meta.fields or ()
            if name in self.fields and stored.loaded(name) != getattr(self.instance, name)
        ]
        return [*built_in, *self.custom_differences(stored)]


_CHOOSE = "Nothing was saved yet. Choose whose values shall stand, then save again."
_SAVE_AGAIN = (
    "Nothing was saved yet. Where your text differs, the stored value stands beside it. "
    "Save again to keep yours."
)


def _as_dialled(number: str, region: str) -> str:
    """Return a number as people of `region` write it, where it is read back as the same."""
    shown = normalize.display_phone(number, region)
    try:
        return shown if normalize.phone(shown, region) == number else number
    except normalize.NormalizeError:
        return number


def _stored(record: Record) -> Record | None:
    """Return the record as it is stored at this moment, or None where it is gone."""
    rows = type(record)._default_manager.filter(pk=record.pk, team_id=record.team_id)
    return rows.first()


def _spoken(record: Record, name: str) -> str:
    """Return a stored value in words."""
    field: Any = record._meta.get_field(name)
    value = record.loaded(name)
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(dict(field.flatchoices).get(value, value)) or EMPTY
