"""Custom fields in the admin."""

import pytest

from crm.records.models import CustomField
from tests.admin.kit import Staff, add, errors
from tests.factories import TeamFactory

pytestmark = [pytest.mark.django_db, pytest.mark.once]


@pytest.mark.parametrize("typed", ["", "a\nA"])
def test_options_that_cannot_be_are_told_beside_them(typed: str) -> None:
    response = add(
        Staff(),
        CustomField,
        TeamFactory.create(),
        entity_type="contact",
        label="Plan",
        field_type="select",
        option_names=typed,
    )
    assert list(errors(response)) == ["option_names"]
    assert not CustomField.objects.exists()
