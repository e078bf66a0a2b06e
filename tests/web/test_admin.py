import pytest
from django.db import connection

from companies.models import Company
from crm.web import admin
from crm.web.admin import CappedPaginator
from tests.admin.kit import Staff, url
from tests.factories import CompanyFactory, TeamFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _three_companies(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(admin, "COUNT_CAP", 2)
    team = TeamFactory.create()
    for _ in range(3):
        CompanyFactory.create(team=team)


def counted(rows: object) -> tuple[int, str]:
    paginator = CappedPaginator(rows, 50)
    return paginator.count, paginator.count_text


def test_few_rows_are_counted() -> None:
    some = Company.objects.order_by("-id").filter(pk__in=Company.objects.values("pk")[:2])
    assert counted(some) == (2, "2")


def test_many_rows_are_counted_to_the_cap() -> None:
    assert counted(Company.objects.order_by("-id").exclude(name="")) == (2, "more than 2")


def test_a_whole_large_table_is_estimated_where_the_database_can() -> None:
    rows = Company.objects.order_by("-id")
    if connection.vendor != "postgresql":
        assert counted(rows) == (2, "more than 2")
        return
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE companies_company")
    assert counted(rows) == (2, "about 3")


def test_the_list_says_how_far_it_counted() -> None:
    browser = Staff()
    page = " ".join(browser.get(url(Company) + "?q=company").content.decode().split())
    assert "more than 2 companies" in page
    team = Company.objects.all()[0].team_id
    assert "more than 2 companies" in " ".join(
        browser.get(f"{url(Company)}?team={team}").content.decode().split()
    )
