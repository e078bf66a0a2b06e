"""Reading one call: under a lease, outside any transaction until something is to be written."""

import datetime as dt
import zoneinfo

from calls.enrichment.applying import apply
from calls.enrichment.budget import budget_of
from calls.enrichment.extractors import get_extractor
from calls.enrichment.findings import Conversation, Extractor, Turn
from calls.enrichment.models import EnrichmentRun, RunStatus
from calls.enrichment.operations import finish
from calls.enrichment.policy import DO_NOT_CALL, Fill, fillable_fields
from calls.enrichment.targets import make_targets
from calls.models import Call, Outcome, Speaker, Transcript, TranscriptStatus

VOICEMAIL = "The call reached a voicemail."
NOT_OVER = "The call is not over yet."
NO_TRANSCRIPT = "The call has no transcript."
NO_CONTACT = "The call belongs to no contact yet."
NO_WORDS = "The contact said nothing."


def run_over(run: EnrichmentRun, extractor: Extractor | None = None) -> None:
    """Read the call of a leased run, by the chosen extractor or this one, or say why not."""
    call = run.team.calls.select_related("contact__company").get(pk=run.call_id)
    call.team = run.team
    turns = find_turns(call)
    if reason := why_not(call, turns):
        finish(run, RunStatus.SKIPPED, note=reason)
        return
    conversation = make_conversation(call, turns)
    wanted = [each for each in fillable_fields(run.team) if each.fill != Fill.OFF]
    targets = make_targets(wanted)
    extractor = extractor or get_extractor(budget=budget_of(run.team))
    extraction = extractor.extract(conversation, [field for _target, field in targets.values()])
    by_key = {key: target for key, (target, _field) in targets.items()}
    by_key |= {each.field.name: each for each in wanted if each.field.name == DO_NOT_CALL}
    apply(run, call, conversation, extraction, by_key)


def find_turns(call: Call) -> list[Turn]:
    """Return what was said, as extractors take it."""
    if call.transcript_status != TranscriptStatus.READY:
        return []
    transcript = Transcript.objects.filter(team=call.team_id, call=call).first()
    return [
        Turn(turn["speaker"], turn["text"], turn.get("startSeconds"))
        for turn in (transcript.turns if transcript else ())
    ]


def why_not(call: Call, turns: list[Turn]) -> str:
    """Return why there is nothing to be read in the call, or ""."""
    if not call.is_over:
        return NOT_OVER
    if call.voicemail or call.outcome == Outcome.VOICEMAIL:
        return VOICEMAIL
    if not turns:
        return NO_TRANSCRIPT
    if call.contact_id is None:
        return NO_CONTACT
    if not any(turn.speaker == Speaker.CONTACT and turn.text.strip() for turn in turns):
        return NO_WORDS
    return ""


def make_conversation(call: Call, turns: list[Turn]) -> Conversation:
    """Return the call as extractors take it, at the hour where the contact is."""
    zone = call.team.zone
    if call.contact and call.contact.timezone:
        zone = zoneinfo.ZoneInfo(call.contact.timezone)
    started: dt.datetime = call.started_or_created_at
    return Conversation(turns=turns, started_at=started.astimezone(zone), region=call.team.region)
