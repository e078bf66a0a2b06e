"""Fixtures of the admin's tests."""

import pytest

from tests.admin.kit import Staff


@pytest.fixture
def browser(db: None) -> Staff:
    """The browser of somebody who may do everything in the admin."""
    return Staff()
