"""How long the platforms' own words are kept, once their calls know what they say."""

import datetime as dt

import structlog
from django.conf import settings
from django.utils import timezone

from calls.providers.operations import forget_events

log = structlog.get_logger("callbook.worker")


def forget_old_events() -> None:
    """Delete deliveries that were read VOICE_EVENT_DAYS ago or earlier."""
    before = timezone.now() - dt.timedelta(days=settings.VOICE_EVENT_DAYS)
    if forgotten := forget_events(before):
        log.info("voice events deleted", events=forgotten)
