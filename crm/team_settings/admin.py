"""Teams, who belongs to them, and their keys, in the admin."""

from collections.abc import Sequence
from typing import Any, ClassVar

from django import forms
from django.contrib import admin, messages
from django.contrib.admin import ActionLocation
from django.db.models import QuerySet
from django.forms import BaseInlineFormSet
from django.http import HttpRequest
from django.utils.html import format_html

from crm.accounts.admin import UserAdmin
from crm.history.recording import Author
from crm.team_settings.models import Invitation
from crm.team_settings.operations import create_api_key, revoke_api_key, save_team
from crm.team_settings.people.operations import add_member, change_role, remove_member
from crm.teams.models import ApiKey, Membership, Scope, Team
from crm.teams.owned_admin import TeamOwnedAdmin
from crm.web.admin import Admin, ReadOnlyAdmin, SuggestFilter, SuggestMixin


class MembershipForm(forms.ModelForm):
    """A membership: once there, only its role changes."""

    class Meta:
        model = Membership
        fields = ("team", "user", "role")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.instance._state.adding:
            for name in {"team", "user"} & set(self.fields):
                self.fields[name].disabled = True


class MembershipFormSet(BaseInlineFormSet):
    """Memberships on the page of a team or a user, written by the operations."""

    by: ClassVar[Author]

    def save_new(self, form: Any, commit: bool = True) -> Membership:
        """Let somebody in."""
        added: Membership = form.instance
        return add_member(added.team, added.user, added.role, by=self.by)

    def save_existing(self, form: Any, obj: Membership, commit: bool = True) -> Membership:
        """Change a role."""
        return change_role(obj, obj.role, by=self.by, rights_of=None)

    def delete_existing(self, obj: Membership, commit: bool = True) -> None:
        """Remove a member."""
        remove_member(obj, by=self.by, rights_of=None)


