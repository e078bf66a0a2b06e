"""What people say of a file: which one, what its columns are, how its rows are taken."""

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any

from django import forms

from contacts.imports.mapping.fields import FULL_NAME, Target, new_field
from contacts.imports.mapping.types import OFFERED, suggest_type
from contacts.imports.models import DateOrder, Duplicates, Import
from contacts.imports.options import Options
from contacts.imports.reading.encoding import ENCODINGS
from contacts.imports.reading.layout import DELIMITERS, nameless
from contacts.imports.uploads import MOST_BYTES
from contacts.models import LeadStatus
from contacts.operations import clean_tag_names
from contacts.resources import join_tags, split_tags
from crm import normalize
from crm.history.recording import Author
from crm.normalize import name_key
from crm.records.catalog import custom_fields
from crm.records.models import CustomField, EntityType
from crm.records.operations import check_custom_fields, free_key
from crm.records.values import DATE, FieldType

NEW_FIELD = "new"
LONGEST_LABEL = 100
LEFT_OUT = [("", "Leave out")]


class UploadForm(forms.Form):
    """The file."""

    file = forms.FileField(
        label="CSV file",
        help_text="Up to 100 MB and 500,000 rows, as other systems export it.",
        widget=forms.FileInput(attrs={"accept": ".csv,.tsv,.txt,text/csv"}),
        error_messages={"empty": "The file is empty."},
    )

    def clean_file(self) -> Any:
        """Refuse a file that is too large."""
        file = self.cleaned_data["file"]
        if file.size > MOST_BYTES:
            raise forms.ValidationError("The file is larger than 100 MB. Split it into several.")
        return file


