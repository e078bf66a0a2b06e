"""What Telnyx's `hangup_cause` means, which depends on whether the call was answered."""

from calls.models import Direction, EndedBy, Outcome
from calls.providers.told import Ending, Told

OUTCOMES = {
    "no_answer": Outcome.NO_ANSWER,
    "timeout": Outcome.NO_ANSWER,
    "normal_clearing": Outcome.NO_ANSWER,
    "user_busy": Outcome.BUSY,
    "call_rejected": Outcome.DECLINED,
    "originator_cancel": Outcome.CANCELED,
}
MACHINES = frozenset({"machine", "fax_detected"})
CONTACTS_SIDE = {Direction.INBOUND: "caller", Direction.OUTBOUND: "callee"}


def judge(told: Told) -> Ending:
    """Return what came of the call."""
    return Ending(_outcome(told), _ended_by(told))


def _outcome(told: Told) -> Outcome:
    if told.signals.get("answered_by") in MACHINES:
        return Outcome.VOICEMAIL
    if told.started_at or told.has_talked:
        return Outcome.CONNECTED
    if not told.ended_reason:
        return Outcome.UNKNOWN
    return OUTCOMES.get(told.ended_reason, Outcome.FAILED)


def _ended_by(told: Told) -> EndedBy:
    side = told.signals.get("hung_up_by", "")
    if side not in ("caller", "callee") or not told.direction:
        return EndedBy.UNKNOWN
    if side == CONTACTS_SIDE.get(Direction(told.direction)):
        return EndedBy.CONTACT
    return EndedBy.ASSISTANT if told.assistant_external_id else EndedBy.SYSTEM
