"""The forms by which people come into a team and change their place in it."""

from typing import Any

from django import forms

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