class MembershipInline(SuggestMixin, admin.StackedInline):
    """The members of a team, or the teams of a user."""

    model = Membership
    form = MembershipForm
    formset = MembershipFormSet
    extra = 0
    ordering = ("id",)

    def get_formset(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        """Return the formset that writes in the name of who is signed in."""
        formset: Any = super().get_formset(request, obj, **kwargs)
        formset.by = Author.person(request.user)
        return formset

    def get_queryset(self, request: HttpRequest) -> QuerySet[Membership]:
        """Return the rows with what they name."""
        return super().get_queryset(request).select_related("team", "user")


UserAdmin.inlines.append(MembershipInline)


@admin.register(Team)
class TeamAdmin(Admin):
    """Teams are never deleted here: with a team goes everything it ever had."""

    list_display = ("name", "slug", "region", "timezone", "created_at")
    search_fields = ("name", "slug")
    fields = (
        "name",
        "slug",
        "region",
        "timezone",
        "calling_days",
        "calling_start",
        "calling_end",
    )
    prepopulated_fields: ClassVar[dict[str, Sequence[str]]] = {"slug": ("name",)}
    inlines = (MembershipInline,)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Keep the slug: bookmarks and links hold it."""
        return ("slug",) if obj else ()

    def get_prepopulated_fields(
        self, request: HttpRequest, obj: Any = None
    ) -> dict[str, Sequence[str]]:
        """Fill the slug from the name, for a new team."""
        return {} if obj else self.prepopulated_fields

    def save_model(self, request: HttpRequest, obj: Team, form: Any, change: bool) -> None:
        """Write the team."""
        save_team(obj, by=Author.person(request.user))

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody deletes a team."""
        return False


@admin.register(Membership)
class MembershipAdmin(TeamOwnedAdmin):
    """Who belongs to which team, and as what."""

    form = MembershipForm
    list_display = ("user", "team", "role", "created")
    list_filter = (*TeamOwnedAdmin.list_filter, ("user", SuggestFilter), "role")
    list_select_related = ("team", "user")
    search_fields = ("user__email", "user__name", "team__name")
    sortable_by = ("created",)

    def save_form(self, request: HttpRequest, form: Any, change: bool) -> Membership:
        """Let somebody in, or change a role."""
        asked: Membership = form.instance
        by = Author.person(request.user)
        if change:
            return change_role(asked, asked.role, by=by, rights_of=None)
        return add_member(asked.team, asked.user, asked.role, by=by)

    def save_model(self, request: HttpRequest, obj: Membership, form: Any, change: bool) -> None:
        """Write nothing more: `save_form` did."""

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Write nothing more: a membership has nothing beside it."""

    def delete_model(self, request: HttpRequest, obj: Membership) -> None:
        """Remove a member."""
        remove_member(obj, by=Author.person(request.user), rights_of=None)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Membership]) -> None:
        """Remove the selected members, all or none."""
        for membership in queryset:
            self.delete_model(request, membership)


@admin.register(Invitation)
class InvitationAdmin(ReadOnlyAdmin, TeamOwnedAdmin):
    """Who is invited to which team; invitations are made and revoked on the team's own pages."""

    list_display = ("email", "team", "role", "state", "expires_at", "created_by", "created")
    list_display_links = ("email", "role")
    list_select_related = ("team", "created_by")
    search_fields = ("email", "team__name")
    sortable_by = ("created",)
    fields = (
        "team",
        "email",
        "role",
        "state",
        "expires_at",
        "accepted_at",
        "revoked_at",
        "created_by",
        "created_at",
    )


class ApiKeyForm(forms.ModelForm):
    """A new key. What it may do is fixed when it is made; another key does something else."""

    scopes = forms.MultipleChoiceField(
        choices=Scope.choices, initial=[Scope.EVERYTHING], widget=forms.CheckboxSelectMultiple
    )

    class Meta:
        model = ApiKey
        fields = ("team", "name", "scopes", "rate_limit", "expires_at")


@admin.register(ApiKey)
class ApiKeyAdmin(TeamOwnedAdmin):
    """Keys are made, shown once, and revoked; never edited or deleted, for history names them."""

    form = ApiKeyForm
    list_display = ("name", "team", "prefix", "state", "last_used_at", "expires_at", "created")
    list_filter = (*TeamOwnedAdmin.list_filter, ("revoked_at", admin.EmptyFieldListFilter))
    search_fields = ("name", "prefix", "team__name")
    sortable_by = ("created",)
    fields = ("team", "name", "scopes", "rate_limit", "expires_at")
    actions = ("revoke",)

    def get_fields(self, request: HttpRequest, obj: ApiKey | None = None) -> Any:
        """Show of a key that exists what is known of it; its hash is nobody's business."""
        if obj is None:
            return self.fields
        known = ("prefix", "state", "last_used_at", "revoked_at", "created_by", "created_at")
        return (*self.fields, *known)

    def save_form(self, request: HttpRequest, form: Any, change: bool) -> ApiKey:
        """Make the key and show its secret, this once."""
        given = form.cleaned_data
        key, secret = create_api_key(
            given["team"],
            given["name"],
            scopes=given["scopes"],
            rate_limit=given["rate_limit"],
            expires_at=given["expires_at"],
            by=Author.person(request.user),
        )
        text = "The key “{}” is <code>{}</code>. Copy it now: it is not shown again."
        self.message_user(request, format_html(text, key.name, secret), messages.WARNING)
        return key

    def save_model(self, request: HttpRequest, obj: ApiKey, form: Any, change: bool) -> None:
        """Write nothing more: `save_form` made the key."""

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Write nothing more: a key has nothing beside it."""

    def has_change_permission(self, request: HttpRequest, obj: ApiKey | None = None) -> bool:
        """Nobody edits a key."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: ApiKey | None = None) -> bool:
        """Nobody deletes a key."""
        return False

    def has_revoke_permission(self, request: HttpRequest) -> bool:
        """Return whether this person may end a key's life."""
        return request.user.has_perm("teams.change_apikey")

    @admin.action(
        description="Revoke this %(verbose_name)s",
        description_plural="Revoke selected %(verbose_name_plural)s",
        permissions=["revoke"],
        location=[ActionLocation.CHANGE_LIST, ActionLocation.CHANGE_FORM],
    )
    def revoke(self, request: HttpRequest, queryset: QuerySet[ApiKey]) -> None:
        """Make the keys useless from now on."""
        keys = list(queryset)
        for key in keys:
            revoke_api_key(key, by=Author.person(request.user))
        noun = "key was" if len(keys) == 1 else "keys were"
        self.message_user(request, f"{len(keys)} {noun} revoked.", messages.SUCCESS)
