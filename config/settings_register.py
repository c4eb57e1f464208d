"""Settings of a process that serves the public register and nothing else.

It knows no session, no person and no key of the cases, and its database role can read no table
but the register's. `script/server --register-only` runs it; `docs/deployment.md` says how to.
"""

from config.settings import *  # noqa: F403
from config.settings import SITE_URL, env

INSTALLED_APPS = [
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.contrib.humanize",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "django_filters",
    "csp",
    "config",
    "register",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "config.middleware.PrivateByDefaultMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "config.middleware.SlashMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
ROOT_URLCONF = "config.urls_register"
AUTH_USER_MODEL = "auth.User"
AUTHENTICATION_BACKENDS: list[str] = []
SEALING_KEYS: list[str] = []
INDEX_KEY = CHAIN_KEY = CODE_PEPPER = SIGNING_KEY = ""

TEMPLATES[0]["OPTIONS"]["context_processors"] = [  # noqa: F405
    "django.template.context_processors.request",
    "config.context.public",
]
# The role may write nothing, not even a cache table.
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
REST_FRAMEWORK = {
    **REST_FRAMEWORK,  # noqa: F405
    "DEFAULT_AUTHENTICATION_CLASSES": [],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.AllowAny"],
    "UNAUTHENTICATED_USER": None,
}
CELERY_BEAT_SCHEDULE: dict[str, object] = {}

# Where the rest of the site is, when it is served by another process.
MAIN_SITE_URL = env.str("MAIN_SITE_URL", default=SITE_URL).rstrip("/")
SITE_LINKS = {
    "home": f"{MAIN_SITE_URL}/",
    "intake:start": f"{MAIN_SITE_URL}/submit/",
    "portal:home": f"{MAIN_SITE_URL}/portal/",
    "help": f"{MAIN_SITE_URL}/help/",
    "privacy": f"{MAIN_SITE_URL}/privacy/",
    "accessibility": f"{MAIN_SITE_URL}/accessibility/",
    "account_login": f"{MAIN_SITE_URL}/account/sign-in/",
    "verify": f"{MAIN_SITE_URL}/verify/",
    "leave": f"{MAIN_SITE_URL}/leave/",
}
