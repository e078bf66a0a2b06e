"""What the export has written, the import reads as the same values: formulas, quotes, anything."""

from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from hypothesis import assume, given
from hypothesis import strategies as st

from companies.models import Company
from contacts.imports import uploads
from contacts.imports.drafts import Draft, Recipe
from contacts.imports.options import Options
from contacts.imports.reading import read_table
from contacts.models import Contact, LeadStatus, PreferredContactMethod
from contacts.operations import clean_tag_names
from contacts.resources import join_tags
from crm.records.catalog import built_in_fields
from crm.records.files import stream_csv
from crm.teams.models import Team

pytestmark = [pytest.mark.django_db, pytest.mark.once]

FORMULAS = (
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "'=1",
    "''",
    "\t=1",
    "＝1",
    " =1",
    "1;2",
    "1,2",
    '"',
    "|",
    ":::",
)
PRINTABLE = st.characters(exclude_categories=["Cs", "Cc"])
LINES = st.text(PRINTABLE, max_size=20) | st.builds(
    "{}{}".format, st.sampled_from(FORMULAS), st.text(PRINTABLE, max_size=20)
)
PEOPLE = st.fixed_dictionaries(
    {
        "first_name": LINES,
        "last_name": LINES,
        "company": LINES,
        "job_title": LINES,
        "source": LINES,
        "external_id": LINES,
        "notes": st.lists(LINES, max_size=3).map("\n".join),
        "email": st.sampled_from(["", "o'neil@x.example", "-a@x.example", "+b@x.example"]),
        "phone": st.sampled_from(["", "+14155550182", "+493026"]),
        "lead_status": st.sampled_from(LeadStatus.values),
        "preferred_contact_method": st.sampled_from(["", *PreferredContactMethod.values]),
        "timezone": st.sampled_from(["", "Europe/Berlin"]),
        "tags": st.lists(LINES, max_size=3),
    }
)


def stored(said: dict[str, Any], team: Team) -> dict[str, Any]:
    """Return the values as a contact would hold them; what it would refuse is no example."""
    values = dict(said)
    company = Company(team=team, name=values.pop("company"))
    tags = values.pop("tags")
    contact = Contact(team=team, **values)
    try:
        contact.clean_fields(exclude={"team", "company"})
        contact.clean()
        company.clean_fields(exclude={"team", "name_key"})
        tags = clean_tag_names(tags)
    except ValidationError:
        assume(False)
    assume(contact.notes == values["notes"].strip())
    told = {name: getattr(contact, name) for name in values}
    told["do_not_call"] = contact.do_not_call
    return told | {"company": company.name, "tags": tags}


def exported(people: list[dict[str, Any]]) -> bytes:
    """Return the file that the export makes of them."""
    fields = built_in_fields("contact")
    rows = [
        [
            join_tags(person["tags"]) if name == "tags" else field.write(person.get(name))
            for name, field in fields.items()
        ]
        for person in people
    ]
    header = [field.label for field in fields.values()]
    return b"".join(stream_csv([header, *rows], "people.csv").streaming_content)


def imported(data: bytes, team: Team) -> list[Draft]:
    """Return what an import understands; its columns are known."""
    file = ContentFile(data, name="people.csv")
    found = uploads.look_through(file)
    names = [field.api_name for field in built_in_fields("contact").values()]
    mapping = [{"field": "companyName" if name == "company" else name} for name in names]
    recipe = Recipe(team, mapping, Options())
    rows = read_table(file, found.layout)[1]
    return recipe.draft_all(row for row in rows if not row.is_blank)


@given(st.lists(PEOPLE, min_size=1, max_size=4))
def test_export_then_import_is_the_identity(people: list[dict[str, Any]]) -> None:
    team = Team(name="Acme", region="US")
    people = [stored(person, team) for person in people]
    drafts = imported(exported(people), team)
    assert len(drafts) == len(people)
    for person, draft in zip(people, drafts, strict=True):
        assert (draft.errors, draft.warnings) == ([], [])
        assert draft.company
        read = {name: getattr(draft.contact, name) for name in person.keys() - {"company", "tags"}}
        assert read | {"company": draft.company.name, "tags": draft.tags} == person
