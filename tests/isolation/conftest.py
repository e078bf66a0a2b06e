"""The two teams of every test here, made once for the tests of a module."""

from collections.abc import Generator

import pytest
from django.test import override_settings

from tests.conftest import Unblock
from tests.isolation.world import World, build_world


@pytest.fixture(scope="module")
def _world(module_db: Unblock, tmp_path_factory: pytest.TempPathFactory) -> Generator[World]:
    with override_settings(MEDIA_ROOT=tmp_path_factory.mktemp("media")):
        with module_db():
            world = build_world()
        yield world


@pytest.fixture
def world(_world: World, db: None) -> World:
    """Our team and theirs. What a test writes is taken back, but not what it sets on objects."""
    return _world
