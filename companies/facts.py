"""What a company's panel shows of the company, in order."""

from companies.models import Company
from crm import normalize
from crm.records.facts import Fact, column_fact, custom_facts, lines_fact, moment_fact

ADDRESS = ("address_line1", "address_line2", "postal_code", "city", "state", "country")


def company_facts(company: Company) -> list[Fact]:
    """Return the facts of a company: one query, for custom fields."""
    return [
        column_fact(company, "website"),
        column_fact(company, "phone"),
        column_fact(company, "industry"),
        column_fact(company, "company_size"),
        _address(company),
        column_fact(company, "external_id"),
        moment_fact("created_at", "Added", company.created_at),
        *custom_facts(company),
        column_fact(company, "notes"),
    ]


def heading_facts(company: Company) -> list[Fact]:
    """Return what stands above the facts and is changed like them: the name."""
    return [Fact("name", "Name", company.name, ("name",), template="records/_name.html")]


def _address(company: Company) -> Fact:
    town = f"{company.postal_code} {company.city}".strip()
    lines = (
        company.address_line1,
        company.address_line2,
        ", ".join(filter(None, (town, company.state))),
        normalize.country_name(company.country),
    )
    return lines_fact("address", "Address", lines, ADDRESS)
