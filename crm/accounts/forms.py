"""Forms for signing in and for one's own account."""

from itertools import groupby
from typing import Any

from django import forms
from django.contrib.auth.forms import AuthenticationForm, PasswordChangeForm, UsernameField
from django.core.exceptions import ValidationError

from crm import normalize
from crm.accounts import lockout
from crm.accounts.models import User

# The places of the IANA database; its other names are old spellings of these.
AREAS = frozenset(
    "Africa America Antarctica Arctic Asia Atlantic Australia Europe Indian Pacific".split()
)


class SignInForm(AuthenticationForm):
    """Email and password; the error never says which of the two was wrong."""

    username = UsernameField(
        label="Email",
        widget=forms.TextInput(
            attrs={"autofocus": True, "inputmode": "email", "spellcheck": "false"}
        ),
    )

    def get_invalid_login_error(self) -> ValidationError:
        """Return the error, beside the password, with how many tries are left."""
        said = ["Email and password do not match."]
        left = lockout.tries_left(self.request) if self.request else None
        if left:
            said.append("One try left." if left == 1 else f"{left} tries left.")
        return ValidationError({"password": ValidationError(" ".join(said), code="invalid_login")})


class PasswordResetForm(forms.Form):
    """Where to send the link. Whether somebody signs in with it is not for this form to know."""

    email = forms.EmailField(
        max_length=254, widget=forms.EmailInput(attrs={"autocomplete": "email", "autofocus": True})
    )


class AccountForm(forms.ModelForm[User]):
    """What a person says about themselves."""

    timezone = forms.ChoiceField(
        required=False, help_text="Times of calls are shown in it.", choices=list
    )

    class Meta:
        model = User
        fields = ["name", "timezone"]
        widgets = {"name": forms.TextInput(attrs={"autocomplete": "name"})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["timezone"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = timezone_choices(self.instance.timezone)


class OwnPasswordForm(PasswordChangeForm):
    """A new password for who knows the present one."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["old_password"].label = "Present password"
        # It is the second form of its page.
        del self.fields["old_password"].widget.attrs["autofocus"]


def timezone_choices(current: str) -> list[tuple[str, str | list[tuple[str, str]]]]:
    """Return the zones to choose from, by area; `current` is among them, whatever it is."""
    names = [name for name in normalize.timezone_names() if name.partition("/")[0] in AREAS]
    others = sorted({"UTC", current} - {"", *names})
    choices: list[tuple[str, str | list[tuple[str, str]]]] = [("", "As in this browser")]
    choices += [(name, name) for name in others]
    for area, zones in groupby(names, key=lambda name: name.partition("/")[0]):
        choices.append((area, [(zone, _place(zone)) for zone in zones]))
    return choices


def _place(zone: str) -> str:
    """Return `America/Argentina/Buenos_Aires` as "Argentina, Buenos Aires"."""
    return zone.partition("/")[2].replace("/", ", ").replace("_", " ")
