"""What every address of a team's data shares: its team, and `/me`."""

from typing import Any, ClassVar

from rest_framework import serializers
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request
from rest_framework.response import Response

from crm.api.parameters import Parameter, id_parameter
from crm.api.schema import Operation
from crm.api.serializers import IdField, StrictSerializer
from crm.api.values import read_uuid
from crm.api.views import ApiView
from crm.teams.authentication import key_of
from crm.teams.models import ApiKey, Scope, Team

#: A foreign and an unknown team answer alike.
WRONG_TEAM = "This key does not open that team."


class TeamView(ApiView):
    """An address of one team's data; the key says which, `teamId` must agree."""

    #: Whether GET must say `teamId` in the query.
    requires_team_id: ClassVar[bool] = False
    key: ApiKey
    team: Team

    @classmethod
    def get_parameters(cls, method: str) -> list[Parameter]:
        """Return `teamId`, which every method but POST takes in the query."""
        if method == "POST":
            return []
        required = cls.requires_team_id and method in ("GET", "HEAD")
        return [id_parameter("teamId", "The key's own team.", required=required)]

    @classmethod
    def get_refusals(cls, method: str) -> list[int]:
        """Return what any address refuses, and another team's id (403)."""
        return sorted({*super().get_refusals(method), 403})

    def read_parameters(self, request: Request) -> None:
        """Read the query, and hold its `teamId` against the key's team (403)."""
        key = key_of(request)
        assert key is not None
        self.key, self.team = key, key.team
        super().read_parameters(request)
        self.check_team(self.values.get("teamId"))

    def check_team(self, team_id: Any) -> None:
        """Raise PermissionDenied (403) for another team's id."""
        if team_id is not None and team_id != self.team.pk:
            raise PermissionDenied(WRONG_TEAM)

    def get_body(self, request: Request) -> Any:
        """Return the body as sent; a `teamId` of another team is 403 before all other errors."""
        body = request.data
        if isinstance(body, dict) and isinstance(body.get("teamId"), str):
            try:
                self.check_team(read_uuid(body["teamId"]))
            except ValueError:
                return body
        return body


class MeSerializer(StrictSerializer):
    """What a key is good for."""

    team_id = IdField(read_only=True)
    team_name = serializers.CharField(read_only=True)
    key_name = serializers.CharField(read_only=True)
    scopes = serializers.ListField(
        child=serializers.ChoiceField(choices=Scope.choices), read_only=True
    )
    rate_limit = serializers.IntegerField(
        read_only=True, min_value=0, help_text="Requests an hour; 0 for no limit."
    )


class Me(ApiView):
    """Does my key work? Any key may ask."""

    serializer_class = MeSerializer
    operations = {"GET": Operation("getMe", "Say what this key is good for")}

    def get(self, request: Request) -> Response:
        """Say what the key opens and may do."""
        key = key_of(request)
        assert key is not None
        return Response(
            {
                "teamId": key.team_id,
                "teamName": key.team.name,
                "keyName": key.name,
                "scopes": key.scopes,
                "rateLimit": key.rate_limit,
            }
        )
