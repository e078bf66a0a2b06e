"""The WSGI entry, `crm.wsgi`, for gunicorn and its like."""

import os
import sys

from django.core.exceptions import ImproperlyConfigured
from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

from crm.garbage import search_rarely

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "crm.settings")

try:
    application = get_wsgi_application()
    # Django would import what answers requests at the first of them.
    get_resolver().url_patterns  # noqa: B018
except ImproperlyConfigured as error:
    sys.stderr.write(f"Callbook did not start: {error}\n")
    # gunicorn takes 3 for "the application cannot boot" and stops instead of trying for ever.
    sys.exit(3)

search_rarely()
