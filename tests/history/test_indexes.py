"""What history is asked, PostgreSQL answers from an index, however much has happened."""

import datetime as dt
import re
import uuid
from typing import Any

import pytest
from django.db import connection
from django.db.models import QuerySet
from django.utils import timezone

from crm.history.models import Change
from crm.history.reading import COLUMNS, NEWEST_FIRST, changes_of
from crm.teams.models import Team
from tests.counts import counts
from tests.factories import ApiKeyFactory, TeamFactory, UserFactory

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite shows other plans"),
]

MANY, FEW = counts(20_000, 300_000), 20
FILL = """
    INSERT INTO history_change
        (id, team_id, record_type, record_id, verb, fields, origin, actor_user_id, actor_key_id, at)
    SELECT gen_random_uuid(), %s, %s, md5((g / 5)::text)::uuid, %s,
        '{"job_title": ["", "Head of something"]}', %s, %s, %s, now() - g * interval '1 minute'
    FROM generate_series(1, %s) g
"""


def fill(
    team: Team, number: int, record_type: str = "contact", verb: str = "updated", **by: Any
) -> None:
    values = [by.get("origin", "manual"), by.get("user"), by.get("key"), number]
    with connection.cursor() as cursor:
        cursor.execute(FILL, [team.pk, record_type, verb, *values])


def plan(changes: QuerySet[Change]) -> str:
    """How PostgreSQL reads the newest fifty of `changes`: the nodes over their table."""
    page = changes.order_by(*NEWEST_FIRST).values_list(*COLUMNS)[:51]
    nodes = re.findall(r"(\w[\w ]* Scan.*?on history_change)", page.explain())
    return ", ".join(nodes)


def test_every_question_has_an_index() -> None:
    team = TeamFactory.create()
    key = ApiKeyFactory.create(team=team)
    crowd, one = UserFactory.create(), UserFactory.create()
    fill(team, MANY, user=crowd.pk)
    fill(TeamFactory.create(), MANY // 4, user=crowd.pk)
    fill(team, FEW, user=one.pk)
    fill(team, FEW, origin="api", key=key.pk)
    fill(team, FEW, origin="extractor")
    fill(team, FEW, verb="deleted", user=crowd.pk)
    fill(team, FEW, record_type="membership", user=crowd.pk)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE history_change")
    ours, now = Change.objects.filter(team=team), timezone.now()
    record_id = Change.objects.filter(team=team, record_type="contact")[0].record_id
    for changes, index in (
        (ours, "history_of_team"),
        (changes_of(team, "contact", record_id), "history_of_record"),
        (changes_of(team, "contact", uuid.uuid4()), "history_of_record"),
        (ours.filter(actor_user=one.pk), "history_by_person"),
        # Somebody who did nearly everything is found along the team as well.
        (ours.filter(actor_user=crowd.pk), "history_"),
        (ours.filter(actor_key=key.pk), "history_by_key"),
        (ours.filter(origin="extractor"), "history_by_origin"),
        (ours.filter(verb="deleted"), "history_of_deletions"),
        (ours.filter(record_type="membership"), "history_of_record"),
        (ours.filter(at__lt=now - dt.timedelta(days=5)), "history_of_team"),
    ):
        assert index in plan(changes), changes.query.where
        assert "Seq Scan" not in plan(changes)
