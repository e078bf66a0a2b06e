"""Which companies a list shows: read strictly by the API, leniently by the pages."""

from crm import normalize
from crm.api.filters import ChoiceFilter, FilterSet, SearchFilter, TextFilter


class CompanyFilterSet(FilterSet):
    """`search`, `industry` and `country`."""

    search = SearchFilter(help_text="Every word must occur in the name or the website.")
    industry = TextFilter(max_length=100, label="Industry", help_text="Exactly this text.")
    country = ChoiceFilter(choices=normalize.country_names().items(), label="Country")
