import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection, transaction
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from crm.jobs import reaper
from crm.jobs.operations import LeaseLost, claim, leased, put_off, release, renew
from crm.jobs.worker import Worker
from tests.factories import TeamFactory
from tests.jobs.errands import Errand, run_errand

HOUR = dt.timedelta(hours=1)


@pytest.fixture(autouse=True)
def _table(transactional_db: None) -> Iterator[None]:
    with connection.schema_editor() as editor:
        editor.create_model(Errand)
    yield
    with connection.schema_editor() as editor:
        editor.delete_model(Errand)


@pytest.fixture(autouse=True)
def _registered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reaper, "_tasks", {})
    reaper.register(Errand, run_errand)


@pytest.fixture
def errand() -> Errand:
    return Errand.objects.create(team=TeamFactory.create(), status="running")


def take(errand: Errand) -> Errand:
    row = claim(Errand, errand.team_id, errand.pk)
    assert row is not None
    return row


def change(errand: Errand, **values: Any) -> None:
    Errand.objects.filter(pk=errand.pk).update(**values)


def knocks() -> int:
    return DBTaskResult.objects.count()


def test_one_at_a_time_has_it(errand: Errand) -> None:
    row = take(errand)
    assert claim(Errand, errand.team_id, errand.pk) is None
    release(row)
    assert take(errand).lease != row.lease


def test_only_its_team_has_it(errand: Errand) -> None:
    assert claim(Errand, TeamFactory.create().pk, errand.pk) is None


def test_a_lease_that_ran_out_is_free_and_its_holder_writes_nothing_more(errand: Errand) -> None:
    first = take(errand)
    change(errand, leased_until=timezone.now())
    second = take(errand)
    with pytest.raises(LeaseLost):
        renew(first, steps=1)
    release(first, steps=1)
    renew(second, steps=2)
    errand.refresh_from_db()
    assert (errand.steps, errand.lease) == (2, second.lease)


def test_progress_is_written_with_the_lease_or_not_at_all(errand: Errand) -> None:
    row = take(errand)
    taken_until = row.leased_until
    with transaction.atomic():
        renew(row, steps=1)
        transaction.set_rollback(True)
    errand.refresh_from_db()
    assert (errand.steps, errand.leased_until) == (0, taken_until)


def test_what_is_done_or_cancelled_is_let_go(errand: Errand) -> None:
    row = take(errand)
    change(errand, status="cancelled")
    with pytest.raises(LeaseLost):
        renew(row, steps=1)
    change(errand, leased_until=None)
    assert claim(Errand, errand.team_id, errand.pk) is None


def test_the_block_ends_in_peace_when_its_lease_is_lost(errand: Errand) -> None:
    with leased(Errand, errand.team_id, errand.pk) as row:
        assert row is not None
        change(errand, status="cancelled")
        renew(row)
    with leased(Errand, errand.team_id, errand.pk) as row:
        assert row is None


def test_the_block_gives_the_row_back(errand: Errand) -> None:
    with leased(Errand, errand.team_id, errand.pk) as row:
        assert row is not None
        renew(row, steps=3)
    errand.refresh_from_db()
    assert (errand.lease, errand.leased_until, errand.steps) == (None, None, 3)


def test_what_fails_is_tried_again_later_and_later(errand: Errand) -> None:
    waits = []
    for _ in range(3):
        with (
            pytest.raises(ZeroDivisionError, match="steps"),
            leased(Errand, errand.team_id, errand.pk),
        ):
            raise ZeroDivisionError("no steps")
        errand.refresh_from_db()
        assert errand.not_before is not None
        waits.append(errand.not_before - timezone.now())
        assert claim(Errand, errand.team_id, errand.pk) is None
        change(errand, not_before=timezone.now())
    assert errand.last_error == "ZeroDivisionError: no steps"
    assert waits == sorted(waits)
    assert waits[0] > dt.timedelta(seconds=1)


def test_it_is_given_up_where_nobody_gets_on_with_it(errand: Errand) -> None:
    for _ in range(Errand.MOST_ATTEMPTS):
        take(errand)
        change(errand, leased_until=timezone.now())
    assert claim(Errand, errand.team_id, errand.pk) is None
    errand.refresh_from_db()
    assert (errand.status, errand.lease) == ("failed", None)


def test_getting_on_counts_the_attempts_anew(errand: Errand) -> None:
    for _ in range(Errand.MOST_ATTEMPTS * 2):
        renew(take(errand))
        change(errand, leased_until=timezone.now())
    assert take(errand).attempts == 1


def test_one_knocks_after_the_commit(errand: Errand) -> None:
    with transaction.atomic():
        reaper.knock(errand)
        assert knocks() == 0
    task = DBTaskResult.objects.get()
    assert task.args_kwargs["args"] == [str(errand.team_id), str(errand.pk)]


def test_the_reaper_leaves_alone_what_is_on_its_way(errand: Errand) -> None:
    assert reaper.knock_again() == 0
    take(errand)
    change(errand, knocked_at=timezone.now() - HOUR)
    assert reaper.knock_again() == 0


@pytest.mark.parametrize(
    "left",
    [
        {"knocked_at": -HOUR},
        {"knocked_at": -2 * HOUR, "leased_until": -HOUR},
        {"knocked_at": -2 * HOUR, "not_before": -HOUR},
    ],
    ids=["the knock was lost", "the worker was killed", "its time has come"],
)
def test_the_reaper_knocks_once_for_what_was_left_lying(
    errand: Errand, left: dict[str, dt.timedelta]
) -> None:
    change(errand, **{name: timezone.now() + ago for name, ago in left.items()})
    assert (reaper.knock_again(), reaper.knock_again()) == (1, 0)
    assert knocks() == 1


def test_the_worker_reaps(errand: Errand) -> None:
    put_off(take(errand), ValueError("not now"))
    change(errand, not_before=timezone.now(), knocked_at=timezone.now() - HOUR)
    Worker().look_round()
    assert knocks() == 1
    assert claim(Errand, errand.team_id, errand.pk) is not None
