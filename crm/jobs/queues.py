"""The queues beside the default one; TASKS in the settings names them all."""

from typing import Final

#: What somebody sees within seconds: no download and no model may stand before it.
LIVE: Final = "live"
