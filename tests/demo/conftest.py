import pytest

from tests.demo.planning import Plan


@pytest.fixture(scope="session")
def plan() -> Plan:
    return Plan()
