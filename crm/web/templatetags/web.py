"""Template tags of the kit: `{% load web %}`. Not for use inside long loops; see crm.web.text."""

import datetime as dt
from collections.abc import Mapping, Sequence

from django import template
from django.utils import timezone
from django.utils.safestring import SafeString

from crm import normalize
from crm.web import icons, links, text
from crm.web.markdown import markdown
from crm.web.waveform import Waveform
from crm.web.waveform import waveform as draw_waveform

register = template.Library()

register.simple_tag(icons.icon, name="icon")
register.simple_tag(icons.symbols, name="icon_symbols")
register.simple_tag(links.stylesheets, name="stylesheets")
register.simple_tag(links.scripts, name="scripts")
register.simple_tag(links.link, name="link")
register.simple_tag(links.team_links, name="team_links")
register.filter("duration", text.duration)
register.filter("clock", text.clock)
register.filter("exact_time", text.exact_time)
register.filter("host", text.host)
register.filter("markdown", markdown)


@register.filter
def initials(value: object) -> str:
    """Return the initials of a person, or of anything that has a name."""
    first = getattr(value, "first_name", None)
    if first is not None:
        return text.initials(first, getattr(value, "last_name", ""))
    return text.initials(str(getattr(value, "name", value)))


@register.filter
def phone(e164: str, region: str = "") -> str:
    """Return a stored number as people of `region` write it."""
    return text.phone(e164, region) if e164 else ""


@register.filter
def when(moment: dt.datetime | None) -> SafeString:
    """Return <time>: `2 h ago`, `Yesterday`, `22 Nov`, exact on hover; a dash for None."""
    return text.time_tag(moment, timezone.now())


@register.filter
def since(moment: dt.datetime) -> SafeString:
    """Return <time> in words: `2 hours ago`, `Yesterday`, `Fri 20 Nov`, exact on hover."""
    now = timezone.now()
    return text.time_tag(moment, now, text.since_text(moment, now))


@register.filter
def day(moment: dt.datetime) -> str:
    """Return `Today`, `Yesterday` or `Fri 20 Nov`."""
    return text.day_text(moment, timezone.now())


@register.filter
def highlight(value: str, query: str) -> SafeString:
    """Return the text with the words of the search query marked; one that is none marks nothing."""
    try:
        terms = normalize.search_terms(query or "")
    except normalize.NormalizeError:
        terms = []
    return text.highlight(value, terms)


@register.filter
def waveform(peaks: Mapping[str, Sequence[float]] | None) -> Waveform | None:
    """Return the two lanes of a recording's peaks as SVG path data."""
    return draw_waveform(peaks)


@register.filter
def or_dash(value: object) -> object:
    """Return the value, or a quiet dash that screen readers call empty."""
    return text.DASH if value in (None, "", []) else value
