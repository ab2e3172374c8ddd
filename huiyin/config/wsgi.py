"""The WSGI application that granian serves."""

import gc
import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "huiyin.config.settings")
application = get_wsgi_application()

# What is loaded now lives as long as the process: the collector need not walk it again and again (`bench intake`).
gc.collect()
gc.freeze()
gc.set_threshold(20_000, 20, 20)
