from collections.abc import Iterator

import pytest
from django.db import connection, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from pytest_django import DjangoAssertNumQueries

from crm.queries.connections import close_if_lost, close_lost_connections

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has no server"),
]


@pytest.fixture
def kept() -> Iterator[BaseDatabaseWrapper]:
    """A second connection, that has been used."""
    second = connections.create_connection("default")
    ask(second)
    yield second
    second.close()


def ask(of: BaseDatabaseWrapper) -> int:
    with of.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return int(cursor.fetchone()[0])


def end(pid: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [pid])
        assert cursor.fetchone()[0]


def test_a_connection_that_the_server_ended_is_made_anew(kept: BaseDatabaseWrapper) -> None:
    before = ask(kept)
    end(before)
    close_if_lost(kept)
    assert kept.connection is None
    assert ask(kept) != before


def test_a_good_connection_is_kept_without_a_question(
    kept: BaseDatabaseWrapper, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    before = ask(kept)
    close_if_lost(kept)
    assert ask(kept) == before
    with django_assert_num_queries(0):
        close_lost_connections()


def test_news_that_are_no_farewell_change_nothing(kept: BaseDatabaseWrapper) -> None:
    with kept.cursor() as cursor:
        cursor.execute("LISTEN callbook")
    before = ask(kept)
    with connections.create_connection("default").cursor() as cursor:
        cursor.execute("NOTIFY callbook")
    close_if_lost(kept)
    assert ask(kept) == before


def test_a_transaction_is_left_alone(kept: BaseDatabaseWrapper) -> None:
    kept.in_atomic_block = True
    end(ask(kept))
    close_if_lost(kept)
    kept.in_atomic_block = False
    assert kept.connection is not None
