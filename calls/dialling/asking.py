"""Asking a platform to place a call: once, and whatever it answers has one of three meanings."""

import dataclasses
import http
from urllib.parse import urljoin

import structlog
from django.conf import settings

from calls.dialling.models import OrderStatus, OutboundCall
from calls.providers.contract import Asking, Order
from crm.outgoing.addresses import UnknownHost
from crm.outgoing.sending import Limits, NoAnswer, Refused, TooLarge, send

log = structlog.get_logger("callbook.dialling")

LIMITS = Limits(most_bytes=2**20, seconds=15)
LONGEST_WORDS = 300
#: Whoever answers so has surely not placed a call; of other failures nobody can say.
NOT_PLACED = frozenset(range(400, 500)) - {http.HTTPStatus.REQUEST_TIMEOUT}
#: What went wrong before anything was said.
NEVER_ASKED = (UnknownHost, ConnectionRefusedError)


@dataclasses.dataclass(frozen=True, slots=True)
class Outcome:
    """What came of asking; `said` says why it was not placed, or why nobody knows."""

    status: OrderStatus
    call_id: str = ""
    said: str = ""


def ask_platform(call: OutboundCall) -> Outcome:
    """Ask the platform of the call's connection to place it. Nothing is ever sent a second time."""
    platform = call.connection.platform
    dialler = platform.dialler
    assert dialler
    try:
        status, body = _post(platform.name, dialler.ask(_order(call)))
    except Refused as refusal:
        return Outcome(OrderStatus.REFUSED, said=str(refusal))
    except NoAnswer as error:
        is_unasked = isinstance(error.__cause__, NEVER_ASKED)
        return Outcome(OrderStatus.REFUSED if is_unasked else OrderStatus.UNKNOWN, said=str(error))
    except TooLarge:
        return Outcome(OrderStatus.UNKNOWN, said="The answer was too large to be read.")
    if status in NOT_PLACED:
        said = dialler.read_refusal(body)[:LONGEST_WORDS] or f"It answered {status}."
        return Outcome(OrderStatus.REFUSED, said=said)
    call_id = dialler.read_call_id(body) if http.HTTPStatus(status).is_success else ""
    if call_id:
        return Outcome(OrderStatus.ACCEPTED, call_id)
    said = "It named no call." if http.HTTPStatus(status).is_success else f"It answered {status}."
    return Outcome(OrderStatus.UNKNOWN, said=said)


def _order(call: OutboundCall) -> Order:
    contact, connection = call.contact, call.connection
    return Order(
        key=str(call.pk),
        contact_id=str(contact.pk),
        contact_name=contact.name,
        number=call.number,
        assistant=call.assistant,
        caller=call.caller,
        script=call.script,
        webhook_url=connection.webhook_url,
        account_id=connection.account_id,
        api_secret=connection.api_secret,
    )


def _post(provider: str, asking: Asking) -> tuple[int, bytes]:
    """Return the status and the body of the answer; raises what `send` raises."""
    url = urljoin(settings.VOICE_API_URLS[provider], asking.path)
    headers = {**asking.headers, "Content-Type": asking.content_type, "Accept": "application/json"}
    with send("POST", url, limits=LIMITS, headers=headers, body=asking.body) as answer:
        log.info("asked to place a call", provider=provider, status=answer.status)
        return answer.status, answer.read()