class ReadingForm(forms.Form):
    """How the file is read, where it was guessed wrong."""

    encoding = forms.ChoiceField(choices=[("", "Find out"), *ENCODINGS.items()], required=False)
    delimiter = forms.ChoiceField(
        label="Between cells", choices=[("", "Find out"), *DELIMITERS.items()], required=False
    )
    header_row = forms.IntegerField(
        label="Line of the header", min_value=1, max_value=1000, required=False
    )
    no_header = forms.BooleanField(
        label="There is no header: contacts begin in that line", required=False
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            # It is sent with the columns, so that what was chosen there is not lost.
            field.widget.attrs["form"] = "mapping"


class MappingForm(forms.Form):
    """What each column is, and how the rows are taken."""

    import_company_fields = forms.BooleanField(
        label="Import and update company fields",
        required=False,
        help_text="Off: companies that are missing are added by name, and nothing else.",
    )
    on_duplicate = forms.ChoiceField(
        label="When the contact is already here",
        choices=[
            (Duplicates.SKIP, "Skip the row"),
            (Duplicates.UPDATE, "Update the contact"),
            (Duplicates.CREATE, "Add another contact"),
        ],
        widget=forms.RadioSelect,
        help_text="Found by external ID, then phone, then email. Empty cells change nothing.",
    )
    default_region = forms.ChoiceField(
        label="Phones without a country code are from",
        help_text="A row whose country column says another is read as of there.",
    )
    date_order = forms.ChoiceField(
        label="Dates such as 04/05/2027", choices=DateOrder.choices, required=False
    )
    default_company_name = forms.CharField(
        label="Company for rows that name none",
        max_length=200,
        required=False,
        widget=forms.TextInput(attrs={"placeholder": "Leave empty to reject them"}),
    )
    lead_status = forms.ChoiceField(label="Status of new contacts", required=False)
    source = forms.CharField(label="Lead source of new contacts", max_length=100, required=False)
    tags = forms.CharField(label="Tags for all rows", required=False, help_text="With commas.")

    def __init__(
        self,
        data: Any = None,
        *,
        run: Import,
        targets: Mapping[str, Target],
        samples: Sequence[Sequence[str]],
        may_add_fields: bool,
        by: Author,
    ) -> None:
        """Offer the team's fields for each column, and new ones; `samples` are first values."""
        self.run, self.targets, self.samples, self.by = run, targets, samples, by
        self.new: dict[int, CustomField] = {}
        #: What each column was said to be, right or wrong.
        self.picked: dict[int, str] = {}
        options = Options.from_json(run.options)
        super().__init__(data, initial=self._initial(options))
        countries = normalize.country_names().items()
        self._choices("default_region", [(code, name) for code, name in countries])
        self._choices("lead_status", [("", "As it says, else New"), *LeadStatus.choices])
        if not any(DATE.order_of(text) is not None for values in samples for text in values):
            del self.fields["date_order"]
        self.options = options
        fields = _grouped(targets)
        taken = {name_key(target.label) for target in targets.values()}
        for column, values in zip(run.mapping, samples, strict=True):
            header = column["header"][:LONGEST_LABEL]
            is_free = bool(header) and name_key(header) not in taken
            new = _new_choices(header, values) if may_add_fields and is_free else []
            self.fields[f"column_{column['column']}"] = forms.ChoiceField(
                label=column["header"] or nameless(column["column"]),
                choices=[*LEFT_OUT, *new, *fields],
                initial=f"{NEW_FIELD}:{column['new']}" if column.get("new") else column["field"],
                required=False,
            )

    def _choices(self, name: str, choices: Sequence[tuple[str, str]]) -> None:
        field: Any = self.fields[name]
        field.choices = choices

    def _initial(self, options: Options) -> dict[str, Any]:
        return {
            "import_company_fields": options.import_company_fields,
            "on_duplicate": options.on_duplicate,
            "default_region": options.default_region or self.run.team.region,
            "date_order": options.date_order,
            "default_company_name": options.default_company_name,
            "lead_status": options.lead_status,
            "source": options.source,
            "tags": join_tags(options.tags),
        }

    def clean_tags(self) -> tuple[str, ...]:
        """Return the tags."""
        return tuple(clean_tag_names(split_tags(self.cleaned_data["tags"])))

    def clean(self) -> None:
        """Refuse a field that two columns have, and a file that leaves out what is required."""
        chosen = self.picked = {
            column["column"]: self.cleaned_data.get(f"column_{column['column']}", "")
            for column in self.run.mapping
        }
        fields = [field for field in chosen.values() if field in self.targets]
        for number, field in chosen.items():
            if field in fields and fields.count(field) > 1:
                label = self.targets[field].label
                self.add_error(f"column_{number}", f"Two columns are {label}. Choose one of them.")
        has_name = FULL_NAME in fields or {"firstName", "lastName"} <= set(fields)
        if not has_name:
            self.add_error(None, "Say which columns hold the first and the last name.")
        if "companyName" not in fields and not self.cleaned_data.get("default_company_name"):
            self.add_error(
                "default_company_name", "No column is the company. Name one for all rows."
            )
        self._check_new(chosen)

    def _check_new(self, chosen: Mapping[int, str]) -> None:
        """Make the fields that columns become, unsaved; say beside a column why it cannot."""
        team = self.run.team
        taken = {field.key for field in custom_fields(team.pk, EntityType.CONTACT)}
        for column in self.run.mapping:
            number = column["column"]
            new, _, field_type = chosen[number].partition(":")
            if new == NEW_FIELD:
                label = column["header"][:LONGEST_LABEL]
                key = free_key(label, taken)
                taken.add(key)
                self.new[number] = new_field(team, label, field_type, key)
        errors = check_custom_fields(list(self.new.values()), by=self.by)
        for place, number in enumerate(self.new):
            if place in errors:
                self.add_error(f"column_{number}", errors[place].messages)

    def mapping(self) -> list[dict[str, Any]]:
        """Return the columns as chosen."""
        return [
            self._chosen(column, value)
            for column, value in zip(self.run.mapping, self.picked.values(), strict=True)
        ]

    def _chosen(self, column: dict[str, Any], value: str) -> dict[str, Any]:
        new = self.new.get(column["column"])
        field = f"customFields.{new.key}" if new else value or None
        field_type = new.field_type if new else ""
        if (field, field_type) == (column["field"], column.get("new", "")):
            return column
        said = {"field": field, "confidence": 1.0 if field else 0.0, "new": field_type}
        return {**column, **said}

    def get_options(self) -> Options:
        """Return how the rows are taken; what is wrong or was not asked stays as it was."""
        said = {
            name: value
            for name, value in self.cleaned_data.items()
            if not name.startswith("column_")
        }
        return dataclasses.replace(self.options, **said)


def _new_choices(header: str, values: Sequence[str]) -> list[tuple[str, list[tuple[str, str]]]]:
    """Return what new field a column can become; first the type that its values look like."""
    suggested = suggest_type(values)
    kinds = [suggested, *(kind for kind in OFFERED if kind != suggested)]
    new = [(f"{NEW_FIELD}:{kind}", f"New field: {FieldType(kind).label.lower()}") for kind in kinds]
    return [(f"New field “{header}”", new)]


def _grouped(targets: Mapping[str, Target]) -> list[tuple[str, list[tuple[str, str]]]]:
    groups: dict[str, list[tuple[str, str]]] = {
        "Contact": [], "Company": [], "Your fields": []
    }  # fmt: skip
    for target in targets.values():
        if target.custom:
            of = " (company)" if target.model == "company" else ""
            groups["Your fields"].append((target.name, f"{target.label}{of}"))
        elif target.is_of_company:
            groups["Company"].append((target.name, target.label))
        else:
            groups["Contact"].append((target.name, target.label))
    return [(name, choices) for name, choices in groups.items() if choices]
