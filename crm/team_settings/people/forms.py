"""The forms by which people come into a team and change their place in it."""

from typing import Any

from django import forms
from django.contrib.auth.password_validation import (
    password_validators_help_text_html,
    validate_password,
)
from django.core.exceptions import ValidationError

from crm.accounts.models import User
from crm.team_settings.models import Invitation
from crm.teams import access
from crm.teams.models import Membership, Role


class RoleForm(forms.Form):
    """Which role; only those that the member who asks may give."""

    role = forms.ChoiceField(widget=forms.RadioSelect, choices=list)

    def __init__(self, *args: Any, rights_of: Membership, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        roles = self.fields["role"]
        assert isinstance(roles, forms.ChoiceField)
        roles.choices = [(role.value, role.label) for role in access.roles_to_give(rights_of)]
        roles.initial = Role.MEMBER


class _MemberField(forms.ModelChoiceField[Membership]):
    def label_from_instance(self, obj: Membership) -> str:
        name, email = obj.user.name, obj.user.email
        role = obj.get_role_display().lower()
        return f"{name} ({email}), {role}" if name else f"{email}, {role}"


class HandOverForm(forms.Form):
    """To whom; somebody else of the team who can sign in."""

    heir = _MemberField(
        Membership.objects.none(),
        label="New owner",
        empty_label="Choose a member",
        error_messages={"invalid_choice": "They no longer belong to the team."},
    )

    def __init__(self, *args: Any, rights_of: Membership, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        heirs = self.fields["heir"]
        assert isinstance(heirs, _MemberField)
        members = rights_of.team.memberships.filter(user__is_active=True)
        others = members.exclude(pk=rights_of.pk).select_related("user")
        heirs.queryset = others.order_by("user__name", "user__email")


class InvitationForm(RoleForm):
    """For whom, as what, and for how long."""

    email = forms.EmailField(
        required=False,
        max_length=254,
        help_text="The link is mailed there and opens for this address only. "
        "Empty: for whoever has the link.",
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )
    days = forms.TypedChoiceField(
        label="The link works for",
        choices=[(1, "1 day"), (7, "7 days"), (30, "30 days")],
        coerce=int,
        initial=7,
    )
    field_order = ("email", "role", "days")


class NewAccountForm(forms.Form):
    """Who somebody is that comes by an invitation and has no account yet."""

    email = forms.EmailField(
        max_length=254,
        help_text="You sign in with it.",
        widget=forms.EmailInput(attrs={"autocomplete": "username"}),
    )
    name = forms.CharField(
        max_length=150, widget=forms.TextInput(attrs={"autocomplete": "name", "autofocus": True})
    )
    password = forms.CharField(
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=password_validators_help_text_html,
    )

    def __init__(self, *args: Any, invitation: Invitation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if invitation.email:
            self.fields["email"].disabled = True
            self.initial["email"] = invitation.email

    def clean(self) -> None:
        """Raise ValidationError beside a password that is easily guessed."""
        given = self.cleaned_data
        if "password" in given:
            user = User(email=given.get("email", ""), name=given.get("name", ""))
            try:
                validate_password(given["password"], user)
            except ValidationError as weak:
                self.add_error("password", weak)
