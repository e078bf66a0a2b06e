import pytest

from crm.history.models import Change
from tests.admin.kit import Staff, change, url
from tests.factories import ContactFactory

pytestmark = [pytest.mark.django_db, pytest.mark.once]


@pytest.fixture
def browser() -> Staff:
    return Staff()


def shown(browser: Staff, **query: object) -> list[tuple[str, str]]:
    rows = browser.get(url(Change), query).context["cl"].result_list
    return [(row.record_type, row.verb) for row in rows]


def test_changes_are_found_by_record_person_and_kind(browser: Staff) -> None:
    contact = ContactFactory.create(first_name="Anna")
    change(browser, contact, first_name="Berta")
    everything = [("contact", "updated"), ("contact", "created"), ("company", "created")]
    assert shown(browser) == everything
    assert shown(browser, q=contact.pk) == everything[:2]
    assert shown(browser, q=browser.user.email[:8].upper()) == everything[:1]
    assert shown(browser, q="nobody") == []
    assert shown(browser, record_type="company") == everything[2:]
    assert shown(browser, verb__exact="created", origin__exact="demo") == everything[1:]


def test_a_change_says_what_was_and_what_is(browser: Staff) -> None:
    contact = ContactFactory.create(first_name="Anna")
    change(browser, contact, first_name="<b>Berta</b>", job_title="Buyer")
    page = browser.get(url(Change.objects.get(verb="updated"), "change")).content.decode()
    assert "<th>first_name</th><td>Anna</td><td>&lt;b&gt;Berta&lt;/b&gt;</td>" in page
    assert "<th>job_title</th><td></td><td>Buyer</td>" in page
    assert str(browser.user) in page
