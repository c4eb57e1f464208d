import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

application = get_wsgi_application()

from config.checks import require_right_keys, require_sound_settings  # noqa: E402

require_sound_settings()
require_right_keys()
