"""The forms of a team's tags: adding and editing one, and what it is merged into."""

from typing import ClassVar

from django import forms
from django.core.exceptions import ValidationError

from contacts.models import Tag
from contacts.tags.operations import save_tag
from crm.history.recording import Author


class Swatches(forms.RadioSelect):
    """The colours of a tag: each looks like a tag of that colour and says its name."""

    template_name = "forms/swatches.html"


class TagForm(forms.ModelForm):
    """Adds or edits a tag of `instance.team`."""

    class Meta:
        model = Tag
        fields = ("name", "color")
        widgets: ClassVar = {"color": Swatches}

    def save(self, by: Author) -> bool:  # type: ignore[override]
        """Write the tag; False means that it was not, and the form says why."""
        if not self.is_valid():
            return False
        try:
            save_tag(self.instance, by=by)
        except ValidationError as error:
            self.add_error("name", error.messages)
        return not self.errors

    def get_rival(self) -> Tag | None:
        """Return the team's other tag that has the typed name, in any case, if there is one."""
        tag = self.instance
        return tag.team.tags.filter(name_key=tag.name_key).exclude(pk=tag.pk).first()


class MergeForm(forms.Form):
    """The tag that takes another one's place."""

    into = forms.ModelChoiceField(
        Tag.objects.none(), label="Merge into", empty_label="Choose a tag"
    )

    def __init__(self, *args: object, tag: Tag, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        into: forms.ModelChoiceField[Tag] = self.fields["into"]  # type: ignore[assignment]
        into.queryset = tag.team.tags.exclude(pk=tag.pk)
