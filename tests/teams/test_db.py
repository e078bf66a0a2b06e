"""A row of one team cannot refer to a row of another, whatever the code does."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, models, transaction
from django.db.migrations import RemoveConstraint
from django.db.migrations.loader import MigrationLoader
from django.test.utils import CaptureQueriesContext

from calls.dialling.models import OutboundCall
from calls.enrichment.models import EnrichmentRun, FieldAlias, Proposal
from calls.models import Call, Recording, Transcript
from calls.providers.models import ProviderEvent
from calls.recordings.models import RecordingCopy
from companies.models import Company
from contacts.imports.models import ImportRow
from contacts.models import Contact, ContactTag, Tag
from crm.history.models import Change
from crm.history.recording import Author
from crm.records.models import ConvertedValue, FieldConversion
from crm.teams.db import TeamForeignKey, TeamOwned, TeamReference, delete_rows
from crm.teams.models import ApiKey, Membership, Team
from tests.factories import (
    ApiKeyFactory,
    CallFactory,
    CompanyFactory,
    ConnectionFactory,
    ContactFactory,
    CustomFieldFactory,
    ImportFactory,
    LineFactory,
    MembershipFactory,
    TagFactory,
    TeamFactory,
)

Pair = tuple[models.Model, models.Model]


def full_call(**kwargs: Any) -> Call:
    turns = [{"speaker": "contact", "text": "Hello", "startSeconds": 0.0, "endSeconds": 1.0}]
    return CallFactory.create(turns=turns, recorded=True, **kwargs)


#: For each reference: a row that has it, and what it may not refer to, being another team's.
REFERENCES: dict[str, Callable[[], Pair]] = {
    "history.Change.actor_key": lambda: (
        change_of(ContactFactory.create()),
        ApiKeyFactory.create(),
    ),
    "contacts.Contact.company": lambda: (ContactFactory.create(), CompanyFactory.create()),
    "imports.Import.by_key": lambda: (ImportFactory.create(), ApiKeyFactory.create()),
    "imports.Import.undone_by_key": lambda: (ImportFactory.create(), ApiKeyFactory.create()),
    "imports.ImportRow.run": lambda: (import_row(), ImportFactory.create()),
    "records.FieldConversion.field": lambda: (conversion(), CustomFieldFactory.create()),
    "records.ConvertedValue.field": lambda: (kept_value(), CustomFieldFactory.create()),
    "contacts.ContactTag.contact": lambda: (tag_link(), ContactFactory.create()),
    "contacts.ContactTag.tag": lambda: (tag_link(), TagFactory.create()),
    "calls.Call.contact": lambda: (CallFactory.create(), ContactFactory.create()),
    "calls.Transcript.call": lambda: (Transcript.objects.get(call=full_call()), full_call()),
    "calls.Recording.call": lambda: (Recording.objects.get(call=full_call()), full_call()),
    "providers.ProviderEvent.connection": lambda: (event(), ConnectionFactory.create()),
    "dialling.Line.connection": lambda: (LineFactory.create(), ConnectionFactory.create()),
    "dialling.OutboundCall.connection": lambda: (placed(), ConnectionFactory.create()),
    "dialling.OutboundCall.contact": lambda: (placed(), ContactFactory.create()),
    "recordings.RecordingCopy.recording": lambda: (
        copy(),
        Recording.objects.get(call=full_call()),
    ),
    "enrichment.FieldAlias.field": lambda: (alias(), CustomFieldFactory.create()),
    "enrichment.EnrichmentRun.call": lambda: (enrichment(), CallFactory.create()),
    "enrichment.Proposal.call": lambda: (proposal(), CallFactory.create()),
    "enrichment.Proposal.contact": lambda: (proposal(), ContactFactory.create()),
    "enrichment.Proposal.company": lambda: (proposal(), CompanyFactory.create()),
    "enrichment.Proposal.decided_by_key": lambda: (proposal(), ApiKeyFactory.create()),
}


def tag_link() -> ContactTag:
    return ContactTag.objects.get(contact=ContactFactory.create(tags=["vip"]))


def conversion() -> FieldConversion:
    field = CustomFieldFactory.create()
    return FieldConversion.objects.create(team=field.team, field=field, status="finished")


def kept_value() -> ConvertedValue:
    field = CustomFieldFactory.create()
    return ConvertedValue.objects.create(
        team=field.team, field=field, record_id=field.pk, was_type="text", was="soon"
    )


def import_row() -> ImportRow:
    run = ImportFactory.create()
    return ImportRow.objects.create(team=run.team, run=run, number=1, line=2, outcome="created")


def event() -> ProviderEvent:
    connection = ConnectionFactory.create()
    return ProviderEvent.objects.create(
        team=connection.team, connection=connection, dedupe_key="1", event_type="call_ended"
    )


def placed() -> OutboundCall:
    contact = ContactFactory.create()
    connection = ConnectionFactory.create(team=contact.team)
    return OutboundCall.objects.create(
        team=contact.team,
        connection=connection,
        contact=contact,
        number="+14155550182",
        line_name="Sales",
    )


def copy() -> RecordingCopy:
    recording = Recording.objects.get(call=full_call())
    return RecordingCopy.objects.create(team=recording.team, recording=recording)


def alias() -> FieldAlias:
    field = CustomFieldFactory.create()
    return FieldAlias.objects.create(team=field.team, field=field, label_key="fleet size")


def enrichment() -> EnrichmentRun:
    call = CallFactory.create()
    return EnrichmentRun.objects.create(team=call.team, call=call, extractor="offline-1")


def proposal() -> Proposal:
    contact = ContactFactory.create()
    call = CallFactory.create(contact=contact)
    return Proposal.objects.create(
        team=contact.team, call=call, contact=contact, field="source", value="Trade fair"
    )


def change_of(record: TeamOwned) -> Change:
    return Change.objects.get(record_id=record.pk)


def refer(row: models.Model, field: str, target: models.Model) -> None:
    """Write the reference past every rule of the code, and let the database judge it now."""
    type(row)._base_manager.filter(pk=row.pk).update(**{f"{field}_id": target.pk})
    connection.check_constraints()


def team_owned_models() -> list[type[models.Model]]:
    return [model for model in apps.get_models() if issubclass(model, TeamOwned)]


def test_every_reference_between_rows_of_teams_is_tried_here() -> None:
    references = {
        f"{model._meta.label}.{constraint.field}"
        for model in team_owned_models()
        for constraint in model._meta.constraints
        if isinstance(constraint, TeamReference)
    }
    assert references == set(REFERENCES)


def test_every_key_between_rows_of_teams_is_such_a_reference() -> None:
    keys = {
        f"{model._meta.label}.{field.name}"
        for model in team_owned_models()
        for field in model._meta.concrete_fields
        if field.related_model and issubclass(field.related_model, TeamOwned)
    }
    assert keys == set(REFERENCES)


@pytest.mark.parametrize("model", team_owned_models(), ids=lambda model: model._meta.label)
def test_every_unique_constraint_of_a_team_s_row_includes_the_team(
    model: type[models.Model],
) -> None:
    for constraint in model._meta.constraints:
        if isinstance(constraint, models.UniqueConstraint):
            assert "team" in constraint.fields


@pytest.mark.django_db
@pytest.mark.parametrize("name", REFERENCES)
def test_the_database_refuses_another_team_s_row(name: str) -> None:
    row, theirs = REFERENCES[name]()
    with pytest.raises(IntegrityError), transaction.atomic():
        refer(row, name.rpartition(".")[2], theirs)


@pytest.mark.django_db
def test_the_database_takes_a_row_of_the_same_team() -> None:
    contact = ContactFactory.create()
    refer(contact, "company", CompanyFactory.create(team=contact.team))
    contact.refresh_from_db()
    assert contact.company.team == contact.team


@contextmanager
def without(constraint: str) -> Iterator[None]:
    """Drop a constraint of contacts from the real table, and put it back."""
    before = MigrationLoader(connection).project_state()
    after = before.clone()
    removal = RemoveConstraint("contact", constraint)
    removal.state_forwards("contacts", after)
    with connection.schema_editor() as editor:
        removal.database_forwards("contacts", editor, before, after)
    yield
    with connection.schema_editor() as editor:
        removal.database_backwards("contacts", editor, after, before)


@pytest.mark.django_db(transaction=True)
def test_without_the_constraint_the_row_is_taken_and_the_joins_still_keep_teams_apart() -> None:
    contact, theirs = ContactFactory.create(), CompanyFactory.create()
    ours = contact.company
    with without("contacts_contact_company_fk"):
        refer(contact, "company", theirs)
        assert not Contact.objects.filter(company__name=theirs.name).exists()
        assert not Contact.objects.exclude(company__name="").filter(company__name__gt="").exists()
        with pytest.raises(Company.DoesNotExist):
            assert Contact.objects.get(pk=contact.pk).company
        refer(contact, "company", ours)
    with pytest.raises(IntegrityError), transaction.atomic():
        refer(contact, "company", theirs)


@pytest.mark.django_db
def test_validation_answers_alike_for_another_team_s_row_and_an_unknown_one() -> None:
    contact, theirs = ContactFactory.create(), CompanyFactory.create()
    contact.company_id = theirs.pk
    with pytest.raises(ValidationError) as foreign:
        contact.validate_constraints()
    theirs.delete()
    with pytest.raises(ValidationError) as unknown:
        contact.validate_constraints()
    assert foreign.value.message_dict == unknown.value.message_dict
    assert foreign.value.error_dict["company"][0].code == "does_not_exist"


@pytest.mark.django_db
def test_a_row_never_changes_its_team() -> None:
    company = CompanyFactory.create()
    company.team = TeamFactory.create()
    with pytest.raises(ValueError, match="never changes its team"):
        company.save()


@pytest.mark.django_db
def test_saving_touches_only_the_row_of_its_team() -> None:
    company = CompanyFactory.create()
    copy = Company(pk=company.pk, team=TeamFactory.create(), name="Theirs", name_key="theirs")
    copy._state.adding = False
    with pytest.raises(Company.NotUpdated), transaction.atomic():
        copy.save(force_update=True)
    company.refresh_from_db()
    assert company.name != "Theirs"


@pytest.mark.django_db
@pytest.mark.parametrize("fields", [["first_name"], ["id"]])
def test_a_deferred_team_is_read_when_it_is_asked_for(fields: list[str]) -> None:
    created = ContactFactory.create()
    contact = Contact.objects.only(*fields).get(pk=created.pk)
    assert contact.team_id == created.team_id
    assert contact.company == created.company


@pytest.mark.django_db
def test_refreshing_with_a_deferred_team_reads_the_row() -> None:
    contact = Contact.objects.only("first_name").get(pk=ContactFactory.create().pk)
    Contact.objects.update(first_name="Ada")
    contact.refresh_from_db()
    assert contact.first_name == "Ada"


@pytest.mark.django_db
def test_refreshing_finds_no_row_in_another_team() -> None:
    contact = ContactFactory.create()
    contact.team_id = TeamFactory.create().pk
    with pytest.raises(Contact.DoesNotExist):
        contact.refresh_from_db()


@pytest.mark.django_db
def test_deleting_a_team_deletes_all_it_has_and_nothing_else() -> None:
    kept = full_team()
    team = full_team()
    team.delete()
    connection.check_constraints()
    for model in (Membership, ApiKey, Company, Contact, Tag, ContactTag, Call, Transcript):
        assert set(model.objects.values_list("team", flat=True)) == {kept.pk}, model
    assert set(Recording.objects.values_list("team", flat=True)) == {kept.pk}
    assert set(Change.objects.values_list("team", flat=True)) == {kept.pk}


def full_team() -> Team:
    """A team with a row in every table, whose companies cannot be deleted by themselves."""
    team = MembershipFactory.create().team
    key = ApiKeyFactory.create(team=team)
    contact = ContactFactory.create(team=team, tags=["vip"], by=Author.api_key(key))
    full_call(contact=contact)
    return team


def test_a_reference_survives_being_written_into_a_migration() -> None:
    reference = TeamReference(field="tag", name="some_fk", on_delete="CASCADE")
    _path, args, kwargs = reference.deconstruct()
    assert TeamReference(*args, **kwargs) == reference
    assert TeamReference(field="tag", name="some_fk") != reference


def test_a_team_key_has_neither_constraint_nor_index_of_its_own() -> None:
    field: Any = Contact._meta.get_field("company")
    assert (field.db_constraint, field.db_index) == (False, False)
    assert type(field) is TeamForeignKey


@pytest.mark.django_db
@pytest.mark.parametrize("make", [ContactFactory.create, CompanyFactory.create, full_call])
def test_what_hangs_on_a_deleted_row_is_looked_for_within_its_team(
    make: Callable[[], Any],
) -> None:
    row = make()
    with CaptureQueriesContext(connection) as captured:
        row.delete()
    found = [query["sql"] for query in captured if " WHERE " in query["sql"]]
    within = re.compile(r'WHERE "\w+"\."id" IN|"team_id" = ')
    assert [sql for sql in found if not within.search(sql)] == []
    assert len(found) > 1


@pytest.mark.django_db
def test_deleting_many_rows_takes_as_many_statements_as_one() -> None:
    company = CompanyFactory.create()
    one, *many = ContactFactory.create_batch(4, company=company)
    with CaptureQueriesContext(connection) as captured:
        delete_rows([one])
    with CaptureQueriesContext(connection) as others:
        delete_rows(many)
    assert len(others) == len(captured)
    assert not company.contacts.exists()
