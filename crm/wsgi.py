"""The WSGI entry, `crm.wsgi`, for gunicorn and its like."""

import os
import sys

from django.core.exceptions import ImproperlyConfigured
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "crm.settings")

try:
    application = get_wsgi_application()
except ImproperlyConfigured as error:
    sys.stderr.write(f"Callbook did not start: {error}\n")
    # gunicorn takes 3 for "the application cannot boot" and stops instead of trying for ever.
    sys.exit(3)
