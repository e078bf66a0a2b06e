"""What Twilio's final `CallStatus` means, with who answered and the SIP code beside it."""

from calls.models import Outcome
from calls.providers.told import Ending, Told

OUTCOMES = {
    "no-answer": Outcome.NO_ANSWER,
    "busy": Outcome.BUSY,
    "failed": Outcome.FAILED,
    "canceled": Outcome.CANCELED,
}
SIP_DECLINE = "603"


def judge(told: Told) -> Ending:
    """Return what came of the call; Twilio does not say who hung up."""
    return Ending(_outcome(told))


def _outcome(told: Told) -> Outcome:
    status = told.ended_reason
    if status == "failed" and told.signals.get("sip_code") == SIP_DECLINE:
        return Outcome.DECLINED
    if status in OUTCOMES:
        return OUTCOMES[status]
    if told.signals.get("answered_by", "").startswith("machine"):
        return Outcome.VOICEMAIL
    if told.is_transferred:
        return Outcome.TRANSFERRED
    return Outcome.CONNECTED if status == "completed" or told.started_at else Outcome.UNKNOWN
