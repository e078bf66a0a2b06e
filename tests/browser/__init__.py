"""Tests in a real browser, against a server of their own."""

NO_BROWSER = "no browser here: `apt install chromium` or `.venv/bin/playwright install chromium`"
