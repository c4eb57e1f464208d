import gc
import os
from importlib import import_module

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

gc.disable()  # Nothing that is loaded here is garbage, and looking for it takes a while.

from django.conf import settings  # noqa: E402
from django.core.wsgi import get_wsgi_application  # noqa: E402

application = get_wsgi_application()

from config.checks import require_right_keys, require_sound_settings  # noqa: E402

require_sound_settings()
require_right_keys()

# What was loaded lives as long as this process: the collector shall not go through all of it in
# the middle of a request, a tenth of a second each time. The pages are loaded before, not by the
# first person who asks.
import_module(settings.ROOT_URLCONF)
gc.collect()
gc.freeze()
gc.enable()
