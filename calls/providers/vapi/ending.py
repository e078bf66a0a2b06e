"""What Vapi's `endedReason` means. There are hundreds, and new ones come: patterns, not a list."""

from fnmatch import fnmatchcase

from calls.models import EndedBy, Outcome
from calls.providers.told import Ending, Told

#: The first that fits counts.
OUTCOMES = (
    ("voicemail", Outcome.VOICEMAIL),
    ("assistant-forwarded-call", Outcome.TRANSFERRED),
    ("*hook-executed-transfer", Outcome.TRANSFERRED),
    ("assistant-request-returned-forwarding-phone-number", Outcome.TRANSFERRED),
    # The transfer failed, the conversation before it did not.
    ("call.forwarding.operator-busy", Outcome.CONNECTED),
    ("call.forwarding.operator-no-answer", Outcome.CONNECTED),
    ("customer-did-not-answer", Outcome.NO_ANSWER),
    ("*sip-408-*", Outcome.NO_ANSWER),
    ("*sip-480-*", Outcome.NO_ANSWER),
    ("customer-busy", Outcome.BUSY),
    ("*sip-486-*", Outcome.BUSY),
    ("vonage-rejected", Outcome.DECLINED),
    ("*sip-603-*", Outcome.DECLINED),
    ("scheduled-call-deleted", Outcome.CANCELED),
    ("call-deleted", Outcome.CANCELED),
    ("customer-ended-call*", Outcome.CONNECTED),
    ("assistant-ended-call*", Outcome.CONNECTED),
    ("assistant-said-end-call-phrase*", Outcome.CONNECTED),
    ("silence-timed-out", Outcome.CONNECTED),
    ("exceeded-max-duration", Outcome.CONNECTED),
    ("*twilio-completed-call", Outcome.CONNECTED),
    ("*sip-completed-call", Outcome.CONNECTED),
    ("vonage-completed", Outcome.CONNECTED),
    ("call.start.error-*", Outcome.FAILED),
    ("call-start-error-*", Outcome.FAILED),
    ("call.in-progress.error-*", Outcome.FAILED),
    ("call.ringing.error-*", Outcome.FAILED),
    ("pipeline-*", Outcome.FAILED),
    ("assistant-not-*", Outcome.FAILED),
    ("assistant-request-*", Outcome.FAILED),
    ("assistant-join-timed-out", Outcome.FAILED),
    ("worker-shutdown", Outcome.FAILED),
    ("twilio-failed-to-connect-call", Outcome.FAILED),
    ("twilio-reported-customer-misdialed", Outcome.FAILED),
    ("vonage-failed*", Outcome.FAILED),
    ("vonage-disconnected", Outcome.FAILED),
    ("phone-call-provider-*", Outcome.FAILED),
    ("*sip-outbound-*", Outcome.FAILED),
    ("customer-did-not-give-microphone-permission", Outcome.FAILED),
)
ASSISTANT = ("assistant-ended-*", "assistant-said-*", "assistant-forwarded-*")


def judge(told: Told) -> Ending:
    """Return what came of the call; a reason that nobody knows is weighed by whether one talked."""
    return Ending(_outcome(told), _ended_by(told.ended_reason))


def _outcome(told: Told) -> Outcome:
    reason, has_begun = told.ended_reason, bool(told.started_at)
    if reason == "manually-canceled":
        return Outcome.CONNECTED if has_begun else Outcome.CANCELED
    for pattern, outcome in OUTCOMES:
        if fnmatchcase(reason, pattern):
            return outcome
    if told.has_talked or has_begun:
        return Outcome.CONNECTED
    return Outcome.FAILED if reason else Outcome.UNKNOWN


def _ended_by(reason: str) -> EndedBy:
    if not reason:
        return EndedBy.UNKNOWN
    if reason.startswith("customer-ended-call"):
        return EndedBy.CONTACT
    is_assistant = any(fnmatchcase(reason, pattern) for pattern in ASSISTANT)
    return EndedBy.ASSISTANT if is_assistant else EndedBy.SYSTEM
