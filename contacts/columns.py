"""Cells that apps above contacts bring into its table: calls says what came of the last call.

Contacts cannot import them, so they register a reader when they are ready.
"""

import uuid
from collections.abc import Callable, Mapping, Sequence

from crm.teams.models import Team

type Cells = Mapping[str, object]
type Reader = Callable[[Team, Sequence[uuid.UUID]], Mapping[uuid.UUID, Cells]]

_readers: list[Reader] = []


def register(reader: Reader) -> None:
    """Let `reader` say more about a page's contacts: {contact id: {cell: value}}, in one query."""
    if reader not in _readers:
        _readers.append(reader)


def read_cells(team: Team, contact_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, dict[str, object]]:
    """Return what every reader says about these contacts of the team."""
    cells: dict[uuid.UUID, dict[str, object]] = {contact_id: {} for contact_id in contact_ids}
    for reader in _readers if contact_ids else ():
        for contact_id, values in reader(team, contact_ids).items():
            cells[contact_id] |= values
    return cells
