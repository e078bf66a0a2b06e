"""Contacts and their tags in the admin."""

from collections.abc import Sequence
from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from contacts.forms import TagsField
from contacts.models import Contact, ContactTag, Tag
from contacts.operations import delete_contacts, save_contact
from contacts.resources import ContactResource
from contacts.tags.operations import delete_tag, save_tag
from crm import normalize
from crm.history.recording import Author
from crm.records.form_admin import TeamFormAdmin
from crm.records.record_admin import AdminRecordForm, RecordAdmin
from crm.records.transfer import TransferAdmin
from crm.teams.models import Team
from crm.teams.owned_admin import InTeamSuggestFilter, TeamOwnedAdmin
from crm.web.admin import ReadOnlyAdmin


class ContactForm(AdminRecordForm):
    """A contact's form, with its tags."""

    tags = TagsField(required=False, max_length=3000, help_text="Commas between them.")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.instance._state.adding:
            links = ContactTag.objects.filter(team=self.instance.team_id, contact=self.instance)
            names = links.order_by("tag__name").values_list("tag__name", flat=True)
            self.initial["tags"] = list(names)

    def write(self, by: Author) -> None:
        """Write the contact, and its tags where they were changed."""
        tags = self.cleaned_data["tags"] if "tags" in self.changed_data else None
        save_contact(self.instance, by=by, tags=tags)


@admin.register(Contact)
class ContactAdmin(TransferAdmin, RecordAdmin):
    """Contacts of all teams."""

    form = ContactForm
    resource_classes = (ContactResource,)
    list_display = ("name", "company", "team", "lead_status", "number", "email", "created")
    list_columns = (
        "first_name",
        "last_name",
        "lead_status",
        "phone",
        "email",
        "created_at",
        "company__name",
        "team__name",
        "team__region",
    )
    list_select_related = ("company", "team")
    list_filter = (
        *TeamOwnedAdmin.list_filter,
        ("company", InTeamSuggestFilter),
        "lead_status",
        "do_not_call",
        "created_at",
    )
    search_help_text = "Words of the name, the email address, a phone number in any form."
    readonly_fields = (*RecordAdmin.readonly_fields, "last_call_at", "conversations")
    fieldsets = (
        (None, {"fields": ("team", "first_name", "last_name", "company", "job_title")}),
        ("Reached by", {"fields": ("phone", "phone_secondary", "email")}),
        ("Calls", {"fields": ("do_not_call", "last_call_at", "conversations")}),
        ("Standing", {"fields": ("lead_status", "source", "tags")}),
        (
            "More",
            {
                "fields": (
                    "preferred_contact_method",
                    "timezone",
                    "notes",
                    "external_id",
                    "created_at",
                    "updated_at",
                )
            },
        ),
    )

    def narrow_suggestions(
        self, request: HttpRequest, queryset: QuerySet[Contact]
    ) -> QuerySet[Contact]:
        """Suggest people by their last names."""
        return super().narrow_suggestions(request, queryset).order_by("team", "last_name", "id")

    def has_import_permission(self, request: HttpRequest) -> bool:
        """Return whether this person may add companies too, for an import may bring some."""
        allowed = super().has_import_permission(request)
        return allowed and request.user.has_perm("companies.add_company")

    def delete_records(self, records: Sequence[Contact], *, by: Author) -> None:
        """Delete contacts of one team; their calls stay."""
        delete_contacts(records, by=by)

    @admin.display(description="phone")
    def number(self, contact: Contact) -> str:
        """Return the phone number as people of the team's country write it."""
        return normalize.display_phone(contact.phone, contact.team.region)

    @admin.display(description="calls")
    def conversations(self, contact: Contact) -> SafeString | str:
        """Return a link to the calls with this person."""
        if contact._state.adding:
            return ""
        url = reverse("admin:calls_call_changelist", current_app=self.admin_site.name)
        asked = f"?team={contact.team_id}&contact={contact.pk}"
        return format_html('<a href="{}{}">Calls with {}</a>', url, asked, contact.name)


class TagForm(forms.ModelForm):
    """A tag's form; `team` is whose tag a new one becomes."""

    team: ClassVar[Team | None] = None

    class Meta:
        model = Tag
        fields = ("name", "color")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance._state.adding:
            self.instance.team = self.team

    def save(self, by: Author) -> bool:  # type: ignore[override]
        """Write the tag; False means that it was not, and the form says why."""
        try:
            save_tag(self.instance, by=by)
        except ValidationError as error:
            self.add_error("name", error.messages)
        return not self.errors


@admin.register(Tag)
class TagAdmin(TeamFormAdmin):
    """Tags of all teams."""

    form = TagForm
    list_display = ("name", "team", "color")
    search_fields = ("name",)
    readonly_fields = ("team",)
    fields = ("team", "name", "color")

    def delete_model(self, request: HttpRequest, obj: Tag) -> None:
        """Delete the tag; contacts that had it lose it."""
        delete_tag(obj, by=Author.person(request.user))

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Tag]) -> None:
        """Delete each of the tags."""
        for tag in queryset:
            delete_tag(tag, by=Author.person(request.user))

    def get_deleted_objects(
        self, objs: Any, request: HttpRequest
    ) -> tuple[list[Any], dict[Any, int], set[Any], list[Any]]:
        """Return the tags; counting who has them would read them all."""
        tags = [str(tag) for tag in objs]
        return tags, {"tags": len(tags)}, set(), []


@admin.register(ContactTag)
class ContactTagAdmin(ReadOnlyAdmin, TeamOwnedAdmin):
    """Which contact has which tag; it is changed at the contact."""

    list_display = ("tag", "contact", "team")
    list_filter = (*TeamOwnedAdmin.list_filter, ("tag", InTeamSuggestFilter))
    list_select_related = ("tag", "contact", "team")
    list_columns = ("tag__name", "contact__first_name", "contact__last_name", "team__name")
    search_fields = ("tag__name",)
    fields = ("team", "tag", "contact")

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[ContactTag], search_term: str
    ) -> tuple[QuerySet[ContactTag], bool]:
        """Return the links of the tag of that name."""
        key = normalize.name_key(search_term)
        return (queryset.filter(tag__name_key__startswith=key) if key else queryset), False
