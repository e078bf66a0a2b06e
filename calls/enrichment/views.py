"""What people decide about what calls have told: accept, edit, reject, undo, read again."""

import uuid
from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.generic.base import TemplateView, View

from calls.enrichment.deciding import accept, accept_all, reject, reject_all
from calls.enrichment.extractors import get_extractor
from calls.enrichment.models import Proposal, ProposalStatus
from calls.enrichment.operations import AlreadyDecided, read_again
from calls.enrichment.shown import Waiting, show_proposal
from calls.enrichment.targets import read_typed
from calls.enrichment.undoing import undo_call
from calls.models import Call
from calls.views import get_call
from crm.history.recording import Author
from crm.records.catalog import fields_of
from crm.records.models import EntityType
from crm.teams.access import TeamMixin
from crm.teams.models import Team

ON_PAGE = 50


def open_proposals(team: Team) -> Sequence[Waiting]:
    """Return the oldest of what waits in the team, the proposals of one contact together."""
    proposals = Proposal.objects.filter(team=team, status=ProposalStatus.OPEN)
    fields = {kind: fields_of(team, kind) for kind in EntityType}
    found = []
    rows = proposals.select_related("call", "contact__company", "company")
    for proposal in rows.order_by("-created_at", "-id")[: ON_PAGE + 1]:
        proposal.team = proposal.contact.team = proposal.contact.company.team = team
        if proposal.company:
            proposal.company.team = team
        shown = show_proposal(proposal, proposal.record, fields[EntityType(proposal.entity_type)])
        if shown is not None:
            found.append(shown)
    return found


class ProposalList(TeamMixin, TemplateView):
    """What waits for a person in the whole team, newest first."""

    template_name = "enrichment/list.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Return the first of them, and how many there are."""
        count = Proposal.objects.filter(team=self.team, status=ProposalStatus.OPEN).count()
        return super().get_context_data(
            waiting=open_proposals(self.team)[:ON_PAGE], count=count, **kwargs
        )


class DecisionView(TeamMixin, View):
    """Decides something, says what came of it, and leads back to where it was decided."""

    http_method_names = ["post"]

    @property
    def by(self) -> Author:
        """Who decides."""
        return Author.person(self.request.user)

    def get_proposal(self) -> Proposal:
        """Return the team's proposal; raises Http404."""
        proposals = self.team.proposals.select_related("contact__company", "company", "call")
        proposal: Proposal = get_object_or_404(proposals, pk=self.kwargs["pk"])
        proposal.team = self.team
        return proposal

    def back(self, contact_id: uuid.UUID | None) -> HttpResponse:
        """Lead to the review page, the company or the contact, wherever one came from."""
        asked = self.request.POST.get("back", "")
        if asked == "list" or contact_id is None:
            return redirect("enrichment:list", self.team.slug)
        company = self.team.companies.filter(pk=asked).first() if _is_id(asked) else None
        if company:
            return redirect("companies:detail", self.team.slug, company.pk)
        return redirect("contacts:detail", self.team.slug, contact_id)


def _is_id(text: str) -> bool:
    try:
        uuid.UUID(text)
    except ValueError:
        return False
    return True


class ProposalAccept(DecisionView):
    """Accepts a proposal, as it is or as it was edited."""

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Write the value, or say why not."""
        proposal = self.get_proposal()
        try:
            given = self._typed(proposal)
            accept(proposal, by=self.by, **given)
        except AlreadyDecided as error:
            messages.info(request, str(error))
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
        return self.back(proposal.contact_id)

    def _typed(self, proposal: Proposal) -> dict[str, Any]:
        """Return the value that it was edited to, where it was; raises ValidationError."""
        text = self.request.POST.get("value")
        if text is None:
            return {}
        field = fields_of(self.team, proposal.entity_type).get(proposal.field)
        if not proposal.field or field is None:
            return {} if text == proposal.value else {"value": text.strip()}
        record = proposal.record
        record.team = self.team
        value = read_typed(record, field, text)
        if value in (None, ""):
            raise ValidationError("Type a value, or reject the proposal.", code="required")
        return {} if value == proposal.value else {"value": value}


class ProposalReject(DecisionView):
    """Rejects a proposal."""

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Turn it down."""
        proposal = self.get_proposal()
        try:
            reject(proposal, by=self.by)
        except AlreadyDecided as error:
            messages.info(request, str(error))
        return self.back(proposal.contact_id)


class CallDecision(DecisionView):
    """Something about all that one call has told."""

    def get_call(self) -> Call:
        """Return the team's call; raises Http404."""
        return get_call(self.team, self.kwargs["pk"])


class CallProposals(CallDecision):
    """Accepts or rejects all that waits of a call."""

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Decide all of them, and say how many that were."""
        call = self.get_call()
        waiting = self.team.proposals.filter(call=call, status=ProposalStatus.OPEN)
        proposals = list(waiting.order_by("created_at", "id"))
        for proposal in proposals:
            proposal.team = self.team
        if "reject" in request.POST:
            done = reject_all(proposals, by=self.by).done
            messages.success(request, f"{_count(done)} rejected.")
        else:
            decided = accept_all(proposals, by=self.by)
            messages.success(request, f"{_count(decided.done)} accepted.")
            for why in decided.refused:
                messages.error(request, why)
        return self.back(call.contact_id)


def _count(number: int) -> str:
    return "1 proposal was" if number == 1 else f"{number} proposals were"


class CallUndo(CallDecision):
    """Puts back what a call has changed."""

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Put it back, and say what was kept."""
        call = self.get_call()
        undone = undo_call(call, by=self.by)
        values = "1 value was" if undone.restored == 1 else f"{undone.restored} values were"
        kept = f" {undone.kept} changed since stayed." if undone.kept else ""
        messages.success(request, f"{values} put back.{kept}")
        return self.back(call.contact_id)


class CallReadAgain(CallDecision):
    """Lets a call be read once more."""

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Ask the worker for it."""
        call = self.get_call()
        read_again([call], get_extractor().version)
        messages.success(request, "The call is being read again. What it tells shows up here.")
        return redirect("calls:detail", self.team.slug, call.pk)
