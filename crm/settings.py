"""All settings, read from the environment (and `.env` beside manage.py, which never wins over it).

`.env.example` documents every variable. The defaults are safe: without DEBUG, a missing SECRET_KEY
or ALLOWED_HOSTS stops the start with a sentence.
"""

from pathlib import Path
from urllib.parse import urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured
from django.utils.csp import CSP

from crm import encryption
from crm.logs import logging_config

BASE_DIR = Path(__file__).resolve().parent.parent

env = environ.Env()
environ.Env.read_env(env.str("ENV_FILE", default=str(BASE_DIR / ".env")))


def _required(name: str, hint: str) -> str:
    value = env.str(name, default="")
    if not value:
        raise ImproperlyConfigured(f"{name} is not set. {hint}")
    return value


# Who may ask, and how

DEBUG = env.bool("DEBUG", default=False)
SECRET_KEY = _required(
    "SECRET_KEY",
    "Set it to a long random text; `make setup` writes one into .env for a laptop.",
)
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])
ENCRYPTION_KEYS = env.list(
    "ENCRYPTION_KEYS", default=[encryption.key_from(SECRET_KEY)] if DEBUG else []
)
if not ENCRYPTION_KEYS:
    raise ImproperlyConfigured(
        "ENCRYPTION_KEYS is not set. It encrypts the secrets of voice platforms; .env.example says "
        "how to make a key."
    )
if not all(map(encryption.is_key, ENCRYPTION_KEYS)):
    raise ImproperlyConfigured(
        "ENCRYPTION_KEYS are no keys. Each is 32 random bytes in URL-safe base64; .env.example "
        "says how to make one."
    )
ALLOWED_HOSTS = env.list(
    "ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"] if DEBUG else []
)
if not ALLOWED_HOSTS:
    raise ImproperlyConfigured(
        "ALLOWED_HOSTS is not set. Name the hosts Callbook answers for, like crm.example.com."
    )
PUBLIC_BASE_URL = env.str(
    "PUBLIC_BASE_URL", default="http://localhost:8000" if DEBUG else f"https://{ALLOWED_HOSTS[0]}"
).rstrip("/")
HTTPS = urlsplit(PUBLIC_BASE_URL).scheme == "https"
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[PUBLIC_BASE_URL])
if env.bool("BEHIND_PROXY", default=False):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", default=HTTPS and not DEBUG)
SECURE_REDIRECT_EXEMPT = [r"^healthz$"]
SECURE_HSTS_SECONDS = env.int("SECURE_HSTS_SECONDS", default=31_536_000 if HTTPS else 0)
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_HSTS_PRELOAD = HTTPS
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_AGE = 30 * 24 * 3600
SESSION_ENGINE = "crm.accounts.sessions"
X_FRAME_OPTIONS = "DENY"
SECURE_CSP = {
    "default-src": [CSP.SELF],
    "img-src": [CSP.SELF, "data:"],
    "object-src": [CSP.NONE],
    "base-uri": [CSP.NONE],
    "form-action": [CSP.SELF],
    "frame-ancestors": [CSP.NONE],
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 2**20

# Applications

INSTALLED_APPS = [
    "crm.web.site.AdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "django.forms",
    "axes",
    "django_filters",
    "django_htmx",
    "django_tasks_db",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "drf_standardized_errors",
    "import_export",
    "lucide",
    "rest_framework",
    "crm.web",
    "crm.accounts",
    "crm.teams",
    "crm.jobs",
    "crm.history",
    "crm.team_settings",
    "crm.records",
    "companies",
    "contacts",
    "contacts.imports",
    "calls",
    "calls.enrichment",
    "calls.providers",
    "calls.recordings",
    "calls.dialling",
    "crm.demo",
]

MIDDLEWARE = [
    "crm.queries.connections.LostConnectionsMiddleware",
    "crm.jobs.health.HealthMiddleware",
    "crm.logs.RequestLogMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.csp.ContentSecurityPolicyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "crm.accounts.middleware.TimezoneMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "crm.urls"
WSGI_APPLICATION = "crm.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "crm.teams.context.team",
            ],
        },
    }
]
FORM_RENDERER = "crm.web.forms.FormRenderer"

