"""How Retell is asked to place a call."""

from typing import Final

from calls.providers.contract import Asking, Dialler, Order
from calls.providers.dialling import bearer, json_asking, read_answer, read_words
from calls.providers.reading import text


def ask(order: Order) -> Asking:
    """Return what is posted. Within an hour the same idempotency key is the same call."""
    ours = {"crm_contact_id": order.contact_id}
    body = {
        "from_number": order.caller,
        "to_number": order.number,
        "metadata": ours,
        "retell_llm_dynamic_variables": ours,
        "idempotency_key": order.key,
    }
    if order.assistant:
        body["override_agent_id"] = order.assistant
    return json_asking("/v2/create-phone-call", body, bearer(order))


def read_call_id(body: bytes) -> str:
    """Return the call's id."""
    return text(read_answer(body), "call_id")


DIALLER: Final = Dialler(
    labels={"caller": "Number to call from", "assistant": "Agent ID"},
    helps={
        "caller": "A number that Retell has for you.",
        "assistant": "Empty: the agent that the number has for outbound calls.",
    },
    optional=frozenset({"assistant"}),
    ask=ask,
    read_call_id=read_call_id,
    read_refusal=read_words,
    knows_repeats=True,
)
