"""Sessions in the database, as Django's: read by SQL that is compiled once, as each page asks."""

from typing import Any

from django.contrib.sessions.backends import db
from django.contrib.sessions.models import Session
from django.db import models
from django.db.models import QuerySet
from django.utils import timezone

from crm.queries.statements import Statement, columns_of, load


class SessionStore(db.SessionStore):
    """Django's own, but for how it finds the session of a key."""

    def _get_session_from_db(self) -> Session | None:
        for row in _LIVE.rows(self.session_key or "", timezone.now()):
            return load(Session, row)
        self._session_key = None
        return None


def _live(session_key: Any, now: Any) -> QuerySet[Session, Any]:
    rows = Session.objects.filter(session_key=session_key, expire_date__gt=now)
    return rows.values_list(*columns_of(Session))


_LIVE = Statement(_live, models.CharField(), models.DateTimeField())
