"""What ElevenLabs' `call_result` and `failure_reason` mean; `termination_reason` is free text."""

from calls.models import EndedBy, Outcome
from calls.providers.told import Ending, Told

NOT_CONNECTED = {
    "busy": Outcome.BUSY,
    "no_answer": Outcome.NO_ANSWER,
    "no-answer": Outcome.NO_ANSWER,
    "failed": Outcome.FAILED,
}
SIP_DECLINE = "603"


def judge(told: Told) -> Ending:
    """Return what came of the call."""
    return Ending(_outcome(told), _ended_by(told.ended_reason.lower()))


def _outcome(told: Told) -> Outcome:
    result, status = told.signals.get("result", ""), told.signals.get("status", "")
    if told.signals.get("sip_code") == SIP_DECLINE:
        return Outcome.DECLINED
    if result in NOT_CONNECTED:
        return NOT_CONNECTED[result]
    if result == "voicemail" or "voicemail" in told.ended_reason.lower():
        return Outcome.VOICEMAIL
    if told.is_transferred:
        return Outcome.TRANSFERRED
    if result == "answered" or told.has_talked or status == "done":
        return Outcome.CONNECTED
    # An audio event alone tells nothing of how the call went.
    return Outcome.FAILED if result or status else Outcome.UNKNOWN


def _ended_by(reason: str) -> EndedBy:
    if "remote party" in reason or reason.startswith(("client ", "user ")):
        return EndedBy.CONTACT
    if "end_call" in reason or reason.startswith("agent "):
        return EndedBy.ASSISTANT
    return EndedBy.UNKNOWN
