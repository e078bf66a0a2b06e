"""How many tokens a team's calls may cost in a day: what the runs of today have cost so far."""

from collections.abc import Callable

from django.conf import settings
from django.utils import timezone

from calls.enrichment.models import EnrichmentRun
from crm.teams.models import Team


def spent_today(team: Team) -> int:
    """Return how many tokens the team's runs have cost since midnight, by the team's clock."""
    midnight = timezone.localtime(timezone=team.zone).replace(
        hour=0, minute=0, second=0, microsecond=0
    )
    runs = EnrichmentRun.objects.filter(team=team, ended_at__gte=midnight).exclude(usage={})
    return sum(
        usage.get("input_tokens", 0) + usage.get("output_tokens", 0)
        for usage in runs.values_list("usage", flat=True)
    )


def budget_of(team: Team) -> Callable[[int], bool]:
    """Return what says whether about so many tokens more may be spent for the team today."""
    most = settings.LLM_TOKENS_A_DAY

    def may_spend(tokens: int) -> bool:
        return not most or spent_today(team) + tokens <= most

    return may_spend
