import pytest

from calls.enrichment import running, searching
from tests.calls.enrichment.kit import Script


@pytest.fixture
def script(monkeypatch: pytest.MonkeyPatch) -> Script:
    """The extractor that every team has; a test says what it finds."""
    script = Script()
    for module in (running, searching):
        monkeypatch.setattr(module, "get_extractor", lambda: script)
    return script
