"""Who has heard a recording, in the history of its call: once for each time somebody listens.

A player asks for many parts of a file, again when it seeks, and goes on after a pause: what one
person or program asks for within half an hour is one time.
"""

import datetime as dt

from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone

from calls.models import Recording
from calls.recordings.serving import serve_recording
from crm.history.models import Verb
from crm.history.reading import changes_of
from crm.history.recording import Author, Entry, record_changes

ONE_TIME = dt.timedelta(minutes=30)


def serve_to(
    by: Author, request: HttpRequest, recording: Recording, *, download: bool = False
) -> HttpResponseBase:
    """Answer with the recording or a part of it, and note who got it; raises Http404."""
    response = serve_recording(request, recording, download=download)
    if request.method == "GET" and response.status_code in (200, 206):
        note(recording, Verb.DOWNLOADED if download else Verb.LISTENED, by)
    return response


def note(recording: Recording, verb: Verb, by: Author) -> None:
    """Leave an entry in the call's history, unless this is still the same time."""
    now = timezone.now()
    known = changes_of(recording.call.team, "call", recording.call_id).filter(
        verb=verb, actor_user=by.user, actor_key=by.key_id, at__gt=now - ONE_TIME
    )
    if not known.exists():
        entry = Entry(recording.team_id, "call", recording.call_id, verb)
        record_changes([entry], by=by, at=now)