# Data

DATABASES = {"default": env.db_url("DATABASE_URL", default=f"sqlite:///{BASE_DIR / 'db.sqlite3'}")}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
    }
else:
    DATABASES["default"]["CONN_MAX_AGE"] = env.int("CONN_MAX_AGE", default=60)
    # From the second run of a statement on a connection.
    PREPARED_STATEMENTS = env.bool("PREPARED_STATEMENTS", default=True)
    DATABASES["default"].setdefault("OPTIONS", {})["prepare_threshold"] = (
        1 if PREPARED_STATEMENTS else None
    )

CACHES = {"default": env.cache_url("CACHE_URL", default="locmemcache://")}
TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend", "QUEUES": ["default", "live"]}}
LEASE_SECONDS = env.float("LEASE_SECONDS", default=60.0)
REAPER_SECONDS = env.float("REAPER_SECONDS", default=5.0)
VOICE_EVENT_DAYS = env.int("VOICE_EVENT_DAYS", default=30)
MEDIA_ROOT = Path(env.str("MEDIA_ROOT", default=str(BASE_DIR / "media")))
STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
STATICFILES_DIRS = [BASE_DIR / "static"]
S3_BUCKET = env.str("S3_BUCKET", default="")
_IN_BUCKET = {
    "BACKEND": "storages.backends.s3.S3Storage",
    "OPTIONS": {
        "bucket_name": S3_BUCKET,
        # What is left out, boto3 finds where it always looks: a role, AWS_… variables.
        "endpoint_url": env.str("S3_ENDPOINT_URL", default="") or None,
        "region_name": env.str("S3_REGION", default="") or None,
        "access_key": env.str("S3_ACCESS_KEY", default="") or None,
        "secret_key": env.str("S3_SECRET_KEY", default="") or None,
        "default_acl": None,
        "file_overwrite": False,
    },
}
_IN_FOLDER = {"BACKEND": "django.core.files.storage.FileSystemStorage"}
STORAGES = {
    "default": _IN_BUCKET if S3_BUCKET else _IN_FOLDER,
    "staticfiles": {
        "BACKEND": (
            "django.contrib.staticfiles.storage.StaticFilesStorage"
            if DEBUG
            else "whitenoise.storage.CompressedManifestStaticFilesStorage"
        )
    },
}

# What reads transcripts: see docs/enrichment.md

EXTRACTOR = env.str("EXTRACTOR", default="offline")
LLM_BASE_URL = env.str("LLM_BASE_URL", default="")
LLM_API_KEY = env.str("LLM_API_KEY", default="")
LLM_MODEL = env.str("LLM_MODEL", default="")
LLM_TIMEOUT = env.float("LLM_TIMEOUT", default=60.0)
LLM_RETRIES = env.int("LLM_RETRIES", default=2)
# What a team's calls may cost in a day; 0 for no limit.
LLM_TOKENS_A_DAY = env.int("LLM_TOKENS_A_DAY", default=2_000_000)

# Voice platforms: where their APIs are

_APIS = {
    "vapi": "https://api.vapi.ai",
    "retell": "https://api.retellai.com",
    "twilio": "https://api.twilio.com",
    "elevenlabs": "https://api.elevenlabs.io",
    "telnyx": "https://api.telnyx.com",
}
VOICE_API_URLS = {
    "vapi": env.str("VAPI_API_URL", default=_APIS["vapi"]).rstrip("/"),
    "retell": env.str("RETELL_API_URL", default=_APIS["retell"]).rstrip("/"),
    "twilio": env.str("TWILIO_API_URL", default=_APIS["twilio"]).rstrip("/"),
    "elevenlabs": env.str("ELEVENLABS_API_URL", default=_APIS["elevenlabs"]).rstrip("/"),
    "telnyx": env.str("TELNYX_API_URL", default=_APIS["telnyx"]).rstrip("/"),
}
# What Callbook may ask in its own network: what an operator names, also as a platform's API.
INTERNAL_HOSTS = [
    *env.list("INTERNAL_HOSTS", default=[]),
    *(urlsplit(url).netloc for name, url in VOICE_API_URLS.items() if url != _APIS[name]),
]

