"""`{% load enrichment %}`: what calls have taught, for pages that know nothing of enrichment."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django import template
from django.template import Context

from calls.enrichment.extractors.llm.answers import BY_MODEL
from calls.enrichment.extractors.offline.digest import BY_RULES
from calls.enrichment.models import Proposal, ProposalStatus
from calls.enrichment.shown import heard_of
from calls.models import Call
from companies.models import Company
from crm.records.facts import Fact
from crm.web import text
from crm.web.lists import COUNT_CAP, count_text

register = template.Library()

#: Who wrote a summary, in people's words.
_SUMMARIES = {BY_RULES: "Key sentences of the call", BY_MODEL: "Summary by a language model"}


@register.inclusion_tag("enrichment/_mark.html", takes_context=True)
def heard_mark(context: Context, fact: Fact) -> dict[str, Any]:
    """Show that a fact was heard on a call, and the way to the words."""
    record = context.get("record")
    if record is None or not fact.fields:
        return {}
    marks = heard_of(record).marks
    mark = next((marks[name] for name in fact.fields if name in marks), None)
    return {"mark": mark, "fact": fact}


@register.inclusion_tag("enrichment/_waiting.html", takes_context=True)
def proposals_of(context: Context, record: Any) -> dict[str, Any]:
    """Show what was heard about the record and waits for a person."""
    record.team = context["team"]
    return _page(context) | {
        "groups": heard_of(record).waiting,
        "record_is_company": isinstance(record, Company),
    }


@register.inclusion_tag("enrichment/_learned.html", takes_context=True)
def learned_from(context: Context, call: Call) -> dict[str, Any]:
    """Show on a call's card what it has taught of its contact, and the ways to take that back."""
    contact = context.get("contact")
    if contact is None:
        return {}
    contact.team = context["team"]
    heard = heard_of(contact)
    run = heard.runs.get(call.pk)
    return _page(context) | {
        "call": call,
        "learned": heard.learned.get(call.pk, ()),
        "can_undo": call.pk in heard.written,
        "run": run,
        **_insight(call, run.insight if run else {}),
        "is_page": context.get("is_page"),
    }


@register.inclusion_tag("enrichment/_link.html", takes_context=True)
def proposals_link(context: Context) -> dict[str, Any]:
    """Show how many proposals wait in the team, and the way to them."""
    team = context["team"]
    waiting = Proposal.objects.filter(team=team, status=ProposalStatus.OPEN)
    count = waiting.order_by()[: COUNT_CAP + 1].count()
    return {"team": team, "count": count_text(count) if count else ""}


def _insight(call: Call, insight: Mapping[str, Any]) -> dict[str, str]:
    """Return who wrote the summary, where that was not the platform, and the next step."""
    day = insight.get("next_step_on")
    is_ours = call.summary and call.summary == insight.get("summary")
    return {
        "summary_by": _SUMMARIES.get(insight.get("summary_by", ""), "") if is_ours else "",
        "next_step": insight.get("next_step", ""),
        "next_step_on": text.date(dt.date.fromisoformat(day)) if day else "",
    }


def _page(context: Context) -> dict[str, Any]:
    names = ("team", "membership", "csrf_token", "request")
    return {name: context[name] for name in names if name in context}
