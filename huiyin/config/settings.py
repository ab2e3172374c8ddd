"""Every setting, and the only place that reads the environment.

Nothing needs to be set for a trial. In earnest (`HUIYIN_ENV=production`) the variables marked "earnest" in
docs/operations.md are required, and `huiyin check` says which are missing.
"""

import hashlib
import os
from pathlib import Path
from urllib.parse import urlsplit

from huiyin.config import database, keys

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "huiyin"


def _flag(name: str, default: bool = False) -> bool:
    return os.environ.get(name, "1" if default else "0").lower() in {"1", "true", "yes", "on"}


def _number(name: str, default: int) -> int:
    return int(os.environ.get(name) or default)


def _data_dir() -> Path:
    """Return where data lives: HUIYIN_DATA, else `.data` here, as root a place the database's own user can read."""
    if given := os.environ.get("HUIYIN_DATA"):
        return Path(given)
    if os.geteuid() == 0:
        mark = hashlib.sha256(str(ROOT).encode()).hexdigest()[:8]
        return Path("/var/lib/huiyin") / f"{ROOT.name}-{mark}"
    return ROOT / ".data"


ENV = os.environ.get("HUIYIN_ENV", "production")  # demo | test | production: what shows secrets must be asked for
DEMO = ENV == "demo"
PRODUCTION = ENV == "production"
DEBUG = False  # never: errors are rendered by platform.http with a reference number

DATA_DIR = _data_dir()
PG_CHOICE = os.environ.get("HUIYIN_PG", "")  # "" | embedded | system
PUBLIC_URL = os.environ.get("HUIYIN_URL", "http://127.0.0.1:8000").rstrip("/")
_OWN_HOSTS = ["127.0.0.1", "localhost", "[::1]"]  # whoever looks after this machine asks for it by these
ALLOWED_HOSTS = [*(h for h in os.environ.get("HUIYIN_HOSTS", "").split(",") if h), *_OWN_HOSTS]
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL] if PUBLIC_URL.startswith("https://") else []
TRUSTED_PROXIES = [p for p in os.environ.get("HUIYIN_PROXIES", "").split(",") if p]

LOCAL_DATABASE = not os.environ.get("DATABASE_URL")
# With the launcher's own database, one machine, keys are made beside it; with another they must be given.
KEYS = keys.load(DATA_DIR, given=os.environ.get("HUIYIN_KEYS", ""), required=PRODUCTION and not LOCAL_DATABASE)
KEYS_GIVEN = bool(os.environ.get("HUIYIN_KEYS"))
SECRET_KEY = KEYS.session

APP_URL = os.environ.get("DATABASE_URL") or database.local_url("huiyin_app", DATA_DIR)
DATABASES = {
    "default": database.settings_for(
        APP_URL,
        pooled=ENV != "test",
        pool_size=_number("HUIYIN_POOL", 8),
    )
}
OWNER_URL = os.environ.get("HUIYIN_OWNER_URL") or database.local_url("huiyin_owner", DATA_DIR)
BACKUP_DIR = Path(os.environ.get("HUIYIN_BACKUPS") or DATA_DIR / "backups")
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.forms",
    "procrastinate.contrib.django",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "axes",
    "csp",
    "huiyin.platform",
    "huiyin.org",
    "huiyin.notify",
    "huiyin.needs",
    "huiyin.command",
    "huiyin.portal",
    "huiyin.demo",
]

MIDDLEWARE = [
    "huiyin.platform.http.ReferenceMiddleware",
    "huiyin.platform.http.HeadersMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "huiyin.org.middleware.ActorMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "huiyin.platform.http.RefusalMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "huiyin.config.urls"
WSGI_APPLICATION = "huiyin.config.wsgi.application"
APPEND_SLASH = True

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "huiyin.platform.web.context",
                "huiyin.config.menu.desk",
            ],
            "builtins": ["huiyin.platform.templatetags.web"],
        },
    }
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

# --- people -------------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "org.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
if ENV == "test":
    PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "/desk/login/"
