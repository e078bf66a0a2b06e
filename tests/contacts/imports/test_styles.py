"""A file of each system's style, from upload to the rejected rows taken in, without JavaScript."""

import pytest

from contacts.imports.models import Status
from crm.api.naming import camel
from tests.contacts.imports.pages import Browser, words
from tests.contacts.imports.styles import RIGHT, STYLES, WRONG, Style

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.once]

COLUMNS = ("first_name", "last_name", "company__name", "email", "phone")
PEOPLE = [
    ("Bo", "Li", "Li Brothers", "bo@li.example", "+14155550106"),
    ("Grete", "Hahn", "Acme Logistics", "grete@acme.example", "+493023125100"),
    ("Karin", "Öberg", "Post", "karin@post.example", ""),
]


@pytest.mark.parametrize("style", STYLES, ids=lambda style: style.name)
def test_a_file_is_taken_in_whole(style: Style) -> None:
    browser = Browser()
    browser.team.region = "US"
    browser.team.save()
    page = browser.upload(style.data)
    (unsure,) = [each for each in browser.run.mapping if each["header"] == style.unsure]
    assert unsure["field"] is None
    corrected = {f"column_{unsure['column']}": camel(style.meaning)}
    assert "Nothing is written yet" in words(browser.columns(page, **corrected))
    browser.post(f"/{browser.run.pk}/start")
    assert browser.run.status == Status.RUNNING
    assert "Cancel the import" in words(browser.get(f"/{browser.run.pk}"))
    assert "The import is finished." in words(browser.look())
    assert (browser.run.created, browser.run.rejected) == (2, 1)
    rejected = b"".join(browser.get(f"/{browser.run.pk}/rejected.csv").streaming_content)
    browser.columns(browser.upload(rejected.decode().replace(WRONG, RIGHT)))
    assert (browser.run.created, browser.run.rejected) == (1, 0)
    assert "The import is finished." in words(browser.press("start"))
    rows = browser.team.contacts.order_by("first_name").values_list(*COLUMNS, style.meaning)
    phones = style.name != "LinkedIn"
    assert [row[:4] for row in rows] == [row[:4] for row in PEOPLE]
    assert not phones or [row[4] for row in rows] == [row[4] for row in PEOPLE]
    assert all(row[5] for row in rows)
