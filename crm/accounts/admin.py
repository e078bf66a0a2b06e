"""People who sign in, in the admin. Only a superuser hands out powers."""

from typing import Any, ClassVar

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.forms import AdminUserCreationForm
from django.contrib.auth.models import Group, Permission
from django.http import HttpRequest

from crm.accounts.models import User
from crm.web.admin import Admin, ReadOnlyAdmin

POWERS = ("is_staff", "is_superuser", "groups", "user_permissions")


admin.site.unregister(Group)


@admin.register(Group)
class GroupAdmin(Admin):
    """Groups of people who may do the same."""

    list_display = ("name",)
    search_fields = ("name",)


@admin.register(Permission)
class PermissionAdmin(ReadOnlyAdmin):
    """What may be allowed; Django makes these from the models."""

    list_display = ("name", "content_type")
    list_select_related = ("content_type",)
    search_fields = ("name", "codename")
    fields = ("name", "content_type", "codename")


class UserAddForm(AdminUserCreationForm):
    """Adds a person by their email address; the password may be left to the reset link."""

    class Meta:
        model = User
        fields = ("email", "name")


@admin.register(User)
class UserAdmin(DjangoUserAdmin, Admin):
    """People are switched off, not deleted: history says who did what."""

    add_form = UserAddForm
    fieldsets = (
        (None, {"fields": ("email", "password", "name", "timezone")}),
        ("May do", {"fields": ("is_active", *POWERS)}),
        ("When", {"fields": ("last_login", "date_joined")}),
    )
    add_fieldsets = (
        (None, {"fields": ("email", "name", "usable_password", "password1", "password2")}),
    )
    readonly_fields = ("last_login", "date_joined")
    list_display = ("email", "name", "is_active", "is_staff", "is_superuser", "last_login")
    list_filter = ("is_active", "is_staff", "is_superuser")
    search_fields = ("email", "name")
    sortable_by = ("email",)
    ordering = ("email",)
    filter_horizontal = ()
    #: An app that says more of a person adds to this.
    inlines: ClassVar[list[Any]] = []

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Let nobody but a superuser hand out powers."""
        fields = super().get_readonly_fields(request, obj)
        return fields if request.user.is_superuser else (*fields, *POWERS)

    def has_change_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        """Let nobody but a superuser change one, for that would be a way to become one."""
        allowed = super().has_change_permission(request, obj)
        return allowed and (request.user.is_superuser or obj is None or not obj.is_superuser)

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        """Nobody is deleted."""
        return False

    def suggestion_label(self, request: HttpRequest, user: User) -> str:
        """Return the name with the address, since two people may share a name."""
        return f"{user.name} <{user.email}>" if user.name else user.email