LOGIN_REDIRECT_URL = "/desk/start/"
LOGOUT_REDIRECT_URL = "/"
ACCOUNT_USER_MODEL_USERNAME_FIELD = "username"
ACCOUNT_USER_MODEL_EMAIL_FIELD = None
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_ADAPTER = "huiyin.org.accounts.ClosedSignupAdapter"
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_RATE_LIMITS = False  # django-axes locks out, in the database, so that every process sees it
ACCOUNT_SESSION_REMEMBER = False
AXES_FAILURE_LIMIT = 8
AXES_COOLOFF_TIME = 0.25  # hours
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_LOCKOUT_CALLABLE = "huiyin.org.accounts.locked_out"
AXES_CLIENT_IP_CALLABLE = "huiyin.platform.http.client_address"
AXES_VERBOSE = False
MFA_ADAPTER = "huiyin.org.accounts.SecretsAdapter"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes", "webauthn"]  # the routes are ours: org.accounts, org.desk.factors
# Roles that must have a second factor before they may do anything: who may open accounts and read the audit.
_DEFAULT_FACTOR_ROLES = "county_admin,street_head" if PRODUCTION else ""
SECOND_FACTOR_ROLES = frozenset(
    r for r in os.environ.get("HUIYIN_SECOND_FACTOR_ROLES", _DEFAULT_FACTOR_ROLES).replace(" ", "").split(",") if r
)
SESSION_ENGINE = "huiyin.platform.sessions"
SESSION_COOKIE_AGE = 12 * 3600  # for staff counted from the sign-in, whatever is done in between
STAFF_IDLE_S = 60 * _number("HUIYIN_IDLE_MINUTES", 120)  # an office's computer that somebody left
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "huiyin.platform.http.csrf_failure"

# --- transport ----------------------------------------------------------------------------------------------
SECURE_TLS = PUBLIC_URL.startswith("https://")
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_TLS
SECURE_HSTS_SECONDS = 31536000 if SECURE_TLS else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if SECURE_TLS and TRUSTED_PROXIES else None
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
TILES_URL = os.environ.get("HUIYIN_TILES", "")  # https://…/{z}/{x}/{y}.png under the maps; without it only outlines
TILES_DATUM = os.environ.get("HUIYIN_TILES_DATUM", "wgs84")  # or gcj02, as Chinese providers draw
_TILES_HOST = [f"{_tiles.scheme}://{_tiles.netloc}"] if (_tiles := urlsplit(TILES_URL)).netloc else []
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:", "blob:", *_TILES_HOST],
        "connect-src": ["'self'"],
        "font-src": ["'self'"],
        "object-src": ["'none'"],
        "base-uri": ["'none'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
    }
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 1100  # the thousand ticked matters of a theme, and what goes with them
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
FILES_DIR = DATA_DIR / "files"
PHOTO_MAX_BYTES = 15 * 1024 * 1024
PHOTOS_PER_NEED = 6
RATE_LIMITS_ON = _flag("HUIYIN_RATE_LIMITS", True)

# --- language and time ---------------------------------------------------------------------------------------
LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "中文"), ("en", "English")]
LOCALE_PATHS = [PACKAGE / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Shanghai"

# --- static files --------------------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = PACKAGE / "platform" / "static"  # served from the package: nothing is collected
STORAGES = {
    "default": {
        "BACKEND": "huiyin.platform.files.AtomicStorage",
        "OPTIONS": {"location": FILES_DIR},
    },
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False
WHITENOISE_MAX_AGE = 3600

# --- messages out -------------------------------------------------------------------------------------------
EMAIL_URL = os.environ.get("HUIYIN_EMAIL_URL", "")  # smtp(s)://user:password@host:port
EMAIL_FROM = os.environ.get("HUIYIN_EMAIL_FROM", "huiyin@localhost")
HOOK_NETWORKS = [
    n.strip() for n in os.environ.get("HUIYIN_HOOK_NETWORKS", "").split(",") if n.strip()
]  # besides the internet
OUTBOX_ONLY = ENV in {"demo", "test"}  # messages are kept on the local outbox page instead of being sent

# --- logs: structlog renders, stdlib carries ----------------------------------------------------------------
LOG_LEVEL = os.environ.get("HUIYIN_LOG", "INFO")
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"()": "huiyin.platform.logs.JsonLines"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {
        "huiyin": {"level": LOG_LEVEL},
        "django.request": {"level": "CRITICAL"},  # platform.http logs each once, with its reference
        "axes": {"level": "ERROR"},
    },
}
SLOW_MS = _number("HUIYIN_SLOW_MS", 500)  # statements that take longer are logged
METRICS_TOKEN = os.environ.get("HUIYIN_METRICS_TOKEN", "")  # without one, /metrics answers on loopback only
METRICS_DIR = os.environ.get("PROMETHEUS_MULTIPROC_DIR", "")  # set by `huiyin serve` for its processes
PROCRASTINATE_ON_APP_READY = "huiyin.config.wiring.on_app_ready"
PROCRASTINATE_AUTODISCOVER_MODULE_NAME = "jobs"
SILENCED_SYSTEM_CHECKS = ["security.W004", "security.W008", "security.W012", "security.W016", "axes.W006"]
