"""Enrichment over REST: what calls may fill, and what waits for a decision."""

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from calls.enrichment.deciding import accept, reject
from calls.enrichment.models import Proposal, ProposalStatus
from calls.enrichment.operations import AlreadyDecided, Choice, set_policies
from calls.enrichment.policy import default_fill, fillable_fields, new_fields
from calls.enrichment.serializers import (
    AcceptSerializer,
    FieldPoliciesSerializer,
    PoliciesChangeSerializer,
    ProposalSerializer,
    RejectSerializer,
)
from calls.enrichment.targets import read_found
from crm.api.exceptions import Conflict
from crm.api.pagination import Window, list_answer
from crm.api.parameters import PAGING, Parameter, choice_parameter
from crm.api.schema import Answer, Operation
from crm.api.serializers import read_body
from crm.history.recording import Author
from crm.queries.listings import list_rows
from crm.queries.statements import columns_of, load
from crm.records.catalog import RecordField, fields_of
from crm.records.history.api import show_evidence
from crm.teams.api import TeamView
from crm.teams.models import Team


class FieldPolicies(TeamView):
    """What calls may fill."""

    scope = "fields"
    serializer_class = PoliciesChangeSerializer
    requires_team_id = True
    operations = {
        "GET": Operation("listFieldPolicies", "Say what calls may fill"),
        "PATCH": Operation(
            "updateFieldPolicies",
            "Change what calls may fill",
            "Fields that are left out stay as they are. A field that is not listed is protected: "
            "no call fills it.",
        ),
    }

    @classmethod
    def get_answers(cls, method: str) -> dict[int, Answer]:
        """Return what calls may fill."""
        return {200: Answer("What calls may fill.", FieldPoliciesSerializer)}

    def get(self, request: Request) -> Response:
        """Answer with every field that a call may fill."""
        return Response(show_policies(self.team))

    def patch(self, request: Request) -> Response:
        """Set some of them."""
        values = read_body(PoliciesChangeSerializer, self.get_body(request))
        self.check_team(values.get("team_id"))
        choices = [
            Choice(each["entity_type"], self._name(each), each["fill_from_calls"])
            for each in values.get("policies", ())
        ]
        by = Author.api_key(self.key)
        set_policies(self.team, choices, by=by, facts=values.get("new_fields", ""))
        return Response(show_policies(self.team))

    def _name(self, given: Mapping[str, Any]) -> str:
        """Return what the catalogue calls a field; raises ValidationError for an unknown one."""
        for each in fillable_fields(self.team):
            if (each.entity_type, each.field.api_name) == (given["entity_type"], given["field"]):
                return each.field.name
        message = f"Calls fill no field “{given['field']}” of a {given['entity_type']}."
        raise ValidationError({"policies": ValidationError(message, code="invalid")})


def show_policies(team: Team) -> dict[str, Any]:
    """Return what calls may fill in the team, as programs see it."""
    results = [
        {
            "entityType": each.entity_type,
            "field": each.field.api_name,
            "label": each.field.label,
            "fillFromCalls": each.fill,
            "isDefault": each.fill == default_fill(each.entity_type, each.field),
        }
        for each in fillable_fields(team)
    ]
    return {
        "count": len(results),
        "countIsExact": True,
        "next": None,
        "previous": None,
        "results": results,
        "newFields": new_fields(team),
    }


class ContactProposals(TeamView):
    """What was heard of a contact and waits, or was decided."""

    scope = "contacts"
    serializer_class = ProposalSerializer
    operations = {
        "GET": Operation(
            "listContactProposals",
            "List a contact's proposals, newest first",
            "Those of its company that its calls have led to are among them.",
        )
    }

    @classmethod
    def get_parameters(cls, method: str) -> list[Parameter]:
        """Return paging, and the status asked for."""
        status = choice_parameter(
            "status", ProposalStatus.values, "Only those.", default=str(ProposalStatus.OPEN)
        )
        return [*super().get_parameters(method), *PAGING, status]

    @classmethod
    def get_answers(cls, method: str) -> dict[int, Answer]:
        """Return a page."""
        return {200: Answer("A page.", ProposalSerializer, is_page=True)}

    @classmethod
    def get_refusals(cls, method: str) -> list[int]:
        """Return 404 besides: there may be no such contact."""
        return sorted([*super().get_refusals(method), 404])

    def get(self, request: Request, pk: uuid.UUID) -> Response:
        """Answer with a page."""
        if not self.team.contacts.filter(pk=pk).exists():
            raise NotFound("There is no such contact.")
        status = self.values.get("status", ProposalStatus.OPEN)
        proposals = self.team.proposals.filter(contact=pk, status=status)
        listing = list_rows(proposals, ("-created_at", "-id"), columns_of(Proposal))
        window = Window.of(self.values)
        return Response(list_answer(request, listing, window, self._show))

    def _show(self, rows: Sequence[Any]) -> list[dict[str, Any]]:
        return show_proposals(self.team, [load(Proposal, row) for row in rows])


