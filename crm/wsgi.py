"""The WSGI entry, `crm.wsgi`, for gunicorn and its like."""

import gc
import os
import sys

from django.core.exceptions import ImproperlyConfigured
from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "crm.settings")

try:
    application = get_wsgi_application()
    # Django would import what answers requests at the first of them.
    get_resolver().url_patterns  # noqa: B018
except ImproperlyConfigured as error:
    sys.stderr.write(f"Callbook did not start: {error}\n")
    # gunicorn takes 3 for "the application cannot boot" and stops instead of trying for ever.
    sys.exit(3)

# What is there now stays to the end, and a page makes thousands of small objects that live for
# milliseconds: looking for garbage among all these took a tenth of the processor's time.
gc.collect()
gc.freeze()
gc.set_threshold(10_000, 10, 10)
