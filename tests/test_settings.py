"""The settings, as a server's own process reads them."""

import json

import pytest
from django.test import Client

from tests.processes import PRODUCTION, python

pytestmark = pytest.mark.once

READ = """
import json
from django.conf import settings
print(json.dumps({name: getattr(settings, name) for name in NAMES}, default=str))
"""


def without(name: str) -> dict[str, str]:
    return {variable: value for variable, value in PRODUCTION.items() if variable != name}


def read(*names: str, given: dict[str, str] = PRODUCTION) -> dict[str, object]:
    """The settings of these names as the given variables make them."""
    variables = {"DJANGO_SETTINGS_MODULE": "crm.settings", **given}
    done = python("-c", f"NAMES = {names}{READ}", **variables)
    assert done.returncode == 0, done.stderr
    settings: dict[str, object] = json.loads(done.stdout)
    return settings


@pytest.mark.parametrize("name", ["SECRET_KEY", "ALLOWED_HOSTS", "ENCRYPTION_KEYS"])
def test_a_start_that_is_not_safe_ends_in_a_sentence(name: str) -> None:
    done = python("manage.py", "check", **without(name))
    assert done.returncode != 0
    assert done.stderr.startswith(f"Callbook did not start: {name} is not set. ")
    assert done.stderr.count("\n") == 1
    assert not done.stdout


def test_an_empty_variable_is_as_good_as_none() -> None:
    done = python("manage.py", "check", **PRODUCTION | {"SECRET_KEY": ""})
    assert done.stderr.startswith("Callbook did not start: SECRET_KEY is not set.")


def test_encryption_keys_that_are_none_end_in_a_sentence() -> None:
    done = python("manage.py", "check", **PRODUCTION | {"ENCRYPTION_KEYS": "not,keys"})
    assert done.stderr.startswith("Callbook did not start: ENCRYPTION_KEYS are no keys. ")
    assert done.stderr.count("\n") == 1


def test_gunicorn_is_told_the_same_and_not_to_try_again() -> None:
    done = python("-c", "import crm.wsgi", **without("SECRET_KEY"))
    assert done.returncode == 3
    assert done.stderr.startswith("Callbook did not start: SECRET_KEY is not set. ")
    assert done.stderr.count("\n") == 1


def test_production_is_https_only() -> None:
    assert read("PUBLIC_BASE_URL", "SESSION_COOKIE_SECURE", "SECURE_SSL_REDIRECT", "DEBUG") == {
        "PUBLIC_BASE_URL": "https://crm.example.com",
        "SESSION_COOKIE_SECURE": True,
        "SECURE_SSL_REDIRECT": True,
        "DEBUG": False,
    }


def test_a_laptop_needs_only_debug_and_a_key() -> None:
    names = ("ALLOWED_HOSTS", "PUBLIC_BASE_URL", "SECURE_SSL_REDIRECT", "ENCRYPTION_KEYS")
    settings = read(*names, given={"SECRET_KEY": "a key", "DEBUG": "1"})
    assert settings["ALLOWED_HOSTS"] == ["localhost", "127.0.0.1", "[::1]"]
    assert settings["PUBLIC_BASE_URL"] == "http://localhost:8000"
    assert settings["SECURE_SSL_REDIRECT"] is False
    assert len(settings["ENCRYPTION_KEYS"]) == 1


def test_a_mail_server_s_address_is_taken_apart() -> None:
    given = PRODUCTION | {"EMAIL_URL": "smtp+tls://me:secret@mail.example.com:587"}
    assert read("MAILERS", given=given)["MAILERS"] == {
        "default": {
            "BACKEND": "django.core.mail.backends.smtp.EmailBackend",
            "OPTIONS": {
                "host": "mail.example.com",
                "port": 587,
                "username": "me",
                "password": "secret",
                "use_tls": True,
            },
        }
    }


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/sign-in", "/password-reset", "/no/such/page"])
def test_pages_forbid_what_they_do_not_need(client: Client, path: str) -> None:
    answer = client.get(path)
    policy = answer["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "object-src 'none'" in policy
    assert "base-uri 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "form-action 'self'" in policy
    for allowance in ("unsafe-inline", "unsafe-eval", "*", "http:", "https:"):
        assert allowance not in policy
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["X-Frame-Options"] == "DENY"
