"""The WSGI application that ``anju serve`` runs."""

import os
from importlib import import_module

from django.conf import settings
from django.core.wsgi import get_wsgi_application

from anju.site import start

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "anju.site.settings")
with start.for_good():
    application = get_wsgi_application()
    import_module(settings.ROOT_URLCONF)  # else the first to ask would wait for it
