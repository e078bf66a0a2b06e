"""What voice platforms tell of."""

from typing import Any

from tests.calls.providers.kit import post, read_all
from tests.calls.providers.scripts import retell
from tests.doors.world import Door, World, door

VOICE: dict[str, Door] = {}


@door(VOICE)
def platform_tells_of_a_call(world: World) -> Any:
    answer = post(world.connection, retell()[0])
    read_all(world.connection)
    return answer


@door(VOICE)
def platform_tells_who_is_not_to_be_called(world: World) -> Any:
    ended = retell(contact_id=str(world.contact.pk), reason="user_requested_dnc")[1]
    answer = post(world.connection, ended)
    read_all(world.connection)
    return answer
