"""Imports, from the text of a file."""

from typing import Any

import factory
from django.core.files.base import ContentFile

from contacts.imports import uploads
from contacts.imports.mapping.fields import targets_of
from contacts.imports.models import Import
from contacts.imports.options import Options, Taken
from crm.history.models import Origin
from crm.history.recording import Author
from tests.factories.teams import TeamFactory

PEOPLE = "First name,Last name,Company,Email\nAnna,Berg,Acme,anna@acme.example\n"


class ImportFactory(factory.django.DjangoModelFactory[Import]):
    """A file that was uploaded, `text` or `data` (bytes), with its columns guessed."""

    class Meta:
        model = Import

    team = factory.SubFactory(TeamFactory)
    text = PEOPLE

    @classmethod
    def _create(cls, model_class: type[Import], *args: Any, **kwargs: Any) -> Import:
        team, text = kwargs.pop("team"), kwargs.pop("text")
        data = kwargs.pop("data", text.encode())
        by = kwargs.pop("by", Author(Origin.IMPORT))
        name = kwargs.pop("file_name", "people.csv")
        options = Options(**kwargs)
        file = ContentFile(data, name=name)
        found = uploads.look_through(file)
        columns = uploads.guess(team, found, options, targets_of(team))
        taken = Taken([uploads.as_json(column) for column in columns], options)
        return uploads.keep(team, file, found, taken, by=by)
