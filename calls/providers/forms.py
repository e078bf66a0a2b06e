"""The forms by which a platform is connected. A secret that was entered is never shown again."""

from typing import Any

from django import forms

from calls.providers.contract import Platform
from calls.providers.models import ProviderConnection
from calls.providers.registry import PLATFORMS

LONGEST_SECRET = 1000


class SecretInput(forms.PasswordInput):
    """An input that no browser fills with the viewer's own password."""

    def __init__(self) -> None:
        super().__init__(attrs={"autocomplete": "new-password", "spellcheck": "false"})


def _secret_field(label: str, help_text: str, *, required: bool) -> forms.CharField:
    return forms.CharField(
        label=label,
        help_text=help_text,
        required=required,
        max_length=LONGEST_SECRET,
        widget=SecretInput(),
    )


class PlatformForm(forms.Form):
    """Which platform is to be connected."""

    platform = forms.ChoiceField(
        choices=[(name, platform.label) for name, platform in PLATFORMS.items()],
        widget=forms.RadioSelect,
        error_messages={"required": "Choose a platform."},
    )
    name = forms.CharField(
        required=False,
        max_length=100,
        help_text="Tells several accounts of one platform apart. Empty: the platform’s own name.",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


class SecretForm(forms.Form):
    """By what the platform's deliveries are known to be genuine."""

    def __init__(self, *args: Any, platform: Platform, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        guide = platform.guide
        self.fields["webhook_secret"] = _secret_field(
            guide.signed_with, guide.signed_with_help, required=True
        )
        self.fields["webhook_secret"].error_messages["required"] = (
            f"Enter the {_lowered(guide.signed_with)}."
        )


class AccessForm(forms.Form):
    """What the connection is called, and what opens the platform's API."""

    name = forms.CharField(max_length=100, widget=forms.TextInput(attrs={"autocomplete": "off"}))

    def __init__(self, *args: Any, connection: ProviderConnection, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.connection = connection
        platform, guide = connection.platform, connection.platform.guide
        self.initial = {"name": connection.name, "account_id": connection.account_id}
        if platform.has_account_id:
            self.fields["account_id"] = forms.CharField(
                label="Account SID",
                required=False,
                max_length=100,
                widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
            )
        if guide.api_key_label:
            help_text = guide.api_key_help
            if connection.api_key:
                help_text = f"{help_text} One is stored; leave this empty to keep it."
            self.fields["api_key"] = _secret_field(guide.api_key_label, help_text, required=False)

    def changes(self) -> dict[str, str]:
        """Return what was entered; an API key that was left empty stays."""
        values: dict[str, str] = dict(self.cleaned_data)
        if not values.get("api_key"):
            values.pop("api_key", None)
        return values


def _lowered(label: str) -> str:
    """Return a label as it stands within a sentence: `API key` keeps its capitals."""
    return label if label[1:2].isupper() else label[:1].lower() + label[1:]
