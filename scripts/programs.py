"""The programs of a run on one machine, and what of their output is worth showing."""

import re
from pathlib import Path

from scripts.checkout import PYTHON

WEB_THREADS = 8
CLIPS_PROJECT = "clips"
WORKER_QUEUES = {"media": "media", "models": "models"}
# A level above INFO, or one of this project's own loggers.
_WORTH = re.compile(r" (WARNING|ERROR|CRITICAL) | INFO (annotator|labeling|mlbackend)[.\w]*: ")


def home() -> Path:
    """Where the run's data lies, by the same rule as the settings."""
    # Here and not above: these modules are also read before anything is installed.
    from annotator import environment

    return environment.home()


def commands(port: int) -> dict[str, list[str]]:
    """Name and command of every program, the web server first."""
    python = str(PYTHON)
    celery = [python, "-m", "celery", "-A", "annotator.celery:app"]
    web = [
        python, "-m", "gunicorn", "annotator.wsgi:application",
        "--bind", f"127.0.0.1:{port}",
        "--worker-class", "gthread", "--workers", "1", "--threads", str(WEB_THREADS),
        "--timeout", "120", "--graceful-timeout", "5", "--no-control-socket",
    ]  # fmt: skip
    workers = {
        name: [
            *celery, "worker", "--queues", queue, "--hostname", f"{name}@%h", "--pool", "solo",
            "--loglevel", "INFO", "--without-gossip", "--without-mingle", "--without-heartbeat",
        ]
        for name, queue in WORKER_QUEUES.items()
    }  # fmt: skip
    return {"web": web, **workers, "beat": [*celery, "beat", "--loglevel", "WARNING"]}


def errands(clips: list[Path], demo: bool) -> dict[str, list[str]]:
    """Name and command of what is done once, one after the other, while the programs run."""
    manage = [str(PYTHON), "manage.py"]
    wanted = {}
    if clips:
        wanted["clips"] = [*manage, "take_in", CLIPS_PROJECT, "--wait", *map(str, clips)]
        # The demo comes after: its videos would only delay the clips.
    if demo:
        wanted["demo"] = [*manage, "demo", "--once"]
    return wanted


def worth_showing(line: str) -> bool:
    return bool(_WORTH.search(line))
