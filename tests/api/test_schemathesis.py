"""The server against its own document, by generated requests: good ones, bad ones, absurd ones.

The requests are made up when a test runs, not as schemathesis's own decorator does when tests are
collected: each worker of a run collects all tests, and making them up takes as long as asking.
"""

import dataclasses
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from hypothesis import settings as hypothesis_settings
from schemathesis.core.result import Ok
from schemathesis.generation import GenerationMode
from schemathesis.generation.hypothesis.builder import (
    HypothesisTestConfig,
    HypothesisTestMode,
    create_test,
)
from schemathesis.specs.openapi.checks import ignored_auth, positive_data_acceptance

from crm.wsgi import application
from tests.counts import counts
from tests.engines import runs
from tests.factories import (
    ApiKeyFactory,
    CallFactory,
    CompanyFactory,
    ContactFactory,
    CustomFieldFactory,
    ImportFactory,
    ProposalFactory,
    TeamFactory,
)

schema = schemathesis.openapi.from_wsgi("/api/schema", application)
# The key is put in below: a case whose only fault were its key would arrive without one.
schema.config.generation.update(with_security_parameters=False)
# A body that is too large is not read, so nobody says what else is wrong with it.
refusing = schema.config.checks.negative_data_rejection
refusing.expected_statuses = [*refusing.expected_statuses, "413"]
excluded = [positive_data_acceptance]
modes = list(HypothesisTestMode)
if counts(True, False):
    # Each limit of each value one by one: the same some thousand requests each time.
    modes.remove(HypothesisTestMode.COVERAGE)

# What no key and no request may be is refused before the database is asked for a record, and what
# is beyond its limits before it is written: SQLite's run answers that for PostgreSQL too.
if runs.is_second_run() and not counts(False, True):
    schema.config.generation.update(modes=[GenerationMode.POSITIVE])
    excluded.append(ignored_auth)

operations = [found.ok() for found in schema.get_all_operations() if isinstance(found, Ok)]


@dataclasses.dataclass
class World:
    """A team with one of each record, so that generated requests can meet something."""

    secret: str
    ids: dict[str, uuid.UUID]


@pytest.fixture
def _one_connection() -> Iterator[None]:
    """Keep the test's transaction: a server closes its connections around each request."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.fixture
def world(_one_connection: None, db: None, settings: Any, tmp_path: Any) -> World:
    settings.MEDIA_ROOT = tmp_path
    team = TeamFactory.create()
    key = ApiKeyFactory.create(team=team)
    company = CompanyFactory.create(team=team)
    contact = ContactFactory.create(company=company, tags=["vip"])
    call = CallFactory.create(contact=contact, recorded=True)
    ids = {
        "team": team.pk,
        "companies": company.pk,
        "contacts": contact.pk,
        "calls": call.pk,
        "custom-fields": CustomFieldFactory.create(team=team, key="plan").pk,
        "imports": ImportFactory.create(team=team).pk,
        "proposals": ProposalFactory.create(call=call).pk,
    }
    return World(key.secret, ids)


def seed(case: schemathesis.Case, world: World) -> None:
    """Put real ids where the generated request has an id that could be one."""
    room = case.path.removeprefix("/api/crm/").split("/")[0]
    if _is_id(case.path_parameters.get("id")):
        case.path_parameters["id"] = str(world.ids[room])
    for holder in (case.query, case.body):
        if not isinstance(holder, dict):
            continue
        for name, kind in (
            ("teamId", "team"),
            ("companyId", "companies"),
            ("contactId", "contacts"),
        ):
            if _is_id(holder.get(name)):
                holder[name] = str(world.ids[kind])


def _is_id(value: object) -> bool:
    try:
        return isinstance(value, str) and bool(uuid.UUID(value))
    except ValueError:
        return False


@pytest.mark.parametrize("operation", operations, ids=lambda operation: operation.label)
def test_the_server_does_what_its_document_says(
    operation: schemathesis.schemas.APIOperation, world: World
) -> None:
    @hypothesis_settings(max_examples=counts(25, 500))
    def check(case: schemathesis.Case) -> None:
        seed(case, world)
        case.call_and_validate(
            headers={"Authorization": f"Bearer {world.secret}"},
            excluded_checks=excluded,
        )

    config = HypothesisTestConfig(project=schema.config, modes=modes)
    create_test(operation=operation, test_func=check, config=config)()


def test_every_operation_of_the_document_was_read() -> None:
    assert all(isinstance(found, Ok) for found in schema.get_all_operations())
