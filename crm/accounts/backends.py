"""Who may sign in, and who is signed in: asked for each page, by SQL that is compiled once."""

from typing import Any

from django.contrib.auth.backends import ModelBackend
from django.db import models
from django.db.models import QuerySet

from crm.accounts.models import User
from crm.queries.statements import Statement, columns_of, load


class PasswordBackend(ModelBackend):
    """Django's own, but for how it finds the user of a session."""

    def get_user(self, user_id: Any) -> User | None:
        """Return the user who may still sign in."""
        for row in _USERS.rows(user_id):
            user = load(User, row)
            return user if self.user_can_authenticate(user) else None
        return None


def _users(pk: Any) -> QuerySet[User, Any]:
    return User.objects.filter(pk=pk).order_by().values_list(*columns_of(User))


_USERS = Statement(_users, models.UUIDField())
