"""What people say of a file: which one, what its columns are, how its rows are taken."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms

from contacts.imports.mapping.fields import FULL_NAME, Target
from contacts.imports.models import Duplicates, Import
from contacts.imports.options import Options
from contacts.imports.reading.encoding import ENCODINGS
from contacts.imports.reading.layout import DELIMITERS
from contacts.imports.uploads import MOST_BYTES
from contacts.models import LeadStatus
from contacts.operations import clean_tag_names
from contacts.resources import join_tags, split_tags
from crm import normalize

NEW_FIELD = "new"
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
    default_region = forms.ChoiceField(label="Phones without a country code are from")
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
        may_add_fields: bool,
    ) -> None:
        self.run, self.targets = run, targets
        options = Options.from_json(run.options)
        super().__init__(data, initial=self._initial(options))
        countries = normalize.country_names().items()
        self._choices("default_region", [(code, name) for code, name in countries])
        self._choices("lead_status", [("", "As it says, else New"), *LeadStatus.choices])
        self.options = options
        fields = _grouped(targets)
        for column in run.mapping:
            new = [(NEW_FIELD, f"New field “{column['header'][:60]}”")] if may_add_fields else []
            has_name = new if column["header"] else []
            self.fields[f"column_{column['column']}"] = forms.ChoiceField(
                label=column["header"] or f"Column {column['column']}",
                choices=[*LEFT_OUT, *has_name, *fields],
                initial=column["field"] or "",
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
        chosen = self.chosen()
        fields = [field for field in chosen.values() if field and field != NEW_FIELD]
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

    def chosen(self) -> dict[int, str]:
        """Return what each column is said to be, by its number."""
        return {
            column["column"]: self.cleaned_data.get(f"column_{column['column']}", "")
            for column in self.run.mapping
        }

    def get_options(self) -> Options:
        """Return how the rows are taken."""
        names = (
            "import_company_fields",
            "on_duplicate",
            "default_region",
            "default_company_name",
            "lead_status",
            "source",
            "tags",
        )
        return Options(
            **{name: self.cleaned_data[name] for name in names}, choices=self.options.choices
        )


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