class ProposalDecision(TeamView):
    """An address that decides a proposal."""

    scope = "contacts"

    @classmethod
    def get_answers(cls, method: str) -> dict[int, Answer]:
        """Return the proposal as it was decided."""
        return {200: Answer("The proposal.", ProposalSerializer)}

    @classmethod
    def get_refusals(cls, method: str) -> list[int]:
        """Return that there may be none, or that somebody has decided it."""
        return sorted([*super().get_refusals(method), 404, 409])

    def get_proposal(self) -> Proposal:
        """Return the team's proposal; raises NotFound (404)."""
        proposals = self.team.proposals.select_related("contact__company", "company", "call")
        proposal = proposals.filter(pk=self.kwargs["pk"]).first()
        if proposal is None:
            raise NotFound("There is no such proposal.")
        proposal.team = self.team
        return proposal

    def decide(self, proposal: Proposal, by: Author, values: Mapping[str, Any]) -> None:
        """Decide it; raises AlreadyDecided or ValidationError."""
        raise NotImplementedError

    def post(self, request: Request, pk: uuid.UUID) -> Response:
        """Decide it, and answer with it."""
        assert self.serializer_class is not None
        values = read_body(self.serializer_class, self.get_body(request))
        proposal = self.get_proposal()
        try:
            self.decide(proposal, Author.api_key(self.key), values)
        except AlreadyDecided as error:
            raise Conflict(str(error), "decided") from error
        return Response(show_proposals(self.team, [proposal])[0])


class AcceptProposal(ProposalDecision):
    """Accepts a proposal."""

    serializer_class = AcceptSerializer
    operations = {
        "POST": Operation(
            "acceptProposal",
            "Accept a proposal",
            "The proposed value is written as this key's own, or the `value` that is sent instead.",
        )
    }

    def decide(self, proposal: Proposal, by: Author, values: Mapping[str, Any]) -> None:
        """Write the value."""
        if "value" not in values:
            accept(proposal, by=by)
            return
        field = fields_of(self.team, proposal.entity_type).get(proposal.field)
        value = values["value"]
        if field is not None:
            record = proposal.record
            record.team = self.team
            value = read_found(record, field, value)
        elif not isinstance(value, str):
            raise ValidationError({"value": ValidationError("Must be a text.", code="invalid")})
        accept(proposal, by=by, value=value)


class RejectProposal(ProposalDecision):
    """Rejects a proposal."""

    serializer_class = RejectSerializer
    operations = {
        "POST": Operation(
            "rejectProposal",
            "Reject a proposal",
            "The same call does not propose this value again.",
        )
    }

    def decide(self, proposal: Proposal, by: Author, values: Mapping[str, Any]) -> None:
        """Turn it down."""
        reject(proposal, by=by)


def show_proposals(team: Team, proposals: Sequence[Proposal]) -> list[dict[str, Any]]:
    """Return proposals as programs see them."""
    kinds = {each.entity_type for each in proposals}
    fields = {kind: fields_of(team, kind) for kind in kinds}
    return [_show(each, fields[each.entity_type].get(each.field)) for each in proposals]


def _show(proposal: Proposal, field: RecordField | None) -> dict[str, Any]:
    evidence = {"call": proposal.call_id, "fields": {"value": proposal.evidence}}
    return {
        "id": proposal.pk,
        "teamId": proposal.team_id,
        "callId": proposal.call_id,
        "contactId": proposal.contact_id,
        "companyId": proposal.company_id,
        "entityType": proposal.entity_type,
        "field": (field.api_name if field else proposal.field) or None,
        "label": field.label if field else proposal.label or proposal.field,
        "value": proposal.value,
        "evidence": show_evidence(evidence, "value"),
        "status": proposal.status,
        "createdAt": proposal.created_at,
        "decidedAt": proposal.decided_at,
    }
