"""The folders of the platforms are alike, so that the next is written by copying one."""

from pathlib import Path

import pytest

from calls import providers
from calls.models import EndedBy, Outcome
from calls.providers.registry import PLATFORMS
from calls.providers.told import Rank, Told
from tests.calls.providers.scripts import after

pytestmark = pytest.mark.once

FOLDER = Path(providers.__path__[0])
FILES = {
    "README.md",
    "__init__.py",
    "ending.py",
    "guide.py",
    "payload.py",
    "recording.py",
    "signature.py",
}


def test_the_folders_are_alike() -> None:
    folders = {path.parent.name for path in FOLDER.glob("*/payload.py")}
    assert folders == set(PLATFORMS)
    for name in folders:
        assert {path.name for path in (FOLDER / name).iterdir()} >= FILES


def test_the_docs_name_each_of_them() -> None:
    docs = (FOLDER.parents[1] / "docs/adding-a-provider.md").read_text()
    for name in {*PLATFORMS, *FILES}:
        assert f"`{name}`" in docs


def judge(provider: str, reason: str, **told: object) -> Outcome:
    ending = PLATFORMS[provider].judge(
        Told(rank=Rank.ENDED, ended_reason=reason, **told)  # type: ignore[arg-type]
    )
    return ending.outcome


ANSWERED = {"started_at": after(0)}
TALKED = {"turns": [{"speaker": "contact", "text": "Hello?"}]}


@pytest.mark.parametrize(
    ("reason", "told", "outcome"),
    [
        ("customer-ended-call", ANSWERED, "connected"),
        ("silence-timed-out", ANSWERED, "connected"),
        ("call.in-progress.twilio-completed-call", ANSWERED, "connected"),
        ("voicemail", ANSWERED, "voicemail"),
        ("assistant-forwarded-call", ANSWERED, "transferred"),
        ("call.forwarding.operator-busy", ANSWERED, "connected"),
        ("customer-did-not-answer", {}, "no_answer"),
        ("call.in-progress.error-providerfault-outbound-sip-408-request-timeout", {}, "no_answer"),
        ("call.in-progress.error-providerfault-outbound-sip-480-temporarily", {}, "no_answer"),
        ("customer-busy", {}, "busy"),
        ("vonage-rejected", {}, "declined"),
        ("manually-canceled", {}, "canceled"),
        ("manually-canceled", ANSWERED, "connected"),
        ("pipeline-error-openai-llm-failed", ANSWERED, "failed"),
        ("call.in-progress.error-assistant-did-not-receive-customer-audio", ANSWERED, "failed"),
        ("twilio-reported-customer-misdialed", {}, "failed"),
        ("something-new", TALKED, "connected"),
        ("something-new", {}, "failed"),
        ("", {}, "unknown"),
    ],
)
def test_vapis_reasons(reason: str, told: dict[str, object], outcome: str) -> None:
    assert judge("vapi", reason, **told) == outcome


@pytest.mark.parametrize(
    ("reason", "told", "outcome"),
    [
        ("agent_hangup", {}, "connected"),
        ("user_requested_dnc", {}, "connected"),
        ("voicemail_reached", {}, "voicemail"),
        ("user_hangup", {"signals": {"in_voicemail": "yes"}}, "voicemail"),
        ("call_transfer", {}, "transferred"),
        ("user_hangup", {"is_transferred": True}, "transferred"),
        ("dial_no_answer", {}, "no_answer"),
        ("dial_busy", {}, "busy"),
        ("user_declined", {}, "declined"),
        ("invalid_destination", {}, "failed"),
        ("telephony_provider_unavailable", {}, "failed"),
        ("error_llm_websocket_open", TALKED, "failed"),
        ("something_new", {"progress": "in_progress"}, "connected"),
        ("something_new", {}, "failed"),
    ],
)
def test_retells_reasons(reason: str, told: dict[str, object], outcome: str) -> None:
    assert judge("retell", reason, **told) == outcome


@pytest.mark.parametrize(
    ("reason", "told", "outcome"),
    [
        ("completed", {}, "connected"),
        ("completed", {"signals": {"answered_by": "human"}}, "connected"),
        ("completed", {"signals": {"answered_by": "machine_end_beep"}}, "voicemail"),
        ("completed", {"is_transferred": True}, "transferred"),
        ("no-answer", {}, "no_answer"),
        ("busy", {}, "busy"),
        ("failed", {"signals": {"sip_code": "503"}}, "failed"),
        ("failed", {"signals": {"sip_code": "603"}}, "declined"),
        ("canceled", {}, "canceled"),
    ],
)
def test_twilios_statuses(reason: str, told: dict[str, object], outcome: str) -> None:
    assert judge("twilio", reason, **told) == outcome


@pytest.mark.parametrize(
    ("reason", "signals", "outcome"),
    [
        ("Client disconnected: 1000", {"result": "answered"}, "connected"),
        ("", {"status": "done"}, "connected"),
        ("", {"result": "voicemail", "status": "done"}, "voicemail"),
        ("Voicemail detected", {"status": "done"}, "voicemail"),
        ("", {"result": "busy"}, "busy"),
        ("no-answer", {"result": "no-answer"}, "no_answer"),
        ("unknown", {"result": "unknown", "sip_code": "603"}, "declined"),
        ("unknown", {"result": "unknown"}, "failed"),
        ("", {"status": "failed"}, "failed"),
        ("", {}, "unknown"),
    ],
)
def test_elevenlabs_results(reason: str, signals: dict[str, str], outcome: str) -> None:
    assert judge("elevenlabs", reason, signals=signals) == outcome


@pytest.mark.parametrize(
    ("reason", "told", "outcome"),
    [
        ("normal_clearing", ANSWERED, "connected"),
        ("normal_clearing", {}, "no_answer"),
        ("time_limit", ANSWERED, "connected"),
        ("normal_clearing", ANSWERED | {"signals": {"answered_by": "machine"}}, "voicemail"),
        ("no_answer", {}, "no_answer"),
        ("timeout", {}, "no_answer"),
        ("user_busy", {}, "busy"),
        ("call_rejected", {}, "declined"),
        ("originator_cancel", {}, "canceled"),
        ("not_found", {}, "failed"),
        ("unspecified", {}, "failed"),
        ("something_new", TALKED, "connected"),
    ],
)
def test_telnyxs_causes(reason: str, told: dict[str, object], outcome: str) -> None:
    assert judge("telnyx", reason, **told) == outcome


@pytest.mark.parametrize(
    ("direction", "side", "expected"),
    [
        ("inbound", "caller", EndedBy.CONTACT),
        ("inbound", "callee", EndedBy.SYSTEM),
        ("outbound", "callee", EndedBy.CONTACT),
        ("outbound", "caller", EndedBy.SYSTEM),
        ("", "caller", EndedBy.UNKNOWN),
        ("outbound", "unknown", EndedBy.UNKNOWN),
    ],
)
def test_telnyxs_sides(direction: str, side: str, expected: EndedBy) -> None:
    told = Told(rank=Rank.ENDED, direction=direction, signals={"hung_up_by": side})
    assert PLATFORMS["telnyx"].judge(told).ended_by == expected
