"""All settings. The embedded default needs no server; DATABASE_URL and BROKER_URL change that.

Every environment variable read here is described in docs/settings.md.
"""

from pathlib import Path

import dj_database_url

from annotator import environment as env
from annotator.home import make_folders, secret_key

BASE_DIR = Path(__file__).resolve().parent.parent
TUBELAB_HOME = env.home()
HOME_DIRS = make_folders(TUBELAB_HOME)

DEBUG = env.boolean("TUBELAB_DEBUG", False)
SECRET_KEY = env.text("TUBELAB_SECRET_KEY") or secret_key(TUBELAB_HOME)
ALLOWED_HOSTS = env.words("TUBELAB_ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]")
CSRF_TRUSTED_ORIGINS = env.words("TUBELAB_CSRF_ORIGINS", "")
SECURE_COOKIES = env.boolean("TUBELAB_SECURE_COOKIES", False)

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "rest_framework",
    "rest_framework.authtoken",
    "drf_spectacular",
    "labeling",
    "mlbackend",
    "annotator",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "annotator.content_security.ContentSecurityPolicy",
]
ROOT_URLCONF = "annotator.urls"
WSGI_APPLICATION = "annotator.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]

DATABASES = {
    "default": dj_database_url.parse(
        env.text("DATABASE_URL") or f"sqlite:///{TUBELAB_HOME / 'db.sqlite3'}", conn_max_age=60
    )
}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # Web and workers write at once: take the write lock when a transaction begins, and wait for
    # it; a read that turns into a write would fail at once otherwise, whatever the time-out. A
    # large import writes for minutes in one transaction, and the others wait for it.
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 300,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
    }
# Results of checking a video, by its newest revision: each process keeps its own.
_IN_MEMORY = "django.core.cache.backends.locmem.LocMemCache"
CACHES = {
    "default": {"BACKEND": _IN_MEMORY},
    "quality": {
        "BACKEND": _IN_MEMORY,
        "LOCATION": "quality",
        "TIMEOUT": None,
        "OPTIONS": {"MAX_ENTRIES": 20_000},
    },
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_COOKIES
SESSION_COOKIE_AGE = 60 * 60 * 24 * 30
CSRF_FAILURE_VIEW = "annotator.errors.csrf_failure"
SECURE_CONTENT_TYPE_NOSNIFF = True

LANGUAGE_CODE = "en-us"
TIME_ZONE = "UTC"
USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT = env.text("TUBELAB_STATIC_ROOT") or TUBELAB_HOME / "static"
FRONTEND_DIST = BASE_DIR / "frontend" / "dist"
STATICFILES_DIRS = [("frontend", FRONTEND_DIST)] if FRONTEND_DIST.is_dir() else []
# Files are found where they were built: a run needs no collectstatic.
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = DEBUG

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "rest_framework.authentication.SessionAuthentication",
        "rest_framework.authentication.TokenAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "annotator.errors.exception_handler",
    "DEFAULT_THROTTLE_RATES": {"login": env.text("TUBELAB_LOGIN_RATE", "20/min")},
    # Without it a client that makes up X-Forwarded-For would be a new one at every attempt.
    "NUM_PROXIES": env.integer("TUBELAB_PROXIES", 0),
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Tubelab",
    "DESCRIPTION": "Video annotation for spatio-temporal action recognition.",
    "VERSION": "0.1.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "SCHEMA_PATH_PREFIX": r"/api/",
    "COMPONENT_SPLIT_REQUEST": True,
    "ENUM_NAME_OVERRIDES": {
        "JobStateEnum": "labeling.models.job.JobState",
        "JobKindEnum": "labeling.models.job.JobKind",
        "VideoStateEnum": "labeling.models.video.VideoState",
        "SplitEnum": "labeling.models.video.Split",
        "RoleEnum": "labeling.models.project.Role",
        "LabelStateEnum": "labeling.models.annotation.STATES",
        "LabelKindEnum": "labeling.quality.serializers.LABEL_KINDS",
        "FindingKindEnum": "labeling.domain.suspicion.KINDS",
        "ExportStateEnum": "labeling.export.serializers.WHICH",
        "QueueKindEnum": "mlbackend.models.queue_item.QueueItem.Kind",
        "QueueSliceEnum": "mlbackend.models.queue_item.QueueItem.Slice",
        "QuestionKindEnum": "mlbackend.select.serializers.QUESTION_KINDS",
    },
}

# Ingest limits: what a single file may be.
UPLOAD_MAX_BYTES = env.integer("TUBELAB_UPLOAD_MAX_BYTES", 8 * 1024**3)
IMPORT_MAX_BYTES = env.integer("TUBELAB_IMPORT_MAX_BYTES", 1024**3)
MODEL_MAX_BYTES = env.integer("TUBELAB_MODEL_MAX_BYTES", 2 * 1024**3)
VIDEO_MAX_FRAMES = env.integer("TUBELAB_VIDEO_MAX_FRAMES", 1_000_000)
VIDEO_MAX_PIXELS = env.integer("TUBELAB_VIDEO_MAX_PIXELS", 8192 * 4320)
# A piece of an upload is streamed to disk; this bounds what Django itself keeps in memory.
DATA_UPLOAD_MAX_MEMORY_SIZE = 64 * 1024**2

BROKER_URL = env.text("BROKER_URL")
DETECTOR_WEIGHTS = env.text("TUBELAB_DETECTOR_WEIGHTS")
TORCH_THREADS = env.integer("TUBELAB_TORCH_THREADS", 1)
# What a model was trained by, where the code is no git checkout (as in an image).
CODE_COMMIT = env.text("TUBELAB_COMMIT")
JOB_STALE_S = env.integer("TUBELAB_JOB_STALE_S", 120)
JOB_SWEEP_S = env.integer("TUBELAB_JOB_SWEEP_S", 15)

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["console"], "level": env.text("TUBELAB_LOG_LEVEL", "INFO")},
}
