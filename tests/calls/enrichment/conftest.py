import pytest

from calls.enrichment import running, searching, settings_views, views
from tests.calls.enrichment.kit import Script


@pytest.fixture
def script(monkeypatch: pytest.MonkeyPatch) -> Script:
    """The extractor that every team has; a test says what it finds."""
    script = Script()
    for module in (running, searching, settings_views, views):
        monkeypatch.setattr(module, "get_extractor", lambda **_: script)
    return script
