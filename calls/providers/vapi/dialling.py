"""How Vapi is asked to place a call."""

from typing import Final

from calls.providers.contract import Asking, Dialler, Order
from calls.providers.dialling import bearer, json_asking, read_answer, read_words
from calls.providers.reading import text

LONGEST_NAME = 40


def ask(order: Order) -> Asking:
    """Return what is posted; our contact id is everywhere a report may give it back."""
    ours = {"crm_contact_id": order.contact_id}
    return json_asking(
        "/call",
        {
            "assistantId": order.assistant,
            "phoneNumberId": order.caller,
            "customer": {
                "number": order.number,
                "name": order.contact_name[:LONGEST_NAME],
                "externalId": order.contact_id,
            },
            "assistantOverrides": {"variableValues": ours, "metadata": ours},
        },
        bearer(order),
    )


def read_call_id(body: bytes) -> str:
    """Return the call's id."""
    return text(read_answer(body), "id")


DIALLER: Final = Dialler(
    labels={"assistant": "Assistant ID", "caller": "Phone number ID"},
    helps={
        "assistant": "From Assistants in Vapi’s dashboard.",
        "caller": "From Phone Numbers there: its ID, not the number itself.",
    },
    ask=ask,
    read_call_id=read_call_id,
    read_refusal=read_words,
    caller_is_number=False,
)