# People

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "crm.accounts.backends.PasswordBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}", "OPTIONS": options}
    for name, options in (
        ("UserAttributeSimilarityValidator", {"user_attributes": ["name", "email"]}),
        ("MinimumLengthValidator", {}),
        ("CommonPasswordValidator", {}),
        ("NumericPasswordValidator", {}),
    )
]
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "login"
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = 0.25  # hours
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_USERNAME_CALLABLE = "crm.accounts.lockout.client_username"
AXES_CLIENT_IP_CALLABLE = "crm.accounts.lockout.client_address"
AXES_LOCKOUT_CALLABLE = "crm.accounts.lockout.locked_out"
AXES_RESET_ON_SUCCESS = True
AXES_ENABLE_ADMIN = True
AXES_VERBOSE = False

_mail = env.email_url("EMAIL_URL", default="consolemail://" if DEBUG else "smtp://localhost:25")
MAILERS = {
    "default": {
        "BACKEND": _mail["EMAIL_BACKEND"],
        "OPTIONS": {
            option: _mail[key]
            for option, key in (
                ("host", "EMAIL_HOST"),
                ("port", "EMAIL_PORT"),
                ("username", "EMAIL_HOST_USER"),
                ("password", "EMAIL_HOST_PASSWORD"),
                ("use_tls", "EMAIL_USE_TLS"),
                ("use_ssl", "EMAIL_USE_SSL"),
            )
            if _mail.get(key) and _mail["EMAIL_BACKEND"].endswith("smtp.EmailBackend")
        },
    }
}
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="Callbook <callbook@localhost>")
SERVER_EMAIL = DEFAULT_FROM_EMAIL

LANGUAGE_CODE = "en"
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

# REST API: the kit itself is crm/api

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["crm.teams.authentication.ApiKeyAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["crm.teams.permissions.HasScope"],
    "DEFAULT_RENDERER_CLASSES": ["crm.api.renderers.OrjsonRenderer"],
    "DEFAULT_PARSER_CLASSES": ["crm.api.parsers.StrictJSONParser"],
    "DEFAULT_THROTTLE_CLASSES": ["crm.teams.throttling.ApiKeyThrottle"],
    "DEFAULT_SCHEMA_CLASS": "crm.api.schema.CallbookSchema",
    "EXCEPTION_HANDLER": "drf_standardized_errors.handler.exception_handler",
    "UNAUTHENTICATED_USER": None,
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}
DRF_STANDARDIZED_ERRORS = {
    "EXCEPTION_HANDLER_CLASS": "crm.api.errors.Handler",
    "EXCEPTION_FORMATTER_CLASS": "crm.api.errors.Formatter",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Callbook API",
    "DESCRIPTION": "Contacts, companies and calls of one team, by bearer key.",
    "VERSION": "1.0.0",
    "OAS_VERSION": "3.1.0",
    "SCHEMA_PATH_PREFIX": "/api/crm",
    "COMPONENT_SPLIT_REQUEST": True,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_SETTINGS": {"deepLinking": True, "persistAuthorization": False},
    # Enumerations stay where they are used: a shared component would need a name for each.
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,
    "POSTPROCESSING_HOOKS": ["crm.api.schema.leave_out_unused"],
}

IMPORT_EXPORT_USE_TRANSACTIONS = True
IMPORT_EXPORT_IMPORT_PERMISSION_CODE = "add"
IMPORT_EXPORT_EXPORT_PERMISSION_CODE = "view"

LOGGING_CONFIG = None
logging_config(debug=DEBUG, level=env.str("LOG_LEVEL", default="INFO"))
