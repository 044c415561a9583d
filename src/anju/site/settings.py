"""Settings, read from the environment; every one of them has a default that runs on a bare machine.

``docs/operations.md`` lists the variables. Nothing here starts anything: the embedded PostgreSQL is started by the
commands that need it (see :mod:`anju.site.embedded`), the settings only know where it will be.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.utils.translation import gettext_lazy as _
from environs import Env

from anju.site import embedded, places
from anju.site.logs import configure as configure_logs

env = Env()
PACKAGE = Path(__file__).resolve().parent.parent

DATA_DIR = places.data_dir()
DEBUG = env.bool("ANJU_DEBUG", False)
SECRET_KEY = env.str("SECRET_KEY", "") or places.generated_secret()
BASE_URL = env.str("ANJU_BASE_URL", "http://127.0.0.1:8000").rstrip("/")
"""What stands before a path in QR codes, letters and messages."""
SECURE = BASE_URL.startswith("https://")
ALLOWED_HOSTS = env.list("ANJU_ALLOWED_HOSTS", ["*"] if not SECURE else [BASE_URL.split("//")[1].split(":")[0]])

# --- Applications -----------------------------------------------------------------------------------------------------
INSTALLED_APPS = [
    "anju.kit",
    "anju.foundation.accounts",
    "anju.foundation.registry",
    "anju.engines.ledger",
    "anju.engines.disclosure",
    "anju.engines.messaging",
    "anju.domains.billing",
    "anju.site",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.contrib.postgres",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "procrastinate.contrib.django",
    "django_htmx",
    "template_partials.apps.SimpleAppConfig",
    "django_cotton.apps.SimpleAppConfig",
    "django_tables2",
    "django_filters",
    "pgtrigger",
]

MIDDLEWARE = [
    "anju.site.middleware.room_middleware",
    "anju.site.health.HealthMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "anju.site.static.PackedStaticMiddleware",
    "anju.site.middleware.PackingMiddleware",
    "anju.site.middleware.ContentSecurityPolicyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "anju.site.middleware.LanguageMiddleware",
    "anju.site.api.middleware.ApiMiddleware",
    "anju.site.middleware.AddressMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "anju.foundation.accounts.middleware.AccessMiddleware",
]

ROOT_URLCONF = "anju.site.urls"
WSGI_APPLICATION = "anju.site.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

_LOADERS = [
    "django_cotton.cotton_loader.Loader",
    "django.template.loaders.filesystem.Loader",
    "django.template.loaders.app_directories.Loader",
]
TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [PACKAGE / "kit/ui/templates"],
        "OPTIONS": {
            # Partials wrap whatever finds a template; cotton compiles <c-…> before Django sees it.
            "loaders": [("template_partials.loader.Loader", [("django.template.loaders.cached.Loader", _LOADERS)])],
            "builtins": [
                "django_cotton.templatetags.cotton",
                "django_htmx.templatetags.django_htmx",
                "template_partials.templatetags.partials",
                "django.templatetags.i18n",
                "django.templatetags.static",
                "anju.kit.templatetags.anju_ui",
            ],
            "context_processors": [
                "django.template.context_processors.debug",
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "anju.kit.ui.context.ui",
            ],
        },
    }
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

# --- Database ---------------------------------------------------------------------------------------------------------
DATABASES: dict[str, dict[str, Any]] = {"default": embedded.database_settings()}
# `anju serve` asks for it; a command that ends after one statement is better without.
if env.bool("ANJU_DB_POOL", False):
    DATABASES["default"] = embedded.pooled(DATABASES["default"], env.int("ANJU_DB_POOL_SIZE", 12))
MIGRATION_MODULES: dict[str, str] = {}

# Shared by all processes, so that a lockout counts wherever the next attempt arrives.
CACHES = {"default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "site_cache"}}

# --- People -----------------------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["anju.foundation.accounts.adapter.NameOrPhoneBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
# Rule book 7: at least eight characters, three of the four classes; nothing that is like the person's own name or
# phone.
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "anju.foundation.accounts.passwords.LengthValidator", "OPTIONS": {"min_length": 8}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "anju.foundation.accounts.passwords.ThreeClassesValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("username", "phone", "name", "email")},
    },
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_ADAPTER = "anju.foundation.accounts.adapter.AccountAdapter"
ACCOUNT_FORMS = {"login": "anju.foundation.accounts.forms.SignInForm"}
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False  # this session goes on, all others end
ACCOUNT_RATE_LIMITS: Any = False  # our own lockout counts in the database, for passwords and codes alike
# Rule book 7: five failures lock a name for ten minutes; administrators use two factors where strangers can come.
LOCKOUT_FAILURES = env.int("ANJU_LOCKOUT_FAILURES", 5)
LOCKOUT_MINUTES = env.int("ANJU_LOCKOUT_MINUTES", 10)
TWO_FACTOR_ROLES: list[str] = env.list("ANJU_TWO_FACTOR_ROLES", ["head_office", "director"] if SECURE else [])
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_FORMS = {
    "authenticate": "anju.foundation.accounts.forms.CodeForm",
    "reauthenticate": "anju.foundation.accounts.forms.CodeAgainForm",
}
MFA_TOTP_ISSUER = "Anju"
MFA_TOTP_TOLERANCE = 1  # a phone whose clock is up to half a minute off

SESSION_COOKIE_NAME = "anju_session"
SESSION_ENGINE = "anju.foundation.accounts.sessions"
SESSION_COOKIE_AGE = 30 * 60  # idle time: use starts it anew
SESSION_EXPIRE_AT_BROWSER_CLOSE = True

# --- Security ---------------------------------------------------------------------------------------------------------
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SECURE_SSL_REDIRECT = SECURE and not env.bool("ANJU_BEHIND_PROXY", False)
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if env.bool("ANJU_BEHIND_PROXY", False) else None
SECURE_HSTS_SECONDS = 31_536_000 if SECURE else 0
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CSRF_TRUSTED_ORIGINS = [BASE_URL] if SECURE else []
DATA_UPLOAD_MAX_MEMORY_SIZE = 10 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 20_000  # a meter round of a building is one form
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024

# --- Language and time ------------------------------------------------------------------------------------------------
LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", _("Simplified Chinese")), ("zh-hant", _("Traditional Chinese")), ("en", _("English"))]
LOCALE_PATHS = [PACKAGE / "locale"]
LANGUAGE_COOKIE_NAME = "anju_language"
LANGUAGE_COOKIE_AGE = 365 * 24 * 3600
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True

# --- Files ------------------------------------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATICFILES_DIRS = [PACKAGE / "kit/ui/static"]
MEDIA_ROOT = places.data_dir() / "media"
MEDIA_URL = "/media/"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "anju.site.static.VersionedStaticStorage"},
}
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = DEBUG
WHITENOISE_MAX_AGE = 0 if DEBUG else 31_536_000  # the address changes with the content

# --- Pages, jobs, API -------------------------------------------------------------------------------------------------
DJANGO_TABLES2_TEMPLATE = "django_tables2/table.html"
PROCRASTINATE_AUTODISCOVER_MODULE_NAME = "jobs"
WORKER_DEAD_AFTER_SECONDS = env.float("ANJU_WORKER_DEAD_AFTER", 12.0)
NINJA_PAGINATION_MAX_LIMIT = 500
SILENCED_SYSTEM_CHECKS: list[str] = []

LOGGING = configure_logs(debug=DEBUG, json=env.bool("ANJU_LOG_JSON", False), level=env.str("ANJU_LOG_LEVEL", "INFO"))
