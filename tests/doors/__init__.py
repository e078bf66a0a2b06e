"""Every door by which a record can be written, each opened as its users open it."""

from tests.doors.admin import ADMIN, IMPORT
from tests.doors.api import API
from tests.doors.files import API_IMPORT, PAGE_IMPORT
from tests.doors.pages import PAGES
from tests.doors.voice import VOICE
from tests.doors.world import Door, World, build_world

__all__ = [
    "ADMIN",
    "API",
    "API_IMPORT",
    "IMPORT",
    "PAGES",
    "PAGE_IMPORT",
    "VOICE",
    "Door",
    "World",
    "build_world",
]
