"""A record's history over REST: who or what set which field, when, from what to what."""

import uuid
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from crm.api.naming import camel
from crm.api.pagination import Window, list_answer
from crm.api.parameters import PAGING, Parameter
from crm.api.schema import Answer
from crm.api.serializers import IdField, StrictSerializer
from crm.history.models import Origin, Verb
from crm.history.reading import COLUMNS, NEWEST_FIRST, Past, changes_of
from crm.queries.listings import list_rows
from crm.queries.statements import Row
from crm.records.catalog import built_in_fields
from crm.records.history.words import in_order
from crm.records.models import CUSTOM
from crm.teams.api import TeamView


@extend_schema_field({})
class AnyField(serializers.Field[Any, Any, Any, Any]):
    """Any JSON value."""


class ActorSerializer(StrictSerializer):
    """The person or the key behind a change."""

    type = serializers.ChoiceField(choices=["user", "key"])
    id = IdField()
    name = serializers.CharField()


class EvidenceSerializer(StrictSerializer):
    """The words on a call that prove a value."""

    call_id = IdField()
    quote = serializers.CharField()
    turn = serializers.IntegerField(help_text="Which of the call's turns it is; the first is 0.")
    confirmed_by = serializers.IntegerField(
        allow_null=True, help_text="The contact's turn that confirms the assistant's words."
    )
    start_seconds = serializers.FloatField(allow_null=True)
    confidence = serializers.FloatField()


class FieldChangeSerializer(StrictSerializer):
    """What became of one field; a value is what the record's own answer had in its place."""

    field = serializers.CharField(help_text="`leadStatus`, `customFields.budget`.")
    old = AnyField()
    new = AnyField()
    evidence = EvidenceSerializer(
        allow_null=True, help_text="Null where the value was not heard on a call."
    )


class ChangeSerializer(StrictSerializer):
    """One change; `fields` is empty for a created record, whose values are the record itself."""

    id = IdField()
    verb = serializers.ChoiceField(choices=Verb.choices)
    at = serializers.DateTimeField()
    origin = serializers.ChoiceField(choices=Origin.choices, help_text="What caused it.")
    actor = ActorSerializer(allow_null=True, help_text="Null where nobody is known.")
    fields_ = FieldChangeSerializer(many=True)

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        """Return the fields, one of which is called as the serializer's own attribute."""
        fields = super().get_fields()
        return {name.removesuffix("_"): field for name, field in fields.items()}


class RecordHistory(TeamView):
    """GET what happened to a record, newest first. A subclass says which record that is."""

    #: What the record is called in an error and in history.
    noun: ClassVar[str]
    serializer_class = ChangeSerializer

    @classmethod
    def get_parameters(cls, method: str) -> list[Parameter]:
        """Return teamId and paging."""
        return [*super().get_parameters(method), *PAGING]

    @classmethod
    def get_answers(cls, method: str) -> dict[int, Answer]:
        """Return a page."""
        return {200: Answer("A page.", cls.serializer_class, is_page=True)}

    @classmethod
    def get_refusals(cls, method: str) -> list[int]:
        """Return 404 besides: there may be no such record."""
        return sorted([*super().get_refusals(method), 404])

    def get_records(self) -> QuerySet[Any, Any]:
        """Return the team's records of this kind."""
        raise NotImplementedError

    def get(self, request: Request, pk: uuid.UUID) -> Response:
        """Answer with a page; raises NotFound (404)."""
        if not self.get_records().filter(pk=pk).exists():
            raise NotFound(f"There is no such {self.noun}.")
        listing = list_rows(changes_of(self.team, self.noun, pk), NEWEST_FIRST, COLUMNS)
        window = Window.of(self.values)
        return Response(list_answer(request, listing, window, self.represent))

    def represent(self, rows: Sequence[Row]) -> list[dict[str, Any]]:
        """Return what the client sees of the changes."""
        return [_show(Past(*row)) for row in rows]


def _show(change: Past) -> dict[str, Any]:
    return {
        "id": change.id,
        "verb": change.verb,
        "at": change.at,
        "origin": change.origin,
        "actor": _actor(change),
        "fields": [
            {
                "field": _api_name(change.record_type, name),
                "old": old,
                "new": new,
                "evidence": show_evidence(change.evidence, name),
            }
            for name, old, new in in_order(change.fields, built_in_fields(change.record_type))
        ],
    }


def show_evidence(evidence: Mapping[str, Any] | None, name: str) -> dict[str, Any] | None:
    """Return what proves the field's value, as programs see it."""
    proof = (evidence or {}).get("fields", {}).get(name)
    if not evidence or not proof:
        return None
    return {
        "callId": evidence["call"],
        "quote": proof["quote"],
        "turn": proof["turn"],
        "confirmedBy": proof.get("confirmed_by"),
        "startSeconds": proof.get("seconds"),
        "confidence": proof.get("confidence", 1.0),
    }


def _actor(change: Past) -> dict[str, Any] | None:
    if change.user_id:
        return {"type": "user", "id": change.user_id, "name": change.person}
    if change.key_id:
        return {"type": "key", "id": change.key_id, "name": change.key_name}
    return None


def _api_name(record_type: str, name: str) -> str:
    """Return what programs call a field: a relation is its id, and a custom key stays as it is."""
    if name.startswith(CUSTOM):
        return f"{camel(CUSTOM.removesuffix('.'))}.{name.removeprefix(CUSTOM)}"
    field = built_in_fields(record_type).get(name)
    is_relation = field is not None and field.column is not None and field.column.is_relation
    return f"{camel(name)}Id" if is_relation else camel(name)
