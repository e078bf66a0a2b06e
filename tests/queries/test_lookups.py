import pytest

from contacts.models import Contact, ContactTag
from tests.factories import ContactFactory

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("chosen", [0, 1, 2, 3])
def test_any_of_finds_what_in_finds(chosen: int) -> None:
    contacts = [ContactFactory.create(tags=["vip", "new"]) for _ in range(3)]
    ids = [contact.pk for contact in contacts[:chosen]]
    assert set(Contact.objects.filter(pk__any=ids)) == set(contacts[:chosen])
    for name in ("contact", "contact_id", "contact__id"):
        links = ContactTag.objects.filter(**{f"{name}__any": ids})
        assert links.count() == 2 * chosen
    assert Contact.objects.exclude(pk__any=ids).count() == 3 - chosen


def test_as_many_ids_as_there_are_take_one_parameter() -> None:
    ids = [contact.pk for contact in [ContactFactory.create() for _ in range(3)]]
    sql, params = Contact.objects.filter(pk__any=ids).query.sql_with_params()
    assert len(params) == 1
    assert sql.count("%s") == 1


def test_any_of_texts_finds_what_in_finds() -> None:
    contacts = [ContactFactory.create(email=f"a{number}@example.com") for number in range(3)]
    texts = ["a0@example.com", "a1@example.com", "{\"'\\,é}", ""]
    assert set(Contact.objects.filter(email__any=texts)) == set(contacts[:2])
    assert not Contact.objects.filter(email__any=[])
