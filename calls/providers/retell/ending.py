"""What Retell's `disconnection_reason` means."""

from calls.models import EndedBy, Outcome
from calls.providers.told import Ending, Told

CONNECTED = frozenset(
    "user_hangup agent_hangup inactivity max_duration_reached user_requested_dnc "
    "user_requested_callback ivr_reached transfer_cancelled manual_stopped scam_detected".split()
)
TRANSFERRED = frozenset({"call_transfer", "transfer_bridged", "call_take_over"})
#: Nobody answered: the call never began.
NOT_CONNECTED = {
    "dial_no_answer": Outcome.NO_ANSWER,
    "dial_busy": Outcome.BUSY,
    "user_declined": Outcome.DECLINED,
    "dial_failed": Outcome.FAILED,
    "invalid_destination": Outcome.FAILED,
    "sip_routing_error": Outcome.FAILED,
    "marked_as_spam": Outcome.FAILED,
    "network_blocked": Outcome.FAILED,
    "concurrency_limit_reached": Outcome.FAILED,
    "no_concurrency_fallback": Outcome.FAILED,
    "no_valid_payment": Outcome.FAILED,
    "credit_exhausted": Outcome.FAILED,
    "budget_reached": Outcome.FAILED,
    "registered_call_timeout": Outcome.FAILED,
}
FAILED = ("error_", "telephony_provider_")
CONTACT = frozenset({"user_hangup", "user_declined"})
ASSISTANT = frozenset({"agent_hangup", "call_transfer", "transfer_bridged"})


def judge(told: Told) -> Ending:
    """Return what came of the call; a reason that nobody knows is weighed by whether one talked."""
    return Ending(_outcome(told), _ended_by(told.ended_reason))


def _outcome(told: Told) -> Outcome:
    reason = told.ended_reason
    if reason in NOT_CONNECTED:
        return NOT_CONNECTED[reason]
    if reason == "voicemail_reached" or "in_voicemail" in told.signals:
        return Outcome.VOICEMAIL
    if reason in TRANSFERRED or told.is_transferred:
        return Outcome.TRANSFERRED
    if reason.startswith(FAILED):
        return Outcome.FAILED
    # Retell says that a call has started only where somebody answered.
    if reason in CONNECTED or told.has_talked or told.progress:
        return Outcome.CONNECTED
    return Outcome.FAILED if reason else Outcome.UNKNOWN


def _ended_by(reason: str) -> EndedBy:
    if not reason:
        return EndedBy.UNKNOWN
    if reason in CONTACT:
        return EndedBy.CONTACT
    return EndedBy.ASSISTANT if reason in ASSISTANT else EndedBy.SYSTEM
